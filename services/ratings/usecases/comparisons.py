"""Two revisions, or one revision under two methodologies, side by side, page by page.

As questions about one unit, a large comparison never enters the process that serves: a child makes
it once, keeps it, and gets the page that is asked for.
"""

import asyncio
from bisect import bisect_right
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.comparison import Comparison, Move, compare
from services.ratings.domain.engine import UnusableValues
from services.ratings.domain.methodology import Methodology
from services.ratings.domain.peers_guard import GuardedPlace, guard_place
from services.ratings.errors import UNUSABLE, TooManyValues
from services.ratings.store.revisions import Revision
from services.ratings.usecases.inputs import Inputs
from services.ratings.usecases.questions import Calculations, large_pool
from services.ratings.usecases.replay import (
    Calculation,
    calculation_of,
    computed_by,
    inputs_tag,
    load_inputs,
)
from services.ratings.usecases.serializers import View, cells_of, leaf_cells_of, place_views
from shared.figures.decimals import published

MAX_CELLS = 4_000_000
PAGE_BYTES = 4_000_000
ROW_BYTES = 900
"""A row without its indicators: two places, the change and seven causes."""
GAP_BYTES = 50
"""One indicator of a row beside its code."""


@dataclass(frozen=True, slots=True)
class Side:
    """A revision, and the methodology it is calculated by: None is its own."""

    revision: Revision
    methodology_id: int | None


@dataclass(frozen=True, slots=True)
class LoadedSide:
    """What one side of a comparison is calculated from."""

    revision: Revision
    methodology: Methodology
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Page:
    """The units after a code, at most so many."""

    after: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Both calculations and their comparison."""

    before: Calculation
    after: Calculation
    comparison: Comparison


async def compare_page(
    session: AsyncSession, calculations: Calculations, before: Side, after: Side, page: Page
) -> View:
    """Return one page of a comparison; `more` says whether units follow.

    NotFound or Conflict where there is no such calculation, Invalid where a side cannot be
    calculated or has too many cells, before one of them is read; Overloaded as of the children.
    """
    for side in (before, after):
        computed_by(side.revision)
        _require_bound(leaf_cells_of(side.revision.layout))
    if max(cells_of(side.revision.layout) for side in (before, after)) <= calculations.small_cells:
        sides = await _load(session, before), await _load(session, after)
        return await asyncio.to_thread(_compare_small, *sides, page)
    return await _in_child(session, calculations, (before, after), page)


async def _in_child(
    session: AsyncSession, calculations: Calculations, sides: tuple[Side, Side], page: Page
) -> View:
    tags = [await inputs_tag(session, side.revision, side.methodology_id) for side in sides]
    key = None if None in tags else str(tags)
    async with calculations.lock_of(sides[0].revision):
        found = None if key is None else await large_pool().run(page_of_kept, key, page)
        if found is not None:
            return found
        loaded = await _load(session, sides[0]), await _load(session, sides[1])
        return await large_pool().run(page_of_new, key, *loaded, page)


async def _load(session: AsyncSession, side: Side) -> LoadedSide:
    methodology, inputs = await load_inputs(session, side.revision, side.methodology_id)
    _require_bound(inputs.observed.values.size)
    return LoadedSide(side.revision, methodology, inputs)


def _require_bound(cells: int) -> None:
    if cells > MAX_CELLS:
        raise TooManyValues(cells, MAX_CELLS)


_kept_here: dict[str | None, Compared] = {}


def page_of_kept(key: str, page: Page) -> View | None:
    """Answer in the child that keeps the comparison; None in any other."""
    compared = _kept_here.get(key)
    return None if compared is None else page_view(compared, page)


def page_of_new(key: str | None, before: LoadedSide, after: LoadedSide, page: Page) -> View:
    """Compare in a child, keep the comparison there in place of the one before, and answer.

    Without a key it is not found again.
    """
    _kept_here.clear()
    _kept_here[key] = compare_sides(before, after)
    return page_view(_kept_here[key], page)


def _compare_small(before: LoadedSide, after: LoadedSide, page: Page) -> View:
    return page_view(compare_sides(before, after), page)


def compare_sides(before: LoadedSide, after: LoadedSide) -> Compared:
    """Calculate both sides and compare them; Invalid where a side cannot be calculated."""
    one, other = _calculated(before), _calculated(after)
    return Compared(one, other, compare(one.result, other.result))


def _calculated(side: LoadedSide) -> Calculation:
    try:
        return calculation_of(side.revision, side.methodology, side.inputs)
    except UnusableValues as failure:
        told = f"Методика {side.methodology.version} не может рассчитать эти данные."
        raise UNUSABLE[failure.code](told) from failure


def page_view(compared: Compared, page: Page) -> View:
    """Return a page of the comparison: who moved, by how much, why; units by code.

    A move between places is reported only where both may be published. A page is shorter than its
    limit where rows of many indicators would make it larger than `PAGE_BYTES`.
    """
    before, after, found = compared.before, compared.after, compared.comparison
    start = 0 if page.after is None else bisect_right(found.units, page.after)
    end = start + min(page.limit, rows_of_page(found))
    peers = before.inputs.registered, after.inputs.registered
    return {
        "before": _head(before),
        "after": _head(after),
        "facets": [facet.value for facet in found.facets],
        "items": [move_view(move, *peers) for move in found.moves(found.units[start:end])],
        "total": len(found.units),
        "more": end < len(found.units),
    }


def rows_of_page(found: Comparison) -> int:
    """Return how many rows a page of at most `PAGE_BYTES` holds, at least one."""
    codes = [one.code for one in found.before.methodology.indicators] if found.splits else []
    return PAGE_BYTES // (ROW_BYTES + sum(GAP_BYTES + len(code.encode()) for code in codes)) or 1


def _head(side: Calculation) -> View:
    return {
        "programme": side.revision.programme,
        "period": side.revision.period,
        "revision": side.revision.number,
        "methodology": side.methodology.version,
        "source_time": side.revision.source_time.isoformat(),
    }


def move_view(move: Move, peers_before: int, peers_after: int) -> View:
    """Return a row; without the places that may not be published its shift is null too."""
    before = guard_place(move.before, peers_before)
    after = guard_place(move.after, peers_after)
    known = before.place is not None and after.place is not None
    causes = move.causes if known else None
    return {
        "territory": move.unit,
        **_side_views("before", before),
        **_side_views("after", after),
        "change": move.change.wire() if move.change is not None and known else None,
        "shift": move.shift if known else None,
        "score": None if move.score is None else published(move.score),
        "causes": None
        if causes is None
        else [{"facet": cause.facet.value, "shift": published(cause.shift)} for cause in causes],
        "indicators": None
        if move.indicators is None
        else [{"indicator": part.node, "gap": published(part.gap)} for part in move.indicators],
    }


def _side_views(side: str, guarded: GuardedPlace) -> View:
    views = place_views("", guarded)
    return {
        side: views["place"],
        f"{side}_note": views["place_note"],
        f"{side}_among": views["among"],
    }
