"""Titles of the codes that findings name: territories, groups, programmes, indicators."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import programmes, territories
from shared.figures.naming import Titles


async def ledger_titles(session: AsyncSession) -> Titles:
    """Return titles by part of a key; an indicator code that programmes share has none."""
    listed = await programmes.listed(session)
    indicators: dict[str, set[str]] = {}
    for programme in listed:
        for passport in await programmes.passports(session, programme.code):
            indicators.setdefault(passport.code, set()).add(passport.title)
    return {
        "territory": await territories.titles(session),
        "programme": {programme.code: programme.title for programme in listed},
        "indicator": {code: min(found) for code, found in indicators.items() if len(found) == 1},
    }
