"""Seasons and the facts registered for them."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.errors import SeasonExists, SeasonMalformed, SeasonUnknown, SubjectUnknown
from services.olympiads.store import registry
from services.olympiads.store.registry import Season
from shared.jobs import enqueue


async def require_season(session: AsyncSession, code: str) -> Season:
    """Return a registered season or refuse."""
    season = await registry.find_season(session, code)
    if season is None:
        raise SeasonUnknown(code)
    return season


async def register_season(session: AsyncSession, code: str) -> Season:
    """Register an academic year: from 1 September of the first year to 31 August of the next."""
    first, last = (int(year) for year in code.split("-"))
    if last != first + 1 or first < 1:
        raise SeasonMalformed
    season = Season(code, date(first, 9, 1), date(last, 8, 31))
    if not await registry.add_season(session, season.code, season.starts, season.ends):
        raise SeasonExists(code)
    return season


async def share_maximum(
    session: AsyncSession, season: str, stage: str, subject: str, basis: str
) -> None:
    """Register that a subject's grades share one maximum, and queue the public table."""
    await require_season(session, season)
    if subject not in await registry.load_subjects(session):
        raise SubjectUnknown(subject)
    await registry.register_shared(session, season, stage, subject, basis)
    await enqueue(session, "publish_thresholds", season, {"season": season})
