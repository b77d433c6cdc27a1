"""Weak spots of a calculation, with the period before to see what fell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.engine import Result
from services.ratings.domain.weak_spots import WeakSpot, weak_spots
from services.ratings.parsers.periods import first_day, period_number
from services.ratings.store import methodologies, programmes, slices, territories
from services.ratings.store.methodologies import MethodologyRow
from services.ratings.store.observations import Wanted, read_observed
from services.ratings.store.revisions import Revision
from services.ratings.store.slices import SliceRow
from services.ratings.usecases.inputs import Inputs, arrange
from services.ratings.usecases.methodologies import methodology_of, same_rules
from services.ratings.usecases.serializers import View
from shared.db import driver_connection

MOST_CELLS = 100_000
"""A calculation of more cells tells its weak spots by territory only, not in its event."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Before:
    """The units of the period before and their values, on the scale of the present indicators."""

    units: tuple[str, ...]
    values: Floats


async def load_before(
    session: AsyncSession,
    row: SliceRow,
    stored: MethodologyRow,
    indicators: Sequence[int | None],
    territory: str | None = None,
) -> Before | None:
    """Load the observations of the period before; None if there is none, or under other rules.

    `territory` loads those of one unit alone.
    """
    earlier = [s for s in await slices.listed(session, row.programme) if s.period < row.period]
    if not earlier:
        return None
    last = earlier[-1]
    before = await methodologies.for_period(session, last.programme, last.period)
    if before is None or not same_rules(before, stored):
        return None
    peers = methodology_of(before).peers
    day = first_day(last.period)
    units = await territories.units(session, row.programme, peers.kind, peers.group, day, territory)
    observed = await read_observed(
        await driver_connection(session),
        last.programme_id,
        period_number(last.period),
        last.known_at,
        None if territory is None else Wanted(present(indicators), [unit.id for unit in units]),
    )
    found: Inputs = arrange(indicators, units, observed, None)
    return Before(found.observed.units, found.observed.values)


def present(indicators: Sequence[int | None]) -> list[int]:
    """Return the numbers of the registered indicators."""
    return [number for number in indicators if number is not None]


async def load_before_revision(
    session: AsyncSession, revision: Revision, territory: str | None = None
) -> Before | None:
    """Load the period before a calculated revision, of all units or of one."""
    row = await slices.find(session, revision.programme, revision.period)
    stored = await methodologies.find(session, revision.methodology_id or 0)
    if row is None or stored is None:
        return None
    ids = await programmes.indicator_ids(session, revision.programme)
    leaves = methodology_of(stored).indicators
    indicators = [ids.get(leaf.code) for leaf in leaves]
    return await load_before(session, row, stored, indicators, territory)


def weaknesses(result: Result, before: Before | None) -> list[View]:
    """Return the weak spots of every unit as in the event; none of a large calculation."""
    if result.observed.values.size > MOST_CELLS:
        return []
    return [view(spot) for spot in spots(result, before)]


def spots(result: Result, before: Before | None, row: int | None = None) -> tuple[WeakSpot, ...]:
    """Return the weak spots of a calculation, of all units or of the one in `row`."""
    if not result.observed.units:
        return ()
    return weak_spots(result, None if before is None else aligned(result, before), row)


def aligned(result: Result, before: Before) -> Floats:
    """Return the values of the period before in the rows of the present units, NaN where absent."""
    rows: Mapping[str, int] = {code: row for row, code in enumerate(before.units)}
    values = np.full(result.observed.values.shape, np.nan)
    for row, code in enumerate(result.observed.units):
        if code in rows:
            values[row] = before.values[rows[code]]
    return values


def view(spot: WeakSpot) -> View:
    """Return a weak spot as others read it."""
    return {
        "territory": spot.unit,
        "indicator": spot.indicator,
        "topics": list(spot.topics),
        "reason": spot.reason.value,
    }
