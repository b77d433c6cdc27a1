"""`POST /v1/ratings/effects/preview` and `…/power`: did a measure help, what could be seen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.ratings.api.stability import ACCEPTED, accepted
from services.ratings.errors import EffectInvalid
from services.ratings.schemas.effects import (
    EffectAnswer,
    EffectQuestion,
    PowerAnswer,
    PowerQuestion,
)
from services.ratings.usecases.effect_preview import (
    AT_ONCE,
    JOB_COST,
    POWER_COST,
    check_plan,
    check_question,
    effect_view,
    order_preview,
    power_cost,
    power_view,
    preview_cost,
)
from services.ratings.usecases.json_document import encoded
from shared.errors import FieldError
from shared.process_pool import request_pool
from shared.web import Caller, WriteSession, requires
from shared.web.json_members import repeated_member


async def require_unique_members(request: Request) -> None:
    """Refuse a body with a member named twice: one of its values would be dropped in silence."""
    name = repeated_member(await request.body())
    if name is not None:
        detail = f"Член «{name[:100]}» назван дважды: непонятно, какое значение верно."
        raise EffectInvalid(errors=[FieldError("/body", "DUPLICATE", detail)])


router = APIRouter(
    prefix="/v1/ratings/effects", tags=["ratings"], dependencies=[Depends(require_unique_members)]
)

Reader = Annotated[Caller, Depends(requires("ratings:read"))]


@router.post(
    "/preview",
    summary="Оценка меры по присланным данным",
    description="Схема сравнения, оценка, перестановки, границы округления, возврат к среднему "
    "и вывод словами. До 50 000 000 значений панели, умноженных на число перестановок, — сразу, "
    f"больше — заданием (202), ответ в его result. {JOB_COST}",
    response_model=EffectAnswer,
    responses=ACCEPTED,
)
async def preview_effect(
    question: EffectQuestion, session: WriteSession, caller: Reader
) -> Response:
    """Estimate the effect in a panel."""
    body = question.model_dump()
    check_question(body)
    JOB_COST.require(preview_cost(body))
    if preview_cost(body) > AT_ONCE:
        return accepted(await order_preview(session, body, caller.subject))
    view = await request_pool().run(effect_view, body, caller=caller.subject)
    return Response(encoded(view), media_type="application/json")


@router.post(
    "/power",
    summary="Что сможет показать мера",
    description="Наименьший видимый эффект до начала меры и честный жребий участников. "
    f"Ничего не сохраняется. {POWER_COST}",
    response_model=PowerAnswer,
)
async def plan_measure(question: PowerQuestion, caller: Reader) -> Response:
    """Say what a planned measure could show."""
    body = question.model_dump()
    check_plan(body)
    POWER_COST.require(power_cost(body))
    view = await request_pool().run(power_view, body, caller=caller.subject)
    return Response(encoded(view), media_type="application/json")
