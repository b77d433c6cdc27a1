"""What row-level security costs: results of olympiads written, counted, replaced under policies.

One database, one run: the same statements by the service's role unbound, bound to the region, and
on the tables without policies. Each figure is the best of the rounds.
Run: `python -m benchmarks.row_security`.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg

from services.cli.migrate import migrate
from services.cli.roles import role_of
from shared.embedded import home_in, start_postgres
from shared.territories import Territories

ROWS, ROUNDS = 200_000, 3
CALLERS = {"everywhere": ["*"], "region": ["08000000"]}
FILL = """
    INSERT INTO result SELECT '2022-2023', 'municipal', 'physics', 'p-' || n, 9, 9,
        '0870' || (n % 9 + 1) || '000', 's-' || n % 500, n % 60, 'participant', 'final', true,
        now(), 'infinity', gen_random_uuid(), n FROM generate_series(1, $1::int) AS n
"""
REPLACE = "UPDATE result SET known_to = now() WHERE known_to = 'infinity'"
COUNT = """
    SELECT task_grade, municipality, score, count(*) FROM result
    WHERE season = '2022-2023' AND stage = 'municipal' AND known_to = 'infinity'
    GROUP BY GROUPING SETS ((task_grade, score), (municipality, task_grade))
"""
Connection: TypeAlias = "asyncpg.Connection[Any]"


async def measure(connection: Connection, codes: str) -> dict[str, float]:
    """Return the seconds of each statement in a transaction that is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SELECT set_config('kachestvo.territories', $1, true)", codes)
    seconds = {}
    for name, statement, given in (
        ("insert", FILL, [ROWS]),
        ("count", COUNT, []),
        ("replace", REPLACE, []),
    ):
        start = time.perf_counter()
        await connection.fetch(statement, *given)
        seconds[name] = time.perf_counter() - start
    await transaction.rollback()
    return seconds


async def rounds(role: Connection, owner: Connection) -> dict[str, dict[str, float]]:
    """Let callers with and without policies take turns; return the best of each."""
    best: dict[str, dict[str, float]] = {}
    for _ in range(ROUNDS):
        for name, codes in (*CALLERS.items(), ("no policy", ["*"])):
            switch = "DISABLE" if name == "no policy" else "ENABLE"
            await owner.execute(f"ALTER TABLE olympiads.result {switch} ROW LEVEL SECURITY")
            found = await measure(role, Territories.of(codes).regex())
            kept = best.setdefault(name, found)
            best[name] = {key: min(kept[key], value) for key, value in found.items()}
    return best


async def main() -> None:
    """Measure and print each caller's ratio to the tables without policies."""
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-bench-"))
    server = start_postgres(home_in(folder, "postgres"), durable=False, connections=20)
    try:
        url = server.url("postgres")
        await migrate(url, {"olympiads": "benchmark"})
        owner = await asyncpg.connect(url)
        own = url.replace("//kachestvo@", f"//{role_of('olympiads')}:benchmark@")
        role = await asyncpg.connect(own)
        best = await rounds(role, owner)
        await role.close()
        await owner.close()
    finally:
        server.stop()
    base = best["no policy"]
    for name in CALLERS:
        ratios = ", ".join(f"{key} {best[name][key] / base[key]:.2f}" for key in base)
        print(f"{name}: {ratios}")


if __name__ == "__main__":
    asyncio.run(main())
