"""`level_label`: a printed level against the printed value and the printed bands."""

from collections.abc import Iterator, Sequence

from shared.figures.claims import Claim
from shared.figures.reading import Printed
from shared.figures.rules.band_domain import PARTITION_GUESS, PrintedBand
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of
from shared.figures.rules.precision import MODES, true_interval
from shared.figures.rules.wording import number_text


def level_label(
    label: Claim, value: Printed, code: str, bands: Sequence[PrintedBand], *, proved: bool
) -> Iterator[Finding]:
    """Check that a value, within its printed precision, can have the level printed for it.

    A value that lies surely in another band only is a contradiction where the scale of the bands
    is stated, else implausible; one in no band says nothing.
    """
    possible = {band.code for band in bands if _can_hold(band, value)}
    if not possible:
        return
    holds = code in possible
    failing = Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE
    own = next((band for band in bands if band.code == code), None)
    said = number_text(value.value, value.digits)
    yield Finding(
        rule="level_label",
        severity=Severity.CONSISTENT if holds else failing,
        text=f"Напечатан уровень «{label.raw.strip()}», а значение {said} "
        + ("ему отвечает." if holds else "лежит в границах другого уровня."),
        subject=subject_of((label,)),
        claims=(label, value.claim),
        declared=label.raw.strip(),
        recomputed={"possible": sorted(possible)},
        repairs=()
        if holds or own is None
        else (Repair.of(value.claim, *(_plain(end) for end in _ends(own))),),
        assumes=() if proved else (PARTITION_GUESS,),
        context=tuple(dict.fromkeys(end.claim for band in bands for end in band.ends)),
    )


def _can_hold(band: PrintedBand, value: Printed) -> bool:
    low, high = band.span
    return low <= value.exact <= high or any(
        (interval := true_interval(value, mode)).low <= high and interval.high >= low
        for mode in MODES
    )


def _ends(band: PrintedBand) -> tuple[Printed, Printed]:
    first, last = sorted(band.ends, key=lambda end: end.exact)
    return first, last


def _plain(end: Printed) -> str:
    return number_text(end.value, end.digits).replace(",", ".")
