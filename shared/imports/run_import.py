"""One import from its bytes to its report, in one transaction, whatever the format and the size."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.access_errors import TerritoryForbidden
from shared.db import driver_connection, lock
from shared.imports import changes, import_runs, staging
from shared.imports.errors import ReaderInterrupted
from shared.imports.foreign_rows import TerritoryRule, codes_of, slice_has_foreign
from shared.imports.import_order import ImportOrder
from shared.imports.import_types import ImportKind, ImportRun
from shared.imports.ipc import ReadBlock
from shared.imports.parse_task import ParseTask
from shared.imports.references import only_own_people
from shared.imports.sandbox_client import SandboxClient, SandboxDied
from shared.imports.staged_file import StagedFile
from shared.imports.staging import Merged, Target
from shared.log import logger
from shared.row_access import bind, whole_region

MERGE, REPLACE_SLICE, REVERT = "merge", "replace_slice", "revert"
READING_ATTEMPTS = 3
PREVIEWED_ROWS = 100_000
"""Dry runs of more rows keep no list of their changes."""

log = logger(__name__)

Source = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an import ended: its status, its report without the id, the data revision it made."""

    status: str
    report: Mapping[str, Any]
    revision: int | None


async def run_import(
    session: AsyncSession,
    kind: ImportKind,
    order: ImportOrder,
    source: Source,
    reader: SandboxClient,
) -> Outcome:
    """Read, check, stage and merge a file; raise `FileRefused` when it is unreadable.

    The caller's transaction holds everything: the rows, the report, what `on_committed_rows` emits.
    `source` gives the file from its beginning each time it is called; it is read again when keys
    repeat. The file is read and checked before the lock of the kind is taken: a slow file holds up
    nobody.
    """
    await bind(session, order.within)
    context = await kind.context(session, order.slice) if kind.context else {}
    context = context if order.within.everywhere else only_own_people(context)
    replaced: Mapping[str, object] | None = None
    if order.mode == REPLACE_SLICE:
        to_columns = kind.slice_columns
        replaced = to_columns(order.slice, context) if to_columns else order.slice
    task = ParseTask(order.format, order.charset, kind.layout, context, order.sheet, order.slice)
    staged = await _stage(session, kind, order, task, source, reader)
    staged.replaced = replaced
    await lock(session, f"import:{kind.code}")
    await _refuse_foreign_slice(session, kind, order, replaced)
    return await _decide(session, kind, order, staged)


async def _refuse_foreign_slice(
    session: AsyncSession,
    kind: ImportKind,
    order: ImportOrder,
    replaced: Mapping[str, object] | None,
) -> None:
    """Raise `TerritoryForbidden` where a named slice holds rows that are not the sender's.

    A sender who names a territory replaces its part of the slice only.
    """
    rule = kind.territory
    if replaced is None or rule is None or order.territory or order.within.everywhere:
        return
    async with whole_region(session):
        connection = await driver_connection(session)
        codes = codes_of(order.within)
        if await slice_has_foreign(connection, kind.table, replaced, rule, codes):
            raise TerritoryForbidden


async def _stage(
    session: AsyncSession,
    kind: ImportKind,
    order: ImportOrder,
    task: ParseTask,
    source: Source,
    reader: SandboxClient,
) -> StagedFile:
    """Read the file into the staging table; again where the sandbox was ended from outside."""
    for attempt in range(1, READING_ATTEMPTS + 1):
        staged = StagedFile(session, kind, order)
        try:
            async with session.begin_nested():
                await _read_whole(task, source, reader, staged)
        except SandboxDied:
            log.warning("sandbox_died", import_id=str(order.id), attempt=attempt)
        else:
            return staged
    raise ReaderInterrupted


async def _read_whole(
    task: ParseTask, source: Source, reader: SandboxClient, staged: StagedFile
) -> None:
    await _read(task, source, reader, staged)
    repeated = await staged.repeated()
    foreign = await staged.foreign() - repeated.keys()
    if repeated or foreign:
        await staged.drop([*repeated, *foreign])
        await staged.begin_second_reading()
        rule = staged.kind.territory
        column = rule.column if rule else ""
        refused = replace(task, repeated=repeated, foreign=foreign, territory_column=column)
        await _read(refused, source, reader, staged)
    await staged.flush()


async def _read(task: ParseTask, source: Source, reader: SandboxClient, staged: StagedFile) -> None:
    async with aclosing(reader.read(task, source())) as found:
        async for block in found:
            if isinstance(block, ReadBlock):
                await staged.take(block)
            else:
                staged.extras = block.extras


