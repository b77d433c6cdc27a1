"""Two revisions, or one revision under two methodologies, side by side."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.comparison import Comparison, Move, compare
from services.ratings.domain.engine import UnusableValues
from services.ratings.domain.methodology import Methodology
from services.ratings.domain.peers_guard import GuardedPlace, guard_place
from services.ratings.errors import UNUSABLE, TooManyValues
from services.ratings.store.revisions import Revision
from services.ratings.usecases.inputs import Inputs
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.replay import Calculation, calculation_of, load_inputs
from services.ratings.usecases.serializers import View, place_views
from shared.figures.decimals import published

MAX_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a comparison is calculated from."""

    revision: Revision
    methodology: Methodology
    inputs: Inputs


async def load_side(
    session: AsyncSession,
    programme: str,
    period: str,
    revision: int | None,
    methodology_id: int | None,
) -> Side:
    """Load a side; NotFound or Conflict where there is no such calculation."""
    shown = await revision_asked(session, programme, period, number=revision)
    methodology, inputs = await load_inputs(session, shown, methodology_id)
    return Side(shown, methodology, inputs)


def compare_sides(before: Side, after: Side) -> View:
    """Calculate both sides and compare them; Invalid where a side cannot be calculated."""
    one, other = _calculated(before), _calculated(after)
    return comparison_view(one, other, compare(one.result, other.result))


def _calculated(side: Side) -> Calculation:
    cells = side.inputs.observed.values.size
    if cells > MAX_CELLS:
        raise TooManyValues(cells, MAX_CELLS)
    try:
        return calculation_of(side.revision, side.methodology, side.inputs)
    except UnusableValues as failure:
        told = f"Методика {side.methodology.version} не может рассчитать эти данные."
        raise UNUSABLE[failure.code](told) from failure


def comparison_view(before: Calculation, after: Calculation, found: Comparison) -> View:
    """Return the comparison: who moved, by how much, why; units by code.

    A move between places is reported only where both may be published.
    """
    peers = before.inputs.registered, after.inputs.registered
    return {
        "before": _head(before),
        "after": _head(after),
        "facets": [facet.value for facet in found.facets],
        "items": [_move(move, *peers) for move in found.moves],
    }


def _head(side: Calculation) -> View:
    return {
        "programme": side.revision.programme,
        "period": side.revision.period,
        "revision": side.revision.number,
        "methodology": side.methodology.version,
        "source_time": side.revision.source_time.isoformat(),
    }


def _move(move: Move, peers_before: int, peers_after: int) -> View:
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
