"""A revision calculated once more, for the questions its stored rows do not answer.

The peers are those the revision holds and their values as they were known then, so the result is
the one that was stored, whatever the register says today.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.engine import Result, calculate
from services.ratings.domain.methodology import Methodology
from services.ratings.domain.peers_guard import GuardedPlace, guard_place
from services.ratings.errors import NotComputed, TerritoryNotRated
from services.ratings.parsers.periods import first_day, period_number
from services.ratings.store import methodologies, programmes, results, slices, territories
from services.ratings.store.observations import read_observed
from services.ratings.store.revisions import Revision
from services.ratings.store.territories import Unit
from services.ratings.usecases.inputs import Inputs, arrange
from services.ratings.usecases.methodologies import methodology_of
from shared.db import driver_connection
from shared.publication import NotPublished


@dataclass(frozen=True, slots=True)
class Calculation:
    """A revision's methodology, inputs and result."""

    revision: Revision
    methodology: Methodology
    inputs: Inputs
    result: Result

    def row(self, territory: str) -> int:
        """Return the row of a territory; NotFound if it is no unit of the rating."""
        try:
            return self.inputs.observed.units.index(territory)
        except ValueError as error:
            raise TerritoryNotRated(territory) from error

    def place(self, row: int) -> GuardedPlace:
        """Return what may be published of a unit's place at the root."""
        result = self.result
        left_out = bool(result.incomplete[row, 0]) and not np.isnan(result.scores[row, 0])
        return guard_place(result.places.at(row, 0), self.inputs.registered, left_out=left_out)


def computed_by(revision: Revision) -> int:
    """Return the methodology a revision was calculated by; Conflict if it holds no calculation."""
    if revision.status == "tombstone" or revision.methodology_id is None:
        raise NotComputed
    return revision.methodology_id


async def load_inputs(
    session: AsyncSession, revision: Revision, methodology_id: int | None = None
) -> tuple[Methodology, Inputs]:
    """Load what a revision was calculated from, for another methodology where one is given.

    Conflict for a revision without a calculation; NotFound for a methodology that is not there.
    """
    own = computed_by(revision)
    stored = await methodologies.find(session, methodology_id or own)
    row = await slices.find(session, revision.programme, revision.period)
    if stored is None or row is None:
        raise NotPublished("Нет данных этой редакции.")
    methodology = methodology_of(stored)
    units = await _units(session, revision, own, methodology)
    ids = await programmes.indicator_ids(session, revision.programme)
    observed = await read_observed(
        await driver_connection(session),
        row.programme_id,
        period_number(revision.period),
        revision.data_known_at,
    )
    indicators = [ids.get(leaf.code) for leaf in methodology.indicators]
    registered: int = revision.layout["registered"]["peers"]
    return methodology, arrange(indicators, units, observed, registered)


async def inputs_tag(
    session: AsyncSession, revision: Revision, methodology_id: int | None
) -> str | None:
    """Return a text that changes with the inputs of `load_inputs`; None where it cannot tell.

    It cannot where a methodology takes other peers than the revision's: the register says who.
    """
    own = await methodologies.find(session, computed_by(revision))
    stored = await methodologies.find(session, methodology_id) if methodology_id else own
    if own is None or stored is None:
        raise NotPublished("Нет данных этой редакции.")
    if methodology_of(own).peers != methodology_of(stored).peers:
        return None
    document = json.dumps(stored.document, sort_keys=True)
    return f"{revision.id} {sha256(document.encode()).hexdigest()}"


async def _units(
    session: AsyncSession, revision: Revision, own: int, methodology: Methodology
) -> Sequence[Unit]:
    """Return the peers a revision holds, or the register's where a methodology takes others."""
    peers = methodology.peers
    by = await methodologies.find(session, own)
    if by is not None and methodology_of(by).peers == peers:
        return await results.read_peers(await driver_connection(session), revision.id)
    return await territories.units(
        session, revision.programme, peers.kind, peers.group, first_day(revision.period)
    )


def calculation_of(revision: Revision, methodology: Methodology, inputs: Inputs) -> Calculation:
    """Calculate a revision once more."""
    return Calculation(revision, methodology, inputs, calculate(methodology, inputs.observed))
