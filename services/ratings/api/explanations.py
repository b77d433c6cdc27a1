"""`/v1/ratings/{programme}/{period}/{territory}`: explanations and growth points."""

from fastapi import APIRouter, Request, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.parameters import Territory
from services.ratings.api.public_revision import PublicRevision
from services.ratings.schemas.explanations import (
    MOST,
    ExplanationAnswer,
    GrowthAnswer,
    WeakSpotsAnswer,
)
from services.ratings.store.observation_rows import list_observations
from services.ratings.store.revisions import Revision
from services.ratings.usecases.json_document import Document
from services.ratings.usecases.questions import Calculations, Question
from services.ratings.usecases.revision_observations import wanted_of
from services.ratings.usecases.weaknesses import load_before_revision
from services.ratings.views.explanations import (
    explanation_view,
    growth_view,
    weak_spots_view,
)
from shared.web import ReadSession

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])


@router.get(
    "/{programme}/{period}/{territory}",
    summary="Из чего складывается балл территории",
    description="Вклады показателей в балл и разрывы до следующего места, лидера и медианы группы.",
    response_model=ExplanationAnswer,
)
async def explain_rating(
    request: Request,
    session: ReadSession,
    shown: PublicRevision,
    territory: Territory,
) -> Response:
    """Explain a territory's score."""
    seen = await list_observations(session, wanted_of(shown, territory), MOST)
    return await _answer(request, session, shown, explanation_view, territory, seen)


@router.get(
    "/{programme}/{period}/{territory}/growth-points",
    summary="Точки роста территории",
    description="Насколько надо изменить каждый показатель, чтобы подняться на место или уровень.",
    response_model=GrowthAnswer,
)
async def find_growth_points(
    request: Request,
    session: ReadSession,
    shown: PublicRevision,
    territory: Territory,
) -> Response:
    """Find a territory's growth points."""
    return await _answer(request, session, shown, growth_view, territory)


@router.get(
    "/{programme}/{period}/{territory}/weak-spots",
    summary="Слабые места территории",
    description="Показатели в нижнем уровне, ниже цели, упавшие или в худшей четверти.",
    response_model=WeakSpotsAnswer,
)
async def list_weak_spots(
    request: Request,
    session: ReadSession,
    shown: PublicRevision,
    territory: Territory,
) -> Response:
    """List a territory's weak spots."""
    before = await load_before_revision(session, shown, territory)
    return await _answer(request, session, shown, weak_spots_view, territory, before)


async def _answer(
    request: Request, session: ReadSession, revision: Revision, view: Question, *args: object
) -> Response:
    """Answer a question about a calculation as a document."""
    calculations: Calculations = request.app.state.calculations
    content = await calculations.answer(session, revision, view, *args)
    return document_answer(Document(content, revision.source_time, str(revision.number)))
