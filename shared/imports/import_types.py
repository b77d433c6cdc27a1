"""What a service says about one kind of data it takes in.

The pure part is its `Layout`; here is what needs the database: the table, the context of the
checks, and what follows an import in its transaction.

The table of a kind holds the columns of the frame that `derive` returns (by default the columns of
the layout, dots replaced by underscores) and `RECORD`: `known_from timestamptz`,
`known_to timestamptz`, `import_id uuid`, `import_row integer`. Its primary key is the natural key
followed by `known_to`; the current row of a key has `known_to = 'infinity'`. Further columns need a
default.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.imports.columns import Context, Layout
from shared.imports.foreign_rows import TerritoryRule

RECORD = ("known_from", "known_to", "import_id", "import_row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import as its hooks see it.

    `affected_keys` holds the distinct values of the layout's columns of that name over the rows of
    the file, equal rows included; rows that a replaced slice lost are in `slice`.
    """

    id: UUID
    kind: str
    mode: str
    dry_run: bool
    atomic: bool
    slice: Mapping[str, str]
    subject: str
    actor: str | None
    known_at: datetime
    revision: int
    extras: Mapping[str, Any]
    affected_keys: frozenset[tuple[str | None, ...]]
    counts: Mapping[str, int]


LoadContext = Callable[[AsyncSession, Mapping[str, str]], Awaitable[Context]]
SliceColumns = Callable[[Mapping[str, str], Context], Mapping[str, object]]
OnCommittedRows = Callable[[AsyncSession, ImportRun], Awaitable[None]]
AffectedKeys = frozenset[tuple[str | None, ...]]
HasChanges = Callable[[AsyncSession, Mapping[str, Any], AffectedKeys], Awaitable[bool]]


ToWire = Callable[[AsyncSession, list[dict[str, Any]]], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Clearing:
    """How to tell that a row takes a known value away, in SQL over `t` (old) and `s` (new).

    `condition` is true where it does, `old` is the text of the value that goes.
    """

    column: str
    condition: str
    old: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """One kind of data of one service.

    `news` tells whether extras bring anything that is not yet known; without it they always do.
    `context` loads what the checks compare with, given the slice parameters; `after` runs in the
    transaction of the import when rows changed or extras came (emit, enqueue there). `slices`
    names the columns that `replace_slice` takes as query parameters; where the table keeps the
    slice in other columns, `locate` gives their values (it may raise `NotFound`). `scopes` are
    asked of the caller beyond the router's own, for kinds that do more than add data. `to_wire`
    turns stored rows into rows as they are sent, where the table keeps them otherwise. `clearing`
    finds values that an import takes away. An import of a kind that is not `revertible` sets things
    going that closing its rows would not undo; `not_revertible` says what to do instead.
    `territory` tells whose rows are whose; without it every holder of the scope may write any.
    """

    code: str
    title: str
    layout: Layout
    table: str
    context: LoadContext | None = None
    on_committed_rows: OnCommittedRows | None = None
    has_changes: HasChanges | None = None
    slices: tuple[str, ...] = ()
    slice_columns: SliceColumns | None = None
    scopes: tuple[str, ...] = ()
    to_wire: ToWire | None = None
    clearing: Clearing | None = None
    not_revertible: str | None = None
    territory: TerritoryRule | None = None

    @property
    def revertible(self) -> bool:
        """Tell whether closing the rows of an import undoes it."""
        return self.not_revertible is None
