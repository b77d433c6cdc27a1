"""The catalogue of open data: DCAT-AP 3 at `/v1/catalogue`, the Russian passport beneath it."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from services.gateway.domain.open_data import Dataset, Distribution, catalogue_triples
from services.gateway.errors import DatasetUnknown, NotLoaded
from services.gateway.http.admission import ADMISSION
from services.gateway.http.conditional import conditional
from services.gateway.http.publication import publication_of
from services.gateway.representations.kinds import CSV, kind_of
from services.gateway.representations.open_data_passport import list_csv, meta_csv, structure_csv
from services.gateway.representations.rdf import JSON_LD, TURTLE, to_jsonld, to_turtle
from services.gateway.representations.render import FORMATS
from services.gateway.representations.sheet import lay_out
from services.gateway.store import documents
from shared.negotiation import choose_media
from shared.web import ReadSession, strong_etag
from shared.web.errors import RepresentationUnknown

router = APIRouter(prefix="/v1/catalogue", tags=["gateway"], dependencies=ADMISSION)
_MOST_DATASETS = 10_000
_RDF = {"jsonld": JSON_LD, "turtle": TURTLE}
DatasetCode = Annotated[
    str,
    Path(
        description="Код набора из list.csv.",
        max_length=100,
        pattern=r"^[a-z0-9_.-]+$",
        examples=["ratings-rum-2022"],
    ),
]


def _file(media: str, example: str) -> dict[int | str, dict[str, object]]:
    schema = {"type": "string", "maxLength": 100_000_000}
    return {200: {"content": {media: {"schema": schema, "example": example}}}}


@router.get(
    "",
    summary="Каталог открытых данных",
    description="DCAT-AP 3: JSON-LD или Turtle; каждый набор — опубликованная таблица.",
    response_class=Response,
    responses={
        200: {
            "content": {
                JSON_LD: {
                    "schema": {"type": "object", "additionalProperties": True},
                    "example": {"@context": {}, "@graph": []},
                },
                TURTLE: {"schema": {"type": "string", "maxLength": 100_000_000}},
            }
        }
    },
)
async def get_catalogue(
    request: Request,
    session: ReadSession,
    format: Annotated[  # noqa: A002 -- the parameter's name in the contract.
        Literal["jsonld", "turtle"] | None,
        Query(description="Представление в ссылке, вместо заголовка Accept."),
    ] = None,
) -> Response:
    """Return the catalogue of the published tables."""
    accept = request.headers.get("accept") if format is None else _RDF[format]
    media = choose_media(accept, (JSON_LD, TURTLE))
    if media is None:
        raise RepresentationUnknown(f"Каталог есть в представлениях: {JSON_LD}, {TURTLE}.")
    publication = publication_of(request)
    datasets = await _datasets(request, session)
    triples = catalogue_triples(_address(request), publication.publisher, datasets)
    return _answer(request, to_turtle(triples) if media == TURTLE else to_jsonld(triples), media)


@router.get(
    "/list.csv",
    summary="Реестр наборов открытых данных",
    description="list.csv по методическим рекомендациям версии 3.0.",
    response_class=Response,
    responses=_file(CSV, "property,title,value,format\n"),
)
async def list_datasets(request: Request, session: ReadSession) -> Response:
    """Return the registry of datasets."""
    datasets = await _datasets(request, session)
    return _answer(request, list_csv(_address(request), datasets), CSV)


@router.get(
    "/{dataset}/meta.csv",
    summary="Паспорт набора открытых данных",
    description="meta.csv: издатель, дата изменения, адреса данных и структуры.",
    response_class=Response,
    responses=_file(CSV, "property,value\n"),
)
async def get_dataset_passport(
    request: Request, session: ReadSession, dataset: DatasetCode
) -> Response:
    """Return the passport of a dataset."""
    found = await _dataset(request, session, dataset)
    content = meta_csv(_address(request), publication_of(request).publisher, found)
    return _answer(request, content, CSV)


@router.get(
    "/{dataset}/structure.csv",
    summary="Структура набора открытых данных",
    description="Колонки данных: имя, название, вид значения.",
    response_class=Response,
    responses=_file(CSV, "field name,english description,russian description,format\n"),
)
async def get_dataset_structure(
    request: Request, session: ReadSession, dataset: DatasetCode
) -> Response:
    """Return the columns of a dataset."""
    found = await _dataset(request, session, dataset)
    kind = kind_of(found.url)
    held = await request.app.state.loader.read_again(found.url)
    if held is None or kind is None:
        raise DatasetUnknown
    document = json.loads(held.source.body)
    return _answer(request, structure_csv(lay_out(kind, document, found.url)), CSV)


async def _dataset(request: Request, session: ReadSession, code: str) -> Dataset:
    datasets = await _datasets(request, session)
    found = next((one for one in datasets if one.code == code), None)
    if found is None:
        raise DatasetUnknown
    return found


async def _datasets(request: Request, session: ReadSession) -> list[Dataset]:
    """Return the published tables by address; 503 before the stored documents are read."""
    if not request.app.state.loader.loaded.is_set():
        raise NotLoaded(headers={"Retry-After": "2"})
    base = publication_of(request).base_url.rstrip("/")
    rows = await documents.listing(session, "", _MOST_DATASETS)
    return [made for row in rows if (made := _made(base, row)) is not None]


def _made(base: str, row: dict[str, object]) -> Dataset | None:
    path = str(row["path"])
    kind = kind_of(path)
    if kind is None:
        return None
    words = path.split("/")[2:]
    named = [word for word in words if word[:1].isdigit()]
    return Dataset(
        code="-".join(words),
        title=" ".join([kind.title, *named]),
        description=kind.methodology or kind.title,
        url=path,
        modified=row["source_time"],  # type: ignore[arg-type]  # the column is an instant.
        revision=row["revision"],  # type: ignore[arg-type]  # the column is a number.
        distributions=tuple(
            Distribution(name, media, f"{base}{path}?format={name}")
            for name, media in FORMATS.items()
            if media in kind.offers
        ),
    )


def _address(request: Request) -> str:
    return f"{publication_of(request).base_url.rstrip('/')}/v1/catalogue"


def _answer(request: Request, content: bytes, media: str) -> Response:
    sent = f"{media}; charset=utf-8" if media.startswith("text/") else media
    fields = {"ETag": strong_etag(content), "Content-Type": sent, "Vary": "Accept"}
    return conditional(request, content, fields)
