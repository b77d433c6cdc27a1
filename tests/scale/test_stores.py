"""Rows that PostgreSQL handles for one question or job, at a size and at twice it."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from services.gateway.store import changes
from services.ratings.store import revisions, slices
from services.ratings.usecases.rating_tables import read_table, revision_asked
from services.ratings.usecases.recalculate import recalculate
from shared.db import Database, driver_connection
from tests.databases import TestDatabase
from tests.scale.work import MOST, counted_rows, fill, rows_of
from tests.services.ratings.domain.documents import document, group, leaf
from tests.services.ratings.service import RATINGS

FLAT = 1.2
"""What is asked of one page or of the newest revisions may grow by a search in a longer index."""
SLICES = """
    INSERT INTO ratings.programme (code, title, description, computed) VALUES ('p', 'P', '', false);
    INSERT INTO ratings.slice (programme, period, known_at)
    SELECT 'p', (2000 + number)::text, now() FROM generate_series(1, 20) AS number;
"""
REVISIONS = """
    INSERT INTO ratings.rating_revision (slice_id, number, status, input_hash, content_hash,
        engine_version, data_known_at, published_at, source_time, layout, withdraws)
    SELECT slice.id, number, CASE WHEN number % 10 = 0 THEN 'tombstone' ELSE 'published' END,
        '', '', '2', now(), now(), now(), '{}', CASE WHEN number % 10 = 0 THEN number - 1 END
    FROM ratings.slice, generate_series(@from, @to) AS number;
"""
CHANGES = """
    INSERT INTO gateway.change (seq, id, source, type, subject, body, occurred_at, announced_at)
    SELECT number, gen_random_uuid(), 'ratings', 'ratings.revision_published.v1', 'p/2022',
        jsonb_build_object('weak_spots', repeat('x', 2000)), now(), now()
    FROM generate_series(@from, @to) AS number;
"""
UNITS = """
    INSERT INTO ratings.territory (code, kind, parent, title, code_confirmed)
    SELECT 's' || lpad(number::text, 6, '0'), 'organisation', NULL, 'S' || number, true
    FROM generate_series(1, @to) AS number;
    INSERT INTO ratings.programme (code, title, description, computed) VALUES ('p', 'P', '', true);
    INSERT INTO ratings.indicator (programme, code, title, definition, unit, digits, topics)
    SELECT 'p', 'i' || number, '', '', '', 1, '{}' FROM generate_series(1, 4) AS number;
    INSERT INTO ratings.observation (programme_id, period, indicator_id, territory_id, scaled,
        digits, status, known_from, known_to, import_id, import_row)
    SELECT programme.id, 2022, indicator.id, territory.id, (territory.id * 37 % 999)::int, 1, 0,
        now(), 'infinity', gen_random_uuid(), 1
    FROM ratings.programme, ratings.indicator, ratings.territory
    WHERE programme.code = 'p' AND indicator.programme = 'p'
    AND territory.code ~ '^s[0-9]{6}$' ORDER BY indicator.id, territory.id;
"""
METHODOLOGY = document(
    group("total", [leaf(f"i{number}") for number in range(1, 5)]),
    programme="p",
    peers={"kind": "organisation", "group": None},
)


def sized(statements: str, last: int, first: int = 1) -> str:
    return statements.replace("@from", str(first)).replace("@to", str(last))


async def test_versions_are_found_by_index(database: TestDatabase) -> None:
    """Of twice the revisions of each slice as many rows are read for those that are public."""

    async def ask(db: Database) -> None:
        async with db.reading() as session:
            assert len(await revisions.all_public(session)) == 20
            assert len(await revisions.heads(session)) == 20
            assert (await revision_asked(session, "p", "2007")).number % 10 == 9

    await fill(database, SLICES + sized(REVISIONS, 99))
    once = await rows_of(database, "ratings", ask)
    await fill(database, sized(REVISIONS, 199, 100))
    twice = await rows_of(database, "ratings", ask)
    assert 0 < twice <= MOST * once, f"{once} → {twice} rows"


async def test_a_page_of_the_feed_reads_its_own_rows(database: TestDatabase) -> None:
    async def ask(db: Database) -> None:
        async with db.reading() as session:
            assert len(await changes.read_after(session, 1500, 100)) == 100

    await fill(database, sized(CHANGES, 2000))
    once = await rows_of(database, "gateway", ask)
    await fill(database, sized(CHANGES, 4000, 2001))
    twice = await rows_of(database, "gateway", ask)
    assert 100 <= twice <= FLAT * once, f"{once} → {twice} rows"


async def test_a_rating_of_twice_the_units_is_published_for_twice_the_rows(
    database: TestDatabase,
) -> None:
    """Observations are read, results and events written, the table is read back."""

    async def publish(db: Database) -> None:
        async with db.transaction() as session:
            await (await driver_connection(session)).execute(
                "INSERT INTO methodology (programme, version, state, document, published_at)"
                " VALUES ('p', '1', 'published', $1, clock_timestamp())",
                json.dumps(METHODOLOGY),
            )
            await slices.touch(session, "p", "2022", datetime.now(UTC))
        async with db.transaction() as session:
            outcome = await recalculate(session, "p", "2022", asyncio.to_thread)
        assert outcome == {"status": "published", "revision": 1}
        async with db.reading() as session:
            await read_table(session, await revision_asked(session, "p", "2022"))

    counts = []
    for units in (300, 600):
        await fill(database, sized(UNITS, units))
        counts.append(await rows_of(database, "ratings", publish))
        await fill(database, EMPTY)
    assert counts[1] <= MOST * counts[0], f"{counts} rows"
    assert counts[0] > 300 * 4


EMPTY = "TRUNCATE ratings.programme, ratings.territory, ratings.observation CASCADE"


async def test_an_import_of_twice_the_rows_handles_twice_the_rows(
    database: TestDatabase, valkey: str
) -> None:
    """Each goes into a period of its own: rows of others are not looked at."""
    head = "programme,period,territory,indicator,value,status,source.document,source.locator"
    await fill(database, sized(UNITS.split("INSERT INTO ratings.observation", maxsplit=1)[0], 2000))

    async def load(period: int, units: int) -> int:
        rows = [
            f"p,{period},s{unit:06},i{k},{unit % 97}"
            for unit in range(1, units + 1)
            for k in (1, 2)
        ]
        before = await counted_rows(database)
        async with RATINGS.running(database, valkey, worker=False) as service:
            report: dict[str, Any] = await service.load(
                "observations", "\n".join([head, *(f"{row},,," for row in rows), ""]).encode()
            )
        assert report["counts"]["inserted"] == 2 * units, report
        return await counted_rows(database) - before

    once, twice = await load(2002, 1000), await load(2003, 2000)
    assert 2000 <= twice <= MOST * once, f"{once} → {twice} rows"
