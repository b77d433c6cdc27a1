"""The orders in force for seasons; an edition is only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ADD = text("""
    INSERT INTO season_rules (season, order_title, order_date, edition, source, registered_at)
    VALUES (:season, :order_title, :order_date, :edition, :source, clock_timestamp())
    RETURNING registered_at
""")
OF_SEASON = text("""
    SELECT season, order_title, order_date, edition, source, registered_at FROM season_rules
    WHERE season = :season ORDER BY id DESC LIMIT 1000
""")


@dataclass(frozen=True, slots=True)
class SeasonRules:
    """An order as registered for a season; `edition` None: which text is in force is not known."""

    season: str
    order_title: str
    order_date: date
    edition: str | None
    source: str | None
    registered_at: datetime


async def add_rules(
    session: AsyncSession,
    season: str,
    order_title: str,
    order_date: date,
    edition: str | None,
    source: str | None,
) -> SeasonRules:
    """Register the order in force for a season; earlier ones stay as its history."""
    row = {
        "season": season,
        "order_title": order_title,
        "order_date": order_date,
        "edition": edition,
        "source": source,
    }
    at: datetime = (await session.execute(ADD, row)).scalar_one()
    return SeasonRules(season, order_title, order_date, edition, source, at)


async def rules_of(session: AsyncSession, season: str) -> Sequence[SeasonRules]:
    """Return the orders registered for a season, the one in force first."""
    rows = await session.execute(OF_SEASON, {"season": season})
    return [SeasonRules(**row) for row in rows.mappings()]
