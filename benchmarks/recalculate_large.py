"""Seconds from stored observations to a published rating of 40 000 units × 100 indicators.

Limit of the specification: 5 s, publication included. The ratio is to the same database reading
the observations out and writing the result's rows, without a calculation between.
Run: `python -m benchmarks.recalculate_large`.
"""

import asyncio
import json
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import asyncpg

from benchmarks._scratch import scratch_folder
from services.cli.migrate import migrate
from services.cli.roles import SCHEMAS, role_of
from services.ratings.store import slices
from services.ratings.store.observations import read_observed
from services.ratings.usecases.recalculate import recalculate
from shared.db import Database, driver_connection, lock
from shared.embedded import home_in, start_postgres

UNITS, INDICATORS, GROUPS, ROUNDS = 40_000, 100, 10, 3
LIMIT = 5.0
FILL = f"""
    INSERT INTO ratings.programme (code, title, description, computed)
    VALUES ('schools', 'Schools', '', true);
    INSERT INTO ratings.territory (code, kind, parent, title, code_confirmed)
    SELECT 'm' || i, 'municipality', '08000000', 'M' || i, true FROM generate_series(1, 500) AS i;
    INSERT INTO ratings.territory (code, kind, parent, title, code_confirmed)
    SELECT 's' || lpad(i::text, 6, '0'), 'organisation', 'm' || (i % 500 + 1), 'S' || i, true
    FROM generate_series(1, {UNITS}) AS i;
    INSERT INTO ratings.indicator (programme, code, title, definition, unit, digits, topics)
    SELECT 'schools', 'i' || k, '', '', '', 1, '{{}}' FROM generate_series(1, {INDICATORS}) AS k;
    INSERT INTO ratings.observation (programme_id, period, indicator_id, territory_id, scaled,
        digits, status, known_from, known_to, import_id, import_row)
    SELECT programme.id, 2022, indicator.id, territory.id, (random() * 9999)::int, 1, 0,
        now(), 'infinity', gen_random_uuid(), 1
    FROM ratings.programme, ratings.indicator, ratings.territory
    WHERE programme.code = 'schools' AND indicator.programme = 'schools'
    AND territory.kind = 'organisation' ORDER BY indicator.id, territory.id;
"""  # noqa: S608 -- sizes of this module.


def methodology(version: int) -> str:
    """Return three levels of min-max indicators under weighted means."""
    per_group = INDICATORS // GROUPS
    mean = {"method": "arithmetic"}
    groups = [
        {
            "code": f"g{group}",
            "title": "-",
            "weight": group + 1,
            "aggregate": mean,
            "children": [
                {
                    "code": f"i{group * per_group + item + 1}",
                    "title": "-",
                    "weight": item + 1,
                    "direction": "higher",
                    "normalise": {"method": "minmax"},
                }
                for item in range(per_group)
            ],
        }
        for group in range(GROUPS)
    ]
    tree = {"code": "total", "title": "-", "aggregate": mean, "children": groups}
    document = {
        "programme": "schools",
        "version": str(version),
        "title": "-",
        "peers": {"kind": "organisation", "group": "municipality"},
        "tree": tree,
        "missing": {"policy": "skip", "min_coverage": 0.5},
        "rounding": {"mode": "half_up", "digits": 1},
        "rank_on": "unrounded",
    }
    return json.dumps(document)


async def prepare(owner: str) -> None:
    """Migrate and fill the database."""
    await migrate(owner, dict.fromkeys(SCHEMAS, "benchmark"), ["ratings"])
    connection = await asyncpg.connect(owner)
    await connection.execute(FILL)
    await connection.execute("VACUUM ANALYZE ratings.observation")
    await connection.close()


async def publish_version(db: Database, version: int) -> None:
    """Publish a methodology that differs from the last one, so that a new revision is due."""
    async with db.transaction() as session:
        await (await driver_connection(session)).execute(
            "INSERT INTO methodology (programme, version, state, document, published_at)"
            " VALUES ('schools', $1, 'published', $2, clock_timestamp())",
            str(version),
            methodology(version),
        )
        await slices.touch(session, "schools", "2022", datetime.now(UTC))


async def measure(db: Database, version: int) -> tuple[float, float]:
    """Return the seconds of a whole recalculation, and of its reading and writing alone."""
    start = time.perf_counter()
    async with db.transaction() as session:
        outcome = await recalculate(session, "schools", "2022", asyncio.to_thread)
    whole = time.perf_counter() - start
    if outcome != {"status": "published", "revision": version}:
        raise RuntimeError(outcome)
    return whole, await measure_copying(db)


async def measure_copying(db: Database) -> float:
    """Return the seconds of reading the observations and writing the newest result's rows."""
    async with db.transaction() as session:
        await lock(session, "copied")
        connection = await driver_connection(session)
        programme = await connection.fetchval("SELECT id FROM programme WHERE code = 'schools'")
        rows = BytesIO()
        newest = await connection.fetchval("SELECT max(id) FROM rating_revision")
        query = "SELECT * FROM rating_unit WHERE revision_id = $1"
        await connection.copy_from_query(query, newest, output=rows, format="binary")
        rows.seek(0)
        await connection.execute("CREATE TEMPORARY TABLE copied (LIKE rating_unit) ON COMMIT DROP")
        start = time.perf_counter()
        await read_observed(connection, programme, 2022, datetime.now(UTC))
        await connection.copy_to_table("copied", source=rows, format="binary")
        return time.perf_counter() - start


async def main() -> None:
    """Measure a few rounds and print the best of each."""
    with scratch_folder() as folder:
        rounds = await measure_in(folder)
    whole, copying = min(r[0] for r in rounds), min(r[1] for r in rounds)
    print(f"recalculation {whole:.2f} s (limit {LIMIT}), reading and writing alone {copying:.2f} s")
    print(f"ratio {whole / copying:.2f}")


async def measure_in(folder: Path) -> list[tuple[float, float]]:
    """Measure a few rounds on a server of their own."""
    server = start_postgres(home_in(folder, "postgres"), durable=True, connections=20)
    try:
        owner = server.url("postgres")
        await prepare(owner)
        url = owner.replace("//kachestvo@", f"//{role_of('ratings')}:benchmark@")
        db = Database(url, "ratings")
        rounds = []
        for version in range(1, ROUNDS + 1):
            await publish_version(db, version)
            rounds.append(await measure(db, version))
        await db.close()
        return rounds
    finally:
        server.stop()


if __name__ == "__main__":
    asyncio.run(main())
