"""`/v1/ratings/profiles/{territory}`: a territory over periods."""

from fastapi import APIRouter, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.parameters import Territory
from services.ratings.schemas.tables import TerritoryProfile
from services.ratings.usecases.profiles import read_profile
from shared.web import ReadSession

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])


@router.get(
    "/profiles/{territory}",
    summary="Профиль территории",
    description="Баллы, места и уровни по всем программам и периодам, с изменениями.",
    response_model=TerritoryProfile,
)
async def read_territory_profile(session: ReadSession, territory: Territory) -> Response:
    """Show a territory over periods."""
    return document_answer(await read_profile(session, territory))
