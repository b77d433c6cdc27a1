"""The public documents of a season."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.schemas.numbers import CODE, SEASON
from services.olympiads.schemas.statistics import SeasonComparison, StageStatistics, SubjectPage
from services.olympiads.schemas.thresholds import ThresholdTable
from services.olympiads.store.documents import Name
from services.olympiads.usecases.documents import read_document
from services.olympiads.usecases.seasons import require_season
from shared.publication import Asked, AskedRevision
from shared.publication.answers import published_response
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


async def answer(session: AsyncSession, name: Name, asked: AskedRevision) -> Response:
    """Answer with a revision of a document of a registered season."""
    await require_season(session, name.season)
    document = await read_document(session, name, asked)
    return published_response(document.body, document.source_time, document.revision)


@router.get(
    "/{season}/thresholds",
    summary="Проходные баллы сезона",
    description="Все опубликованные пороги с процентом, максимумом или его кандидатами, числом "
    "выполнивших не менее 75 % и порогом прошлого сезона.",
    response_model=ThresholdTable,
    responses=PUBLIC,
)
async def read_thresholds(season: SeasonPath, session: ReadSession, asked: Asked) -> Response:
    """Return the table of thresholds of a season."""
    return await answer(session, Name("thresholds", season), asked)


@router.get(
    "/{season}/comparison",
    summary="Сравнение порогов с прошлым сезоном",
    description="Разность в баллах, в процентах максимума и эквивалент прошлогоднего порога по "
    "процентилю.",
    response_model=SeasonComparison,
    responses=PUBLIC,
)
async def read_comparison(season: SeasonPath, session: ReadSession, asked: Asked) -> Response:
    """Return the comparison of a season with the one before."""
    return await answer(session, Name("comparison", season), asked)


@router.get(
    "/{season}/statistics",
    summary="Статистика муниципального этапа",
    description="Участники, выполнившие не менее 75 %, средние, квартили и гистограммы по "
    "предметам, классам и муниципалитетам. Малые числа скрыты вместе с теми, по которым их можно "
    "вычислить.",
    response_model=StageStatistics,
    responses=PUBLIC,
)
async def read_statistics(season: SeasonPath, session: ReadSession, asked: Asked) -> Response:
    """Return the public statistics of a season."""
    return await answer(session, Name("statistics", season), asked)


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
    asked: Asked,
) -> Response:
    """Return the page of a subject in a season."""
    return await answer(session, Name("subject", season, subject), asked)
