"""One import from its bytes to its report, in one transaction, whatever the format and the size."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver_connection, lock
from shared.imports import import_runs, staging
from shared.imports.columns import ROW
from shared.imports.import_types import ImportKind, ImportRun
from shared.imports.ipc import ReadBlock, RejectedRow
from shared.imports.parse_task import Format, ParseTask
from shared.imports.report import RowTally
from shared.imports.sandbox_client import SandboxClient
from shared.imports.staging import Merged, Target

MERGE, REPLACE_SLICE = "merge", "replace_slice"
NAMED_ROWS = 20

Source = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What the sender asked for."""

    id: UUID
    mode: str
    dry_run: bool
    atomic: bool
    format: Format
    charset: str | None
    slice: Mapping[str, str]
    subject: str
    actor: str | None


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

    The caller's transaction holds everything: the rows, the report, what `after` emits. `source`
    gives the file from its beginning each time it is called; it is read again when keys repeat.
    """
    await lock(session, f"import:{kind.code}")
    context = await kind.context(session, order.slice) if kind.context else {}
    staged = _StagedFile(session, kind, order)
    if order.mode == REPLACE_SLICE:
        staged.replaced = (
            kind.slice_columns(order.slice, context) if kind.slice_columns else order.slice
        )
    task = ParseTask(order.format, order.charset, kind.layout, context, order.slice)
    await _read(task, source, reader, staged)
    repeated = await staged.repeated()
    if repeated:
        await staged.drop(list(repeated))
        await _read(replace(task, repeated=repeated), source, reader, staged)
    await staged.flush()
    return await _decide(session, kind, order, staged)


async def _read(
    task: ParseTask, source: Source, reader: SandboxClient, staged: "_StagedFile"
) -> None:
    async with aclosing(reader.read(task, source())) as found:
        async for block in found:
            if isinstance(block, ReadBlock):
                await staged.take(block)
            else:
                staged.extras = block.extras


class _StagedFile:
    """The blocks of one file on their way into the staging table."""

    def __init__(self, session: AsyncSession, kind: ImportKind, order: ImportOrder) -> None:
        self.session = session
        self.kind = kind
        self.order = order
        self.tally = RowTally()
        self.target: Target | None = None
        self.replaced: Mapping[str, object] | None = None
        self.extras: Mapping[str, Any] = {}
        self.hashes: list[npt.NDArray[np.uint64]] = []
        self.rows: list[npt.NDArray[np.int32]] = []
        self.affected: set[tuple[str | None, ...]] = set()
        self.held: list[RejectedRow] = []
        self.part = 0

    async def take(self, block: ReadBlock) -> None:
        """Stage the good rows of a block, count and keep the others."""
        connection = await driver_connection(self.session)
        if self.target is None and block.columns:
            self.target = target_of(self.kind, block.columns)
            await staging.begin(connection, self.target)
        if block.copy:
            self.tally.staged += await staging.copy(connection, block.columns, block.copy)
        self.hashes.append(np.frombuffer(block.hashes, np.uint64))
        self.rows.append(np.frombuffer(block.rows, np.int32))
        self.affected.update(block.affected)
        for row in block.rejected:
            await self.reject(row)

    async def reject(self, row: RejectedRow) -> None:
        """Count a rejected row and keep it for the annotated file."""
        self.tally.reject(row)
        self.held.append(row)
        if len(self.held) >= import_runs.PART_ROWS:
            await self.flush()

    async def flush(self) -> None:
        """Store the rejected rows held so far."""
        if self.held:
            await import_runs.keep_rejected(self.session, self.order.id, self.part, self.held)
            self.part += 1
            self.held = []

    async def repeated(self) -> Mapping[int, str]:
        """Return every staged row whose key stands in another row too, and all rows of its key."""
        suspects = self._suspects()
        if self.target is None or not suspects:
            return {}
        groups = await staging.duplicates(
            await driver_connection(self.session), self.target, suspects
        )
        return {row: _named(group) for group in groups for row in group}

    async def drop(self, rows: Sequence[int]) -> None:
        """Take staged rows out again."""
        await staging.unstage(await driver_connection(self.session), rows)
        self.tally.staged -= len(rows)

    def _suspects(self) -> list[int]:
        """Return the rows whose key's hash occurs more than once."""
        if not self.hashes:
            return []
        hashes, rows = np.concatenate(self.hashes), np.concatenate(self.rows)
        ordered = np.sort(hashes)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return [int(row) for row in rows[np.isin(hashes, twice)]] if len(twice) else []


def _named(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:NAMED_ROWS])) + ("…" if len(rows) > NAMED_ROWS else "")


def target_of(kind: ImportKind, columns: Sequence[str]) -> Target:
    """Return where the frame of a kind goes."""
    stored = tuple(c for c in columns if c != ROW)
    return Target(kind.table, kind.layout.key, stored, kind.layout.affected_keys)


async def _decide(
    session: AsyncSession, kind: ImportKind, order: ImportOrder, staged: _StagedFile
) -> Outcome:
    """Merge what was staged, unless a rule of the order forbids it, and write the report."""
    tally = staged.tally
    refused = order.atomic and tally.rejected > 0
    merged, revision, known_at = Merged(), None, None
    if not refused:
        point = await session.begin_nested() if order.dry_run else None
        known_at = await import_runs.current_instant(session)
        merged = await _merge(session, kind, order, staged, known_at)
        if point is not None:
            await _has_news(session, kind, staged)  # It refuses what cannot stand beside the rows.
            await point.rollback()
        elif merged.changes or await _has_news(session, kind, staged):
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
        await kind.on_committed_rows(session, _run(kind, order, staged, counts, known_at, revision))
    status = import_runs.REJECTED if refused else import_runs.DONE
    report = {
        "counts": counts,
        "closed": merged.closed,
        "errors": tally.errors(),
        "error_counts": dict(sorted(tally.codes.items())),
    }
    await import_runs.finish(
        session, order.id, status, report=report, revision=revision, known_at=known_at
    )
    return Outcome(status, report, revision)


async def _has_news(session: AsyncSession, kind: ImportKind, staged: _StagedFile) -> bool:
    """Tell whether what came beside the rows changes anything by itself."""
    if not staged.extras or kind.has_changes is None:
        return bool(staged.extras)
    return await kind.has_changes(session, staged.extras, frozenset(staged.affected))


async def _merge(
    session: AsyncSession,
    kind: ImportKind,
    order: ImportOrder,
    staged: _StagedFile,
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
    )


def _run(
    kind: ImportKind,
    order: ImportOrder,
    staged: _StagedFile,
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
