"""A threshold in its life: drafted, approved, published, superseded, withdrawn."""

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.api.tables import SeasonPath
from services.olympiads.domain.canonical import plain, rounded
from services.olympiads.domain.thresholds import Key, Stage, Status, stage_before
from services.olympiads.schemas.thresholds import (
    Basis,
    NewThreshold,
    Publication,
    StatusCode,
    ThresholdHistory,
    ThresholdList,
    ThresholdState,
    ThresholdStepAnswer,
    Withdrawal,
    Withdrawn,
)
from services.olympiads.store import thresholds
from services.olympiads.store.thresholds import Draft, Threshold
from services.olympiads.usecases import lifecycle, withdrawal
from services.olympiads.usecases.seasons import require_season
from services.region_rights import requires_region
from shared.clock import now
from shared.persons.pseudonyms import signature
from shared.web import Caller, Idempotency, ReadSession, WriteSession, if_match, requires
from shared.web.problems import documented

router = APIRouter(prefix="/v1/olympiads/{season}/thresholds", tags=["olympiads"])

Reader = Annotated[Caller, Depends(requires("olympiads:read"))]
Writer = Annotated[Caller, Depends(requires_region("olympiads:write"))]
Approver = Annotated[Caller, Depends(requires_region("olympiads:approve"))]
Publisher = Annotated[Caller, Depends(requires_region("olympiads:publish"))]
ThresholdId = Annotated[UUID, Path(description="Номер порога.")]
CONDITIONAL = documented(409, 412, 428)


@router.post(
    "",
    status_code=201,
    summary="Подготовить проект порога",
    description="Создаёт порог в состоянии draft. Опубликованный порог так не изменить: новый "
    "проект после утверждения и публикации заменит его.",
    response_model=ThresholdState,
)
async def create_threshold(
    season: SeasonPath, body: NewThreshold, session: WriteSession, once: Idempotency, caller: Writer
) -> Response:
    """Draft a threshold."""

    async def effect() -> Response:
        await require_season(session, season)
        drafted = await lifecycle.draft_threshold(
            session, _draft(season, body), now(), await signature(session, caller)
        )
        return await state_response(session, drafted, status=201)

    return await once(effect)


def _draft(season: str, body: NewThreshold) -> Draft:
    basis = body.basis
    return Draft(
        Key(season, Stage(body.stage), body.subject, body.grade),
        Decimal(body.score),
        None if body.percent is None else Decimal(body.percent),
        body.tie_policy,
        basis.document if basis else None,
        basis.date if basis else None,
    )


async def state_response(
    session: AsyncSession, threshold: Threshold, status: int = 200
) -> Response:
    """Answer with a threshold, its place among the participants, and its tag."""
    percentile = await lifecycle.percentile_of(session, threshold)
    return Response(
        threshold_state(threshold, percentile).model_dump_json(),
        status,
        headers={"ETag": threshold.etag},
        media_type="application/json",
    )


def threshold_state(threshold: Threshold, percentile: Fraction | None) -> ThresholdState:
    """Put a threshold into its wire shape."""
    document = threshold.basis_document
    return ThresholdState(
        id=threshold.id,
        season=threshold.season,
        subject=threshold.subject,
        grade=threshold.grade,
        stage=threshold.stage.value,
        scored_at=stage_before(threshold.stage).value,
        score=plain(threshold.score) or "",
        percent=None if threshold.percent is None else f"{threshold.percent:f}",
        percentile=rounded(percentile),
        tie_policy=threshold.tie_policy,
        basis=Basis(document=document, date=threshold.basis_date) if document else None,
        status=threshold.status.value,
        supersedes=threshold.supersedes,
        etag=threshold.etag,
    )


