"""The register of territories: codes, names, aliases, parents, successors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.synthetic import TERRITORIES, is_synthetic_programme, is_synthetic_territory

IDS = text("SELECT code, id FROM territory")
IDS_OF = text("SELECT code, id FROM territory WHERE code = ANY(:codes)")
NAMES = text("""
    SELECT folded, min(territory.id) AS id FROM territory_alias
    JOIN territory ON territory.code = territory_alias.territory
    GROUP BY folded HAVING count(*) = 1
""")

# The climb is read once: joined to itself it costs minutes where a newly imported register has no
# statistics yet and the planner takes its tens of thousands of rows for a handful.
UNITS = text("""
    WITH RECURSIVE climb AS (
        SELECT id AS unit, id, code, kind, parent FROM territory
        WHERE kind = :kind AND (valid_from IS NULL OR valid_from <= :day)
        AND (valid_to IS NULL OR valid_to >= :day)
        AND (CAST(:code AS text) IS NULL OR code = :code)
        UNION ALL
        SELECT climb.unit, above.id, above.code, above.kind, above.parent
        FROM climb JOIN territory AS above ON above.code = climb.parent
        WHERE climb.kind <> :group_kind
    )
    SELECT unit, max(code) FILTER (WHERE id = unit),
        max(id) FILTER (WHERE kind = :group_kind), max(code) FILTER (WHERE kind = :group_kind)
    FROM climb GROUP BY unit ORDER BY 2
""")
TITLES = text("SELECT code, title FROM territory")
DATED = text("""
    SELECT code, valid_from, valid_to,
        ARRAY(SELECT successor FROM territory_successor
              WHERE territory_successor.territory = territory.code ORDER BY successor)
            AS successors
    FROM territory WHERE valid_from IS NOT NULL OR valid_to IS NOT NULL ORDER BY code
""")
OF_KIND = text("SELECT id, code FROM territory WHERE kind = :kind")
PARENTS = text("SELECT code, parent FROM territory WHERE code = ANY(:codes) AND parent IS NOT NULL")
LIST = text("""
    SELECT territory.code, kind, parent, title, register_name, okato, code_confirmed,
        valid_from, valid_to,
        ARRAY(SELECT alias FROM territory_alias WHERE territory = territory.code ORDER BY alias)
            AS aliases,
        ARRAY(SELECT successor FROM territory_successor
              WHERE territory_successor.territory = territory.code ORDER BY successor)
            AS successors
    FROM territory
    WHERE (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (:synthetic OR NOT starts_with(code, :made_up))
    AND (CAST(:parent AS text) IS NULL OR parent = :parent)
    AND (CAST(:code AS text) IS NULL OR territory.code = :code)
    AND (CAST(:day AS date) IS NULL
        OR ((valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to >= :day)))
    AND (CAST(:after AS text) IS NULL OR territory.code > :after)
    ORDER BY territory.code LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which a territory exists, both included; None where the side is open."""

    code: str
    valid_from: date | None
    valid_to: date | None
    successors: Sequence[str]


async def validities(session: AsyncSession) -> Sequence[Validity]:
    """Return the territories that do not exist for all time, by code."""
    return [Validity(**row._mapping) for row in await session.execute(DATED)]  # noqa: SLF001 -- a public name.


@dataclass(frozen=True, slots=True)
class Unit:
    """A territory as a unit of a rating, with the territory above it that groups it, if any."""

    id: int
    code: str
    group_id: int | None
    group: str | None


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A territory as the register shows it."""

    code: str
    kind: str
    parent: str | None
    title: str
    register_name: str | None
    okato: str | None
    code_confirmed: bool
    valid_from: date | None
    valid_to: date | None
    aliases: list[str]
    successors: list[str]


async def ids_by_code(session: AsyncSession) -> Mapping[str, int]:
    """Return the numbers of all territories by code."""
    return {row.code: row.id for row in await session.execute(IDS)}


async def ids_of(session: AsyncSession, codes: Sequence[str]) -> Mapping[str, int]:
    """Return the numbers of some territories by code."""
    rows = await session.execute(IDS_OF, {"codes": list(codes)})
    return {row.code: row.id for row in rows}


async def titles(session: AsyncSession) -> Mapping[str, str]:
    """Return the official names of all territories by code."""
    return {row.code: row.title for row in await session.execute(TITLES)}


async def codes_of_kind(session: AsyncSession, kind: str) -> Mapping[int, str]:
    """Return the codes of all territories of a kind, of any time, by number."""
    return {row.id: row.code for row in await session.execute(OF_KIND, {"kind": kind})}


async def parents(session: AsyncSession, codes: Sequence[str]) -> Mapping[str, str]:
    """Return the territory directly above each that has one."""
    rows = await session.execute(PARENTS, {"codes": list(codes)})
    return {row.code: row.parent for row in rows}


async def ids_by_name(session: AsyncSession) -> Mapping[str, int]:
    """Return the numbers of all territories by the comparison form of each of their names."""
    return {row.folded: row.id for row in await session.execute(NAMES)}


async def units(
    session: AsyncSession,
    programme: str,
    kind: str,
    group_kind: str | None,
    day: date,
    code: str | None = None,
) -> Sequence[Unit]:
    """Return the territories of a kind that may be peers of a programme on a day, by code.

    Made-up territories are peers of made-up programmes, and of no others. `code` asks for one.
    """
    asked = {"kind": kind, "group_kind": group_kind or "", "day": day, "code": code}
    found = [Unit(*row) for row in (await session.execute(UNITS, asked)).all()]
    made_up = is_synthetic_programme(programme)
    return [unit for unit in found if is_synthetic_territory(unit.code) is made_up]


async def listed(
    session: AsyncSession,
    *,
    kind: str | None = None,
    parent: str | None = None,
    code: str | None = None,
    valid_on: date | None = None,
    after: str | None = None,
    synthetic: bool = True,
    limit: int,
) -> Sequence[TerritoryRow]:
    """Return a page of the register by code; `valid_on` keeps what existed on that day."""
    asked = {
        "kind": kind,
        "parent": parent,
        "code": code,
        "day": valid_on,
        "after": after,
        "synthetic": synthetic,
        "made_up": TERRITORIES,
        "limit": limit,
    }
    return [TerritoryRow(*row) for row in await session.execute(LIST, asked)]
