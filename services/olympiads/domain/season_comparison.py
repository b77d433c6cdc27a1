"""Thresholds of two seasons side by side: points, per cent of maximum, equal percentiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.olympiads.domain.canonical import plain, rounded
from services.olympiads.domain.disclosure import Bins, equivalent, rank_of

HUNDRED = 100
MAXIMUM_UNKNOWN = "MAXIMUM_UNKNOWN"
RESULTS_UNKNOWN = "RESULTS_UNKNOWN"
SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class Side:
    """One season of a subject and grade: threshold, given maximum, public bins of its scores.

    `bins` are null where there are no results, and empty where the public may not see them.
    """

    score: Decimal
    maximum: Decimal | None
    bins: Bins | None


def compare(previous: Side, current: Side) -> dict[str, object]:
    """Compare the thresholds of two seasons; what cannot be said is null with its reason.

    `percent_points` is the difference of the thresholds in per cent of their maxima; `equivalent`
    the score of this season at the percentile of last season's threshold, read off public bins.
    """
    percent = _percent_points(previous, current)
    return {
        "previous": plain(previous.score),
        "current": plain(current.score),
        "points": plain(current.score - previous.score),
        "percent_points": rounded(percent),
        "percent_reason": MAXIMUM_UNKNOWN if percent is None else None,
        "equivalent": _equivalent(previous, current),
    }


def _percent_points(previous: Side, current: Side) -> Fraction | None:
    if previous.maximum is None or current.maximum is None:
        return None
    return HUNDRED * (
        Fraction(current.score) / Fraction(current.maximum)
        - Fraction(previous.score) / Fraction(previous.maximum)
    )


def _equivalent(previous: Side, current: Side) -> Mapping[str, object]:
    if previous.bins is None or current.bins is None:
        return {"score": None, "percentile": None, "reason": RESULTS_UNKNOWN}
    if not previous.bins or not current.bins:
        return {"score": None, "percentile": None, "reason": SUPPRESSED}
    return {
        "score": rounded(equivalent(previous.bins, current.bins, previous.score)),
        "percentile": rounded(rank_of(previous.bins, previous.score)),
        "reason": None,
    }
