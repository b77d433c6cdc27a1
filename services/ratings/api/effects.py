"""`/v1/ratings/effects`: what is known of the measures, and the plans it is found by."""

import hmac
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from services.ratings.api.answers import document_answer
from services.ratings.errors import PlanUnknown
from services.ratings.schemas.effect_documents import (
    EffectDocument,
    EffectListed,
    EffectPage,
    EffectUnit,
    EffectUnits,
)
from services.ratings.schemas.effect_plans import PlanBody, PlanShown
from services.ratings.store import effects, territories
from services.ratings.store.effects import EffectRow, PlanRow
from services.ratings.usecases.effect_documents import effect_document, list_row
from services.ratings.usecases.effect_plans import (
    find_plan,
    freeze_plan,
    locked_plan,
    plan_view,
    put_plan,
)
from services.ratings.usecases.effects import with_titles
from services.ratings.usecases.json_document import encoded
from shared.publication import Asked, NotPublished
from shared.secret_key import derived_key
from shared.web import (
    Caller,
    Idempotency,
    Paging,
    ReadSession,
    WriteSession,
    if_match,
    requires,
    strong_etag,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/ratings/effects", tags=["ratings"])

Measure = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_.\-]{1,100}$",
        max_length=100,
        description="Код меры, как в /v1/training/measures.",
        examples=["courses"],
    ),
]
Publisher = Annotated[Caller, Depends(requires("ratings:publish"))]
SIGNATURES = "effect-plan-signatures"


@router.get(
    "",
    summary="Оценки эффекта мер",
    description="Последняя редакция по каждой мере: схема, вывод, оценка.",
)
async def list_effects(
    session: ReadSession,
    page: Paging,
) -> EffectPage:
    """List the latest effects by measure."""
    rows = await effects.latest(session, after=page.after, limit=page.fetch)
    rows, more = page.cut(rows, lambda row: row.measure)
    items = [EffectListed.model_validate(list_row(row)) for row in rows]
    return EffectPage(items=items, next=more)


@router.get(
    "/{measure}",
    summary="Оценка эффекта меры",
    description="Вывод словами, оценка, границы округления, перестановки, возврат к среднему, "
    "проверки, единицы, план и данные. Исправленные наблюдения или охват — новая редакция.",
    response_model=EffectDocument,
)
async def read_effect(session: ReadSession, measure: Measure, asked: Asked) -> Response:
    """Answer the document of an effect."""
    found = await effects.find(session, measure, asked)
    return document_answer(await effect_document(session, _published(found, measure)))


@router.get(
    "/{measure}/units",
    summary="Единицы оценки",
    description="Первый период, доза, среднее до и после, оценка без единицы.",
)
async def list_effect_units(
    session: ReadSession,
    measure: Measure,
    page: Paging,
) -> EffectUnits:
    """List the units of the latest effect by code."""
    row = _published(await effects.find(session, measure), measure)
    by_code = sorted(row.units, key=lambda unit: str(unit["unit"]))
    units, more = page.cut_sorted(by_code, lambda unit: unit["unit"])
    shown = with_titles(units, await territories.titles(session))
    items = [EffectUnit.model_validate(unit) for unit in shown]
    return EffectUnits(measure=measure, revision=row.revision, items=items, next=more)


@router.get(
    "/{measure}/plan",
    summary="План оценки меры",
    description="Исходы, сравнение, оценка, жребий; отпечаток и время заморозки.",
    response_model=PlanShown,
)
async def read_effect_plan(session: ReadSession, measure: Measure) -> Response:
    """Answer the plan of a measure."""
    return await _plan_answer(session, await find_plan(session, measure))


@router.put(
    "/{measure}/plan",
    summary="Задать план оценки",
    description="Первый раз — без If-Match, потом — с ETag плана. Замороженный план не меняется "
    "(409 EFFECT_PLAN_FROZEN).",
    response_model=PlanShown,
    responses=documented(409, 412, 428),
    dependencies=[Depends(requires("ratings:write"))],
)
async def put_effect_plan(
    request: Request, body: PlanBody, session: WriteSession, measure: Measure
) -> Response:
    """Store the plan of a measure."""
    stored = await locked_plan(session, measure)
    if stored is not None:
        if_match(request, plan_tag(stored))
    await put_plan(session, stored, measure, body.model_dump(mode="json"))
    return await _plan_answer(session, await find_plan(session, measure))


@router.post(
    "/{measure}/plan/freeze",
    summary="Заморозить план оценки",
    description="Требует If-Match с ETag плана. Заморожен до первого периода меры — "
    "зарегистрирован заранее, позже — post hoc; это сказано в каждой оценке.",
    response_model=PlanShown,
    responses=documented(409, 412, 428),
)
async def freeze_effect_plan(
    request: Request,
    session: WriteSession,
    once: Idempotency,
    caller: Publisher,
    measure: Measure,
) -> Response:
    """Freeze the plan of a measure."""

    async def effect() -> Response:
        stored = await locked_plan(session, measure)
        if stored is None:
            raise PlanUnknown(measure)
        if_match(request, plan_tag(stored))
        await freeze_plan(session, stored, _signature(request, caller))
        return await _plan_answer(session, await find_plan(session, measure))

    return await once(effect)


def plan_tag(row: PlanRow) -> str:
    """Return the entity tag of a plan; it changes with the plan and when it is frozen."""
    return strong_etag(encoded([row.measure, row.hash, row.frozen_at is not None]))


async def _plan_answer(session: ReadSession, row: PlanRow) -> Response:
    body = encoded(await plan_view(session, row))
    return Response(body, media_type="application/json", headers={"ETag": plan_tag(row)})


def _published(row: EffectRow | None, measure: str) -> EffectRow:
    if row is None:
        raise NotPublished(f"Оценки эффекта меры {measure} нет.")
    return row


def _signature(request: Request, caller: Caller) -> str:
    """Return a pseudonym of the acting person or client; it cannot be traced without the key."""
    key = derived_key(request.app.state.settings, SIGNATURES)
    return hmac.new(key, (caller.actor or caller.subject).encode(), sha256).hexdigest()[:32]
