"""The register of programmes, indicators and territories."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import CodeReserved, ProgrammeExists, ProgrammeUnknown
from services.ratings.store import programmes, slices
from services.ratings.store.programmes import Passport, ProgrammeRow

RESERVED = frozenset(
    {
        "claims",
        "comparisons",
        "effects",
        "facts",
        "findings",
        "imports",
        "jobs",
        "methodologies",
        "preview",
        "profiles",
        "programmes",
        "revisions",
        "territories",
    }
)
"""Words that are where a programme's code is in a path."""


async def programme_known(session: AsyncSession, code: str) -> ProgrammeRow:
    """Return a programme; NotFound if nobody registered it."""
    for row in await programmes.listed(session):
        if row.code == code:
            return row
    raise ProgrammeUnknown(code)


async def add_programme(
    session: AsyncSession, code: str, title: str, description: str, peers: Mapping[str, int]
) -> None:
    """Register a programme of monitoring; a word of the paths is refused as its code."""
    if code in RESERVED:
        raise CodeReserved(code)
    if not await programmes.add(session, code, title, description):
        raise ProgrammeExists(code)
    for period, count in peers.items():
        await programmes.set_peers(session, code, period, count)


async def periods_by_programme(session: AsyncSession) -> Mapping[str, Sequence[str]]:
    """Return the periods for which anything is known, by programme."""
    periods: dict[str, list[str]] = {}
    for row in await slices.listed(session):
        periods.setdefault(row.programme, []).append(row.period)
    return periods


async def passports_of(session: AsyncSession, code: str) -> Sequence[Passport]:
    """Return the passports of a programme's indicators."""
    await programme_known(session, code)
    return await programmes.passports(session, code)
