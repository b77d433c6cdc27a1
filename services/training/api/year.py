"""The public documents of a year, as the final bytes that were published."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.region import home_region
from services.training.schemas.cyclogram_calendar import calendar_of
from services.training.schemas.cyclogram_picture import picture_of
from services.training.schemas.year import CoverageDocument, CyclogramDocument
from services.training.store import documents
from services.training.store.documents import Document
from services.training.usecases.publish_year import path_of
from shared.publication import PRESENT, Asked, AskedRevision, NotPublished
from shared.publication.answers import published_response
from shared.web import ReadSession

router = APIRouter(prefix="/v1/training", tags=["training"])

Year = Annotated[str, Path(pattern=r"^\d{4}$", max_length=4, description="Год циклограммы.")]


async def find_published(
    session: ReadSession, path: str, asked: AskedRevision = PRESENT
) -> Document:
    """Return a published document or raise `NotPublished`."""
    document = await documents.find(session, path, asked)
    if document is None:
        raise NotPublished("За этот год ничего такого не опубликовано.")
    return document


def as_file(document: Document, content: bytes, media_type: str) -> Response:
    """Answer with another representation of a document."""
    return published_response(content, document.source_time, document.revision, media_type)


async def published(session: ReadSession, path: str, asked: AskedRevision) -> Response:
    """Answer with the stored bytes."""
    document = await find_published(session, path, asked)
    return published_response(document.body, document.source_time, document.revision)


@router.get(
    "/{year}/coverage",
    summary="Обеспеченность учителей местами на курсах",
    description="Потребность по предметам и уровням против мест: доля, нехватка, полугодия. "
    "Неизвестное число мест — null, а не 0.",
    response_model=CoverageDocument,
)
async def get_coverage(session: ReadSession, year: Year, asked: Asked) -> Response:
    """Answer with the published coverage."""
    return await published(session, path_of(year, "coverage"), asked)


@router.get(
    "/{year}/cyclogram.ics",
    summary="Циклограмма для календаря",
    description="iCalendar (RFC 5545), время региона; месяцы — прозрачные события на целые дни.",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_cyclogram_calendar(session: ReadSession, year: Year) -> Response:
    """Answer with the published cyclogram as a calendar."""
    document = await find_published(session, path_of(year, "cyclogram"))
    content = calendar_of(json.loads(document.body), document.source_time, home_region().time_zone)
    return as_file(document, content, "text/calendar; charset=utf-8")


@router.get(
    "/{year}/cyclogram.svg",
    summary="Циклограмма рисунком",
    description="SVG: месяцы по горизонтали, предметы по вертикали.",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def get_cyclogram_picture(session: ReadSession, year: Year) -> Response:
    """Answer with the published cyclogram as a picture."""
    document = await find_published(session, path_of(year, "cyclogram"))
    content = picture_of(json.loads(document.body))
    return as_file(document, content, "image/svg+xml")


@router.get(
    "/{year}/cyclogram",
    summary="Циклограмма года",
    description="КПК, съезды, сборы и сроки с точностью, с какой они известны; неясное "
    "отмечено ссылками на находки.",
    response_model=CyclogramDocument,
)
async def get_cyclogram(session: ReadSession, year: Year, asked: Asked) -> Response:
    """Answer with the published cyclogram."""
    return await published(session, path_of(year, "cyclogram"), asked)
