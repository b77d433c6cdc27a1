"""The table of thresholds of a season, row by row as it is published (`docs/rules/wire.md`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.olympiads.domain.canonical import plain
from services.olympiads.domain.maxima import (
    candidate_maxima,
    common_maxima,
    derived_percent,
    percent_of,
)
from services.olympiads.domain.thresholds import Stage, stage_before

NOT_APPLICABLE = "-"

Cell = tuple[str, int]
"""Subject and task grade."""
TaskKey = tuple[Stage, str, int]
"""What was done at a stage: the stage, subject and task grade."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published threshold; `percent` is canonical text with the digits it was printed to."""

    stage: Stage
    subject: str
    grade: int
    score: Decimal
    percent: str | None
    status: str


@dataclass(frozen=True, slots=True)
class ThresholdContext:
    """What a row shows next to its own threshold.

    `titles` and `sort` by subject; `given` maxima, `declared` (as printed, «-» is not applicable)
    and `counted` performers by the stage the work was done at, subject and grade; `previous`
    thresholds of the season before by the stage they admitted to; `shared` are the stages and
    subjects whose grades have one maximum by a registered fact. `counted` lacks what is hidden in
    public. `doubts` are ids of findings by subject, grade and stage, None where the figure in
    question names no stage.
    """

    titles: Mapping[str, str]
    sort: Mapping[str, int]
    given: Mapping[TaskKey, Decimal] = field(default_factory=dict)
    declared: Mapping[TaskKey, str] = field(default_factory=dict)
    counted: Mapping[TaskKey, int] = field(default_factory=dict)
    previous: Mapping[tuple[Stage, str, int], Decimal] = field(default_factory=dict)
    shared: frozenset[tuple[Stage, str]] = frozenset()
    doubts: Mapping[tuple[str | None, ...], Sequence[str]] = field(default_factory=dict)


def table_rows(
    thresholds: Iterable[Published], around: ThresholdContext
) -> list[dict[str, object]]:
    """Rows of the table by subject (alphabetical), grade, stage."""
    ordered = sorted(
        thresholds, key=lambda t: (around.sort[t.subject], t.grade, list(Stage).index(t.stage))
    )
    own = {(t.stage, t.subject, t.grade): _own_candidates(t) for t in ordered}
    return [_row(threshold, around, own) for threshold in ordered]


Candidates = Mapping[tuple[Stage, str, int], Sequence[int]]


def _own_candidates(threshold: Published) -> tuple[int, ...]:
    if threshold.percent is None:
        return ()
    return candidate_maxima(threshold.score, percent_of(threshold.percent))


def _row(threshold: Published, around: ThresholdContext, own: Candidates) -> dict[str, object]:
    scored_at = stage_before(threshold.stage)
    work = (scored_at, threshold.subject, threshold.grade)
    given = around.given.get(work)
    others = _others(threshold, around, own)
    return {
        "subject": threshold.subject,
        "title": around.titles[threshold.subject],
        "grade": threshold.grade,
        "stage": str(threshold.stage),
        "scored_at": str(scored_at),
        "score": plain(threshold.score),
        "percent": _percent(threshold, given, others),
        "max": {"given": plain(given), "candidates": _candidates(threshold, given, others, own)},
        "at_least_75": performers_cell(around.declared.get(work), around.counted.get(work)),
        "previous": _previous(threshold, around),
        "status": threshold.status,
        "doubts": _doubts(threshold, around),
    }


def _doubts(threshold: Published, around: ThresholdContext) -> list[str]:
    """Return the findings on the figures of a row, at its own stage or the one it was scored at."""
    cell = (threshold.subject, str(threshold.grade))
    stages = (None, str(threshold.stage), str(stage_before(threshold.stage)))
    found = (one for stage in stages for one in around.doubts.get((*cell, stage), ()))
    return list(dict.fromkeys(found))


def _others(threshold: Published, around: ThresholdContext, own: Candidates) -> tuple[int, ...]:
    """Maxima that the other grades of a shared-maximum subject allow in common."""
    if (stage_before(threshold.stage), threshold.subject) not in around.shared:
        return ()
    return common_maxima(
        candidates
        for (stage, subject, grade), candidates in own.items()
        if (stage, subject) == (threshold.stage, threshold.subject) and grade != threshold.grade
    )


def _candidates(
    threshold: Published, given: Decimal | None, others: Sequence[int], own: Candidates
) -> list[int]:
    """Own candidates, narrowed by the other grades where the maximum is shared by a fact."""
    if given is not None:
        return []
    mine = own[(threshold.stage, threshold.subject, threshold.grade)]
    return list(common_maxima([mine, others]) or mine)


def _percent(
    threshold: Published, given: Decimal | None, others: Sequence[int]
) -> dict[str, object]:
    digits = percent_of(threshold.percent).digits if threshold.percent else 0
    derived = derived_percent(threshold.score, given, others, digits)
    return {"declared": threshold.percent, "derived": None if derived is None else f"{derived:f}"}


def performers_cell(declared: str | None, counted: int | None) -> dict[str, object]:
    """Show declared and counted ≥ 75 % performers; a printed dash is a mark, never a zero."""
    dash = declared == NOT_APPLICABLE
    return {
        "declared": None if declared is None or dash else int(declared),
        "counted": counted,
        "mark": "not_applicable" if dash else None,
    }


def _previous(threshold: Published, around: ThresholdContext) -> dict[str, object] | None:
    last = around.previous.get((threshold.stage, threshold.subject, threshold.grade))
    if last is None:
        return None
    return {"score": plain(last), "delta": plain(threshold.score - last)}
