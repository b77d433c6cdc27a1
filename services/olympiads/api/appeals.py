"""Revisions of results and who changed sides by them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.olympiads.api.tables import SeasonPath
from services.olympiads.domain.canonical import plain
from services.olympiads.domain.thresholds import Stage, stage_before
from services.olympiads.schemas.curves import (
    ResultChange,
    ResultChanges,
    ResultRevision,
    ResultRevisionList,
    ResultSide,
)
from services.olympiads.schemas.numbers import StageCode
from services.olympiads.store import corrections
from services.olympiads.store.corrections import Held
from services.olympiads.usecases.appeals import Crossing, Limits, changed_sides, reaches
from services.olympiads.usecases.seasons import require_season
from shared.web import Caller, ReadSession, requires

router = APIRouter(prefix="/v1/olympiads/{season}/results", tags=["olympiads"])
Reader = Annotated[Caller, Depends(requires("olympiads:read"))]
StageQuery = Annotated[StageCode, Query(description="Этап, на который допускают.")]


@router.get(
    "/revisions",
    summary="Ревизии результатов",
    description="Каждая загрузка, изменившая результаты: предварительные, после апелляций, "
    "окончательные.",
)
async def list_result_revisions(
    season: SeasonPath, session: ReadSession, _caller: Reader, stage: StageQuery = "regional"
) -> ResultRevisionList:
    """List the revisions of a season's results."""
    await require_season(session, season)
    scored_at = stage_before(Stage(stage))
    found = await corrections.result_revisions(session, season, scored_at)
    return ResultRevisionList(items=[ResultRevision(**row) for row in found])


@router.get(
    "/changes",
    summary="Кто сменил сторону порога",
    description="Участники, которые между двумя ревизиями результатов стали достигать "
    "опубликованного порога или перестали. Клиенту, привязанному к территориям, — их участники.",
)
async def list_result_changes(
    season: SeasonPath,
    session: ReadSession,
    caller: Reader,
    since: Annotated[int, Query(ge=0, le=2**53, description="Ревизия до; 0 — до первой.")],
    until: Annotated[int, Query(ge=1, le=2**53, description="Ревизия после.")],
    stage: StageQuery = "regional",
) -> ResultChanges:
    """List who changed sides between two revisions."""
    found = await changed_sides(session, season, since, until, Stage(stage), caller.territories)
    return ResultChanges(
        season=season,
        since=since,
        until=until,
        changed_rows=found.changed_rows,
        items=[_change(crossing, found.limits) for crossing in found.crossings],
    )


def _change(crossing: Crossing, limits: Limits) -> ResultChange:
    return ResultChange(
        participant=crossing.participant,
        subject=crossing.subject,
        grade=crossing.grade,
        threshold=plain(crossing.threshold) or "",
        change="gained" if crossing.gained else "lost",
        before=_side(crossing.subject, crossing.before, limits),
        after=_side(crossing.subject, crossing.after, limits),
    )


def _side(subject: str, held: Held | None, limits: Limits) -> ResultSide | None:
    if held is None:
        return None
    return ResultSide.model_validate(
        {
            "score": plain(held.score),
            "status": held.status,
            "state": held.state,
            "reaches": reaches(subject, held, limits),
        }
    )
