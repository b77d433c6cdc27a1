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
from shared.imports import runs, staging
from shared.imports.frames import ReadBlock, RejectedRow
from shared.imports.kinds import ImportKind, ImportRun
from shared.imports.layouts import ROW
from shared.imports.reading import Reader
from shared.imports.report import Tally
from shared.imports.staging import Merged, Target
from shared.imports.tasks import Format, Task

MERGE, REPLACE_SLICE = "merge", "replace_slice"
NAMED_ROWS = 20

Source = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
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


async def perform(
    session: AsyncSession, kind: ImportKind, order: Order, source: Source, reader: Reader
) -> Outcome:
    """Read, check, stage and merge a file; raise `FileRefused` when it is unreadable.

    The caller's transaction holds everything: the rows, the report, what `after` emits. `source`
    gives the file from its beginning each time it is called; it is read again when keys repeat.
    """
    await lock(session, f"import:{kind.code}")
    context = await kind.context(session, order.slice) if kind.context else {}
    intake = _Intake(session, kind, order)
    if order.mode == REPLACE_SLICE:
        intake.replaced = kind.locate(order.slice, context) if kind.locate else order.slice
    task = Task(order.format, order.charset, kind.layout, context, order.slice)
    await _read(task, source, reader, intake)
    repeated = await intake.repeated()
    if repeated:
        await intake.drop(list(repeated))
        await _read(replace(task, repeated=repeated), source, reader, intake)
    await intake.flush()
    return await _decide(session, kind, order, intake)


async def _read(task: Task, source: Source, reader: Reader, intake: "_Intake") -> None:
    async with aclosing(reader.read(task, source())) as found:
        async for block in found:
            if isinstance(block, ReadBlock):
                await intake.take(block)
            else:
                intake.extras = block.extras


class _Intake:
    """The blocks of one file on their way into the staging table."""

    def __init__(self, session: AsyncSession, kind: ImportKind, order: Order) -> None:
        self.session = session
        self.kind = kind
        self.order = order
        self.tally = Tally()
        self.target: Target | None = None
        self.replaced: Mapping[str, object] | None = None
        self.extras: Mapping[str, Any] = {}
        self.hashes: list[npt.NDArray[np.uint64]] = []
        self.rows: list[npt.NDArray[np.int32]] = []
        self.touched: set[tuple[str | None, ...]] = set()
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
        self.touched.update(block.touched)
        for row in block.rejected:
            await self.reject(row)

    async def reject(self, row: RejectedRow) -> None:
        """Count a rejected row and keep it for the annotated file."""
        self.tally.reject(row)
        self.held.append(row)
        if len(self.held) >= runs.PART_ROWS:
            await self.flush()

    async def flush(self) -> None:
        """Store the rejected rows held so far."""
        if self.held:
            await runs.keep_rejected(self.session, self.order.id, self.part, self.held)
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
    return Target(kind.table, kind.layout.key, stored, kind.layout.touches)


async def _decide(
    session: AsyncSession, kind: ImportKind, order: Order, intake: _Intake
) -> Outcome:
    """Merge what was staged, unless a rule of the order forbids it, and write the report."""
    tally = intake.tally
    refused = order.atomic and tally.rejected > 0
    merged, revision, known_at = Merged(), None, None
    if not refused:
        point = await session.begin_nested() if order.dry_run else None
        known_at = await runs.instant(session)
        merged = await _merge(session, kind, order, intake, known_at)
        if point is not None:
            await _has_news(session, kind, intake)  # It refuses what cannot stand beside the rows.
            await point.rollback()
        elif merged.changes or await _has_news(session, kind, intake):
            await lock(session, "import_revision")
            revision = await runs.next_revision(session)
    counts = {
        "received": tally.staged + tally.rejected,
        "inserted": merged.inserted,
        "updated": merged.updated,
        "unchanged": merged.unchanged,
        "rejected": tally.rejected,
    }
    if revision is not None and kind.after is not None and known_at is not None:
        await kind.after(session, _run(kind, order, intake, counts, known_at, revision))
    status = runs.REJECTED if refused else runs.DONE
    report = {
        "counts": counts,
        "closed": merged.closed,
        "errors": tally.errors(),
        "error_counts": dict(sorted(tally.codes.items())),
    }
    await runs.finish(
        session, order.id, status, report=report, revision=revision, known_at=known_at
    )
    return Outcome(status, report, revision)


async def _has_news(session: AsyncSession, kind: ImportKind, intake: _Intake) -> bool:
    """Tell whether what came beside the rows changes anything by itself."""
    if not intake.extras or kind.news is None:
        return bool(intake.extras)
    return await kind.news(session, intake.extras, frozenset(intake.touched))


async def _merge(
    session: AsyncSession, kind: ImportKind, order: Order, intake: _Intake, known_at: datetime
) -> Merged:
    connection = await driver_connection(session)
    target = intake.target
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
        rows=intake.tally.staged,
        replaced=intake.replaced,
    )


def _run(
    kind: ImportKind,
    order: Order,
    intake: _Intake,
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
        extras=intake.extras,
        touched=frozenset(intake.touched),
        counts=counts,
    )
