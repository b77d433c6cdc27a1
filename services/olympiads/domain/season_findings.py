"""What the service itself can check of a season: declared figures against its own data.

Both rules compare exactly. A count that the public may not see is never compared, because the
finding would tell it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.olympiads.domain.maxima import PER_CENT_DOMAIN, Percent, percent_of_maximum
from services.olympiads.domain.thresholds import Stage
from shared.figures.claims import Claim, Concept
from shared.figures.decimals import RoundingMode
from shared.figures.intervals import rounding_interval
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding, Repair, Severity
from shared.figures.rules.wording import number_text

DECLARED_EQUALS_COUNTED = "declared_equals_counted"
PERCENT_OF_MAXIMUM = "percent_of_maximum"
HUNDRED = 100
DASH = "-"
AT_LEAST_75 = "at_least_75"

Cell = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Scored:
    """A threshold with its printed per cent and the maximum that was given since.

    `stage` is the one it admits to.
    """

    stage: Stage
    subject: str
    grade: int
    score: Decimal
    percent: Percent
    maximum: Decimal


def performers_findings(
    season: str,
    declared: Mapping[Cell, str],
    counted: Mapping[Cell, int],
    claims: Sequence[Claim],
) -> Iterator[Finding]:
    """Compare declared ≥ 75 % counts with counted ones, where both are there and public.

    A dash is no number and is not compared.
    """
    for cell in sorted(declared.keys() & counted.keys()):
        if declared[cell] == DASH:
            continue
        same = int(declared[cell]) == counted[cell]
        about = _about(claims, Concept.COUNT, cell, Decimal(declared[cell]), measure=AT_LEAST_75)
        text = f"Не менее 75 %: объявлено {declared[cell]}, по результатам {counted[cell]}"
        yield Finding(
            rule=DECLARED_EQUALS_COUNTED,
            severity=Severity.CONSISTENT if same else Severity.CONTRADICTION,
            text=f"{text}.",
            subject={"season": season, "subject": cell[0], "grade": cell[1]},
            claims=about,
            declared=declared[cell],
            recomputed=str(counted[cell]),
            repairs=() if same else _repairs(about, str(counted[cell])),
            about=("olympiads", season, cell[0], str(cell[1])),
        )


def percent_findings(
    season: str, thresholds: Iterable[Scored], claims: Sequence[Claim]
) -> Iterator[Finding]:
    """Compare a printed per cent with the given maximum, under every rounding rule."""
    for threshold in thresholds:
        exact = HUNDRED * Fraction(threshold.score) / Fraction(threshold.maximum)
        fits = [mode for mode in RoundingMode if _prints(threshold.percent, exact, mode)]
        cell = (threshold.subject, threshold.grade)
        digits = threshold.percent.digits
        printed = f"{percent_of_maximum(threshold.score, threshold.maximum, digits):f}"
        about = _about(claims, Concept.SHARE, cell, threshold.percent.value, stage=threshold.stage)
        yield Finding(
            rule=PERCENT_OF_MAXIMUM,
            severity=Severity.CONSISTENT if fits else Severity.CONTRADICTION,
            text=f"{number_text(threshold.score)} из {number_text(threshold.maximum)} — это "
            f"{printed.replace('.', ',')} %, "
            f"напечатано {number_text(threshold.percent.value, digits)} %.",
            subject={
                "season": season,
                "stage": str(threshold.stage),
                "subject": cell[0],
                "grade": cell[1],
            },
            claims=about,
            declared=f"{threshold.percent.value:f}",
            recomputed=printed,
            repairs=() if fits else _repairs(about, printed),
            about=("olympiads", season, str(threshold.stage), cell[0], str(cell[1])),
        )


def _prints(percent: Percent, exact: Fraction, mode: RoundingMode) -> bool:
    return rounding_interval(percent.value, percent.digits, mode, PER_CENT_DOMAIN).holds(exact)


def _about(
    claims: Sequence[Claim], concept: Concept, cell: Cell, declared: Decimal, **named: str
) -> tuple[Claim, ...]:
    """Return the cells about a subject and grade that print what is declared.

    Other documents may print something else; where a claim names more, it must agree.
    """
    wanted = {"subject": cell[0], "grade": str(cell[1])}
    return tuple(
        claim
        for claim in claims
        if claim.concept is concept
        and all(claim.about(name) == value for name, value in wanted.items())
        and all(claim.about(name) in (None, value) for name, value in named.items())
        and (figure := read_claim(claim).printed) is not None
        and figure.value == declared
    )


def _repairs(about: Sequence[Claim], value: str) -> tuple[Repair, ...]:
    return tuple(Repair.of(claim, value, value) for claim in about)
