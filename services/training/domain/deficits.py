"""Deficits: competencies where a teacher's latest diagnostic lies below the required level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from shared.figures.levels import Band, BandSet, LevelOn, nearest_band, prove_partition

LARGEST, DIGITS = 10**9, 9
"""No scale of a diagnostic is larger or finer than this."""


class LevelSetUnusable(ValueError):  # noqa: N818 -- errors name the fact
    """The level set cannot be read or does not partition its scale; the message says where."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A measurement of one competency with its levels; `required` is the code of one of them.

    `error` is the standard error of measurement in points, None where it is not known.
    """

    code: str
    competency: str
    levels: BandSet
    required: str
    error: Decimal | None = None

    def level_at(self, score: Decimal) -> str:
        """Return the code of the level of a score."""
        return nearest_band(self.levels, Fraction(score)).code

    @property
    def required_from(self) -> Fraction:
        """Return the least score of the required level."""
        return next(band.low for band in self.levels.bands if band.code == self.required)


@dataclass(frozen=True, slots=True)
class Result:
    """What one teacher scored in one diagnostic on one day."""

    teacher: str
    diagnostic: str
    taken_on: date
    score: Decimal


@dataclass(frozen=True, slots=True)
class Deficit:
    """A competency below the required level: by how many levels, since which diagnostic."""

    teacher: str
    competency: str
    level: str
    required: str
    missing_levels: int
    taken_on: date
    diagnostic: str
    score: Decimal


def read_level_set(found: Mapping[str, Any]) -> BandSet:
    """Read `{"domain": [lo, hi], "step": "1"|null, "bands": [{"code", "from", "to"}]}`.

    Bands come in any order and must partition the domain (`docs/rules/figures.md`, Levels).
    """
    try:
        low, high = (_number(end) for end in found["domain"])
        step = None if found.get("step") is None else _number(found["step"])
        bands = tuple(
            Band(
                str(band["code"]),
                band.get("title"),
                band.get("colour"),
                _number(band["from"]),
                _number(band["to"]),
            )
            for band in found["bands"]
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise LevelSetUnusable("domain, step, bands") from error
    levels = BandSet("score", LevelOn.UNROUNDED, low, high, step, bands)
    if not bands or low >= high or (step is not None and step <= 0):
        raise LevelSetUnusable("domain, step, bands")
    defects = prove_partition(levels)
    if defects or len({band.code for band in bands}) < len(bands):
        raise LevelSetUnusable("; ".join(defect.detail for defect in defects) or "code")
    return levels


def _number(value: object) -> Fraction:
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > LARGEST or -int(number.as_tuple().exponent) > DIGITS:
        raise ValueError("not a number of a scale")
    return Fraction(number)


def find_deficits(
    diagnostics: Mapping[str, Diagnostic], results: Iterable[Result]
) -> tuple[Deficit, ...]:
    """Deficits by teacher and competency; the latest diagnostic decides, a tie the later code."""
    latest: dict[tuple[str, str], Result] = {}
    for result in results:
        key = (result.teacher, diagnostics[result.diagnostic].competency)
        held = latest.get(key)
        if held is None or (result.taken_on, result.diagnostic) > (held.taken_on, held.diagnostic):
            latest[key] = result
    found = (_deficit(diagnostics[result.diagnostic], result) for result in latest.values())
    return tuple(
        sorted((d for d in found if d is not None), key=lambda d: (d.teacher, d.competency))
    )


def _deficit(diagnostic: Diagnostic, result: Result) -> Deficit | None:
    ordered = [band.code for band in diagnostic.levels.ordered]
    reached = ordered.index(diagnostic.level_at(result.score))
    missing = ordered.index(diagnostic.required) - reached
    if missing <= 0:
        return None
    return Deficit(
        result.teacher,
        diagnostic.competency,
        ordered[reached],
        diagnostic.required,
        missing,
        result.taken_on,
        diagnostic.code,
        result.score,
    )
