"""Two revisions, or one revision under two methodologies, side by side."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.comparison import Comparison, Move, compare
from services.ratings.domain.engine import UnusableValues
from services.ratings.domain.methodology import Methodology
from services.ratings.store.revisions import Revision
from services.ratings.usecases.inputs import Inputs
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.replay import Calculation, calculation_of, load_inputs
from services.ratings.usecases.serializers import View
from shared.errors import Invalid
from shared.figures.decimals import published
from shared.figures.places import Place

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
        told = f"Сравнивать можно до {MAX_CELLS} значений, здесь их {cells}."
        raise Invalid("TOO_MANY_VALUES", told)
    try:
        return calculation_of(side.revision, side.methodology, side.inputs)
    except UnusableValues as failure:
        told = f"Методика {side.methodology.version} не может рассчитать эти данные."
        raise Invalid(failure.code, told) from failure


def comparison_view(before: Calculation, after: Calculation, found: Comparison) -> View:
    """Return the comparison: who moved, by how much, why; units by code."""
    return {
        "before": _head(before),
        "after": _head(after),
        "facets": [facet.value for facet in found.facets],
        "items": [_move(move) for move in found.moves],
    }


def _head(side: Calculation) -> View:
    return {
        "programme": side.revision.programme,
        "period": side.revision.period,
        "revision": side.revision.number,
        "methodology": side.methodology.version,
        "source_time": side.revision.source_time.isoformat(),
    }


def _move(move: Move) -> View:
    causes, indicators = move.causes, move.indicators
    return {
        "territory": move.unit,
        "before": _place(move.before),
        "after": _place(move.after),
        "change": None if move.change is None else move.change.wire(),
        "shift": move.shift,
        "score": None if move.score is None else published(move.score),
        "causes": None
        if causes is None
        else [{"facet": cause.facet.value, "shift": published(cause.shift)} for cause in causes],
        "indicators": None
        if indicators is None
        else [{"indicator": part.node, "gap": published(part.gap)} for part in indicators],
    }


def _place(place: Place | None) -> View | None:
    return None if place is None else dict(place.wire())
