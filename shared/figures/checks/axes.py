"""Columns of a table: figures that differ by one part of the key, and the totals next to them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.claims import Claim, Concept
from shared.figures.reading import Printed, Reading
from shared.figures.rules.gaps import AVERAGES, TOTALS
from shared.figures.selectors import Key, claim_part, key_without

TERRITORY = "territory"
REGION_ENDING = "000000"
LONG = 11
OKTMO_LENGTHS = (8, LONG)

Row = tuple[tuple[str, str], str | None, Concept, Key]


@dataclass(frozen=True, slots=True)
class Column:
    """The parts along an axis, and the figures printed for their whole."""

    axis: str
    row: Row
    parts: tuple[Reading, ...]
    wholes: tuple[Reading, ...]

    @property
    def printed(self) -> list[Printed]:
        """The parts that have a number."""
        return [part.printed for part in self.parts if part.printed is not None]

    @property
    def unread(self) -> list[str]:
        """The codes of the parts without a number."""
        return [step_of(part, self.axis) for part in self.parts if part.printed is None]

    @property
    def blanks(self) -> tuple[Claim, ...]:
        """The claims of the parts without a number."""
        return tuple(part.claim for part in self.parts if part.printed is None)

    @property
    def whole(self) -> Printed | None:
        """The number of the whole; None where none or several different ones are printed."""
        found = [whole.printed for whole in self.wholes if whole.printed is not None]
        return found[0] if len({number.value for number in found}) == 1 else None

    @property
    def explicit(self) -> bool:
        """Whether the whole is printed as the total of the axis («всего»)."""
        return any(claim_part(whole.claim, self.axis) is not None for whole in self.wholes)


def row_of(claim: Claim, *axes: str) -> Row:
    """Return what a claim shares with its neighbours along some axes."""
    territory = None if TERRITORY in axes else claim.territory
    return scope_of(claim), territory, claim.concept, key_without(claim, *axes)


def step_of(reading: Reading, axis: str) -> str:
    """Return where a reading lies on an axis."""
    return claim_part(reading.claim, axis) or ""


def columns_along(readings: Sequence[Reading], axis: str) -> Iterator[Column]:
    """Yield the columns along a part of the key, or along the territories of each region.

    The whole is what has the same key without the axis, or is at its total; rows of averages are
    neither. A step printed twice leaves open what is counted twice: no column.
    """
    if axis == TERRITORY:
        yield from _regions(readings)
        return
    named = [r for r in readings if r.claim.about(axis) is not None]
    along = [r for r in named if step_of(r, axis).strip().lower() not in AVERAGES]
    without: dict[Row, list[Reading]] = {}
    for reading in readings:
        if reading.claim.about(axis) is None:
            without.setdefault(row_of(reading.claim), []).append(reading)
    for row, group in group_by(along, lambda r: row_of(r.claim, axis)).items():
        steps = [step_of(r, axis) for r in group]
        totals = [step.lower() in TOTALS for step in steps]
        parts = tuple(r for r, total in zip(group, totals, strict=True) if not total)
        stated = (r for r, total in zip(group, totals, strict=True) if total)
        present = {step for step, total in zip(steps, totals, strict=True) if not total}
        if parts and len(present) == len(parts):
            yield Column(axis, row, parts, (*stated, *without.get(row, ())))


def _regions(readings: Sequence[Reading]) -> Iterator[Column]:
    """Yield the municipalities of each region, which is their whole."""
    placed = [r for r in readings if len(r.claim.territory or "") in OKTMO_LENGTHS]
    rows = group_by(placed, lambda r: (row_of(r.claim, TERRITORY), (r.claim.territory or "")[:2]))
    for (row, _), group in rows.items():
        below = {code for r in group if not is_region(code := r.claim.territory or "")}
        parted = below - _nested(below)
        parts = tuple(r for r in group if (r.claim.territory or "") in parted)
        wholes = tuple(r for r in group if is_region(r.claim.territory or ""))
        if parts and len({r.claim.territory for r in parts}) == len(parts):
            yield Column(TERRITORY, row, parts, wholes)


def _nested(codes: Collection[str]) -> set[str]:
    """Return the codes of settlements whose municipality is among the codes too."""
    return {
        code
        for code in codes
        if (len(code) == LONG and code[:8] in codes and code[8:] != "000")
        or (code[5:8] != "000" and f"{code[:5]}000" in codes)
    }


def is_region(code: str) -> bool:
    """Tell a region's code: two digits and zeros."""
    return code[2:].strip("0") == ""


def axes_of(readings: Sequence[Reading]) -> list[str]:
    """Return every name of the keys, in order of appearance."""
    return list(dict.fromkeys(name for r in readings for name, _ in r.claim.key))
