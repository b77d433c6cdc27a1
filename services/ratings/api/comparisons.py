"""`/v1/ratings/comparisons`: who moved between two calculations, by how much, and why."""

import asyncio

from fastapi import APIRouter, Depends, Response

from services.ratings.schemas.comparisons import ComparedSide, ComparisonAnswer, ComparisonQuestion
from services.ratings.usecases.comparisons import Side, compare_sides, load_side
from services.ratings.usecases.json_document import encoded
from shared.web import ReadSession, requires

router = APIRouter(prefix="/v1/ratings/comparisons", tags=["ratings"])


@router.post(
    "",
    summary="Сравнение двух расчётов",
    description="Две редакции, два периода или две методики на одних данных: кто сдвинулся, "
    "на сколько мест и почему. Ничего не сохраняется.",
    response_model=ComparisonAnswer,
    dependencies=[Depends(requires("ratings:read"))],
)
async def compare_ratings(question: ComparisonQuestion, session: ReadSession) -> Response:
    """Compare two calculations."""
    before = await _side(session, question.before)
    after = await _side(session, question.after)
    content = await asyncio.to_thread(compare_sides, before, after)
    return Response(encoded(content), media_type="application/json")


async def _side(session: ReadSession, asked: ComparedSide) -> Side:
    return await load_side(
        session, asked.programme, asked.period, asked.revision, asked.methodology
    )
