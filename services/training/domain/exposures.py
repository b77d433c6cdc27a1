"""Whom a measure reached: the dose of each unit and the period it was first exposed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEWEST = 3
"""Counts of fewer people, above zero, are not published."""
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Dose:
    """What one unit got in one period; `exposed` False: it was in the draw without the measure."""

    unit: str
    period: str
    source: str
    trained: int | None
    need: int | None
    hours: int | None
    exposed: bool = True
    stratum: str | None = None
    neighbour: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """A unit of a measure; `first_exposed` None: it was in the draw and got no measure.

    `doses` ascend by period. `stratum` is the last one stated.
    """

    unit: str
    first_exposed: str | None
    doses: tuple[Dose, ...]
    stratum: str | None
    neighbour: bool


def merge_doses(stated: Sequence[Dose], counted: Sequence[Dose]) -> Sequence[Dose]:
    """Return the doses by unit and period; a stated one replaces the counted one."""
    merged = {(dose.unit, dose.period): dose for dose in (*counted, *stated)}
    return [merged[key] for key in sorted(merged)]


def exposures_of(
    doses: Sequence[Dose], neighbours: frozenset[str], least_share: Decimal | None
) -> Sequence[Exposure]:
    """Return the exposure of every unit with a dose, by unit; neighbours without one follow.

    A unit is exposed from the first period in which the people trained so far are at least
    `least_share` per cent of the need; without a bound, a need or a count, from its first dose. A
    dose of nobody trained exposes nobody, whoever states it.
    """
    by_unit: dict[str, list[Dose]] = {}
    for dose in doses:
        by_unit.setdefault(dose.unit, []).append(dose)
    reached = [_exposure(unit, rows, least_share) for unit, rows in sorted(by_unit.items())]
    others = sorted(neighbours - by_unit.keys())
    marked = [
        Exposure(
            one.unit,
            one.first_exposed,
            one.doses,
            one.stratum,
            one.first_exposed is None and (one.neighbour or one.unit in neighbours),
        )
        for one in reached
    ]
    return [*marked, *(Exposure(unit, None, (), None, neighbour=True) for unit in others)]


def _exposure(unit: str, doses: Sequence[Dose], least_share: Decimal | None) -> Exposure:
    first, trained = None, 0
    for dose in doses:
        trained += dose.trained or 0
        if first is None and dose.exposed and _reaches(dose, trained, least_share):
            first = dose.period
    strata = [dose.stratum for dose in doses if dose.stratum is not None]
    return Exposure(
        unit,
        first,
        tuple(doses),
        strata[-1] if strata else None,
        any(dose.neighbour for dose in doses),
    )


def _reaches(dose: Dose, trained: int, least_share: Decimal | None) -> bool:
    if least_share is None or dose.need is None or dose.trained is None:
        return dose.trained != 0
    return trained * 100 >= least_share * dose.need


def dose_view(exposure: Exposure) -> dict[str, object]:
    """Return the dose as published: counts of one or two people are null, `suppressed` says so.

    Where the count of a period is suppressed the sum of the periods is too, else it would follow.
    """
    small = any(0 < (dose.trained or 0) < FEWEST for dose in exposure.doses)
    needs = [dose.need for dose in exposure.doses if dose.need is not None]
    need = needs[-1] if needs else None
    trained = _sum([dose.trained for dose in exposure.doses])
    few = small or (need is not None and 0 < need < FEWEST)
    share = None
    if trained is not None and need and not few:
        share = (Decimal(trained) * 100 / need).quantize(TENTH, ROUND_HALF_UP)
    return {
        "trained": None if few else trained,
        "need": None if few else need,
        "share": None if share is None else f"{share:f}",
        "hours": None if few else _sum([dose.hours for dose in exposure.doses]),
        "suppressed": few,
    }


def period_views(exposure: Exposure) -> list[Mapping[str, object]]:
    """Return period, count and source of every dose; counts of one or two people are null."""
    return [
        {
            "period": dose.period,
            "exposed": dose.exposed,
            "trained": None if 0 < (dose.trained or 0) < FEWEST else dose.trained,
            "source": dose.source,
        }
        for dose in exposure.doses
    ]


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
