"""`…/stability`: how far places depend on choices that could have been made otherwise."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.parameters import Period, Programme, Territory
from services.ratings.domain.question_document import USUAL
from services.ratings.schemas.stability import (
    AnalysisOrdered,
    StabilityAnswer,
    TerritoryStability,
)
from services.ratings.store.revisions import Revision
from services.ratings.usecases.json_document import Document, encoded
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.serializers import View
from services.ratings.usecases.stability import kept, order, question_of, territory_view
from shared.publication import Asked
from shared.web import Caller, WriteSession, requires

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])

ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "model": AnalysisOrdered,
        "description": "Считается: задание в Location, ответ — по повторному запросу.",
    }
}
Asker = Annotated[Caller, Depends(requires("ratings:read"))]
Question = Annotated[
    dict[str, Any],
    Body(
        description="Что варьировать: разброс весов, нормирования, средние; "
        "null — правило методики. Пропущенное берётся обычным.",
        examples=[USUAL],
    ),
]


@router.post(
    "/{programme}/{period}/stability",
    summary="Анализ устойчивости рейтинга",
    description="Места при других весах, нормированиях и средних; индексы Соболя; "
    "места без каждого показателя. Один вопрос к тем же данным считается один раз.",
    response_model=StabilityAnswer,
    responses=ACCEPTED,
)
async def analyse_stability(
    question: Question,
    session: WriteSession,
    caller: Asker,
    programme: Programme,
    period: Period,
    which: Asked,
) -> Response:
    """Answer a question about the stability of a rating, or start to work on it."""
    asked = question_of(question)
    shown = await revision_asked(session, programme, period, which)
    answer = await kept(session, shown, asked)
    if answer is None:
        return accepted(await order(session, shown, asked, caller.subject))
    return _document(shown, answer)


@router.get(
    "/{programme}/{period}/{territory}/stability",
    summary="Устойчивость места территории",
    description="Медиана и 5–95 % места при обычных вариациях, вероятности уровней, индексы "
    "Соболя, место без каждого показателя. Первый запрос ставит расчёт в очередь (202).",
    response_model=TerritoryStability,
    responses=ACCEPTED,
)
async def show_territory_stability(
    session: WriteSession,
    programme: Programme,
    period: Period,
    territory: Territory,
    which: Asked,
) -> Response:
    """Show the stability of a territory's place under the usual question."""
    asked = question_of({})
    shown = await revision_asked(session, programme, period, which)
    answer = await kept(session, shown, asked)
    if answer is None:
        return accepted(await order(session, shown, asked, None))
    return _document(shown, territory_view(answer, territory))


def accepted(job: UUID) -> Response:
    """Say that the work is under way and where to look."""
    return Response(
        encoded({"job": str(job), "state": "queued"}),
        status_code=202,
        media_type="application/json",
        headers={"Location": f"/v1/ratings/jobs/{job}", "Retry-After": "1"},
    )


def _document(revision: Revision, answer: View) -> Response:
    head = {
        "programme": revision.programme,
        "period": revision.period,
        "revision": revision.number,
        "methodology": revision.methodology,
        "source_time": revision.source_time.isoformat(),
    }
    content = {**head, **answer}
    return document_answer(Document(content, revision.source_time, str(revision.number)))
