"""Inputs of `share_sum`, `part_whole_sum` and `capacity_vs_demand`."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from shared.figures.checks.grouping import group_by, of_concept, scope_of
from shared.figures.checks.trees import TOTALS
from shared.figures.claims import Claim, Concept
from shared.figures.document import Key, SourceDocument, key_without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.capacity import Seats, capacity_vs_demand
from shared.figures.rules.domains import share_of_whole
from shared.figures.rules.finding import Finding
from shared.figures.rules.sums import HUNDRED, part_whole_sum, share_sum

PART = "part"
"""The part of a key that says: this claim is one part of the whole with the same other key."""
TIER = "tier"
WHOLE_AXES = (PART, "component", "subgroup", TIER)
"""Parts of a key along which the claims of a table are all the parts of one whole."""
TIERS = frozenset({"profile", "subject", "olympiad"})
"""The tiers of teachers, which are the parts of all of them only together."""
MEASURES = ("subject", "indicator", "measure")
"""Parts of a key that say what a share by tier is of."""
GRADE = "grade"
"""Grades share nobody, but others than those printed may belong to the whole."""
COURSE_PARTS = ("session", "runs", "venue", "half", "window")
"""Parts of a key that tell courses apart, not whom they are for."""
SERIES_AXES = frozenset({"grade", "period", "subject", "session", "half", "indicator"})
"""Parts of a key along which figures repeat rather than divide."""
LEAST_SHARES = 3
NEAR = Fraction(1, 5)
NEAR_HUNDRED = 5
"""Along other axes a sum this near its whole is taken for the sum of its parts, not proved."""

Row = tuple[tuple[str, str], str | None, Key]


def check_sums(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check shares of one whole, parts against their whole, and seats against the need."""
    del document
    yield from _shares(readings)
    yield from _parts(readings)
    yield from _shares_of_wholes(readings)
    yield from _capacities(readings)


def _along(readings: Sequence[Reading]) -> Iterator[tuple[str, Row, list[Reading]]]:
    """Yield every table column that varies along one part of the key: axis, row, readings.

    Two readings at the same step of the axis leave it open what is counted twice: no column.
    """
    for axis in dict.fromkeys(name for r in readings for name, _ in r.claim.key):
        along = [r for r in readings if r.claim.about(axis) is not None]
        for row, group in _rows(along, axis).items():
            steps = {r.claim.about(axis) for r in group}
            if len(group) > 1 and len(steps) == len(group):
                yield axis, row, group


