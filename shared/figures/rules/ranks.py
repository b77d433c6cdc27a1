"""`place_sequence`: places inside a group, recomputed from the places outside it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.figures.claims import Claim
from shared.figures.places import Place
from shared.figures.rules.finding import Change, Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.wording import shorten

ALL_PEERS = "all"
"""The group that all ranked peers make."""
MOST_LISTED = 200
MOST_REPAIRS = 20
MOST_COLLIDING = 4
MOST_GAPS = 5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place printed for a territory; `label` is its text where that is no range of places."""

    claim: Claim
    place: Place
    label: str = ""

    @property
    def printed(self) -> str:
        """The place as it is printed."""
        return self.label or self.place.label

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
    b − a + 1 members, and the places of a complete group add up to n(n+1)/2. At least one place.
    """
    expected = _recompute(size, {r.territory: r.place for r in outside})
    known = [r for r in inside if r.territory in expected]
    wrong = [r for r in known if not expected[r.territory].allows(r.place)]
    meant = [_meant(r, expected) for r in inside]
    holds = not wrong and _ties_agree(known, outside) and sequence_possible(meant, size)
    colliding = [] if holds else _colliding(inside, meant, size)
    listed = sorted(wrong or colliding or known, key=lambda r: (r.place.low, r.territory))
    claims = tuple(r.claim for r in [*inside, *outside])
    return Finding(
        rule="place_sequence",
        severity=Severity.CONSISTENT if holds else Severity.CONTRADICTION,
        text=_text(group, wrong, expected, colliding, holds),
        subject={**subject_of(claims), "group": group},
        claims=claims,
        declared=[{"territory": r.territory, "place": r.printed} for r in listed[:MOST_LISTED]],
        recomputed=[
            {"territory": r.territory, "place": expected[r.territory].wire()}
            for r in listed[:MOST_LISTED]
            if r.territory in expected
        ],
        tolerance=_checksum(size, inside),
        repairs=()
        if holds
        else (*_place_repairs(wrong, expected, inside, outside), *_free(colliding, inside, size)),
    )


def sequence_possible(places: Sequence[Place], size: int) -> bool:
    """Tell whether printed places can belong to members of one ranking of `size`, some unseen.

    Each label is one tied range: labels do not cross, hold no more members than places, and lie
    within the ranking. A complete ranking then adds up to n(n+1)/2.
    """
    times = Counter(places)
    crowded = any(count > place.high - place.low + 1 for place, count in times.items())
    beyond = any(place.high > size for place in times)
    return len(places) <= size and not (_crossing(times) or crowded or beyond)


def _crossing(places: Iterable[Place]) -> set[Place]:
    """Return the ranges that share a place with a different one, which tied groups never do."""
    distinct = sorted(set(places), key=lambda place: (place.low, place.high))
    crossing: set[Place] = set()
    widest: Place | None = None
    for place in distinct:
        if widest is not None and place.low <= widest.high:
            crossing |= {place, widest}
        if widest is None or place.high > widest.high:
            widest = place
    return crossing


def _colliding(members: Sequence[Ranked], places: Sequence[Place], size: int) -> list[Ranked]:
    """Return the members whose place is crowded, crosses another, or lies beyond the ranking."""
    times = Counter(places)
    crossing = _crossing(times)
    return [
        member
        for member, place in zip(members, places, strict=True)
        if times[place] > place.high - place.low + 1 or place.high > size or place in crossing
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
    crossing = _crossing(outside.values())
    clear = {who: place for who, place in outside.items() if place not in crossing}
    lows, times = sorted(place.low for place in clear.values()), Counter(clear.values())
    unknown = max(size - len(clear), 0)
    expected = {}
    for territory, place in clear.items():
        ahead, tied = bisect_left(lows, place.low), times[place]
        expected[territory] = Expected(
            range(1 + ahead, 2 + ahead + unknown), range(ahead + tied, ahead + tied + unknown + 1)
        )
    return expected


def _ties_agree(inside: Sequence[Ranked], outside: Sequence[Ranked]) -> bool:
    """Tell whether members tied outside are printed alike inside."""
    places = {r.territory: r.place for r in outside}
    said: dict[Place, Place] = {}
    return all(said.setdefault(places[r.territory], r.place) == r.place for r in inside)


def _checksum(size: int, inside: Sequence[Ranked]) -> Json:
    """Return the sum of the places inside next to n(n+1)/2, for a complete group."""
    if len(inside) < size:
        return None
    doubled = sum(r.place.low + r.place.high for r in inside)
    return {"sum": doubled / 2, "expected": size * (size + 1) / 2}


def _place_repairs(
    wrong: Sequence[Ranked],
    expected: Mapping[str, Expected],
    inside: Sequence[Ranked],
    outside: Sequence[Ranked],
) -> list[Repair]:
    """Offer the places inside that follow, or the place outside that alone explains those inside.

    Without a wrong place inside, ties are offered to members printed on one place.
    """
    if not wrong:
        return _ties(inside)
    single = [] if len(wrong) > MOST_REPAIRS else _outside_repairs(wrong, inside, outside)
    return [*_repairs(wrong, expected), *single]


def _outside_repairs(
    wrong: Sequence[Ranked], inside: Sequence[Ranked], outside: Sequence[Ranked]
) -> list[Repair]:
    """Offer each wrong member the places outside between its neighbours of the places inside."""
    beyond = {r.territory: r for r in outside}
    ordered = sorted(
        (r for r in inside if r.territory in beyond), key=lambda r: (r.place.low, r.territory)
    )
    repairs = []
    for at, member in enumerate(ordered):
        if member not in wrong[:MOST_REPAIRS]:
            continue
        low = beyond[ordered[at - 1].territory].place.high + 1 if at else 1
        last = at + 1 == len(ordered)
        high = low if last else beyond[ordered[at + 1].territory].place.low - 1
        if low <= high:
            repairs.append(Repair.of(beyond[member.territory].claim, str(low), str(high)))
    return repairs


def _repairs(wrong: Sequence[Ranked], expected: Mapping[str, Expected]) -> list[Repair]:
    """Return one repair of all the wrong places: a shift of a block is one change of mind."""
    changes = []
    for r in wrong:
        span = expected[r.territory]
        if len(span.low) == len(span.high) == 1:
            label = Place(span.low[0], span.high[0]).label
            changes.append(Change(r.claim, label, label))
        else:
            changes.append(Change(r.claim, str(span.low[0]), str(span.high[-1])))
    return [Repair(tuple(changes))] if changes else []


def _ties(inside: Sequence[Ranked]) -> list[Repair]:
    """Offer the tied range to members printed on one place, if it crosses no other's."""
    times = Counter(r.place for r in inside)
    taken = {place for r in times for place in range(r.low, min(r.high, r.low + len(inside)) + 1)}
    repairs: list[Repair] = []
    for place, sharing in times.items():
        tie = Place(place.low, place.low + sharing - 1)
        free = not any(other in taken for other in range(place.low + 1, tie.high + 1))
        if sharing > 1 and place.low == place.high and free and len(repairs) < MOST_REPAIRS:
            sharers = [r.claim for r in inside if r.place == place]
            repairs.append(Repair(tuple(Change(c, tie.label, tie.label) for c in sharers)))
    return repairs


