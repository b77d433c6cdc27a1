"""`place_bounds` and `place_plausibility`: a place in a group against the place among all peers.

Of N peers n are in the group. Whoever is outside at a…b and is drawn into the group at random
has ahead of it a hypergeometric number of the group's other n − 1 members.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from shared.figures.places import Place
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.ranks import Ranked
from shared.figures.rules.wording import chance_text

EXTREME = Fraction(1, 100)
"""A two-sided tail below this is reported as implausible."""


MOST_PEERS = 3000
MOST_TERMS = 50_000
"""How many peers, and how many binomials, are still counted exactly."""


@dataclass(frozen=True, slots=True)
class Field:
    """How many peers are ranked, and how many of them belong to the group."""

    peers: int
    members: int


def feasible_inside(outside: Place, field: Field) -> tuple[range, range]:
    """Return where a place in the group can begin and where it can end.

    Ahead of the member are at most a − 1 peers, and at least as many group members as do not fit
    among the N − a others; the end is bounded in the same way by b.
    """
    others = field.members - 1
    fewest_ahead = max(0, others - (field.peers - outside.low))
    most_ahead = min(others, outside.low - 1)
    fewest_to = max(1, field.members - (field.peers - outside.high))
    most_to = min(field.members, outside.high)
    return range(1 + fewest_ahead, 2 + most_ahead), range(fewest_to, most_to + 1)


def _span(first: int, last: int) -> str:
    return f"только место {first}" if first == last else f"места с {first} по {last}"


def place_bounds(inside: Ranked, outside: Ranked, field: Field) -> Finding:
    """Check that a printed place in the group is feasible for the printed place outside.

    A tie inside cannot be wider than the tie outside. One printed place may be any of a tie's.
    """
    begins, ends = feasible_inside(outside.place, field)
    place = inside.place
    possible = outside.place.high <= field.peers
    holds = possible and _feasible(place, outside.place, begins, ends)
    span = _span(begins[0], ends[-1]) if possible else "ни одного места"
    claims = (inside.claim, outside.claim)
    return Finding(
        rule="place_bounds",
        severity=Severity.CONSISTENT if holds else Severity.CONTRADICTION,
        text=f"Место {outside.place.label} из {field.peers} допускает в группе из {field.members} "
        f"{span}; напечатано {place.label}.",
        subject=subject_of(claims),
        claims=claims,
        declared={"place": outside.place.label, "group_place": place.label},
        recomputed={"from": begins[0], "to": ends[-1]} if possible else None,
        tolerance={"peers": field.peers, "members": field.members},
        repairs=(Repair.of(inside.claim, str(begins[0]), str(ends[-1])),)
        if possible and not holds
        else (),
    )


def _feasible(place: Place, outside: Place, begins: range, ends: range) -> bool:
    """Accept a range that the bounds allow, or one place of a feasible tie."""
    narrow = place.high - place.low <= outside.high - outside.low
    if place.low in begins and place.high in ends and narrow:
        return True
    return place.low == place.high and begins[0] <= place.low <= ends[-1]


def place_plausibility(inside: Ranked, outside: Ranked, field: Field) -> Finding | None:
    """Say how probable the place in the group is, were the group drawn from the peers at random.

    The two-sided tail is twice the smaller of P(X ≤ x) and P(X ≥ x), at most 1, and the greatest
    over the places that the printed ranges allow; below 0.01 the place is implausible. Fields too
    wide for exact counting get no verdict: None.
    """
    choices = (outside.place.high - outside.place.low + 1) * (
        inside.place.high - inside.place.low + 1
    )
    if field.peers > MOST_PEERS or choices * field.members > MOST_TERMS:
        return None
    if inside.place.high > field.members or outside.place.high > field.peers:
        return None
    tail = max(
        _two_sided(ahead, first - 1, field)
        for first in range(outside.place.low, outside.place.high + 1)
        for ahead in range(inside.place.low - 1, inside.place.high)
    )
    extreme = tail < EXTREME
    claims = (inside.claim, outside.claim)
    shown: Json = float(f"{float(tail):.6g}")
    return Finding(
        rule="place_plausibility",
        severity=Severity.IMPLAUSIBLE if extreme else Severity.CONSISTENT,
        text=f"Место {inside.place.label} в группе из {field.members} при месте "
        f"{outside.place.label} из {field.peers}: "
        + (
            f"так далеко от ожидаемого бывает в {chance_text(tail)} случаев."
            if extreme
            else "в пределах обычного."
        ),
        subject=subject_of(claims),
        claims=claims,
        declared={"place": outside.place.label, "group_place": inside.place.label},
        recomputed={"probability": shown},
        tolerance={"threshold": float(EXTREME), "peers": field.peers, "members": field.members},
    )


def _two_sided(ahead: int, ahead_outside: int, field: Field) -> Fraction:
    """Return the two-sided tail of `ahead` group members among `ahead_outside` of N − 1 peers."""
    draws, rest = field.members - 1, field.peers - 1
    ways = [
        comb(ahead_outside, k) * comb(rest - ahead_outside, draws - k)
        if rest >= ahead_outside
        else 0
        for k in range(draws + 1)
    ]
    everything = comb(rest, draws)
    lower, upper = sum(ways[: ahead + 1]), sum(ways[ahead:])
    return min(Fraction(1), 2 * Fraction(min(lower, upper), everything))
