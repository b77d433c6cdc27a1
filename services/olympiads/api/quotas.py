"""Stored quotas of a season."""

from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Request, Response

from services.olympiads.api.previews import decimal_or_none, solution_answer
from services.olympiads.api.tables import SeasonPath
from services.olympiads.domain.canonical import plain
from services.olympiads.schemas.quotas import GradeScore, NewQuota, QuotaList, QuotaState
from services.olympiads.store.quotas import Quota
from services.olympiads.usecases import quotas
from services.olympiads.usecases.quotas import Solved
from services.region_rights import requires_region
from shared.web import Caller, Idempotency, ReadSession, WriteSession, if_match, requires
from shared.web.problems import documented

router = APIRouter(prefix="/v1/olympiads/{season}/quotas", tags=["olympiads"])
Reader = Annotated[Caller, Depends(requires("olympiads:read"))]
Writer = Annotated[Caller, Depends(requires_region("olympiads:write"))]


@router.post(
    "",
    status_code=201,
    summary="Сохранить квоту",
    description="Квота предмета для одного класса или общая для нескольких: тогда классы "
    "сравнивают по проценту от максимума.",
    response_model=QuotaState,
)
async def create_quota(
    season: SeasonPath, body: NewQuota, session: WriteSession, once: Idempotency, _caller: Writer
) -> Response:
    """Store a quota and answer with its solution."""

    async def effect() -> Response:
        quota = await quotas.create_quota(
            session,
            Quota(
                uuid4(),
                season,
                body.stage,
                body.subject,
                tuple(sorted(set(body.grades))),
                body.places,
                decimal_or_none(body.floor_percent),
                body.outside,
                body.outside_counts,
                body.basis,
            ),
        )
        solved = await quotas.solve_stored(session, quota)
        content = quota_state(solved).model_dump_json()
        return Response(content, 201, {"ETag": quota.etag}, media_type="application/json")

    return await once(effect)


@router.get(
    "",
    summary="Квоты сезона и их решения",
    description="Каждая квота решена по нынешним результатам: оба устойчивых ответа.",
)
async def list_quotas(season: SeasonPath, session: ReadSession, _caller: Reader) -> QuotaList:
    """List the quotas of a season, solved."""
    solved = await quotas.solve_season(session, season)
    return QuotaList(items=[quota_state(one) for one in solved])


@router.delete(
    "/{quota_id}",
    status_code=204,
    summary="Удалить квоту",
    description="Нужен If-Match с ETag квоты.",
    responses=documented(412, 428),
)
async def remove_quota(
    request: Request,
    season: SeasonPath,
    quota_id: Annotated[UUID, Path(description="Номер квоты.")],
    session: WriteSession,
    _caller: Writer,
) -> Response:
    """Remove a quota."""
    await quotas.remove_quota(session, season, quota_id, partial(if_match, request))
    return Response(status_code=204)


def quota_state(solved: Solved) -> QuotaState:
    """Put a solved quota into its wire shape."""
    quota = solved.quota
    return QuotaState(
        id=quota.id,
        subject=quota.subject,
        grades=list(quota.grades),
        stage=quota.stage,
        places=quota.places,
        floor_percent=plain(quota.floor_percent),
        outside=solved.outside,
        outside_counts=quota.outside_counts,
        basis=quota.basis,
        solution=None if solved.solution is None else solution_answer(solved.solution),
        by_grade=[
            GradeScore(grade=grade, H=plain(high), L=plain(low))
            for grade, high, low in solved.by_grade
        ],
        reason=solved.reason,
        etag=quota.etag,
    )
