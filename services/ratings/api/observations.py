"""`/v1/ratings/{programme}/{period}/observations`: what a rating was calculated from."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.ratings.api.parameters import Period, Programme
from services.ratings.schemas.observations import ObservationPage
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.revision_observations import page_of_observations
from services.ratings.views.observations import observation_view
from shared.publication import Asked, AskedRevision
from shared.web import Paging, ReadSession

router = APIRouter(prefix="/v1/ratings", tags=["ratings"])


@dataclass(frozen=True, slots=True)
class ObservationQuery:
    """Which observations are asked for, page by page."""

    territory: Annotated[
        str | None,
        Query(
            description="Код территории (ОКТМО).",
            pattern=r"^[0-9A-Za-z_-]+$",
            max_length=20,
            examples=["08000000"],
        ),
    ] = None
    indicator: Annotated[
        str | None, Query(description="Код показателя.", max_length=64, examples=["1.1"])
    ] = None


@router.get(
    "/{programme}/{period}/observations",
    summary="Наблюдения рейтинга",
    description="Значения показателей, по которым рассчитана редакция: как напечатаны, из какого "
    "документа и какой загрузкой пришли. С as_of — те, что были опубликованы тогда.",
)
async def list_rating_observations(
    session: ReadSession,
    programme: Programme,
    period: Period,
    query: Annotated[ObservationQuery, Depends()],
    page: Paging,
    asked: Asked,
) -> ObservationPage:
    """List the observations of a revision; a cursor stays with the revision it began with."""
    continued = page.after
    number, *after = continued or (None, 0, 0)
    begun = AskedRevision(number) if continued else asked
    shown = await revision_asked(session, programme, period, begun)
    rows = await page_of_observations(
        session,
        shown,
        query.territory,
        query.indicator,
        limit=page.fetch,
        after=(after[0], after[1]),
    )
    rows, following = page.cut(rows, lambda r: [shown.number, r.indicator_id, r.territory_id])
    return ObservationPage(
        programme=programme,
        period=period,
        revision=shown.number,
        items=[observation_view(row) for row in rows],
        next=following,
    )
