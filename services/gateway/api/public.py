"""The gateway's own open reads. Passports come from the cache; here is what it does not hold."""

import asyncio
from bisect import bisect_right
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from services.gateway.documents.cache_sync import Catalogue
from services.gateway.domain.encoding import encode
from services.gateway.domain.findings import SERVICES, Selection, checks_wire, page
from services.gateway.domain.passport import (
    PassportInputs,
    Territory,
    UpstreamStatus,
    compose_passport,
    with_revision,
)
from services.gateway.errors import NotLoaded, PassportNotReady
from services.gateway.http.admission import ADMISSION
from services.gateway.http.conditional import conditional
from services.gateway.http.publication import publication_of
from services.gateway.representations.kinds import JSON, TableKind, kind_of
from services.gateway.representations.render import content_type, file_name, render, wanted_media
from services.gateway.schemas import FindingList, HomeRegion, Passport, TerritoryList
from services.gateway.store.upstreams import stale_since
from shared.publication.errors import TerritoryUnknown
from shared.synthetic import is_synthetic_territory
from shared.web import (
    Cursor,
    Limit,
    ReadSession,
    next_link,
    read_cursor,
    strong_etag,
    write_cursor,
)
from shared.web.folded_filter import Folded
from shared.web.synthetic_filter import Synthetic

# Open data, but a token that is sent must be a good one.
router = APIRouter(tags=["gateway"], dependencies=ADMISSION)

OktmoPath = Annotated[
    str,
    Path(
        description="Код ОКТМО территории.",
        min_length=2,
        max_length=11,
        pattern=r"^[0-9a-z]+$",
        examples=["08000000"],
    ),
]


Excel = Annotated[
    Literal["0", "1", "false", "true"] | None,
    Query(description="CSV для русского Excel: «;», десятичные запятые, слова вместо кодов."),
]
Format = Annotated[
    Literal["json", "csv", "xlsx", "jsonstat", "parquet"] | None,
    Query(description="Представление в ссылке, вместо заголовка Accept."),
]
# A file holds the whole list unless a page of it is asked for.
WHOLE_LIST = 100_000


def catalogue_of(request: Request, part: str) -> Catalogue:
    """Return the parsed parts; a part that has never been loaded is 503, not an empty answer."""
    catalogue: Catalogue = request.app.state.loader.catalogue
    if not catalogue.holds(part):
        told = "Данные ещё загружаются. Повторите запрос через несколько секунд."
        raise NotLoaded(told, headers={"Retry-After": "2"})
    return catalogue


@router.get(
    "/v1/region",
    summary="Чья это система",
    description="Регион, его часовой пояс, заголовок и цвета страницы: из настроек.",
    responses={200: {"model": HomeRegion}},
)
async def get_region(request: Request) -> Response:
    """Return the region of the settings."""
    settings = request.app.state.settings
    region = HomeRegion(
        territory=settings.region,
        title=settings.region_title,
        whole=settings.region_whole,
        time_zone=settings.time_zone,
        site_title=settings.site_title,
        publisher=settings.publisher,
        accent=settings.accent,
        accent_dark=settings.accent_dark,
    )
    return tagged(request, region.model_dump_json().encode(), {})


@router.get(
    "/v1/territories",
    summary="Список территорий",
    description="Страна, округа, регионы и муниципалитеты с кодами ОКТМО.",
    responses={200: {"model": TerritoryList}},
)
async def list_territories(
    request: Request,
    limit: Limit = 1000,
    cursor: Cursor = None,
    synthetic: Synthetic = "false",
    excel: Excel = None,  # noqa: ARG001 -- read with the representation.
    format: Format = None,  # noqa: A002, ARG001 -- the parameter's name in the contract.
) -> Response:
    """Return the registered territories by OKTMO, after the cursor."""
    territories = catalogue_of(request, "territories").territories
    limit = rows_of_answer(request, limit)
    after = read_cursor(request, cursor)
    codes = [code for code in territories if shown_territory(code, synthetic)]
    start = 0 if after is None else bisect_right(codes, after)
    chosen = [territories[code] for code in codes[start : start + limit + 1]]
    more = len(chosen) > limit
    following = write_cursor(request, chosen[limit - 1]["oktmo"]) if more else None
    content = encode({"items": chosen[:limit], "next": following})
    return await as_table(request, content, next_link(request, following))


