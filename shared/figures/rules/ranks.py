"""`place_sequence`: places inside a group, recomputed from the places outside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.figures.claims import Claim
from shared.figures.places import Place
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of

ALL_PEERS = "all"
"""The group that all ranked peers make."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place printed for a territory."""

    claim: Claim
    place: Place

    @property
    def territory(self) -> str:
        """Whose place it is."""
        return self.claim.territory or ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the places outside allow inside: the beginning and the end of the place."""

    low: range
    high: range

    def allows(self, place: Place) -> bool:
        """Accept the range itself, or the one place a tie is often printed by."""
        whole = place.low in self.low and place.high in self.high
        single = place.low == place.high and self.low[0] <= place.low <= self.high[-1]
        return whole or single

    def wire(self) -> Json:
        """Return the place as a label, or `{"from", "to"}` of all that is possible."""
        if len(self.low) == len(self.high) == 1:
            return Place(self.low[0], self.high[0]).label
        return {"from": self.low[0], "to": self.high[-1]}


def place_sequence(
    group: str, size: int, inside: Sequence[Ranked], outside: Sequence[Ranked]
) -> Finding:
    """Check the places inside a group of `size` members against their places outside it.

    A member's place inside is 1 + the members ahead of it outside … the members ahead or tied;
    members whose place outside is not known widen it. Equal places outside are ties; two different
    ones never cross, and where they do nothing is recomputed from them. Members tied outside may
    be printed inside by the range or, all alike, by one of its places.
    Besides, the places inside must be those of one ranking: «a» is one member's, «a-b» is a tie of
    b − a + 1 members, and the places of a complete group add up to n(n+1)/2.
    """
    expected = _recompute(size, {r.territory: r.place for r in outside})
    known = [r for r in inside if r.territory in expected]
    wrong = [r for r in known if not expected[r.territory].allows(r.place)]
    meant = [_meant(r, expected) for r in inside]
    holds = not wrong and _ties_agree(known, outside) and sequence_possible(meant, size)
    colliding = [] if holds else _colliding(inside, meant, size)
    shown = sorted(wrong or colliding or known, key=lambda r: (r.place.low, r.territory))
    claims = tuple(r.claim for r in [*inside, *outside])
    return Finding(
        rule="place_sequence",
        severity=Severity.CONSISTENT if holds else Severity.CONTRADICTION,
        text=_text(group, wrong, expected, colliding, holds),
        subject={**subject_of(claims), "group": group},
        claims=claims,
        declared=[{"territory": r.territory, "place": r.place.label} for r in shown],
        recomputed=[
            {"territory": r.territory, "place": expected[r.territory].wire()}
            for r in shown
            if r.territory in expected
        ],
        tolerance=_checksum(size, inside),
        repairs=()
        if holds
        else tuple(_repairs(wrong, expected) or [*_ties(inside), *_holes(colliding, inside, size)]),
    )


def sequence_possible(places: Sequence[Place], size: int) -> bool:
    """Tell whether printed places can belong to members of one ranking of `size`, some unseen.

    Each label is one tied range: labels do not cross, hold no more members than places, and lie
    within the ranking. A complete ranking then adds up to n(n+1)/2.
    """
    times = Counter(places)
    distinct = sorted(times, key=lambda place: (place.low, place.high))
    crossing = any(a.high >= b.low for a, b in pairwise(distinct))
    crowded = any(count > place.high - place.low + 1 for place, count in times.items())
    beyond = any(place.high > size for place in distinct)
    return len(places) <= size and not (crossing or crowded or beyond)


def _colliding(members: Sequence[Ranked], places: Sequence[Place], size: int) -> list[Ranked]:
    """Return the members whose place is crowded, crosses another, or lies beyond the ranking."""
    times = Counter(places)
    return [
        member
        for member, place in zip(members, places, strict=True)
        if times[place] > place.high - place.low + 1
        or place.high > size
        or any(_cross(place, other) for other in times)
    ]


def _meant(member: Ranked, expected: Mapping[str, Expected]) -> Place:
    """Return the whole tie for a member whose tie, known from outside, is printed by one place."""
    span = expected.get(member.territory)
    if span is None or len(span.low) > 1 or len(span.high) > 1:
        return member.place
    tie = Place(span.low[0], span.high[0])
    single = member.place.low == member.place.high
    return tie if single and tie.low <= member.place.low <= tie.high else member.place


def _recompute(size: int, outside: Mapping[str, Place]) -> dict[str, Expected]:
    """Return what the places outside say of each member's place inside.

    A place that crosses another one tells nothing: its member counts as unknown.
    """
    clear = {
        territory: place
        for territory, place in outside.items()
        if not any(_cross(place, other) for other in outside.values())
    }
    unknown = max(size - len(clear), 0)
    expected = {}
    for territory, place in clear.items():
        ahead = sum(other.low < place.low for other in clear.values())
        tied = sum(other == place for other in clear.values())
        expected[territory] = Expected(
            range(1 + ahead, 2 + ahead + unknown), range(ahead + tied, ahead + tied + unknown + 1)
        )
    return expected


def _cross(a: Place, b: Place) -> bool:
    """Tell whether two different ranges share a place, which two tied groups never do."""
    return a != b and a.low <= b.high and b.low <= a.high


def _ties_agree(inside: Sequence[Ranked], outside: Sequence[Ranked]) -> bool:
    """Tell whether members tied outside are printed alike inside."""
    places = {r.territory: r.place for r in outside}
    said: dict[Place, Place] = {}
    return all(said.setdefault(places[r.territory], r.place) == r.place for r in inside)


def _checksum(size: int, inside: Sequence[Ranked]) -> Json:
    """Return the sum of the places inside beside n(n+1)/2, for a complete group."""
    if len(inside) < size:
        return None
    doubled = sum(r.place.low + r.place.high for r in inside)
    return {"sum": doubled / 2, "expected": size * (size + 1) / 2}


def _repairs(wrong: Sequence[Ranked], expected: Mapping[str, Expected]) -> list[Repair]:
    repairs = []
    for r in wrong:
        span = expected[r.territory]
        if len(span.low) == len(span.high) == 1:
            label = Place(span.low[0], span.high[0]).label
            repairs.append(Repair(r.claim, label, label))
        else:
            repairs.append(Repair(r.claim, str(span.low[0]), str(span.high[-1])))
    return repairs


def _ties(inside: Sequence[Ranked]) -> list[Repair]:
    """Offer the tied range to members printed on one place, if it crosses no other's."""
    places = [r.place for r in inside]
    repairs = []
    for r in inside:
        sharing = places.count(r.place)
        tie = Place(r.place.low, r.place.low + sharing - 1)
        free = all(p == r.place or not _cross(p, tie) for p in places)
        if sharing > 1 and r.place.low == r.place.high and free:
            repairs.append(Repair(r.claim, tie.label, tie.label))
    return repairs


