"""Which order is in force for a season."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.olympiads.api.tables import SeasonPath
from services.olympiads.schemas.rules import (
    NewRules,
    RulesAnswer,
    SeasonRulesAnswer,
    rules_answer,
    season_rules_answer,
)
from services.olympiads.store.rules import add_rules, rules_of
from services.olympiads.usecases.seasons import require_season
from services.region_rights import requires_region
from shared.web import Caller, Idempotency, ReadSession, WriteSession

router = APIRouter(prefix="/v1/olympiads", tags=["olympiads"])
Writer = Annotated[Caller, Depends(requires_region("olympiads:write"))]


@router.get(
    "/{season}/rules",
    summary="Порядок, действующий в сезоне",
    description="Приказ, его дата и редакция; чего о них не известно, сказано в note. "
    "На него ссылаются решения о допуске.",
)
async def get_season_rules(season: SeasonPath, session: ReadSession) -> SeasonRulesAnswer:
    """Show the order in force for a season and those registered before."""
    await require_season(session, season)
    return season_rules_answer(await rules_of(session, season))


@router.post(
    "/{season}/rules",
    status_code=201,
    summary="Зарегистрировать порядок сезона",
    description="Новая запись становится действующей, прежние остаются в истории.",
    response_model=RulesAnswer,
)
async def create_season_rules(
    season: SeasonPath, body: NewRules, session: WriteSession, once: Idempotency, _caller: Writer
) -> Response:
    """Register the order in force for a season."""

    async def effect() -> RulesAnswer:
        await require_season(session, season)
        found = await add_rules(session, season, body.order, body.date, body.edition, body.source)
        return rules_answer(found)

    return await once(effect)
