"""`/v1/ratings/{programme}/{period}/{territory}`: explanations and growth points."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.parameters import AsOf, Period, Programme, RevisionNumber, Territory
from services.ratings.schemas.explanations import (
    MOST,
    ExplanationAnswer,
    GrowthAnswer,
    WeakSpotsAnswer,
)
from services.ratings.store.observation_rows import list_observations
from services.ratings.store.revisions import Revision
from services.ratings.usecases.json_document import Document
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.replay import Calculation, Calculations, calculation_of, load_inputs
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
    programme: Programme,
    period: Period,
    territory: Territory,
    revision: RevisionNumber = None,
    as_of: AsOf = None,
) -> Response:
    """Explain a territory's score."""
    shown = await revision_asked(session, programme, period, number=revision, as_of=as_of)
    seen = await list_observations(session, wanted_of(shown, territory), MOST)
    return await _answer(
        request, session, shown, lambda made: explanation_view(made, territory, seen)
    )


@router.get(
    "/{programme}/{period}/{territory}/growth-points",
    summary="Точки роста территории",
    description="Насколько надо изменить каждый показатель, чтобы подняться на место или уровень.",
    response_model=GrowthAnswer,
)
async def find_growth_points(
    request: Request,
    session: ReadSession,
    programme: Programme,
    period: Period,
    territory: Territory,
    revision: RevisionNumber = None,
    as_of: AsOf = None,
) -> Response:
    """Find a territory's growth points."""
    shown = await revision_asked(session, programme, period, number=revision, as_of=as_of)
    return await _answer(request, session, shown, lambda made: growth_view(made, territory))


@router.get(
    "/{programme}/{period}/{territory}/weak-spots",
    summary="Слабые места территории",
    description="Показатели в нижнем уровне, ниже цели, упавшие или в худшей четверти.",
    response_model=WeakSpotsAnswer,
)
async def list_weak_spots(
    request: Request,
    session: ReadSession,
    programme: Programme,
    period: Period,
    territory: Territory,
    revision: RevisionNumber = None,
    as_of: AsOf = None,
) -> Response:
    """List a territory's weak spots."""
    shown = await revision_asked(session, programme, period, number=revision, as_of=as_of)
    before = await load_before_revision(session, shown)
    return await _answer(
        request, session, shown, lambda made: weak_spots_view(made, territory, before)
    )


async def _answer(
    request: Request,
    session: ReadSession,
    revision: Revision,
    view: Callable[[Calculation], dict[str, Any]],
) -> Response:
    """Answer a question about a calculation; the work of a processor is done beside the loop."""
    made = await calculation(request, session, revision)
    content = await asyncio.to_thread(view, made)
    return document_answer(Document(content, revision.source_time, str(revision.number)))


async def calculation(request: Request, session: ReadSession, revision: Revision) -> Calculation:
    """Return a revision's calculation, kept or made again."""
    kept: Calculations = request.app.state.calculations
    found = kept.find(revision.id)
    if found is None:
        methodology, inputs = await load_inputs(session, revision)
        found = await asyncio.to_thread(calculation_of, revision, methodology, inputs)
        kept.keep(found)
    return found
