"""The observations that a revision of a rating was calculated from."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import IndicatorUnknown
from services.ratings.parsers.periods import period_number
from services.ratings.store import programmes, territories
from services.ratings.store.observation_rows import (
    ObservationFilter,
    ObservationRow,
    list_observations,
)
from services.ratings.store.revisions import Revision
from shared.publication.errors import TerritoryUnknown


async def page_of_observations(
    session: AsyncSession,
    revision: Revision,
    territory: str | None,
    indicator: str | None,
    *,
    limit: int,
    after: tuple[int, int] = (0, 0),
) -> Sequence[ObservationRow]:
    """Return observations as they were known to a revision; none for a tombstone.

    NotFound for a territory or an indicator that nobody registered: an empty page would look as
    if nothing was observed.
    """
    if territory is not None and not await territories.listed(session, code=territory, limit=1):
        raise TerritoryUnknown(territory)
    known = await programmes.indicator_ids(session, revision.programme)
    if indicator is not None and indicator not in known:
        raise IndicatorUnknown(revision.programme, indicator)
    if revision.status == "tombstone":
        return []
    return await list_observations(session, wanted_of(revision, territory, indicator), limit, after)


def wanted_of(
    revision: Revision, territory: str | None = None, indicator: str | None = None
) -> ObservationFilter:
    """Return the filter of what a revision was calculated from."""
    return ObservationFilter(
        revision.programme,
        period_number(revision.period),
        revision.data_known_at,
        territory,
        indicator,
    )
