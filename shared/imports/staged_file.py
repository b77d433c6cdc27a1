"""The blocks of one file on their way into the staging table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver_connection
from shared.imports import import_runs, staging
from shared.imports.columns import ROW
from shared.imports.foreign_rows import codes_of, find_foreign
from shared.imports.import_order import ImportOrder
from shared.imports.import_types import ImportKind
from shared.imports.ipc import ReadBlock, RejectedRow
from shared.imports.report import RowTally
from shared.imports.staging import Target
from shared.row_access import whole_region

NAMED_ROWS = 20


class StagedFile:
    """What was read of a file: rows in the staging table, counts, faults, keys."""

    def __init__(self, session: AsyncSession, kind: ImportKind, order: ImportOrder) -> None:
        self.session = session
        self.kind = kind
        self.order = order
        self.tally = RowTally()
        self.target: Target | None = None
        self.replaced: Mapping[str, object] | None = None
        self.extras: Mapping[str, Any] = {}
        self.headings: Mapping[str, str] = {}
        self.affected: set[tuple[str | None, ...]] = set()
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self._rows: list[npt.NDArray[np.int32]] = []
        self._held: list[RejectedRow] = []
        self._part = 0

    async def take(self, block: ReadBlock) -> None:
        """Stage the good rows of a block, count and keep the others."""
        connection = await driver_connection(self.session)
        if self.target is None and block.columns:
            self.target = target_of(self.kind, block.columns)
            await staging.begin(connection, self.target)
        if block.copy:
            self.tally.staged += await staging.copy(connection, block.columns, block.copy)
        self._hashes.append(np.frombuffer(block.hashes, np.uint64))
        self._rows.append(np.frombuffer(block.rows, np.int32))
        self.affected.update(block.affected)
        self.headings = block.headings or self.headings
        self.tally.note(block.notices)
        for row in block.rejected:
            await self._reject(row)

    async def _reject(self, row: RejectedRow) -> None:
        """Count a rejected row and keep it for the annotated file."""
        self.tally.reject(row)
        self._held.append(row)
        if len(self._held) >= import_runs.PART_ROWS:
            await self.flush()

    async def flush(self) -> None:
        """Store the rejected rows held so far."""
        if self._held:
            await import_runs.keep_rejected(self.session, self.order.id, self._part, self._held)
            self._part += 1
            self._held = []

    async def begin_second_reading(self) -> None:
        """Keep the rejected rows that come now apart from those of the first reading."""
        await self.flush()
        self._part = import_runs.SECOND_READING
        self.tally.notices_closed = True

    async def repeated(self) -> Mapping[int, str]:
        """Return every staged row whose key is in another row too, and all rows of its key."""
        suspects = self._suspects()
        if self.target is None or not suspects:
            return {}
        groups = await staging.duplicates(
            await driver_connection(self.session), self.target, suspects
        )
        return {row: _named(group) for group in groups for row in group}

    async def foreign(self) -> frozenset[int]:
        """Return the staged rows of territories that the sender is not bound to."""
        rule, within = self.kind.territory, self.order.within
        if self.target is None or rule is None or within.everywhere:
            return frozenset()
        # Rows that the sender may not see must be found, or they would be replaced.
        async with whole_region(self.session):
            found = await find_foreign(
                await driver_connection(self.session),
                staging.STAGED,
                self.target.table,
                self.target.key,
                rule,
                codes_of(within),
            )
        return frozenset(found)

    async def drop(self, rows: Sequence[int]) -> None:
        """Take staged rows out again."""
        await staging.unstage(await driver_connection(self.session), rows)
        self.tally.staged -= len(rows)

    def _suspects(self) -> list[int]:
        """Return the rows whose key's hash occurs more than once."""
        if not self._hashes:
            return []
        hashes, rows = np.concatenate(self._hashes), np.concatenate(self._rows)
        ordered = np.sort(hashes)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return [int(row) for row in rows[np.isin(hashes, twice)]] if len(twice) else []


def _named(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:NAMED_ROWS])) + ("…" if len(rows) > NAMED_ROWS else "")


def target_of(kind: ImportKind, columns: Sequence[str]) -> Target:
    """Return where the frame of a kind goes."""
    stored = tuple(c for c in columns if c != ROW)
    return Target(kind.table, kind.layout.key, stored, kind.layout.affected_keys)
