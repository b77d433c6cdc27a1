"""Tables of counts that add up, and their published revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[str, ...]
Known = tuple[Cell, int]
"""A number across revisions: the cell, and how often its value had changed by then."""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts that are added up: cells with values, sums `margin = Σ parts`, limits `small ≤ big`.

    A margin may itself be a part of a larger margin. Every cell named in a sum or a limit has a
    value, and the values satisfy them.
    """

    values: Mapping[Cell, int]
    sums: Sequence[tuple[Cell, tuple[Cell, ...]]] = ()
    limits: Sequence[tuple[Cell, Cell]] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One published revision: its table and the cells it hid.

    A `withheld` one hid every cell that was not known already, whether or not the cell needed it.
    """

    table: Table
    hidden: frozenset[Cell]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """A revision among others: `names` says which numbers it shares with them.

    `protected` are the hidden cells that nobody may work out.
    """

    table: Table
    hidden: frozenset[Cell]
    names: Mapping[Cell, Known]
    protected: frozenset[Cell] = frozenset()

    def shown(self) -> frozenset[Known]:
        """Return the numbers that this revision shows."""
        return frozenset(known for cell, known in self.names.items() if cell not in self.hidden)


@dataclass(frozen=True, slots=True)
class System:
    """All that a reader of several revisions can write down, each statement once.

    `values` of the numbers the reader does not know, `known` of the earlier ones; `margins` are
    the numbers that are sums. A statement about known numbers alone is left out.
    """

    values: Mapping[Known, int]
    known: Mapping[Known, int]
    margins: frozenset[Known]
    sums: Sequence[tuple[Known, tuple[Known, ...]]]
    limits: Sequence[tuple[Known, Known]]


def gathered(editions: Sequence[Edition], shown_before: frozenset[Known]) -> System:
    """Put revisions together: what they share is one number, one sum, one limit."""
    every = {
        edition.names[cell]: value
        for edition in editions
        for cell, value in edition.table.values.items()
    }
    sums, limits = {}, {}
    for edition in editions:
        names = edition.names
        for margin, parts in edition.table.sums:
            sums[names[margin], tuple(names[part] for part in parts)] = True
        for small, big in edition.table.limits:
            limits[names[small], names[big]] = True
    return System(
        values={known: value for known, value in every.items() if known not in shown_before},
        known={known: value for known, value in every.items() if known in shown_before},
        margins=frozenset(margin for margin, _ in sums),
        sums=[(m, parts) for m, parts in sums if not shown_before.issuperset((m, *parts))],
        limits=[pair for pair in limits if not shown_before.issuperset(pair)],
    )


def named(tables: Sequence[Table]) -> list[dict[Cell, Known]]:
    """Name the numbers of consecutive revisions: a cell keeps its name while its value lasts."""
    changes: dict[Cell, int] = {}
    before: Mapping[Cell, int] = {}
    names = []
    for table in tables:
        for cell, value in table.values.items():
            if before.get(cell) != value:
                changes[cell] = changes.get(cell, -1) + 1
        names.append({cell: (cell, changes[cell]) for cell in table.values})
        before = table.values
    return names
