"""Recalculating a slice: its latest knowledge in, one immutable revision out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.engine import ENGINE_VERSION, UnusableValues, calculate
from services.ratings.domain.methodology import Methodology, Publication
from services.ratings.errors import SliceUnknown
from services.ratings.parsers.declared import Nodes, declared_nodes
from services.ratings.parsers.periods import first_day, period_number
from services.ratings.store import (
    claims,
    methodologies,
    programmes,
    results,
    revisions,
    slices,
    territories,
)
from services.ratings.store.methodologies import MethodologyRow
from services.ratings.store.observations import read_observed
from services.ratings.store.revisions import NewRevision
from services.ratings.store.slices import SliceRow
from services.ratings.usecases.effect_queue import queue_programme
from services.ratings.usecases.engine_findings import failure_told, keep_findings
from services.ratings.usecases.inputs import Inputs, arrange, group_sizes, input_hash
from services.ratings.usecases.methodologies import methodology_of
from services.ratings.usecases.publication import announce
from services.ratings.usecases.snapshot import Outcome, calculated, observed_only
from services.ratings.usecases.weaknesses import MOST_CELLS, Before, load_before
from shared.db import driver_connection, lock

CELLS_LISTED = 1000
DEFAULT_PEERS = ("region", "federal_district")

InThread = Callable[
    [Callable[[Methodology, Inputs, Before | None], Outcome], Methodology, Inputs, Before | None],
    Awaitable[Outcome],
]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a revision of a slice is made from."""

    row: SliceRow
    stored: MethodologyRow | None
    methodology: Methodology | None
    passports: Mapping[str, str]
    indicators: Sequence[int | None]
    inputs: Inputs
    declared: Mapping[str, Nodes]
    hash: str


async def recalculate(
    session: AsyncSession, programme: str, period: str, in_thread: InThread
) -> Mapping[str, object]:
    """Bring a slice's rating to its latest data revision.

    Returns the revision and whether it is new. The slice is locked until the commit, so two
    recalculations follow each other and the second finds nothing to do. The same inputs never make
    a second revision, of a withdrawn result neither. Values that the methodology cannot take make
    the calculation `failed`, with the cells named, and leave the public revision as it is; so does
    the archiving of the last methodology: no rating turns back into bare observations. Effects that
    look at the programme are found again even where the rating is unchanged: they may compare units
    it does not rank.
    """
    await lock(session, f"rating:{programme}/{period}")
    await queue_programme(session, programme)
    row = await slices.find(session, programme, period)
    if row is None:
        raise SliceUnknown(programme, period)
    basis = await load(session, row)
    last = await revisions.latest(session, row.id)
    if last is not None and last.input_hash == basis.hash:
        await keep_findings(session, programme, period, last.layout["findings"])
        return {"status": "unchanged", "revision": last.number}
    if basis.methodology is None or basis.stored is None:
        if last is not None and last.methodology_id is not None:
            return {"status": "no_methodology", "revision": last.number}
        return await save(session, basis, observed_only(basis.passports, basis.inputs))
    try:
        before = None
        if basis.inputs.observed.values.size <= MOST_CELLS:
            before = await load_before(session, row, basis.stored, basis.indicators)
        outcome = await in_thread(make_outcome, basis.methodology, basis.inputs, before)
    except UnusableValues as failure:
        ended = failed(failure, basis.methodology, basis.inputs)
        await keep_findings(session, programme, period, [failure_told(ended)])
        return ended
    return await save(session, basis, outcome)


def make_outcome(methodology: Methodology, inputs: Inputs, before: Before | None) -> Outcome:
    """Calculate, and lay the result out for storage: all the work of a processor."""
    return calculated(calculate(methodology, inputs.observed), inputs, before)


async def load(session: AsyncSession, row: SliceRow) -> Basis:
    """Load the methodology, the observations and the declared figures of a slice."""
    stored = await methodologies.for_period(session, row.programme, row.period)
    methodology = None if stored is None else methodology_of(stored)
    kinds: tuple[str, str | None] = DEFAULT_PEERS
    if methodology is not None:
        kinds = methodology.peers.kind, methodology.peers.group
    units = await territories.units(session, row.programme, *kinds, first_day(row.period))
    registered = await programmes.registered_peers(session, row.programme, row.period)
    ids = await programmes.indicator_ids(session, row.programme)
    passports = {p.code: p.title for p in await programmes.passports(session, row.programme)}
    codes = list(passports) if methodology is None else [i.code for i in methodology.indicators]
    observed = await read_observed(
        await driver_connection(session), row.programme_id, period_number(row.period), row.known_at
    )
    indicators = [ids.get(code) for code in codes]
    inputs = arrange(indicators, units, observed, registered)
    sizes = group_sizes(units)
    declared = declared_nodes(
        await claims.stated(session, row.programme, row.period),
        inputs.registered,
        {unit.code: sizes[unit.group] for unit in units if unit.group is not None},
    )
    document = None if stored is None else stored.document
    hashed = input_hash(document, codes, inputs, declared)
    return Basis(row, stored, methodology, passports, indicators, inputs, declared, hashed)


async def save(session: AsyncSession, basis: Basis, outcome: Outcome) -> Mapping[str, object]:
    """Store an outcome as the next revision, public unless its methodology wants a person's act."""
    manual = basis.methodology is not None and (basis.methodology.publication is Publication.MANUAL)
    layout = outcome.layout_with(basis.declared, basis.passports)
    head = NewRevision(
        slice_id=basis.row.id,
        status="preliminary" if manual else "published",
        input_hash=basis.hash,
        content_hash=outcome.digest(layout, basis.declared),
        engine_version=ENGINE_VERSION,
        methodology_id=None if basis.stored is None else basis.stored.id,
        data_known_at=basis.row.known_at,
        source_time=basis.row.known_at,
        layout=layout,
    )
    revision_id, number = await revisions.add(session, head)
    await results.write_units(await driver_connection(session), revision_id, outcome.rows)
    ids = await territories.ids_of(session, list(basis.declared))
    declared = {ids[code]: nodes for code, nodes in basis.declared.items()}
    await revisions.add_declared(session, revision_id, declared)
    await keep_findings(session, basis.row.programme, basis.row.period, outcome.findings)
    if not manual:
        spots = outcome.weak_spots
        row = basis.row
        await announce(session, row.programme, row.period, number, layout, spots)
    return {"status": head.status, "revision": number}


def failed(
    failure: UnusableValues, methodology: Methodology, inputs: Inputs
) -> Mapping[str, object]:
    """Say which cells a calculation could not take."""
    cells = [
        {
            "territory": inputs.observed.units[unit],
            "indicator": methodology.indicators[indicator].code,
        }
        for unit, indicator in failure.cells[:CELLS_LISTED]
    ]
    return {
        "status": "failed",
        "code": failure.code,
        "cells_total": len(failure.cells),
        "cells": cells,
    }