def _holes(colliding: Sequence[Ranked], inside: Sequence[Ranked], size: int) -> list[Repair]:
    """Offer the one place nobody has to each of those who collide in a complete ranking."""
    taken = {place for r in inside for place in range(r.place.low, min(r.place.high, size) + 1)}
    if len(inside) != size or len(taken) != size - 1:
        return []
    hole = str(next(place for place in range(1, size + 1) if place not in taken))
    repaired = (
        (r, [Place(int(hole), int(hole)) if other is r else other.place for other in inside])
        for r in colliding
    )
    return [Repair(r.claim, hole, hole) for r, after in repaired if sequence_possible(after, size)]


def _text(
    group: str,
    wrong: Sequence[Ranked],
    expected: Mapping[str, Expected],
    colliding: Sequence[Ranked],
    holds: bool,
) -> str:
    where = "в общем ряду" if group == ALL_PEERS else f"внутри группы «{group}»"
    if holds:
        return f"Места {where} согласуются."
    if not wrong:
        listed = "; ".join(
            f"{r.territory}: {r.place.label}"
            for r in sorted(colliding, key=lambda r: (r.place.low, r.territory))
        )
        told = f"повторы или пересечения ({listed})" if listed else "равным местам вне неё — разные"
        return f"Места {where} не могут принадлежать одному ряду: {told}."
    told = "; ".join(
        f"{r.territory}: напечатано {r.place.label}, следует {expected[r.territory].wire()}"
        for r in sorted(wrong, key=lambda r: (r.place.low, r.territory))
    )
    return f"Места {where} не следуют из мест вне её: {told}."
