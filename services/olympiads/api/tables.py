"""The public documents of a season."""

from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.schemas.numbers import CODE, SEASON
from services.olympiads.schemas.statistics import SeasonComparison, StageStatistics, SubjectPage
from services.olympiads.schemas.thresholds import ThresholdTable
from services.olympiads.store.documents import Document, Name
from services.olympiads.usecases.documents import read_document
from services.olympiads.usecases.seasons import require_season
from shared.publication import AsOf, RevisionNumber, refuse_both
from shared.web import ReadSession
from shared.web.problems import documented

router = APIRouter(prefix="/v1/olympiads", tags=["olympiads"])

PUBLIC = documented(404, 410, 422)

SeasonPath = Annotated[
    str, Path(pattern=SEASON, max_length=9, description="Сезон.", examples=["2022-2023"])
]
SubjectPath = Annotated[
    str, Path(pattern=CODE, max_length=64, description="Код предмета.", examples=["physics"])
]
Revision = RevisionNumber


def document_response(document: Document) -> Response:
    """Answer with the final bytes of a document and what the gateway must know of them."""
    headers = {
        "ETag": document.etag,
        "Last-Modified": format_datetime(document.source_time, usegmt=True),
        "Kachestvo-Revision": str(document.revision),
    }
    return Response(document.body, media_type="application/json", headers=headers)


def check_moment(revision: int | None, as_of: datetime | None) -> None:
    """Refuse a question that names both a revision and an instant."""
    refuse_both(revision, as_of)


async def answer(
    session: AsyncSession, name: Name, revision: int | None, as_of: datetime | None
) -> Response:
    """Answer with a revision of a document of a registered season."""
    check_moment(revision, as_of)
    await require_season(session, name.season)
    return document_response(await read_document(session, name, revision, as_of))


@router.get(
    "/{season}/thresholds",
    summary="Проходные баллы сезона",
    description="Все опубликованные пороги с процентом, максимумом или его кандидатами, числом "
    "выполнивших не менее 75 % и порогом прошлого сезона.",
    response_model=ThresholdTable,
    responses=PUBLIC,
)
async def read_thresholds(
    season: SeasonPath, session: ReadSession, revision: Revision = None, as_of: AsOf = None
) -> Response:
    """Return the table of thresholds of a season."""
    return await answer(session, Name("thresholds", season), revision, as_of)


@router.get(
    "/{season}/comparison",
    summary="Сравнение порогов с прошлым сезоном",
    description="Разность в баллах, в процентах максимума и эквивалент прошлогоднего порога по "
    "процентилю.",
    response_model=SeasonComparison,
    responses=PUBLIC,
)
async def read_comparison(
    season: SeasonPath, session: ReadSession, revision: Revision = None, as_of: AsOf = None
) -> Response:
    """Return the comparison of a season with the one before."""
    return await answer(session, Name("comparison", season), revision, as_of)


@router.get(
    "/{season}/statistics",
    summary="Статистика муниципального этапа",
    description="Участники, выполнившие не менее 75 %, средние, квартили и гистограммы по "
    "предметам, классам и муниципалитетам. Малые числа скрыты вместе с теми, по которым их можно "
    "вычислить.",
    response_model=StageStatistics,
    responses=PUBLIC,
)
async def read_statistics(
    season: SeasonPath, session: ReadSession, revision: Revision = None, as_of: AsOf = None
) -> Response:
    """Return the public statistics of a season."""
    return await answer(session, Name("statistics", season), revision, as_of)


@router.get(
    "/{season}/subjects/{subject}",
    summary="Предмет в сезоне",
    description="Пороги предмета и их сравнение с прошлым сезоном.",
    response_model=SubjectPage,
    responses=PUBLIC,
)
async def read_subject(
    season: SeasonPath,
    subject: SubjectPath,
    session: ReadSession,
    revision: Revision = None,
    as_of: AsOf = None,
) -> Response:
    """Return the page of a subject in a season."""
    return await answer(session, Name("subject", season, subject), revision, as_of)
