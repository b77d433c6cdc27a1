"""`bands_partition_domain`: printed bands of levels against the scale they should cover."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from shared.figures.decimals import decimal_text, unit_of
from shared.figures.levels import Band, BandDefect, BandFault, BandSet, LevelOn, prove_partition
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.precision import written
from shared.figures.rules.wording import node_title, number_text, shorten

FAULTS = {
    BandFault.GAP: "без уровня остаются",
    BandFault.OVERLAP: "сразу два уровня у",
    BandFault.END: "неверны границы",
}


MOST_REPAIRS = 20
PARTITION_GUESS = Guess("Полосы сочтены разбиением всей шкалы.", "scale")


@dataclass(frozen=True, slots=True)
class PrintedBand:
    """A band as printed: its code and the two ends, in either order."""

    code: str
    ends: tuple[Printed, Printed]

    @property
    def span(self) -> tuple[Fraction, Fraction]:
        """The ends in rising order."""
        first, last = sorted(end.exact for end in self.ends)
        return first, last


@dataclass(frozen=True, slots=True)
class Scale:
    """The values a node can take; an end nobody states is None, a step of None is continuous."""

    low: Fraction | None
    high: Fraction | None
    step: Fraction | None


def printed_bands(node: str, bands: Sequence[PrintedBand], scale: Scale) -> BandSet:
    """Return the set the document prints; an unstated end of the scale is the outermost band's."""
    spans = [band.span for band in bands]
    low = min(span[0] for span in spans) if scale.low is None else scale.low
    high = max(span[1] for span in spans) if scale.high is None else scale.high
    made = tuple(Band(band.code, None, None, *band.span) for band in bands)
    return BandSet(node, LevelOn.PUBLISHED, low, high, scale.step, made)


def step_of(bands: Sequence[PrintedBand]) -> Fraction:
    """Return the step of a scale whose bands are printed as closed ranges: their last digit."""
    return unit_of(max(end.digits for band in bands for end in band.ends))


def bands_partition_domain(
    node: str, bands: Sequence[PrintedBand], scale: Scale, *, proved: bool = True
) -> Finding:
    """Check that printed bands cover every value of their scale exactly once.

    A value without a level or with two refutes the partition whatever was rounded, so it is a
    contradiction where a fact states the scale, and incomplete elsewhere; every gap, overlap and
    wrong end is given, each gap and overlap with the ends that would close it. One or more bands.
    """
    printed = printed_bands(node, bands, scale)
    defects = prove_partition(printed)
    claims = tuple(dict.fromkeys(end.claim for band in bands for end in band.ends))
    failing = Severity.CONTRADICTION if proved else Severity.INCOMPLETE
    return Finding(
        rule="bands_partition_domain",
        severity=failing if defects else Severity.CONSISTENT,
        text=_text(node, printed, defects),
        subject={**subject_of(claims), "node": node},
        claims=claims,
        declared=[
            {
                "band": band.code,
                "from": decimal_text(band.span[0]),
                "to": decimal_text(band.span[1]),
            }
            for band in bands
        ],
        recomputed=[defect.wire() for defect in defects],
        repairs=tuple(islice(_repairs(bands, printed, defects), MOST_REPAIRS)),
        tolerance={
            "low": decimal_text(printed.low),
            "high": decimal_text(printed.high),
            "step": None if scale.step is None else decimal_text(scale.step),
        },
        assumes=() if proved else (PARTITION_GUESS,),
    )


def _repairs(
    bands: Sequence[PrintedBand], printed: BandSet, defects: Sequence[BandDefect]
) -> Iterator[Repair]:
    """Give for every gap or overlap the end of each neighbour that alone would close it."""
    by_code = {band.code: band for band in bands}
    step = printed.step or Fraction(0)
    for defect in defects:
        below = [b for b in printed.ordered if b.low < defect.low]
        above = [b for b in printed.ordered if b.high > defect.high]
        if defect.code is BandFault.GAP:
            if below:
                yield _moved(by_code[below[-1].code], 1, defect.high)
            if above:
                yield _moved(by_code[above[0].code], 0, defect.low)
        elif defect.code is BandFault.OVERLAP and len(defect.bands) > 1:
            lower, upper = (by_code[code] for code in defect.bands)
            if lower.span[0] < defect.low:
                yield _moved(lower, 1, defect.low - step)
            if upper.span[1] > defect.high:
                yield _moved(upper, 0, defect.high + step)


def _moved(band: PrintedBand, end: int, value: Fraction) -> Repair:
    """Set the low (0) or high (1) end of a band."""
    printed = sorted(band.ends, key=lambda one: one.exact)[end]
    text = written(printed, decimal_text(value))
    return Repair.of(printed.claim, text, text)


def _text(node: str, printed: BandSet, defects: Sequence[BandDefect]) -> str:
    domain = f"{number_text(printed.low)}–{number_text(printed.high)}"
    if not defects:
        return f"Уровни {node_title(node)} разбивают шкалу {domain} без пропусков и наложений."
    told = [
        f"{name} {shorten((d.label for d in defects if d.code is fault), ', ')}"
        for fault, name in FAULTS.items()
        if any(defect.code is fault for defect in defects)
    ]
    return f"Уровни {node_title(node)} не разбивают шкалу {domain}: {'; '.join(told)}."