def _free(colliding: Sequence[Ranked], inside: Sequence[Ranked], size: int) -> list[Repair]:
    """Offer the places nobody has, stretch by stretch, to each of those who collide."""
    taken = sorted({(r.place.low, min(r.place.high, size)) for r in inside})
    gaps, last = [], 0
    for low, high in taken:
        if low > last + 1:
            gaps.append((last + 1, low - 1))
        last = max(last, high)
    if last < size and len(inside) <= size:
        gaps.append((last + 1, size))
    repairs: list[Repair] = []
    for member in colliding[:MOST_COLLIDING]:
        near = sorted(gaps, key=lambda gap: min(abs(end - member.place.low) for end in gap))
        repairs += [Repair.of(member.claim, str(a), str(b)) for a, b in near[:MOST_GAPS]]
    return repairs


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
        listed = shorten(
            f"{r.territory}: {r.printed}"
            for r in sorted(colliding, key=lambda r: (r.place.low, r.territory))
        )
        told = f"повторы или пересечения ({listed})" if listed else "равным местам вне неё — разные"
        return f"Места {where} не могут принадлежать одному ряду: {told}."
    told = shorten(
        f"{r.territory}: напечатано {r.printed}, следует {place_text(expected[r.territory])}"
        for r in sorted(wrong, key=lambda r: (r.place.low, r.territory))
    )
    return f"Места {where} не следуют из мест вне её: {told}."


def place_text(expected: Expected) -> str:
    """Say in words which place follows."""
    if len(expected.low) == len(expected.high) == 1:
        return Place(expected.low[0], expected.high[0]).label
    return f"от {expected.low[0]} до {expected.high[-1]}"