@router.get(
    "/v1/territories/{oktmo}/passport",
    summary="Паспорт территории",
    description=(
        "Рейтинги с динамикой и уровнями, ЕГЭ, олимпиады, повышение квалификации и находки; "
        "каждая часть со своей редакцией и временем источника."
    ),
    responses={200: {"model": Passport}},
)
async def get_passport(request: Request, session: ReadSession, oktmo: OktmoPath) -> Response:
    """Answer for the passports that are not stored: of territories nothing is said of yet."""
    wanted_media(request.headers.get("accept"), (JSON,), request.query_params)
    catalogue = catalogue_of(request, "territories")
    item = catalogue.territories.get(oktmo)
    if item is None:
        raise TerritoryUnknown(oktmo)
    if catalogue.mention(oktmo):
        raise PassportNotReady
    stale = {name: at.isoformat() for name, at in (await stale_since(session)).items()}
    inputs = PassportInputs(
        findings_revisions=dict.fromkeys(SERVICES),
        reach=UpstreamStatus(catalogue.answered, stale),
    )
    content = compose_passport(Territory(oktmo, item["title"]), inputs)
    return tagged(request, with_revision(content, 0), {"Kachestvo-Revision": "0"})


@router.get(
    "/v1/findings",
    summary="Находки всех сервисов",
    description=(
        "Где опубликованные числа противоречат друг другу, сомнительны или неполны. Сильные "
        "находки стоят первыми; фильтры сочетаются."
    ),
    responses={200: {"model": FindingList}},
)
async def list_findings(
    request: Request,
    *,
    service: Annotated[
        Literal["ratings", "olympiads", "training"] | None, Query(description="Сервис.")
    ] = None,
    severity: Annotated[
        Literal["contradiction", "implausible", "hazard", "incomplete", "consistent"] | None,
        Query(description="Тяжесть."),
    ] = None,
    rule: Annotated[
        str | None, Query(description="Правило.", max_length=100, pattern=r"^[a-z0-9_]+$")
    ] = None,
    status: Annotated[
        Literal["open", "acknowledged", "resolved"] | None, Query(description="Состояние.")
    ] = None,
    territory: Annotated[
        str | None, Query(description="ОКТМО.", max_length=11, pattern=r"^[0-9a-z]+$")
    ] = None,
    document: Annotated[str | None, Query(description="Код документа.", max_length=200)] = None,
    folded: Folded = "false",
    limit: Limit = 100,
    cursor: Cursor = None,
    synthetic: Synthetic = "false",
    excel: Excel = None,  # noqa: ARG001 -- read with the representation.
    format: Format = None,  # noqa: A002, ARG001 -- the parameter's name in the contract.
) -> Response:
    """Return one page of the findings that pass every filter."""
    limit = rows_of_answer(request, limit)
    selection = Selection(
        service,
        severity,
        rule,
        status,
        territory,
        document,
        synthetic == "true" or is_synthetic_territory(territory or ""),
        folded == "true",
    )
    after = read_cursor(request, cursor)
    known = catalogue_of(request, "findings:").findings
    items, last = page(known, selection, limit, after and tuple(after))
    following = write_cursor(request, last) if last else None
    checks = checks_wire(known.documents, selection)
    content = encode({"items": items, "next": following, "checks": checks})
    return await as_table(request, content, next_link(request, following))


def shown_territory(code: str, synthetic: str) -> bool:
    """Tell whether a list shows a territory: made-up ones only where they are asked for."""
    return synthetic == "true" or not is_synthetic_territory(code)


def media_of(request: Request) -> tuple[TableKind, str]:
    """Return the kind of table at the request's path and the representation asked for."""
    kind = kind_of(request.url.path)
    if kind is None:
        raise TypeError(f"{request.url.path} is no table.")
    accept = request.headers.get("accept")
    return kind, wanted_media(accept, kind.offers, request.query_params)


def rows_of_answer(request: Request, limit: int) -> int:
    """Return how many rows to answer: a file without a stated limit is whole."""
    _, media = media_of(request)
    return limit if media == JSON or "limit" in request.query_params else WHOLE_LIST


async def as_table(request: Request, body: bytes, headers: dict[str, str]) -> Response:
    """Answer with a list in the representation the caller accepts."""
    path = request.url.path
    kind, media = media_of(request)
    if media == JSON:
        return tagged(request, body, headers)
    publication = publication_of(request)
    rendered = await asyncio.to_thread(render, kind, media, path, body, None, publication)
    saved = {"Content-Disposition": f'attachment; filename="{file_name(path, media)}"'}
    return tagged(request, rendered, {**headers, **saved}, content_type(media))


def tagged(request: Request, body: bytes, headers: dict[str, str], media: str = JSON) -> Response:
    """Answer with a strong tag of these bytes, or as the request's conditions ask."""
    fields = {
        "ETag": strong_etag(body),
        "Cache-Control": "public, no-cache",
        "Vary": "Accept",
        "Content-Type": media,
        **headers,
    }
    return conditional(request, body, fields)
