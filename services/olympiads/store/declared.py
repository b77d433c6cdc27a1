"""Declared counts and given maxima, as they are now."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Cell = tuple[str, int]

PERFORMERS = text("""
    SELECT subject, grade, count AS printed FROM declared_performers
    WHERE season = :season AND stage = :stage AND known_to = 'infinity'
""")
MAXIMA = text("""
    SELECT subject, grade, maximum FROM maximum
    WHERE season = :season AND stage = :stage AND known_to = 'infinity'
""")

EVERY_MAXIMUM = text("""
    SELECT concat_ws('|', season, stage, subject, grade) AS key, maximum FROM maximum
    WHERE known_to = 'infinity'
""")


async def declared_performers(session: AsyncSession, season: str, stage: str) -> Mapping[Cell, str]:
    """Return the declared ≥ 75 % counts of a stage as printed, by subject and grade."""
    rows = await session.execute(PERFORMERS, {"season": season, "stage": stage})
    return {(row.subject, row.grade): row.printed for row in rows}


async def given_maxima(session: AsyncSession, season: str, stage: str) -> Mapping[Cell, Decimal]:
    """Return the given maxima of a stage by subject and task grade."""
    rows = await session.execute(MAXIMA, {"season": season, "stage": stage})
    return {(row.subject, row.grade): Decimal(row.maximum) for row in rows}


async def every_maximum(session: AsyncSession) -> Mapping[str, str]:
    """Return every given maximum, as text, by «season|stage|subject|grade»."""
    return {row.key: row.maximum for row in await session.execute(EVERY_MAXIMUM)}