def _shares(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Add the shares along an axis: of parts and tiers they must be 100, of others near it.

    A share printed for a score is its per cent of a maximum and no part of anything.
    """
    scored = {_row(r.claim) for r in of_concept(readings, Concept.SCORE)}
    shares = [r for r in of_concept(readings, Concept.SHARE) if _row(r.claim) not in scored]
    for axis, _, group in _along(shares):
        group = [r for r in group if not _is_total(r, axis)]  # noqa: PLW2901 -- its parts.
        printed = _printed(group)
        if not printed or len(printed) < len(group):
            continue
        total = sum((p.exact for p in printed), Fraction(0))
        of_people = _of_one_whole(axis, group[0].claim) and not _unlisted(axis, group, shares)
        near = len(group) >= LEAST_SHARES and abs(total - HUNDRED) <= NEAR_HUNDRED
        if of_people or (near and axis not in SERIES_AXES):
            yield share_sum(printed, proved=of_people)


def _of_one_whole(axis: str, claim: Claim) -> bool:
    """Tell whether shares along an axis are of one whole; of a subject's tiers some are measured.

    A share by tier of something else than the teachers themselves is of each tier.
    """
    measured = any(claim.about(name) is not None for name in MEASURES)
    return axis in WHOLE_AXES and not (axis == TIER and measured)


def _parts(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Add counts along an axis, where the claim without it, or its total, gives their whole."""
    for concept in (Concept.COUNT, Concept.SEATS):
        counts = of_concept(readings, concept)
        wholes = {_row(r.claim): r.printed for r in counts}
        for axis, row, group in _parts_along(counts):
            wholes.update((row, r.printed) for r in group if _is_total(r, axis))
            parts = [r for r in group if not _is_total(r, axis)]
            whole, printed = wholes.get(row), _printed(parts)
            if whole is not None and printed:
                unread = [r.claim.about(axis) or "" for r in parts if r.printed is None]
                unread += _unlisted(axis, parts, counts)
                yield from _sum(axis, whole, printed, unread)


def _sum(
    axis: str, whole: Printed, printed: Sequence[Printed], unread: Sequence[str]
) -> Iterator[Finding]:
    """Judge parts along an axis that has them by its nature; along others only a near sum."""
    total = sum((p.exact for p in printed), Fraction(0))
    near = not unread and abs(total - whole.exact) <= NEAR * whole.exact
    if axis in WHOLE_AXES:
        yield part_whole_sum(whole, printed, unread=unread)
    elif len(printed) > 1 and near and (axis == GRADE or axis not in SERIES_AXES):
        yield part_whole_sum(whole, printed, proved=axis == GRADE and total > whole.exact)


def _is_total(reading: Reading, axis: str) -> bool:
    """Tell whether a claim stands at the total of an axis instead of at one of its steps."""
    return (reading.claim.about(axis) or "").lower() in TOTALS


def _unlisted(axis: str, group: Sequence[Reading], others: Sequence[Reading]) -> list[str]:
    """Return the steps of an axis that the document has elsewhere, or its kind has, but not here.

    Parts named freely belong to their own whole only.
    """
    here = {r.claim.about(axis) or "" for r in group}
    if axis != TIER:
        return []
    scope = scope_of(group[0].claim)
    known = {r.claim.about(axis) for r in others if scope_of(r.claim) == scope}
    known |= TIERS if here <= TIERS else set()
    return sorted(
        code for code in known if code and code not in here and code.lower() not in TOTALS
    )


def _parts_along(counts: Sequence[Reading]) -> Iterator[tuple[str, Row, list[Reading]]]:
    """Yield the columns of parts; a single part is one only where the key says so."""
    yield from _along(counts)
    for row, group in _rows([r for r in counts if r.claim.about(PART) is not None], PART).items():
        if len(group) == 1:
            yield PART, row, group


def _shares_of_wholes(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Compare the share of a part with the counts of the part and of its whole."""
    counts = {
        _row(r.claim): r.printed
        for r in of_concept(readings, Concept.COUNT)
        if r.printed is not None
    }
    for reading in of_concept(readings, Concept.SHARE):
        part, whole = counts.get(_row(reading.claim)), counts.get(_row(reading.claim, PART))
        known = reading.claim.about(PART) is not None
        if known and reading.printed is not None and part is not None and whole is not None:
            found = share_of_whole(reading.printed, part, whole)
            if found is not None:
                yield found


def _capacities(readings: Sequence[Reading]) -> Iterator[Finding]:
    needs = {
        _row(r.claim): r.printed
        for r in of_concept(readings, Concept.COUNT)
        if r.claim.about("subject") is not None
    }
    seats = of_concept(readings, Concept.SEATS)
    for row, courses in group_by(seats, lambda r: _row(r.claim, *COURSE_PARTS)).items():
        need = needs.get(row)
        if need is not None and all(course.printed is not None for course in courses):
            yield capacity_vs_demand(need, [s for s in map(_seats, courses) if s is not None])


def _seats(reading: Reading) -> Seats | None:
    runs = reading.claim.about("runs") or "1"
    if reading.printed is None:
        return None
    return Seats(reading.printed, int(runs) if runs.isdecimal() and int(runs) > 0 else 1)


def _rows(readings: Sequence[Reading], axis: str) -> dict[Row, list[Reading]]:
    return group_by(readings, lambda r: _row(r.claim, axis))


def _row(claim: Claim, *axes: str) -> Row:
    return scope_of(claim), claim.territory, key_without(claim, *axes)


def _printed(group: Sequence[Reading]) -> list[Printed]:
    return [r.printed for r in group if r.printed is not None]
