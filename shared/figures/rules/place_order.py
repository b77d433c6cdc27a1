"""`place_order`: places against the figures they rank."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.claims import Concept
from shared.figures.decimals import decimal_text, unit_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Change, Finding, Repair, Severity, subject_of
from shared.figures.rules.ranks import MOST_LISTED, MOST_REPAIRS, Ranked
from shared.figures.rules.wording import number_text, shorten

LEAST_ORDERED = 3
"""Two members cannot tell a wrong order from a scale on which less is better."""


@dataclass(frozen=True, slots=True)
class Row:
    """A member: its figure, its place, and the least difference that is sure in print."""

    figure: Printed
    ranked: Ranked
    unit: Fraction
    value: Fraction


def place_order(rows: Sequence[tuple[Printed, Ranked]]) -> Finding | None:
    """Check that places follow the figures they rank, greater figures first or last.

    Members whose figures differ under every rounding rule cannot share a place nor change places.
    The fewest members that break the order are given. Fewer than three members, or no two figures
    that surely differ, say nothing: None.
    """
    members = [Row(figure, ranked, unit_of(figure.digits), figure.exact) for figure, ranked in rows]
    if len(members) < LEAST_ORDERED or not _any_ordered(members):
        return None
    falling, rising = _outliers(members, sign=1), _outliers(members, sign=-1)
    sign = 1 if len(falling) <= len(rising) else -1
    wrong = falling if sign == 1 else rising
    claims = tuple(c for m in members for c in (m.figure.claim, m.ranked.claim))
    listed = sorted(wrong, key=lambda m: (m.ranked.place.low, m.ranked.territory))
    return Finding(
        rule="place_order",
        severity=Severity.CONTRADICTION if wrong else Severity.CONSISTENT,
        text=_text(listed),
        subject=subject_of(claims),
        claims=claims,
        declared=[
            {
                "territory": m.ranked.territory,
                "value": decimal_text(m.figure.value),
                "place": m.ranked.printed,
            }
            for m in (listed or members)[:MOST_LISTED]
        ],
        recomputed={"against": len(wrong), "ordered": len(members), "more_is_better": sign == 1},
        repairs=tuple(_repairs(members, listed, sign)),
    )


def _any_ordered(members: Sequence[Row]) -> bool:
    least = min(members, key=lambda m: m.value)
    greatest = max(members, key=lambda m: m.value)
    return greatest.value - least.value >= max(least.unit, greatest.unit)


def _outliers(members: Sequence[Row], *, sign: int) -> list[Row]:
    """Return the fewest members without whom the places follow the figures.

    The longest chain of members in which each surely different figure has a strictly worse place:
    members are taken from the best figure to the worst, equal ones by place.
    """
    ordered = sorted(members, key=lambda m: (-sign * m.value, m.ranked.place.low))
    values = [sign * member.value for member in ordered]
    tails: list[tuple[int, int]] = []
    before: list[int | None] = []
    for place, member in enumerate(ordered):
        low = member.ranked.place.low
        at = bisect_right(tails, (low, len(ordered)))
        before.append(tails[at - 1][1] if at else None)
        if at == len(tails):
            tails.append((low, place))
        elif low < tails[at][0]:
            tails[at] = (low, place)
    chain: set[int] = set()
    last = tails[-1][1] if tails else None
    while last is not None:
        chain.add(last)
        last = before[last]
    return _strict(ordered, sorted(chain), values)


def _strict(ordered: Sequence[Row], chain: Sequence[int], values: Sequence[Fraction]) -> list[Row]:
    """Leave out of a chain who shares a place with a member of a surely different figure."""
    wrong = set(range(len(ordered))) - set(chain)
    best: dict[int, int] = {}
    for place in chain:
        row = ordered[place]
        for shared in {row.ranked.place.low, row.ranked.place.high}:
            first = best.setdefault(shared, place)
            if values[first] - values[place] >= max(ordered[first].unit, row.unit):
                wrong.add(place)
    found = [ordered[place] for place in sorted(wrong)]
    if len({member.unit for member in ordered}) == 1:
        return found
    sign = 1 if not ordered or values[0] == ordered[0].value else -1
    return [m for m in found[:MOST_LISTED] if any(_against(m, other, sign) for other in ordered)]


def _against(member: Row, other: Row, sign: int) -> bool:
    """Tell whether two figures surely differ and the places say otherwise."""
    apart = sign * (member.value - other.value)
    if abs(apart) < max(member.unit, other.unit):
        return False
    better, worse = (member, other) if apart > 0 else (other, member)
    return better.ranked.place.high >= worse.ranked.place.low


def _repairs(members: Sequence[Row], wrong: Sequence[Row], sign: int) -> list[Repair]:
    """Offer to exchange two members' figures or places, then a figure or place for each.

    Where more members break the order than alternatives are offered, nothing simple explains it.
    """
    if not wrong or len(wrong) > MOST_REPAIRS:
        return []
    known = {id(m) for m in wrong}
    right = [m for m in members if id(m) not in known]
    repairs = list(_exchanges(wrong, members))
    ordered = sorted(right, key=lambda m: sign * m.value)
    for member in wrong:
        repairs += _figure_between(member, right, sign)
        repairs += _place_between(member, ordered, sign)
    return repairs[: 2 * MOST_REPAIRS]


def _exchanges(wrong: Sequence[Row], members: Sequence[Row]) -> list[Repair]:
    """Exchange each wrong member with another; those that are wrong too come first."""
    few = wrong[:MOST_REPAIRS]
    known = {id(m) for m in few}
    others = [*few, *(m for m in members[: 2 * MOST_REPAIRS] if id(m) not in known)]
    repairs: list[Repair] = []
    for i, first in enumerate(few):
        for second in others[i + 1 :]:
            if first is not second and len(repairs) < MOST_REPAIRS:
                a, b = first.figure.claim, second.figure.claim
                repairs.append(Repair((Change(a, b.raw, b.raw), Change(b, a.raw, a.raw))))
    return repairs


def _figure_between(member: Row, right: Sequence[Row], sign: int) -> list[Repair]:
    """Return the figures strictly between those of the neighbours by place, or of an equal one."""
    tied = [m.value for m in right if m.ranked.place == member.ranked.place]
    ahead = [m.value for m in right if m.ranked.place.low < member.ranked.place.low]
    behind = [m.value for m in right if m.ranked.place.low > member.ranked.place.low]
    above, below = (ahead, behind) if sign == 1 else (behind, ahead)
    if tied:
        low = high = tied[0]
    else:
        low = max(below) + member.unit if below else _least(right)
        high = min(above) - member.unit if above else _greatest(member, right)
    if low > high:
        return []
    digits = max(member.figure.digits, 0)
    ends = [Fraction(round(end / member.unit)) * member.unit for end in (low, high)]
    return [Repair.of(member.figure.claim, *(decimal_text(end, digits) for end in ends))]


def _least(right: Sequence[Row]) -> Fraction:
    """Return where figures may begin: at 0, where none of the others is less."""
    least = min((m.value for m in right), default=Fraction(0))
    return min(least, Fraction(0))


def _greatest(member: Row, right: Sequence[Row]) -> Fraction:
    """Return where figures may end: an index at 100, where none of the others is greater."""
    greatest = max((m.value for m in right), default=Fraction(0))
    index = member.figure.claim.concept is Concept.INDEX
    hundred = Fraction(100)
    return hundred if index and greatest <= hundred else 10 * greatest


def _place_between(member: Row, ordered: Sequence[Row], sign: int) -> list[Repair]:
    """Return the places between those of the neighbours by figure, worst figures first."""
    values = [sign * m.value for m in ordered]
    at = bisect_left(values, sign * member.value)
    low = max((m.ranked.place.high for m in ordered[at:]), default=0) + 1
    high = min((m.ranked.place.low for m in ordered[:at]), default=low + 1) - 1
    if low > high or member.ranked.label:
        return []
    return [Repair.of(member.ranked.claim, str(low), str(high))]


def _text(wrong: Sequence[Row]) -> str:
    if not wrong:
        return "Места следуют порядку значений."
    named = shorten(
        f"{m.ranked.territory}: {number_text(m.figure.value, m.figure.digits)} — место "
        f"{m.ranked.printed}"
        for m in wrong
    )
    return f"Места не следуют порядку значений; нарушают его: {named}."
