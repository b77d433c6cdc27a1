"""What is stored comes back as it was: packed cells of observations, packed places of results."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import numpy as np
import pytest
from alembic import command

from services.cli.migrate import configuration
from services.ratings.store.observations import read_observed
from services.ratings.store.results import UnitRows, read_units, write_units
from tests.databases import TestDatabase

TERRITORIES = """
    INSERT INTO ratings.territory (code, kind, title, code_confirmed)
    SELECT 't' || i, 'organisation', 'T' || i, true FROM generate_series(1, $1::int) AS i
    RETURNING id
"""
OBSERVATION = """
    INSERT INTO ratings.observation (programme_id, period, indicator_id, territory_id, scaled,
        digits, status, known_from, known_to, import_id, import_row)
    VALUES (7, $1, $2, $3, $4, $5, $6, $7, $8, gen_random_uuid(), 1)
"""
OLD, NOW, NEW = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
CELLS = [
    # indicator, territory, scaled, digits, status
    (1, 11, 795, 1, 0),
    (1, 12, 79375, 3, 0),
    (1, 13, -5, 0, 0),
    (1, 14, 0, 0, 1),
    (1, 15, 0, 0, 2),
    (2, 11, 2**62, 0, 0),
    (2, 12, 1, 18, 0),
    (3, 11, 0, 0, 3),
]

PLACES = ("place_from", "place_to", "group_from", "group_to")


def some_rows(ids: list[int], nodes: int, seed: int) -> UnitRows:
    """Return rows in which every number differs from its neighbours as far as it may."""
    drawn = np.random.default_rng(seed)
    units = len(ids)

    def places() -> Any:
        return drawn.integers(0, units, (units, nodes), endpoint=True).astype(np.int32)

    def small() -> Any:
        return drawn.integers(-1, 5, units).astype(np.int16)

    return UnitRows(
        np.array(ids, dtype=np.int32),
        np.zeros(units, dtype=np.int32),
        drawn.random((units, nodes)),
        places(),
        places(),
        places(),
        places(),
        drawn.random((units, min(nodes, 1))),
        drawn.random((units, nodes * 3)) < 0.5,
        places()[:, : min(nodes, 1)],
        places()[:, : min(nodes, 1)],
        small(),
        small(),
        small(),
        drawn.random(units),
        drawn.random(units),
    )


async def test_cells_of_every_printing_come_back_as_values(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.executemany(OBSERVATION, [(2022, *cell, OLD, ALWAYS) for cell in CELLS])
        foreign = [(2021, *CELLS[0], OLD, ALWAYS), (2022, 1, 99, 1, 0, 0, OLD, NOW)]
        later = [(2022, 1, 98, 1, 0, 0, NEW, ALWAYS)]
        await connection.executemany(OBSERVATION, foreign + later)
        await connection.execute("SET search_path = ratings")
        async with connection.transaction():
            found = await read_observed(connection, 7, 2022, NOW)
    finally:
        await connection.close()
    read = {
        (indicator, int(territory)): (value, int(digits))
        for indicator, column in found.items()
        for territory, value, digits in zip(
            column.territory, column.values, column.digits, strict=True
        )
    }
    wanted = {
        (indicator, territory): (scaled / 10**digits, digits) if status == 0 else (np.nan, -1)
        for indicator, territory, scaled, digits, status in CELLS
    }
    assert read.keys() == wanted.keys()
    for cell, pair in wanted.items():
        np.testing.assert_equal(read[cell], pair)


async def test_a_slice_without_observations_reads_as_nothing(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute("SET search_path = ratings")
        async with connection.transaction():
            assert await read_observed(connection, 7, 2022, NOW) == {}
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("units", "nodes"), [(1, 3), (255, 4), (256, 4), (1001, 2), (65_536, 1), (2, 0)]
)
async def test_places_of_every_width_come_back(
    database: TestDatabase, units: int, nodes: int
) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        ids = [row["id"] for row in await connection.fetch(TERRITORIES, units)]
        rows = some_rows(ids, nodes, units)
        await connection.execute("SET search_path = ratings")
        await write_units(connection, 5, rows)
        read = {record["territory_id"]: record for record in await read_units(connection, 5)}
    finally:
        await connection.close()
    assert read.keys() == set(ids)
    for at in {0, units // 2, units - 1}:
        one = read[ids[at]]
        for name in ("score", "coverage", *PLACES, "possible_from", "possible_to"):
            assert one[name] == getattr(rows, name)[at].tolist(), name
        bits = np.unpackbits(np.frombuffer(one["missing"], dtype=np.uint8), count=nodes * 3)
        assert bits.astype(bool).tolist() == rows.missing[at].tolist()
        for name in ("level", "level_low", "level_high", "level_up", "level_down"):
            assert one[name] == getattr(rows, name)[at], name


REVISION = """
    WITH made AS (
        INSERT INTO ratings.slice (programme, period, known_at)
        SELECT code, '1999', now() FROM ratings.programme LIMIT 1 RETURNING id)
    INSERT INTO ratings.rating_revision (slice_id, number, status, input_hash, content_hash,
        engine_version, data_known_at, source_time, layout)
    SELECT id, 1, 'published', '', '', '1', now(), now(), '{}' FROM made RETURNING id
"""
PROGRAMME = """
    INSERT INTO ratings.programme (code, title, description, computed)
    VALUES ('any', '', '', true) ON CONFLICT DO NOTHING
"""
OLD_FORM = """
    SELECT territory_id, place_from, place_to, group_from, group_to FROM ratings.rating_unit
    ORDER BY territory_id
"""


@pytest.mark.parametrize(("units", "nodes"), [(3, 5), (300, 2), (1, 0)])
async def test_packed_places_are_turned_back_and_the_old_form_is_read_as_well(
    database: TestDatabase, units: int, nodes: int
) -> None:
    steps = configuration(database.owner_url, "ratings")
    connection = await asyncpg.connect(database.owner_url)
    try:
        ids = [row["id"] for row in await connection.fetch(TERRITORIES, units)]
        rows = some_rows(ids, nodes, units)
        await connection.execute(PROGRAMME)
        revision = await connection.fetchval(REVISION)
        await connection.execute("SET search_path = ratings")
        await write_units(connection, revision, rows)
        await asyncio.to_thread(command.downgrade, steps, "0008")
        old = await connection.fetch(OLD_FORM)
        await asyncio.to_thread(command.upgrade, steps, "head")
        again = await read_units(connection, revision)
    finally:
        await connection.close()
    for at, one in enumerate(old):
        for name in PLACES:
            assert one[name] == getattr(rows, name)[at].tolist(), name
    read = {record["territory_id"]: record for record in again}
    assert read.keys() == set(ids)
    for record in again:
        assert [record[name] for name in ("missing", "possible_from", "possible_to")] == [None] * 3
    for earlier in old:
        assert {name: read[earlier["territory_id"]][name] for name in PLACES} == {
            name: earlier[name] for name in PLACES
        }
