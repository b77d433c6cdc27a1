"""The register of territories brought to what an import says; a code may be corrected."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_CHANGED = "territory_record AS changed WHERE changed.known_from = :known_at"
RENAME = text(f"""
    UPDATE territory SET code = changed.code FROM {_CHANGED}
    AND territory.code = changed.replaces
    AND NOT EXISTS (SELECT FROM territory AS taken WHERE taken.code = changed.code)
""")  # noqa: S608 -- a constant of this module.
CLOSE_RENAMED = text("""
    UPDATE territory_record AS old SET known_to = :known_at FROM territory_record AS changed
    WHERE changed.known_from = :known_at AND old.code = changed.replaces
    AND old.known_to = 'infinity'
""")
ORPHANS = text(f"""
    SELECT changed.import_row AS row, changed.code, changed.parent
    FROM {_CHANGED} AND changed.parent IS NOT NULL AND NOT EXISTS (
        SELECT FROM territory_record AS above
        WHERE above.code = changed.parent AND above.known_to = 'infinity'
        AND array_position(CAST(:kinds AS text[]), above.kind)
            < array_position(CAST(:kinds AS text[]), changed.kind))
    ORDER BY changed.import_row LIMIT 1000
""")  # noqa: S608 -- as above.
LOST_SUCCESSORS = text("""
    SELECT changed.import_row AS row, changed.code, named.code AS parent
    FROM territory_record AS changed,
        jsonb_array_elements_text(changed.successors) AS named(code)
    WHERE changed.known_from = :known_at AND NOT EXISTS (
        SELECT FROM territory_record AS other
        WHERE other.code = named.code AND other.known_to = 'infinity')
    ORDER BY changed.import_row LIMIT 1000
""")
UPSERT = text(f"""
    INSERT INTO territory (code, kind, parent, title, register_name, okato, iso_code,
        code_confirmed, valid_from, valid_to)
    SELECT code, kind, parent, title, register_name, okato, iso_code, code_confirmed,
        valid_from, valid_to FROM {_CHANGED}
    ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, parent = excluded.parent,
        title = excluded.title, register_name = excluded.register_name, okato = excluded.okato,
        iso_code = excluded.iso_code, code_confirmed = excluded.code_confirmed,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")  # noqa: S608 -- as above.
FORGET_NAMES = text(f"""
    DELETE FROM territory_alias WHERE territory IN (SELECT code FROM {_CHANGED})
""")  # noqa: S608 -- as above.
ADD_NAMES = text("""
    INSERT INTO territory_alias (folded, alias, territory)
    SELECT pair->>0, pair->>1, changed.code
    FROM territory_record AS changed, jsonb_array_elements(changed.names) AS pair
    WHERE changed.known_from = :known_at
""")
FORGET_SUCCESSORS = text(f"""
    DELETE FROM territory_successor WHERE territory IN (SELECT code FROM {_CHANGED})
""")  # noqa: S608 -- as above.
ADD_SUCCESSORS = text("""
    INSERT INTO territory_successor (territory, successor)
    SELECT DISTINCT changed.code, named.code
    FROM territory_record AS changed,
        jsonb_array_elements_text(changed.successors) AS named(code)
    WHERE changed.known_from = :known_at
""")
VERSION = text("SELECT max(known_from) FROM territory_record")
SIZE = text("SELECT count(*) FROM territory")


async def orphans(
    session: AsyncSession, known_at: datetime, kinds: Sequence[str]
) -> Sequence[tuple[int, str, str]]:
    """Return row, code and parent of the rows under no territory of a higher kind."""
    rows = await session.execute(ORPHANS, {"known_at": known_at, "kinds": list(kinds)})
    return [(row.row, row.code, row.parent) for row in rows]


async def lost_successors(
    session: AsyncSession, known_at: datetime
) -> Sequence[tuple[int, str, str]]:
    """Return row, code and successor where the successor is not registered."""
    rows = await session.execute(LOST_SUCCESSORS, {"known_at": known_at})
    return [(row.row, row.code, row.parent) for row in rows]


async def close_renamed(session: AsyncSession, known_at: datetime) -> None:
    """End the records under codes that an import corrected."""
    await session.execute(CLOSE_RENAMED, {"known_at": known_at})


async def apply(session: AsyncSession, known_at: datetime) -> None:
    """Bring the register to the rows of an import: codes, names, parents, successors."""
    for statement in (
        RENAME,
        UPSERT,
        FORGET_NAMES,
        ADD_NAMES,
        FORGET_SUCCESSORS,
        ADD_SUCCESSORS,
    ):
        await session.execute(statement, {"known_at": known_at})


async def version(session: AsyncSession) -> str:
    """Return what changes whenever the register does."""
    known: datetime | None = (await session.execute(VERSION)).scalar_one()
    return "0" if known is None else f"{known.timestamp():.6f}"


async def size(session: AsyncSession) -> int:
    """Return how many territories there are."""
    return int((await session.execute(SIZE)).scalar_one())
