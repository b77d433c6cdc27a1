"""`/v1/ratings/programmes` and `/v1/ratings/territories`: the register."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.ratings.api.parameters import Programme as ProgrammePath
from services.ratings.api.parameters import Territory as TerritoryPath
from services.ratings.schemas.registry import (
    Indicator,
    Indicators,
    Peers,
    Programme,
    ProgrammeBody,
    Programmes,
    Territories,
    Territory,
)
from services.ratings.store import programmes, territories
from services.ratings.store.territories import TerritoryRow
from services.ratings.usecases.programmes import add_programme, passports_of, periods_by_programme
from shared.publication.errors import TerritoryUnknown
from shared.synthetic import is_synthetic_programme
from shared.web import (
    Idempotency,
    Paging,
    ReadSession,
    WriteSession,
    requires,
)
from shared.web.synthetic_filter import Synthetic

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])


@router.get(
    "/programmes",
    summary="Программы мониторинга",
    description="Все программы с периодами, за которые есть данные.",
)
async def list_programmes(session: ReadSession, synthetic: Synthetic = "false") -> Programmes:
    """List the programmes, the example's only if asked for."""
    periods = await periods_by_programme(session)
    peers = await programmes.peers_by_programme(session)
    items = [
        Programme(
            code=row.code,
            title=row.title,
            description=row.description,
            computed=row.computed,
            periods=list(periods.get(row.code, [])),
            peers=[Peers(period=p, peers=n) for p, n in peers.get(row.code, {}).items()],
        )
        for row in await programmes.listed(session)
        if synthetic == "true" or not is_synthetic_programme(row.code)
    ]
    return Programmes(items=items)


@router.post(
    "/programmes",
    summary="Завести программу мониторинга",
    description="Код не может быть словом, занятым адресами сервиса.",
    status_code=201,
    response_model=Programme,
    dependencies=[Depends(requires("ratings:write"))],
)
async def create_programme(
    body: ProgrammeBody, session: WriteSession, once: Idempotency
) -> Response:
    """Register a programme."""

    async def effect() -> Programme:
        peers = {item.period: item.peers for item in body.peers}
        await add_programme(session, body.code, body.title, body.description, peers)
        shown = [Peers(period=period, peers=count) for period, count in peers.items()]
        return Programme(
            code=body.code,
            title=body.title,
            description=body.description,
            computed=False,
            periods=[],
            peers=shown,
        )

    return await once(effect, headers={"Location": "/v1/ratings/programmes"})


@router.get(
    "/programmes/{programme}/indicators",
    summary="Паспорта показателей программы",
    description="Определение, единица, точность, шкала, темы, ответственный и источник.",
)
async def list_indicators(session: ReadSession, programme: ProgrammePath) -> Indicators:
    """List the passports of a programme's indicators."""
    rows = await passports_of(session, programme)
    items = [
        Indicator(
            code=row.code,
            title=row.title,
            definition=row.definition,
            unit=row.unit,
            digits=row.digits,
            domain=[
                None if end is None else f"{end:f}" for end in (row.domain_low, row.domain_high)
            ],
            topics=row.topics,
            responsible=row.responsible,
            source=row.source,
        )
        for row in rows
    ]
    return Indicators(items=items)


@router.get(
    "/territories",
    summary="Реестр территорий",
    description="Территории с официальными названиями, псевдонимами и преемниками.",
)
async def list_territories(
    session: ReadSession,
    page: Paging,
    kind: Annotated[
        str | None, Query(description="Вид территории.", max_length=40, examples=["region"])
    ] = None,
    parent: Annotated[
        str | None, Query(description="Код вышестоящей.", max_length=20, examples=["dfo"])
    ] = None,
    valid_on: Annotated[
        date | None,
        Query(description="Только существовавшие в этот день.", examples=["2022-01-01"]),
    ] = None,
    synthetic: Synthetic = "false",
) -> Territories:
    """List the register."""
    rows = await territories.listed(
        session,
        kind=kind,
        parent=parent,
        valid_on=valid_on,
        after=page.after,
        synthetic=synthetic == "true",
        limit=page.fetch,
    )
    rows, more = page.cut(rows, lambda row: row.code)
    return Territories(items=[shown(row) for row in rows], next=more)


@router.get(
    "/territories/{territory}",
    summary="Территория реестра",
    description="Названия, вышестоящая территория, сроки действия и преемники.",
)
async def read_territory(session: ReadSession, territory: TerritoryPath) -> Territory:
    """Show a territory."""
    rows = await territories.listed(session, code=territory, limit=1)
    if not rows:
        raise TerritoryUnknown(territory)
    return shown(rows[0])


def shown(row: TerritoryRow) -> Territory:
    """Return a territory as on the wire."""
    return Territory(
        oktmo=row.code,
        title=row.title,
        kind=row.kind,
        parent=row.parent,
        register_name=row.register_name,
        okato=row.okato,
        code_confirmed=row.code_confirmed,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        aliases=row.aliases,
        successors=row.successors,
    )
