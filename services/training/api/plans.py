"""Plans of enrolment: propose, override, solve, publish, read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import RowMapping

from services.region_rights import requires_region
from services.training.schemas.plans import (
    OverrideAnswer,
    OverridePage,
    PlanAnswer,
    PlanHead,
    PlanOverride,
    PlanPage,
    PlanProposal,
    QueuedJob,
)
from services.training.store import people
from services.training.store import plans as plan_rows
from services.training.usecases import plans
from services.training.usecases.signatures import Signer
from shared.web import (
    Caller,
    Idempotency,
    LongPaging,
    ReadSession,
    ShortPaging,
    WriteSession,
    creation_key,
    if_match,
    requires,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/training/plans", tags=["training"])
Reader = Annotated[Caller, Depends(requires("training:read"))]
Writer = Annotated[Caller, Depends(requires("training:write"))]
RegionWriter = Annotated[Caller, Depends(requires_region("training:write"))]
Publisher = Annotated[Caller, Depends(requires_region("training:publish"))]
PlanId = Annotated[UUID, Path(description="Номер плана.")]


def signer_of(caller: Caller) -> Signer:
    """Name the client and the person it acts for."""
    return Signer(caller.subject, caller.actor)


def head(plan: RowMapping) -> PlanHead:
    """Show a plan without its content."""
    return PlanHead.model_validate({name: plan[name] for name in PlanHead.model_fields})


@router.get(
    "",
    summary="Планы зачисления",
    description="Планы полугодий, новые сверху; устаревшие отмечены причиной.",
)
async def list_plans(
    session: ReadSession,
    _caller: Reader,
    page: ShortPaging,
    year: Annotated[str | None, Query(pattern=r"^\d{4}$", description="Год.")] = None,
) -> PlanPage:
    """List plans, newest first."""
    after = page.after
    key = None if after is None else (datetime.fromisoformat(after[0]), after[1])
    rows = await plan_rows.listed(session, year, key, page.fetch)
    shown, following = page.cut(rows, creation_key)
    return PlanPage(items=[head(row) for row in shown], next=following)


@router.post(
    "",
    status_code=201,
    summary="Предложить план полугодия",
    description="Создаёт черновик; расчёт запускается отдельно. Второй круг начинается с того, "
    "что опубликовано в первом.",
    response_model=PlanHead,
)
async def create_plan(
    body: PlanProposal,
    session: WriteSession,
    once: Idempotency,
    caller: RegionWriter,
) -> Response:
    """Add a draft plan."""

    async def effect() -> PlanHead:
        signer = signer_of(caller)
        seed = None if body.lottery is None else body.lottery.seed
        plan = await plans.propose_plan(
            session, body.year, body.half, body.round, signer, lottery_seed=seed
        )
        return head(plan)

    return await once(effect)


@router.get(
    "/{plan_id}",
    summary="План с ревизией",
    description="Кто зачислен и почему, очередь с причинами, доказательства нехватки, основание. "
    "Люди — те, к чьим территориям привязан клиент; итоги — по региону. Люди отдаются страницами: "
    "сначала зачисленные, потом очередь, потом исключённые; доказательства называют тех из них, "
    "кто на странице. Курсор продолжает ту же ревизию.",
)
async def get_plan(
    response: Response,
    session: ReadSession,
    _caller: Reader,
    plan_id: PlanId,
    page: LongPaging,
    revision: Annotated[int | None, Query(ge=1, le=10**6, description="Ревизия.")] = None,
) -> PlanAnswer:
    """Show a plan with one page of one of its revisions."""
    number, start = page.after or (revision, 0)
    part = await plans.show_plan(session, plan_id, number, start, page.limit)
    response.headers["ETag"] = plans.tag_of(part.plan)
    shown, after = None, None
    if part.revision is not None:
        shown = dict(part.revision)
        if part.following is not None:
            after = [shown["revision"], part.following]
    following = page.lead_to(after)
    return PlanAnswer.model_validate(
        {**head(part.plan).model_dump(), "revision": shown, "next": following}
    )


@router.post(
    "/{plan_id}/solve",
    status_code=202,
    summary="Рассчитать план",
    description="Ставит расчёт в очередь; результат — новая неизменяемая ревизия.",
    response_model=QueuedJob,
)
async def solve_plan(
    session: WriteSession, once: Idempotency, caller: RegionWriter, plan_id: PlanId
) -> Response:
    """Queue the solving of a plan."""

    async def effect() -> Response:
        job = await plans.queue_solving(session, plan_id, caller.subject)
        return Response(
            QueuedJob(job=job).model_dump_json(),
            202,
            headers={"Location": f"/v1/training/jobs/{job}"},
            media_type="application/json",
        )

    return await once(effect)


@router.post(
    "/{plan_id}/publish",
    summary="Опубликовать план",
    description="Требует If-Match; прежний опубликованный план полугодия уступает место.",
    responses=documented(412, 428),
)
async def publish_plan(
    request: Request, response: Response, session: WriteSession, _caller: Publisher, plan_id: PlanId
) -> PlanHead:
    """Publish the latest revision."""
    published = await plans.publish_plan(session, plan_id, lambda tag: if_match(request, tag))
    response.headers["ETag"] = plans.tag_of(published)
    return head(published)


@router.get(
    "/{plan_id}/overrides",
    summary="Решения людей по плану",
    description="Все решения с автором и обоснованием, старые сверху.",
)
async def list_overrides(
    session: ReadSession, _caller: Reader, plan_id: PlanId, page: LongPaging
) -> OverridePage:
    """List the decisions about a plan, oldest first."""
    await plans.find_plan(session, plan_id)
    after = page.after
    key = None if after is None else (datetime.fromisoformat(after[0]), UUID(after[1]))
    rows = await plan_rows.overrides(session, plan_id, key, page.fetch)
    shown, following = page.cut(rows, creation_key)
    names = await people.references(session, (row["teacher"] for row in shown))
    items = [
        OverrideAnswer.model_validate({**row, "teacher": names.get(row["teacher"])})
        for row in shown
    ]
    return OverridePage(items=items, next=following)


@router.post(
    "/{plan_id}/overrides",
    status_code=201,
    summary="Записать решение по плану",
    description="Решение учитывается при следующем расчёте; автор и обоснование сохраняются.",
    response_model=OverrideAnswer,
)
async def create_override(
    body: PlanOverride, session: WriteSession, once: Idempotency, caller: Writer, plan_id: PlanId
) -> Response:
    """Record a decision about a plan."""

    async def effect() -> OverrideAnswer:
        added = await plans.override_plan(session, plan_id, body.model_dump(), signer_of(caller))
        rows = await plan_rows.overrides(session, plan_id)
        row = next(row for row in rows if row["id"] == added)
        return OverrideAnswer.model_validate({**row, "teacher": body.teacher})

    return await once(effect)
