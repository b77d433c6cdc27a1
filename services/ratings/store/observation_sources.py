"""Which documents the observations of a slice come from."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.parsers.periods import period_number

# text(): the primary key begins with the programme and the period, so that one slice is read.
OF_SLICE = text("""
    SELECT source_document, array_agg(DISTINCT coalesce(source_locator, '')) AS locators
    FROM observation JOIN programme ON programme.id = observation.programme_id
    WHERE programme.code = :programme AND period = :period
    AND known_to = 'infinity' AND source_document IS NOT NULL
    GROUP BY source_document ORDER BY source_document
""")


async def of_slice(
    session: AsyncSession, programme: str, period: str
) -> Sequence[tuple[str, Sequence[str]]]:
    """Return documents and their locators, empty where a row has none."""
    asked = {"programme": programme, "period": period_number(period)}
    rows = await session.execute(OF_SLICE, asked)
    return [(row.source_document, row.locators) for row in rows]
