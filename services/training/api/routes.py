"""Individual routes (ИОМ): built, moved by verbs, proved by evidence, rebuilt by proposal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import RowMapping

from services.training.domain.route import Window
from services.training.domain.route_states import State, Verb, verbs_of
from services.training.errors import RatingMisplaced
from services.training.schemas.fields import span
from services.training.schemas.outcomes import route_outcome
from services.training.schemas.routes import (
    AddedEvidence,
    EvidenceDraft,
    RouteAnswer,
    RouteDraft,
    RouteHead,
    RoutePage,
    VerbNote,
)
from services.training.store import routes as rows
from services.training.usecases import route_outcomes, route_workflow
from services.training.usecases.build_routes import build, prepare
from services.training.usecases.signatures import Signer
from services.training.usecases.territory_rights import related_rows
from shared.process_pool import request_pool
from shared.web import (
    Caller,
    Idempotency,
    ReadSession,
    ShortPaging,
    WriteSession,
    acting_person,
    creation_key,
    if_match,
    requires,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/training/routes", tags=["training"])
Reader = Annotated[Caller, Depends(requires("training:read"))]
Writer = Annotated[Caller, Depends(requires("training:write"))]
RouteId = Annotated[UUID, Path(description="Номер маршрута.")]
UNSHOWN = ("status", "deficits")
StepFields = {"first": "from", "last": "to"}


def actor_of(caller: Caller) -> Signer:
    """Name the person who acts; `ACTOR_REQUIRED` when nobody does."""
    return Signer(caller.subject, acting_person(caller))


def head(route: RowMapping) -> RouteHead:
    """Show a route briefly."""
    return RouteHead.model_validate({name: route[name] for name in RouteHead.model_fields})


async def whole(session: ReadSession, route: RowMapping, person: str | None) -> RouteAnswer:
    """Show a route with everything that belongs to it."""
    relations = await route_workflow.relations_to(session, route, person) if person else frozenset()
    result = await route_outcomes.result_of(session, route["id"])
    archived = [
        {**_shown(line["body"]), "version": line["version"], "created_at": line["created_at"]}
        for line in await rows.archived(session, route["id"])
    ]
    proposal = route["proposal"]
    return RouteAnswer.model_validate(
        {
            **head(route).model_dump(),
            **_shown(route),
            "proposal": None
            if proposal is None
            else {n: v for n, v in {**proposal, **_shown(proposal)}.items() if n not in UNSHOWN},
            "outcome": route_outcome(result),
            "history": [dict(line) for line in await rows.history(session, route["id"])],
            "evidence": [dict(line) for line in await rows.evidence(session, route["id"])],
            "archive": archived,
            "verbs": list(verbs_of(route["state"], relations)),
        }
    )


def _shown(stored: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    steps = [
        {StepFields.get(name, name): value for name, value in step.items()}
        for step in stored["steps"]
    ]
    return {"steps": steps, "uncovered": stored["uncovered"]}


@router.get(
    "",
    summary="Маршруты",
    description="Маршруты учителя или в состоянии, новые сверху; действующее лицо видит свои: "
    "как учитель, тьютор или куратор муниципалитета.",
)
async def list_routes(
    session: ReadSession,
    caller: Reader,
    page: ShortPaging,
    owner: Annotated[str | None, Query(max_length=128, description="Учитель.")] = None,
    state: Annotated[State | None, Query(description="Состояние.")] = None,
) -> RoutePage:
    """List routes, newest first."""
    after = page.after
    key = None if after is None else (datetime.fromisoformat(after[0]), after[1])
    chosen = {"owner": owner, "state": state, "person": caller.actor}
    async with related_rows(session, caller.actor):
        found = await rows.listed(session, chosen, key, page.fetch)
    shown, following = page.cut(found, creation_key)
    return RoutePage(items=[head(route) for route in shown], next=following)


@router.post(
    "",
    status_code=201,
    summary="Построить маршрут учителя",
    description="Черновик по дефицитам учителя; право имеют сам учитель, названный тьютор и "
    "куратор муниципалитета.",
    response_model=RouteAnswer,
)
async def create_route(
    body: RouteDraft, session: WriteSession, once: Idempotency, caller: Writer
) -> Response:
    """Build a route and keep it as a draft."""
    signer = actor_of(caller)
    windows = tuple(
        _window(str(row.first), str(row.last), place) for place, row in enumerate(body.windows)
    )

    async def effect() -> Response:
        async with related_rows(session, signer.person):
            return await draft()

    async def draft() -> Response:
        municipality = await route_workflow.open_route(
            session, body.teacher, body.tutor, signer, caller.territories
        )
        prepared = await prepare(session, body.teacher, windows, body.as_of)
        built = await request_pool().run(build, prepared, caller=caller.subject)
        dates = [[str(window.first), str(window.last)] for window in windows]
        row = {
            "owner": body.teacher,
            "tutor": body.tutor,
            "municipality": municipality,
            "task": {
                "windows": dates,
                "as_of": None if body.as_of is None else body.as_of.isoformat(),
                "deficits": built["deficits"],
            },
            "steps": built["steps"],
            "uncovered": built["uncovered"],
        }
        route = await route_workflow.draft_route(session, row, signer)
        answer = await whole(session, route, signer.person)
        return Response(
            answer.model_dump_json(by_alias=True),
            201,
            headers={
                "ETag": route_workflow.tag_of(route),
                "Location": f"/v1/training/routes/{route['id']}",
            },
            media_type="application/json",
        )

    return await once(effect)


def _window(first: str, last: str, place: int) -> Window:
    days = span(first, last, f"/body/windows/{place}/from")
    return Window(days.first, days.last)


@router.get(
    "/{route_id}",
    summary="Маршрут",
    description="Шаги, история, свидетельства, архив, предложение перестройки и доступные "
    "действующему лицу действия. Лицо без отношения к маршруту получает 403.",
)
async def get_route(
    response: Response, session: ReadSession, caller: Reader, route_id: RouteId
) -> RouteAnswer:
    """Show a route."""
    async with related_rows(session, caller.actor):
        route = await route_workflow.read_route(session, route_id, caller.actor)
        response.headers["ETag"] = route_workflow.tag_of(route)
        return await whole(session, route, caller.actor)


@router.post(
    "/{route_id}/evidence",
    status_code=201,
    summary="Добавить свидетельство",
    description="Свидетельства только добавляются; оценку ставят тьютор и куратор.",
    response_model=AddedEvidence,
)
async def create_evidence(
    body: EvidenceDraft, session: WriteSession, once: Idempotency, caller: Writer, route_id: RouteId
) -> Response:
    """Add evidence to a step."""
    signer = actor_of(caller)
    if (body.kind == "rating") != (body.rating is not None):
        raise RatingMisplaced

    async def effect() -> AddedEvidence:
        async with related_rows(session, signer.person):
            added, ended = await route_workflow.show_evidence(
                session, route_id, body.model_dump(), signer
            )
        return AddedEvidence(id=added, completed_itself=ended)

    return await once(effect)


@router.post(
    "/{route_id}/proposal/{decision}",
    summary="Принять или отклонить перестройку",
    description="Требует If-Match; выполненные шаги остаются на месте.",
    responses=documented(412, 428),
)
async def settle_proposal(
    request: Request,
    response: Response,
    session: WriteSession,
    caller: Writer,
    route_id: RouteId,
    decision: Annotated[
        str, Path(pattern="^(accept|dismiss)$", description="accept — принять, dismiss — нет.")
    ],
) -> RouteAnswer:
    """Settle the proposed rebuild."""
    signer = actor_of(caller)
    async with related_rows(session, signer.person):
        route = await route_workflow.settle_proposal(
            session,
            route_id,
            accept=decision == "accept",
            check=lambda tag: if_match(request, tag),
            signer=signer,
        )
        response.headers["ETag"] = route_workflow.tag_of(route)
        return await whole(session, route, signer.person)


@router.post(
    "/{route_id}/{verb}",
    summary="Перевести маршрут",
    description="submit, cancel, start_review, return, approve, unapprove, complete, reopen. "
    "Требует If-Match и действующее лицо; 409 — состояние не позволяет.",
    responses=documented(412, 428),
)
async def move_route(
    request: Request,
    response: Response,
    session: WriteSession,
    caller: Writer,
    route_id: RouteId,
    verb: Annotated[Verb, Path(description="Действие.")],
    body: VerbNote | None = None,
) -> RouteAnswer:
    """Move a route by a verb."""
    signer = actor_of(caller)
    note = body.note if body else None
    async with related_rows(session, signer.person):
        route = await route_workflow.move_route(
            session, route_id, verb, lambda tag: if_match(request, tag), signer, note
        )
        response.headers["ETag"] = route_workflow.tag_of(route)
        return await whole(session, route, signer.person)