@router.post(
    "/withdraw",
    summary="Отозвать последнюю публикацию порогов",
    description="Нужен If-Match с ETag последней таблицы. Ошибочные пороги заменяются прежними, "
    "отозванная публикация отвечает 410 с причиной.",
    responses=CONDITIONAL,
)
async def withdraw_publication(
    request: Request, season: SeasonPath, body: Withdrawal, session: WriteSession, caller: Publisher
) -> Withdrawn:
    """Withdraw the newest table of thresholds."""
    revision = await withdrawal.withdraw_publication(
        session,
        season,
        body.reason,
        partial(if_match, request),
        now(),
        await signature(session, caller),
    )
    return Withdrawn(season=season, revision=revision, reason=body.reason)


@router.get(
    "/registry",
    summary="Пороги сезона во всех состояниях",
    description="Проекты, утверждённые, опубликованные и заменённые пороги с их ETag.",
)
async def list_thresholds(
    season: SeasonPath,
    session: ReadSession,
    _caller: Reader,
    status: Annotated[StatusCode | None, Query(description="Только в этом состоянии.")] = None,
) -> ThresholdList:
    """List a season's thresholds in every state."""
    await require_season(session, season)
    wanted = None if status is None else Status(status)
    found = await thresholds.list_thresholds(session, season, wanted)
    places = await lifecycle.percentiles(session, found)
    return ThresholdList(items=[threshold_state(t, places.get(t.id)) for t in found])


@router.get(
    "/{threshold_id}",
    summary="Один порог",
    description="Порог с его состоянием; ETag нужен для следующего шага.",
    response_model=ThresholdState,
)
async def read_threshold(
    season: SeasonPath, threshold_id: ThresholdId, session: ReadSession, _caller: Reader
) -> Response:
    """Return one threshold."""
    found = await lifecycle.show_threshold(session, season, threshold_id)
    return await state_response(session, found)


@router.get(
    "/{threshold_id}/history",
    summary="Жизнь порога",
    description="Все шаги порога и тех, кого он заменил или кем заменён: кто, когда, почему.",
)
async def read_threshold_history(
    season: SeasonPath, threshold_id: ThresholdId, session: ReadSession, _caller: Reader
) -> ThresholdHistory:
    """Return the life of a threshold."""
    await lifecycle.show_threshold(session, season, threshold_id)
    steps = await thresholds.history(session, threshold_id)
    return ThresholdHistory(
        items=[
            ThresholdStepAnswer(
                threshold=step["threshold_id"],
                score=plain(step["score"]) or "",
                status=step["status"],
                at=step["at"],
                by=step["by"],
                basis=step["basis"],
            )
            for step in steps
        ]
    )


@router.post(
    "/{threshold_id}/approve",
    summary="Утвердить проект порога",
    description="Нужен If-Match с ETag проекта: из двух утверждающих одну версию побеждает один.",
    response_model=ThresholdState,
    responses=CONDITIONAL,
)
async def approve_threshold(
    request: Request,
    season: SeasonPath,
    threshold_id: ThresholdId,
    session: WriteSession,
    caller: Approver,
) -> Response:
    """Approve a draft."""
    approved = await lifecycle.approve_threshold(
        session,
        season,
        threshold_id,
        partial(if_match, request),
        now(),
        await signature(session, caller),
    )
    return await state_response(session, approved)


@router.post(
    "/{threshold_id}/publish",
    summary="Опубликовать утверждённый порог",
    description="Нужен If-Match. Если порог заменяет опубликованный, нужно основание.",
    response_model=ThresholdState,
    responses=CONDITIONAL,
)
async def publish_threshold(
    request: Request,
    season: SeasonPath,
    threshold_id: ThresholdId,
    body: Publication,
    session: WriteSession,
    caller: Publisher,
) -> Response:
    """Publish an approved threshold."""
    basis = (body.basis.document, body.basis.date) if body.basis else (None, None)
    published = await lifecycle.publish_threshold(
        session,
        season,
        threshold_id,
        partial(if_match, request),
        basis,
        now(),
        await signature(session, caller),
    )
    return await state_response(session, published)
