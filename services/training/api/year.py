"""The public documents of a year, as the final bytes that were published."""

import json
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.region import home_region
from services.training.schemas.cyclogram_calendar import calendar_of
from services.training.schemas.cyclogram_picture import picture_of
from services.training.schemas.year import CoverageDocument, CyclogramDocument
from services.training.store import documents
from services.training.store.documents import Document
from services.training.usecases.publish_year import path_of
from shared.publication import AsOf, NotPublished, RevisionNumber, refuse_both
from shared.web import ReadSession, strong_etag

router = APIRouter(prefix="/v1/training", tags=["training"])

Year = Annotated[str, Path(pattern=r"^\d{4}$", max_length=4, description="Год циклограммы.")]
Revision = RevisionNumber


async def latest(
    session: ReadSession, path: str, revision: int | None, as_of: datetime | None
) -> Document:
    """Find a published document; `revision` and `as_of` exclude each other."""
    refuse_both(revision, as_of)
    document = await documents.find(session, path, revision, as_of)
    if document is None:
        raise NotPublished("За этот год ничего такого не опубликовано.")
    return document


def rendered(document: Document, content: bytes, media_type: str) -> Response:
    """Answer with a representation of a document and what identifies it."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "ETag": strong_etag(content),
            "Last-Modified": format_datetime(document.source_time, usegmt=True),
            "Kachestvo-Revision": str(document.revision),
        },
    )


async def published(
    session: ReadSession, path: str, revision: int | None, as_of: datetime | None
) -> Response:
    """Answer with the stored bytes."""
    document = await latest(session, path, revision, as_of)
    return rendered(document, document.body, "application/json")


@router.get(
    "/{year}/coverage",
    summary="Обеспеченность учителей местами на курсах",
    description="Потребность по предметам и уровням против мест: доля, нехватка, полугодия. "
    "Неизвестное число мест — null, а не 0.",
    response_model=CoverageDocument,
)
async def get_coverage(
    session: ReadSession, year: Year, revision: Revision = None, as_of: AsOf = None
) -> Response:
    """Answer with the published coverage."""
    return await published(session, path_of(year, "coverage"), revision, as_of)


@router.get(
    "/{year}/cyclogram.ics",
    summary="Циклограмма для календаря",
    description="iCalendar (RFC 5545), время региона; месяцы — прозрачные события на целые дни.",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_cyclogram_calendar(session: ReadSession, year: Year) -> Response:
    """Answer with the published cyclogram as a calendar."""
    document = await latest(session, path_of(year, "cyclogram"), None, None)
    content = calendar_of(json.loads(document.body), document.source_time, home_region().time_zone)
    return rendered(document, content, "text/calendar; charset=utf-8")


@router.get(
    "/{year}/cyclogram.svg",
    summary="Циклограмма рисунком",
    description="SVG: месяцы по горизонтали, предметы по вертикали.",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def get_cyclogram_picture(session: ReadSession, year: Year) -> Response:
    """Answer with the published cyclogram as a picture."""
    document = await latest(session, path_of(year, "cyclogram"), None, None)
    content = picture_of(json.loads(document.body))
    return rendered(document, content, "image/svg+xml")


@router.get(
    "/{year}/cyclogram",
    summary="Циклограмма года",
    description="КПК, съезды, сборы и сроки с точностью, с какой они известны; неясное "
    "отмечено ссылками на находки.",
    response_model=CyclogramDocument,
)
async def get_cyclogram(
    session: ReadSession, year: Year, revision: Revision = None, as_of: AsOf = None
) -> Response:
    """Answer with the published cyclogram."""
    return await published(session, path_of(year, "cyclogram"), revision, as_of)
