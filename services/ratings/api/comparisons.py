"""`/v1/ratings/comparisons`: who moved between two calculations, by how much, and why."""

from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.ratings.schemas.comparisons import ComparedSide, ComparisonAnswer, ComparisonQuestion
from services.ratings.usecases.comparisons import MAX_CELLS, Page, Side, compare_page
from services.ratings.usecases.json_document import encoded
from services.ratings.usecases.rating_tables import revision_asked
from shared.publication import AskedRevision
from shared.web import (
    Cursor,
    Limit,
    ReadSession,
    next_link,
    read_cursor,
    requires,
    write_cursor,
)
from shared.web.errors import CursorForeign

router = APIRouter(prefix="/v1/ratings/comparisons", tags=["ratings"])


@router.post(
    "",
    summary="Сравнение двух расчётов",
    description="Две редакции, два периода или две методики на одних данных: кто сдвинулся, "
    "на сколько мест и почему. Ничего не сохраняется. Территории отдаются страницами: тот же "
    "запрос с cursor из next продолжает сравнение тех же редакций. Страница короче limit, если "
    f"показателей много (до 5 МБ). На каждой стороне — до {MAX_CELLS} значений.",
    response_model=ComparisonAnswer,
    dependencies=[Depends(requires("ratings:read"))],
)
async def compare_ratings(
    request: Request,
    question: ComparisonQuestion,
    session: ReadSession,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """Compare two calculations; a cursor stays with the revisions it began with."""
    asked, numbers, after_unit = _position(question, read_cursor(request, cursor))
    before = await _side(session, question.before, numbers[0])
    after = await _side(session, question.after, numbers[1])
    page = Page(after_unit, limit)
    content = await compare_page(session, request.app.state.calculations, before, after, page)
    following = None
    if content.pop("more"):
        key = [asked, before.revision.number, after.revision.number, _last(content)]
        following = write_cursor(request, key)
    return Response(
        encoded(content | {"next": following}),
        media_type="application/json",
        headers=next_link(request, following),
    )


def _position(
    question: ComparisonQuestion, continued: Any
) -> tuple[str, tuple[int | None, int | None], str | None]:
    """Return the question's digest, the revisions to compare and the unit to go on after.

    A cursor of another question is `CursorForeign`.
    """
    asked = sha256(question.model_dump_json().encode()).hexdigest()[:16]
    if continued is None:
        return asked, (question.before.revision, question.after.revision), None
    own, before, after, unit = continued
    if own != asked:
        raise CursorForeign
    return asked, (before, after), unit


async def _side(session: ReadSession, asked: ComparedSide, revision: int | None) -> Side:
    shown = await revision_asked(session, asked.programme, asked.period, AskedRevision(revision))
    return Side(shown, asked.methodology)


def _last(content: dict[str, Any]) -> str:
    unit: str = content["items"][-1]["territory"]
    return unit
