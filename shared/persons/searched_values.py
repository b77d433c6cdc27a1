"""Remove a reference from inside texts, JSON values, bodies and rejected rows.

Table and column names come from the registry, a file of this repository.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.persons.columns import PersonColumn, Treatment
from shared.persons.redaction import MARK, python_pattern, redact_json, sql_pattern

Stored = TypeVar("Stored", str, bytes)
REDACT_APPEND_ONLY = text("SELECT redact_person(:table, :column, :pattern, :mark)")


async def erase_from_text(session: AsyncSession, column: PersonColumn, reference: str) -> int:
    """Put the mark into texts, or remove the rows of a `discard` column; return their number."""
    row = {"ref": reference, "pattern": sql_pattern(reference), "mark": MARK}
    if column.treatment is Treatment.REDACT_APPEND_ONLY:
        asked = {"table": column.table, "column": column.column}
        marked = {name: row[name] for name in ("pattern", "mark")}
        return int((await session.execute(REDACT_APPEND_ONLY, {**asked, **marked})).scalar_one())
    name = f'"{column.column}"'
    where = f"position(:ref IN {name}) > 0 AND {name} ~ :pattern"
    if column.treatment is Treatment.DISCARD:
        statement = f"DELETE FROM {column.table} WHERE {where}"  # noqa: S608 -- names of the registry.
        row.pop("mark")
    else:
        change = f"{name} = regexp_replace({name}, :pattern, :mark, 'g')"
        statement = f"UPDATE {column.table} SET {change} WHERE {where}"  # noqa: S608 -- as above.
    done = await session.execute(text(statement), row)
    return int(getattr(done, "rowcount", 0))


async def erase_from_json(session: AsyncSession, column: PersonColumn, reference: str) -> int:
    """Put the mark into the strings of JSON values; numbers are never touched."""
    pattern = python_pattern(reference)

    def redact(stored: str) -> str | None:
        value = json.loads(stored)
        changed = redact_json(value, pattern)
        return None if changed == value else json.dumps(changed, ensure_ascii=False)

    needle = json.dumps(reference, ensure_ascii=False)[1:-1]
    read = f'CAST("{column.column}" AS text)'
    return await _rewrite(session, column, needle, read, "jsonb", redact)


async def redact_bodies(session: AsyncSession, column: PersonColumn, reference: str) -> int:
    """Put the mark into stored bodies: JSON, other text in UTF-8, or rejected rows."""
    change = _rejected if column.treatment is Treatment.REDACT_ROWS else _body
    name = f'"{column.column}"'
    needle = reference.encode()

    def redact(stored: bytes) -> bytes | None:
        changed = change(stored, reference)
        return None if changed == stored else changed

    return await _rewrite(session, column, needle, name, "bytea", redact)


def _body(stored: bytes, reference: str) -> bytes:
    """Redact a body of UTF-8 text; the quotes of JSON end a reference too, so both are one."""
    return (
        python_pattern(reference)
        .sub(MARK, stored.decode("utf-8", "surrogateescape"))
        .encode("utf-8", "surrogateescape")
    )


def _rejected(stored: bytes, reference: str) -> bytes:
    """Redact rejected rows, which are stored as MessagePack with lengths of their strings."""
    changed = redact_json(msgspec.msgpack.decode(stored), python_pattern(reference))
    return msgspec.msgpack.encode(changed)


async def _rewrite(
    session: AsyncSession,
    column: PersonColumn,
    needle: Stored,
    read: str,
    kind: str,
    redact: Callable[[Stored], Stored | None],
) -> int:
    """Rewrite the values that contain the needle, one in memory at a time; return how many."""
    find = text(
        f"SELECT ctid FROM {column.table} WHERE position(:needle IN {read}) > 0 FOR UPDATE"  # noqa: S608 -- names of the registry.
    )
    get = text(f"SELECT {read} AS stored FROM {column.table} WHERE ctid = CAST(:row AS tid)")  # noqa: S608 -- as above.
    put = text(
        f'UPDATE {column.table} SET "{column.column}" = CAST(:value AS {kind})'  # noqa: S608 -- as above.
        " WHERE ctid = CAST(:row AS tid)"
    )
    count = 0
    for row in (await session.execute(find, {"needle": needle})).scalars().all():
        stored = (await session.execute(get, {"row": row})).scalar_one()
        changed = redact(stored)
        if changed is not None:
            await session.execute(put, {"row": row, "value": changed})
            count += 1
    return count
