"""`/v1/ratings/{programme}/{period}`: the table and what people ask about it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.public_revision import PublicRevision
from services.ratings.schemas.tables import RatingTable
from services.ratings.usecases.rating_tables import read_table
from shared.web import ReadSession

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])


@router.get(
    "/{programme}/{period}",
    summary="Таблица рейтинга за период",
    description="Все территории с рассчитанными и заявленными баллами, местами и уровнями.",
    response_model=RatingTable,
)
async def read_rating(
    session: ReadSession,
    shown: PublicRevision,
    group: Annotated[
        str | None,
        Query(description="Код группы: только её строки.", max_length=40, examples=["dfo"]),
    ] = None,
) -> Response:
    """Answer the table of a programme and period."""
    return document_answer(await read_table(session, shown, group))
