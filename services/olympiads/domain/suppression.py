"""Which cells of a public table of counts are hidden so that nobody can work a small one out.

A counted cell of 1…k−1 is hidden (primary; 0 is published). The reader knows every number that is
public, that public margins are the sums of their cells, and that a primary cell is 1…k−1. A
hidden cell is safe when it takes at least two values over the non-negative integer tables that
agree with all of that; further cells are hidden (complementary) until every hidden one is safe.

Revisions of one table are judged together and pessimistically: the reader is taken to know which
cells did not change, so a public number is known for ever while it lasts, and a number hidden
once stays hidden while it lasts. A revision that had to be withheld as a whole is an exception:
of it only the primary cells stay hidden, so that one bad revision does not blind all later ones.

The search asks an integer solver for a second table that differs at the cell in question and
changes as few public numbers as possible; those it had to change are what is hidden.
That second table is at the same time the proof of safety.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.olympiads.domain.count_tables import (
    Cell,
    Edition,
    Known,
    Release,
    Table,
    gathered,
    named,
)

SMALLEST_K = 3
"""With k = 2 a primary cell could only be 1, so nothing could hide it."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Cells to hide, and those no choice can make safe (then the table must be withheld).

    `known` are the cells that an earlier revision showed and that last since; hiding them would
    hide nothing.
    """

    hidden: frozenset[Cell]
    unsafe: frozenset[Cell] = field(default_factory=frozenset)
    known: frozenset[Cell] = field(default_factory=frozenset)


def primary_cells(table: Table, k: int) -> frozenset[Cell]:
    """Cells of 1…k−1; `ValueError` for k < 3, with which nothing can be hidden."""
    if k < SMALLEST_K:
        raise ValueError(f"k must be at least {SMALLEST_K}")
    return frozenset(cell for cell, value in table.values.items() if 0 < value < k)


def suppress(table: Table, k: int, history: Sequence[Release] = ()) -> Suppression:
    """Hide primary cells, what earlier revisions hid and did not change, and complements.

    `history` holds earlier revisions of the same table, oldest first. The answer keeps every
    hidden cell of every revision safe at once; a cell that no choice makes safe is `unsafe`,
    unless the revisions before had given it away already.
    """
    from services.olympiads.domain.complementary_suppression import (  # noqa: PLC0415 -- the solver loads slowly.
        SecondTables,
        is_given_away,
    )

    names = named([*(release.table for release in history), table])
    past = [
        Edition(release.table, release.hidden, own, _protected(release, k))
        for release, own in zip(history, names, strict=False)
    ]
    shown = frozenset[Known]().union(*(edition.shown() for edition in past))
    now = names[-1]
    hidden = set(primary_cells(table, k)) | _still_hidden(now, past, shown)
    finder = SecondTables([*past, Edition(table, frozenset(), now)], shown, hidden, k)
    before = gathered(past, shown)
    safe: set[Known] = set()
    unsafe: set[Known] = set()
    for target in _targets(now, hidden, past, shown):
        if target in safe:
            continue
        found = finder.find(target)
        if found is None:
            if target not in before.values or not is_given_away(before, target, k):
                unsafe.add(target)
            continue
        safe |= found
        hidden |= finder.hide(found)
    return Suppression(
        frozenset(hidden),
        frozenset(cell for cell, _ in unsafe),
        frozenset(cell for cell, known in now.items() if known in shown),
    )


def _protected(release: Release, k: int) -> frozenset[Cell]:
    """Hidden cells that nobody may work out; of a withheld revision the primary ones alone."""
    return release.hidden & primary_cells(release.table, k) if release.withheld else release.hidden


def _still_hidden(
    now: Mapping[Cell, Known], past: Sequence[Edition], shown: frozenset[Known]
) -> set[Cell]:
    """Cells that an earlier revision hid and whose value lasts; one published since is known."""
    concealed = {edition.names[cell] for edition in past for cell in edition.protected}
    return {cell for cell, known in now.items() if known in concealed and known not in shown}


def _targets(
    now: Mapping[Cell, Known], hidden: set[Cell], past: Sequence[Edition], shown: frozenset[Known]
) -> list[Known]:
    """Every number hidden anywhere, the new table's first; in a stable order."""
    own = sorted(now[cell] for cell in hidden)
    old = sorted(edition.names[cell] for edition in past for cell in edition.protected)
    return [known for known in dict.fromkeys([*own, *old]) if known not in shown]
