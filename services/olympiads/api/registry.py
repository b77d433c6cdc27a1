"""Seasons, subjects with their dated names, and subjects whose grades share one maximum."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.olympiads.api.tables import SeasonPath
from services.olympiads.schemas.registry import (
    DatedTitle,
    NewSeason,
    SeasonAnswer,
    SeasonList,
    SharedMaximumAnswer,
    SharedMaximumList,
    SubjectAnswer,
    SubjectList,
)
from services.olympiads.store import registry
from services.olympiads.usecases.seasons import register_season, require_season, share_maximum
from services.region_rights import requires_region
from shared.web import Caller, Idempotency, ReadSession, WriteSession

router = APIRouter(prefix="/v1/olympiads", tags=["olympiads"])
Writer = Annotated[Caller, Depends(requires_region("olympiads:write"))]


@router.get(
    "/subjects",
    summary="Предметы олимпиады",
    description="24 предмета с постоянными кодами и названиями, которые они носили.",
)
async def list_subjects(session: ReadSession) -> SubjectList:
    """List the subjects."""
    return SubjectList(
        items=[
            SubjectAnswer(
                code=subject.code,
                title=subject.titles[-1].title,
                in_programme=subject.in_programme,
                titles=[
                    DatedTitle.model_validate(
                        {
                            "title": t.title,
                            "short_title": t.short_title,
                            "from": t.valid_from,
                            "to": t.valid_to,
                        }
                    )
                    for t in subject.titles
                ],
            )
            for subject in (await registry.load_subjects(session)).values()
        ]
    )


@router.get(
    "/seasons",
    summary="Сезоны",
    description="Учебные годы, за которые ведутся олимпиады, от последнего.",
)
async def list_seasons(session: ReadSession) -> SeasonList:
    """List the seasons, newest first."""
    found = await registry.load_seasons(session)
    return SeasonList(items=[season_answer(s.code, s.starts, s.ends) for s in found])


def season_answer(code: str, starts: date, ends: date) -> SeasonAnswer:
    """Put a season into its wire shape."""
    return SeasonAnswer(code=code, starts=starts, ends=ends)


@router.post(
    "/seasons",
    status_code=201,
    summary="Зарегистрировать сезон",
    description="Сезон — учебный год «2023-2024»: с 1 сентября по 31 августа.",
    response_model=SeasonAnswer,
)
async def create_season(
    body: NewSeason, session: WriteSession, once: Idempotency, _caller: Writer
) -> Response:
    """Register a season."""

    async def effect() -> SeasonAnswer:
        season = await register_season(session, body.code)
        return season_answer(season.code, season.starts, season.ends)

    return await once(effect)


@router.get(
    "/{season}/shared-maxima",
    summary="Предметы с общим максимумом",
    description="Зарегистрированные факты: классы предмета выполняли работу с одним максимумом.",
)
async def list_shared_maxima(season: SeasonPath, session: ReadSession) -> SharedMaximumList:
    """List the registered shared maxima of a season."""
    await require_season(session, season)
    found = await registry.list_shared(session, season)
    return SharedMaximumList(
        items=[
            SharedMaximumAnswer.model_validate(
                {"stage": row["stage"], "subject": row["subject"], "basis": row["basis"]}
            )
            for row in found
        ]
    )


@router.post(
    "/{season}/shared-maxima",
    status_code=201,
    summary="Зарегистрировать общий максимум",
    description="Классы предмета выполняли работу с одним максимумом: кандидаты сужаются до общих.",
    response_model=SharedMaximumAnswer,
)
async def create_shared_maximum(
    season: SeasonPath,
    body: SharedMaximumAnswer,
    session: WriteSession,
    once: Idempotency,
    _caller: Writer,
) -> Response:
    """Register that a subject's grades share one maximum."""

    async def effect() -> SharedMaximumAnswer:
        await share_maximum(session, season, body.stage, body.subject, body.basis)
        return body

    return await once(effect)