async def _decide(
    session: AsyncSession, kind: ImportKind, order: ImportOrder, staged: StagedFile
) -> Outcome:
    """Merge what was staged, unless a rule of the order forbids it, and write the report."""
    tally = staged.tally
    refused = order.atomic and tally.rejected > 0
    merged, revision, known_at = Merged(), None, None
    previewed: list[dict[str, Any]] | None = None
    if not refused:
        point = await session.begin_nested() if order.dry_run else None
        known_at = await import_runs.current_instant(session)
        merged = await _merge(session, kind, order, staged, known_at)
        if point is not None:
            await _has_changes(session, kind, staged)  # It refuses what contradicts the rows.
            if tally.staged <= PREVIEWED_ROWS:
                previewed = await changes.preview(session, kind, order.id, known_at)
            await point.rollback()
        elif merged.changes or await _has_changes(session, kind, staged):
            await lock(session, "import_revision")
            revision = await import_runs.next_revision(session)
    counts = {
        "received": tally.staged + tally.rejected,
        "inserted": merged.inserted,
        "updated": merged.updated,
        "unchanged": merged.unchanged,
        "rejected": tally.rejected,
    }
    if revision is not None and kind.on_committed_rows is not None and known_at is not None:
        run = _run(kind, order, staged, counts, known_at, revision)
        await kind.on_committed_rows(session, run)
    status = import_runs.REJECTED if refused else import_runs.DONE
    report = _report(counts, merged, staged, previewed)
    await import_runs.finish(
        session, order.id, status, report=report, revision=revision, known_at=known_at
    )
    return Outcome(status, report, revision)


def _report(
    counts: Mapping[str, int],
    merged: Merged,
    staged: StagedFile,
    previewed: list[dict[str, Any]] | None,
) -> dict[str, Any]:
    """Return what is stored of how an import went; the members with «_» are for ourselves."""
    tally = staged.tally
    cleared = [
        {
            "row": row,
            "column": staged.headings.get(column, column),
            "code": "VALUE_CLEARED",
            "detail": f"Было {old}, стало: значения нет.",
        }
        for row, column, old in merged.cleared_rows
    ]
    return {
        "counts": counts,
        "closed": merged.closed,
        "errors": tally.errors(),
        "error_counts": dict(sorted(tally.codes.items())),
        "cleared": merged.cleared,
        "warnings": [*cleared, *tally.warnings()],
        "_changes": previewed,
        "_extras": bool(staged.extras),
    }


async def _has_changes(session: AsyncSession, kind: ImportKind, staged: StagedFile) -> bool:
    """Tell whether what came next to the rows changes anything by itself."""
    if not staged.extras or kind.has_changes is None:
        return bool(staged.extras)
    return await kind.has_changes(session, staged.extras, frozenset(staged.affected))


async def _merge(
    session: AsyncSession,
    kind: ImportKind,
    order: ImportOrder,
    staged: StagedFile,
    known_at: datetime,
) -> Merged:
    connection = await driver_connection(session)
    target = staged.target
    if target is None:
        if order.mode != REPLACE_SLICE:
            return Merged()
        target = Target(kind.table, kind.layout.key, kind.layout.key)
        await staging.begin(connection, target)
    return await staging.merge(
        connection,
        target,
        import_id=order.id,
        known_at=known_at,
        rows=staged.tally.staged,
        replaced=staged.replaced,
        clearing=kind.clearing,
        within=_bounds(kind, order),
    )


def _bounds(kind: ImportKind, order: ImportOrder) -> tuple[TerritoryRule, str] | None:
    """Return the rule and the codes that bound an import; None for one that nothing bounds."""
    if kind.territory is None or order.within.everywhere:
        return None
    return kind.territory, codes_of(order.within)


def _run(
    kind: ImportKind,
    order: ImportOrder,
    staged: StagedFile,
    counts: Mapping[str, int],
    known_at: datetime,
    revision: int,
) -> ImportRun:
    return ImportRun(
        id=order.id,
        kind=kind.code,
        mode=order.mode,
        dry_run=order.dry_run,
        atomic=order.atomic,
        slice=order.slice,
        subject=order.subject,
        actor=order.actor,
        known_at=known_at,
        revision=revision,
        extras=staged.extras,
        affected_keys=frozenset(staged.affected),
        counts=counts,
    )
