"""Taking an import back: the rows it opened are closed, those it closed are open again.

It is an import itself, with a revision of its own; nothing is edited in place. It is refused where
somebody has changed one of these rows since.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access_errors import TerritoryForbidden
from shared.auth import Caller
from shared.db import driver_connection, lock
from shared.errors import FieldError
from shared.imports import import_runs
from shared.imports.errors import AlreadyReverted, ChangedSince, NothingToRevert, NotRevertible
from shared.imports.foreign_rows import codes_of, run_has_foreign
from shared.imports.import_types import RECORD, ImportKind, ImportRun
from shared.imports.run_import import REVERT
from shared.persons.pseudonyms import pseudonym_of_actor
from shared.row_access import whole_region
from shared.territories import Territories

NAMED = 20
NOTHING_TO_REVERT = "Возвращать нечего: эта загрузка ничего не изменила."


async def revert_import(
    session: AsyncSession,
    kind: ImportKind,
    row: Mapping[str, Any],
    caller: Caller,
) -> UUID:
    """Undo an import in the caller's transaction; return the id of the import that does it.

    `TerritoryForbidden` where it would change rows of territories that are not the caller's.
    """
    await lock(session, f"import:{kind.code}")
    _check(kind, row)
    actor = await pseudonym_of_actor(session, caller)
    async with whole_region(session):
        await _refuse_foreign(session, kind, row, caller.territories)
        return await _revert(session, kind, row, caller.subject, actor)


async def _refuse_foreign(
    session: AsyncSession, kind: ImportKind, row: Mapping[str, Any], territories: Territories
) -> None:
    if kind.territory is None or territories.everywhere:
        return
    connection = await driver_connection(session)
    codes = codes_of(territories)
    if await run_has_foreign(connection, kind.table, row, kind.territory, codes):
        raise TerritoryForbidden


async def _revert(
    session: AsyncSession,
    kind: ImportKind,
    row: Mapping[str, Any],
    subject: str,
    actor: str | None,
) -> UUID:
    connection = await driver_connection(session)
    columns = await _columns(connection, kind)
    await _refuse_changed(connection, kind, row)
    known_at = await import_runs.current_instant(session)
    run_id = await _begin(session, row, subject, actor)
    affected = await _affected(connection, kind, row)
    closed, opened, both = await _exchange(connection, kind, columns, row, run_id, known_at)
    counts = {
        "received": closed + opened - both,
        "inserted": opened - both,
        "updated": both,
        "unchanged": 0,
        "rejected": 0,
    }
    await lock(session, "import_revision")
    revision = await import_runs.next_revision(session)
    report = {"counts": counts, "closed": closed - both}
    await import_runs.finish(
        session, run_id, import_runs.DONE, report=report, revision=revision, known_at=known_at
    )
    if kind.on_committed_rows is not None:
        run = ImportRun(
            id=run_id,
            kind=kind.code,
            mode=REVERT,
            dry_run=False,
            atomic=True,
            slice=row["slice"],
            subject=subject,
            actor=actor,
            known_at=known_at,
            revision=revision,
            extras={},
            affected_keys=affected,
            counts=counts,
        )
        await kind.on_committed_rows(session, run)
    return run_id


async def _begin(
    session: AsyncSession, row: Mapping[str, Any], subject: str, actor: str | None
) -> UUID:
    """Record the import that reverts another one; return its id."""
    run_id = uuid4()
    begun = {
        **{name: row[name] for name in ("kind", "slice", "format", "territories", "territory")},
        "id": run_id,
        "mode": REVERT,
        "dry_run": False,
        "atomic": True,
        "charset": None,
        "subject": subject,
        "actor": actor,
        "status": import_runs.RUNNING,
        "reverts": row["id"],
    }
    await import_runs.create(session, begun)
    return run_id


def _check(kind: ImportKind, row: Mapping[str, Any]) -> None:
    """Refuse what made no revision, and what closing rows would not undo."""
    if row["reverted_by"] is not None:
        raise AlreadyReverted
    if row["revision"] is None or row["known_at"] is None:
        raise NothingToRevert(NOTHING_TO_REVERT)
    if kind.not_revertible is not None:
        raise NotRevertible(kind.not_revertible)
    if (row["report"] or {}).get("_extras"):
        raise NotRevertible(
            "Вместе со строками загружены сведения о документе: исправьте их новой загрузкой.",
        )


async def _columns(connection: "asyncpg.Connection[Any]", kind: ImportKind) -> list[str]:
    """Return the columns of the table without its records."""
    found = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1)"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        kind.table,
    )
    return [row["attname"] for row in found if row["attname"] not in RECORD]


async def _refuse_changed(
    connection: "asyncpg.Connection[Any]", kind: ImportKind, row: Mapping[str, Any]
) -> None:
    """Raise `ChangedSince` naming the rows that somebody changed since."""
    key = _names(kind.layout.key)
    paired = " AND ".join(f'n."{name}" = c."{name}"' for name in kind.layout.key)
    found = await connection.fetch(
        f"SELECT ({key})::text AS key, import_row FROM {kind.table}"  # noqa: S608 -- names of our tables.
        f" WHERE import_id = $1 AND known_from = $2 AND known_to <> 'infinity'"
        f" UNION ALL SELECT ({_names(kind.layout.key, 'c.')})::text, c.import_row"
        f" FROM {kind.table} AS c WHERE c.known_to = $2 AND EXISTS (SELECT FROM {kind.table} AS n"
        f" WHERE {paired} AND n.known_to = 'infinity' AND n.import_id <> $1)"
        f" ORDER BY 1 LIMIT {NAMED}",
        row["id"],
        row["known_at"],
    )
    if found:
        errors = [
            FieldError(f"/rows/{r['import_row']}", "CHANGED_SINCE", r["key"][:500]) for r in found
        ]
        raise ChangedSince(errors=errors)


async def _affected(
    connection: "asyncpg.Connection[Any]", kind: ImportKind, row: Mapping[str, Any]
) -> frozenset[tuple[str | None, ...]]:
    """Return the distinct affected keys of the rows that change."""
    names = kind.layout.affected_keys
    if not names:
        return frozenset()
    texts = ", ".join(f'"{name}"::text' for name in names)
    found = await connection.fetch(
        f"SELECT DISTINCT {texts} FROM {kind.table}"  # noqa: S608 -- as above.
        f" WHERE (import_id = $1 AND known_from = $2) OR known_to = $2",
        row["id"],
        row["known_at"],
    )
    return frozenset(tuple(record.values()) for record in found)


async def _exchange(
    connection: "asyncpg.Connection[Any]",
    kind: ImportKind,
    columns: Sequence[str],
    row: Mapping[str, Any],
    run_id: UUID,
    known_at: object,
) -> tuple[int, int, int]:
    """Close and reopen; return how many rows were closed, opened, and both of one key."""
    listed = _names(columns)
    closed = _count(
        await connection.execute(
            f"UPDATE {kind.table} SET known_to = $3"  # noqa: S608 -- as above.
            f" WHERE import_id = $1 AND known_from = $2 AND known_to = 'infinity'",
            row["id"],
            row["known_at"],
            known_at,
        )
    )
    opened = _count(
        await connection.execute(
            f"INSERT INTO {kind.table} ({listed}, known_from, known_to, import_id, import_row)"  # noqa: S608 -- as above.
            f" SELECT {listed}, $2, 'infinity', $3, import_row FROM {kind.table}"
            f" WHERE known_to = $1",
            row["known_at"],
            known_at,
            run_id,
        )
    )
    same = " AND ".join(f'o."{name}" = n."{name}"' for name in kind.layout.key)
    both = await connection.fetchval(
        f"SELECT count(*) FROM {kind.table} AS o JOIN {kind.table} AS n ON {same}"  # noqa: S608 -- as above.
        f" WHERE o.known_to = $1 AND n.import_id = $2",
        known_at,
        run_id,
    )
    return closed, opened, int(both)


def _names(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _count(tag: str) -> int:
    return int(tag.rsplit(" ", 1)[-1])
