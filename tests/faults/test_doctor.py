"""`doctor` finds nothing in a healthy system, and each planted fault by its code."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import asyncpg
import pytest

from services.catalogue import NAMES
from services.cli.checks import machine
from services.cli.checks.database import LONG_TRANSACTIONS
from services.cli.checks.fault import Installation
from services.cli.doctor import examine, installation_of
from services.cli.keys import make_keys
from tests.databases import TestDatabase
from tests.house.sources import ROOT

Plant = Callable[[Installation], Installation | None]
SQL: dict[str, str] = json.loads(Path(__file__).with_name("planted_faults.json").read_text())


@asynccontextmanager
async def answering(ahead: timedelta = timedelta(0), status: int = 200) -> AsyncIterator[str]:
    """Serve one answer to everything, its clock being ahead."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        head = f"HTTP/1.1 {status} Said\r\ndate: {date}\r\ncontent-length: 2\r\n\r\n{{}}"
        writer.write(head.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def healthy(
    database: TestDatabase, valkey: str, tmp_path: Path
) -> AsyncIterator[Installation]:
    make_keys(tmp_path / "keys")
    async with answering() as url:
        yield Installation(
            database=database.owner_url,
            redis=valkey,
            services=dict.fromkeys(NAMES, url),
            keys=tmp_path / "keys",
            folders=(tmp_path,),
            environment={"POOL_SIZE": "12", "CORS_ORIGINS": '["https://one.example"]'},
        )


async def codes(installation: Installation) -> list[str]:
    return sorted({fault.code for fault in await examine(installation)} - {"DISK_NEARLY_FULL"})


async def test_a_healthy_system_has_no_fault(healthy: Installation) -> None:
    assert await codes(healthy) == []


@pytest.mark.parametrize("code", [name for name in SQL if not name.startswith("_")])
async def test_a_fault_in_the_database_is_found(healthy: Installation, code: str) -> None:
    connection = await asyncpg.connect(healthy.database)
    await connection.execute(SQL[code])
    await connection.close()
    assert await codes(healthy) == [code]


async def test_what_is_not_yet_a_fault_is_not_told(healthy: Installation) -> None:
    connection = await asyncpg.connect(healthy.database)
    await connection.execute(SQL["_harmless"])
    await connection.close()
    assert await codes(healthy) == []


async def test_a_transaction_that_holds_others_up_is_found(healthy: Installation) -> None:
    other, looking = [await asyncpg.connect(healthy.database) for _ in range(2)]
    async with other.transaction():
        await other.execute("SELECT 1")
        found = await looking.fetch(LONG_TRANSACTIONS, 0)
    assert [row["pid"] for row in found] == [other.get_server_pid()]
    await other.close()
    await looking.close()


def missing_keys(healthy: Installation) -> None:
    assert healthy.keys is not None
    (healthy.keys / "services.json").unlink()


def foreign_key(healthy: Installation) -> None:
    assert healthy.keys is not None
    other = healthy.keys.parent / "other"
    make_keys(other)
    (other / "training.json").replace(healthy.keys / "training.json")


def broken_key(healthy: Installation) -> None:
    assert healthy.keys is not None
    (healthy.keys / "ratings.json").write_text("{")


def open_key(healthy: Installation) -> None:
    assert healthy.keys is not None
    (healthy.keys / "gateway.json").chmod(0o644)


def short_secret(healthy: Installation) -> None:
    assert healthy.keys is not None
    (healthy.keys / "secret.key").write_text("short")


def lost_secret(healthy: Installation) -> None:
    assert healthy.keys is not None
    (healthy.keys / "secret.key").unlink()


def nowhere(healthy: Installation) -> Installation:
    return replace(healthy, database="postgresql://nobody@/none?host=/nowhere")


def no_redis(healthy: Installation) -> Installation:
    return replace(healthy, redis="redis://127.0.0.1:9/0")


def dead_service(healthy: Installation) -> Installation:
    return replace(healthy, services={**healthy.services, "training": "http://127.0.0.1:9"})


def bad_number(healthy: Installation) -> Installation:
    return replace(healthy, environment={"POOL_SIZE": "many"})


def bad_list(healthy: Installation) -> Installation:
    return replace(healthy, environment={"CORS_ORIGINS": '["https://one.example"'})


@pytest.mark.parametrize(
    ("code", "plant"),
    [
        ("KEYS_MISSING", missing_keys),
        ("KEY_MISMATCH", foreign_key),
        ("KEY_UNREADABLE", broken_key),
        ("KEY_OPEN_TO_OTHERS", open_key),
        ("SECRET_KEY_SHORT", short_secret),
        ("SECRET_KEY_MISSING", lost_secret),
        ("DATABASE_UNREACHABLE", nowhere),
        ("REDIS_UNREACHABLE", no_redis),
        ("SERVICE_DOWN", dead_service),
        ("SETTING_INVALID", bad_number),
        ("SETTING_INVALID", bad_list),
    ],
)
async def test_a_fault_around_the_database_is_found(
    healthy: Installation, code: str, plant: Plant
) -> None:
    assert await codes(plant(healthy) or healthy) == [code]


@pytest.mark.parametrize(
    ("ahead", "found"), [(3600, ["CLOCK_SKEW"]), (-3600, ["CLOCK_SKEW"]), (10, [])]
)
async def test_a_clock_that_differs_is_found(
    healthy: Installation, ahead: int, found: list[str]
) -> None:
    async with answering(timedelta(seconds=ahead)) as url:
        differing = replace(healthy, services={**healthy.services, "olympiads": url})
        assert await codes(differing) == found


async def test_somebody_else_at_the_address_is_found(healthy: Installation) -> None:
    async with answering(status=404) as url:
        wrong = replace(healthy, services={**healthy.services, "olympiads": url})
        assert await codes(wrong) == ["SERVICE_DOWN"]


def test_a_disk_without_room_is_found(tmp_path: Path) -> None:
    here = Installation("", "", {}, None, (tmp_path,), {})
    assert [fault.code for fault in machine.check_disks(here, least=1 << 60)] == [
        "DISK_NEARLY_FULL"
    ]
    assert machine.check_disks(here, least=0, share=0.0) == []


async def test_no_secret_is_quoted(healthy: Installation) -> None:
    address = "postgresql://owner:hunter2@127.0.0.1:9/none"
    settings = {"SECRET_KEY_FILE": "", "PORT": "hunter2"}
    faults = await examine(replace(healthy, database=address, environment=settings))
    assert {"DATABASE_UNREACHABLE", "SETTING_INVALID"} <= {fault.code for fault in faults}
    assert not any("hunter2" in fault.problem + fault.advice for fault in faults)


def test_a_deployment_is_found_by_its_variables(tmp_path: Path) -> None:
    make_keys(tmp_path)
    found = installation_of(
        {
            "DATABASE_URL": "postgresql://owner@db/kachestvo",
            "REDIS_URL": "redis://queue",
            "GATEWAY_URL": "http://gateway-web:8000",
            "RATINGS_PORT": "9001",
            "SERVICE_JWKS_FILE": str(tmp_path / "services.json"),
        }
    )
    assert (found.database, found.redis) == ("postgresql://owner@db/kachestvo", "redis://queue")
    assert found.services["gateway"] == "http://gateway-web:8000"
    assert found.services["ratings"] == "http://127.0.0.1:9001"
    assert found.keys == tmp_path


def test_the_command_tells_faults_by_its_exit_status(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path / "none"), "REDIS_URL": "redis://127.0.0.1:9/0"}
    done = subprocess.run(
        [sys.executable, "-m", "services", "doctor"],
        cwd=ROOT,
        env={**environment, "PATH": "/usr/bin", "GATEWAY_PORT": "9", "RATINGS_PORT": "9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "DATABASE_UNREACHABLE" in done.stdout
    assert "faults found." in done.stdout
