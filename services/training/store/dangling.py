"""References between registries that may be loaded in any order, and that nothing holds yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 1000
# Of teachers only the number is given: their references are of people.
DANGLING = text("""
    WITH named AS (
        SELECT 'event' AS kind, code AS owner, 'programme' AS registry, programme AS code
        FROM event WHERE known_to = 'infinity'
        UNION ALL SELECT 'event', code, 'measure', measure
        FROM event WHERE known_to = 'infinity'
        UNION ALL SELECT 'measure', code, 'measure', parent
        FROM measure WHERE known_to = 'infinity'
        UNION ALL SELECT 'quota', code, 'quota', parent
        FROM quota WHERE known_to = 'infinity'
        UNION ALL SELECT 'competency', code, 'competency', parent
        FROM competency WHERE known_to = 'infinity'
        UNION ALL SELECT 'programme', p.code, 'programme', required.code
        FROM programme AS p
        CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(p.requires, '[]')) AS required(code)
        WHERE p.known_to = 'infinity'
    ), held AS (
        SELECT 'programme' AS registry, code FROM programme WHERE known_to = 'infinity'
        UNION ALL SELECT 'measure', code FROM measure WHERE known_to = 'infinity'
        UNION ALL SELECT 'quota', code FROM quota WHERE known_to = 'infinity'
        UNION ALL SELECT 'competency', code FROM competency WHERE known_to = 'infinity'
    )
    SELECT kind, registry, code, array_agg(owner ORDER BY owner) AS owners
    FROM named WHERE code IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM held WHERE held.registry = named.registry AND held.code = named.code)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT :most
""")
SUPERIORS = text("""
    SELECT count(*) FROM teacher AS t WHERE t.known_to = 'infinity' AND t.superior IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM teacher AS s WHERE s.known_to = 'infinity' AND s.ref = t.superior)
""")


@dataclass(frozen=True, slots=True)
class DanglingReference:
    """A code that entries of a registry name and its own registry does not hold."""

    kind: str
    registry: str
    code: str
    owners: Sequence[str]


async def dangling_references(session: AsyncSession) -> list[DanglingReference]:
    """Return the codes that no registry holds, with the entries that name each."""
    rows = await session.execute(DANGLING, {"most": MOST})
    return [DanglingReference(**row._mapping) for row in rows]  # noqa: SLF001 -- a public name.


async def unknown_superiors(session: AsyncSession) -> int:
    """Return how many teachers name a superior who is not registered."""
    return int((await session.execute(SUPERIORS)).scalar_one())
