"""Observations of a slice one by one, with their sources and imports, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# text(): the bitemporal condition and `infinity` have no Core form; the indicators come first so
# that the primary key is read in its own order.
LIST = text("""
    SELECT observation.indicator_id, observation.territory_id, territory.code AS territory,
        indicator.code AS indicator, observation.scaled, observation.digits, observation.status,
        observation.source_document, observation.source_locator, observation.import_id,
        observation.import_row, import_run.known_at AS imported_at, observation.known_from,
        nullif(observation.known_to, 'infinity') AS known_to
    FROM indicator
    JOIN programme ON programme.code = indicator.programme
    JOIN observation ON observation.programme_id = programme.id
        AND observation.period = :period AND observation.indicator_id = indicator.id
    JOIN territory ON territory.id = observation.territory_id
    LEFT JOIN import_run ON import_run.id = observation.import_id
    WHERE indicator.programme = :programme
    AND observation.known_from <= :known_at AND observation.known_to > :known_at
    AND (CAST(:territory AS text) IS NULL OR territory.code = :territory)
    AND (CAST(:indicator AS text) IS NULL OR indicator.code = :indicator)
    AND (observation.indicator_id, observation.territory_id) > (:after_indicator, :after_territory)
    ORDER BY observation.indicator_id, observation.territory_id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """What was held of one indicator of one territory, and where it came from.

    The value is `scaled · 10^-digits` where `status` is 0. `known_to` is None while it is held.
    """

    indicator_id: int
    territory_id: int
    territory: str
    indicator: str
    scaled: int
    digits: int
    status: int
    source_document: str | None
    source_locator: str | None
    import_id: UUID
    import_row: int
    imported_at: datetime | None
    known_from: datetime
    known_to: datetime | None


@dataclass(frozen=True, slots=True)
class ObservationFilter:
    """Which observations of a slice are asked for, as known at an instant."""

    programme: str
    period: int
    known_at: datetime
    territory: str | None = None
    indicator: str | None = None


async def list_observations(
    session: AsyncSession, wanted: ObservationFilter, limit: int, after: tuple[int, int] = (0, 0)
) -> Sequence[ObservationRow]:
    """Return a page of observations, by the numbers of their indicator and territory."""
    asked = {
        "programme": wanted.programme,
        "period": wanted.period,
        "known_at": wanted.known_at,
        "territory": wanted.territory,
        "indicator": wanted.indicator,
        "after_indicator": after[0],
        "after_territory": after[1],
        "limit": limit,
    }
    rows = await session.execute(LIST, asked)
    return [ObservationRow(**row) for row in rows.mappings()]
