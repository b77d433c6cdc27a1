"""The reading child: capped, without secrets, replaced when it dies, one kept warm."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Mapping, Sequence

import polars as pl
import pytest

from shared.imports import sandbox_process
from shared.imports.columns import Check, Column, Context, Layout, RowDefect
from shared.imports.defects import FileRefused
from shared.imports.ipc import Finished, ReadBlock
from shared.imports.parse_task import Format, ParseTask
from shared.imports.sandbox_client import SandboxClient, SandboxDied

COLUMNS = (Column(name="code", title="Код"), Column(name="text", title="Текст", required=False))
FILE = b"code;text\nb;2\na;1\n"


def see_limits(row: Mapping[str, str | None], _context: Context) -> list[RowDefect]:
    limits = [resource.getrlimit(n)[0] for n in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE)]
    told = f"{limits} {sorted(os.environ)} {row['code']}"
    return [RowDefect("code", "SEEN", told)]


def swallow_memory(_row: Mapping[str, str | None], _context: Context) -> list[RowDefect]:
    return [RowDefect(None, "HELD", str(len(bytearray(8 << 30))))]


def die(_row: Mapping[str, str | None], _context: Context) -> list[RowDefect]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def spin(_context: Context) -> Sequence[Check]:
    resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
    while True:
        pass


def plain(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    return frame


GOOD = Layout(columns=COLUMNS, key=("code",), derive=plain)


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def read(
    reader: SandboxClient, layout: Layout, content: bytes = FILE
) -> list[ReadBlock | Finished]:
    task = ParseTask(Format.CSV, None, layout, {})
    return [found async for found in reader.read(task, once(content))]


def copied(found: list[ReadBlock | Finished]) -> bytes:
    return b"".join(block.copy for block in found if isinstance(block, ReadBlock))


@pytest.fixture
async def reader() -> AsyncIterator[SandboxClient]:
    made = SandboxClient()
    yield made
    await made.close()


async def test_rows_come_sorted_by_their_key(reader: SandboxClient) -> None:
    found = await read(reader, GOOD)
    assert copied(found) == b"3,a,1\n2,b,2\n"
    assert isinstance(found[-1], Finished)


async def test_the_child_is_capped_and_knows_no_secrets(
    reader: SandboxClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    layout = Layout(columns=COLUMNS, key=("code",), row_rule=see_limits)
    found = await read(reader, layout)
    rejected = next(b for b in found if isinstance(b, ReadBlock) and b.rejected).rejected
    told = rejected[0].defects[0].detail
    assert str([sandbox_process.ADDRESS_SPACE, sandbox_process.DESCRIPTORS]) in told
    assert "DATABASE_URL" not in told


async def test_a_child_that_is_killed_says_nothing_of_the_file_and_the_next_one_is_read(
    reader: SandboxClient,
) -> None:
    deadly = Layout(columns=COLUMNS, key=("code",), row_rule=die)
    with pytest.raises(SandboxDied):
        await read(reader, deadly)
    assert copied(await read(reader, GOOD)) == b"3,a,1\n2,b,2\n"


async def test_a_file_that_wants_too_much_memory_is_refused(reader: SandboxClient) -> None:
    hungry = Layout(columns=COLUMNS, key=("code",), row_rule=swallow_memory)
    with pytest.raises(FileRefused) as refused:
        await read(reader, hungry)
    assert refused.value.code == "OVER_EXPANDING"
    assert copied(await read(reader, GOOD)) == b"3,a,1\n2,b,2\n"


async def test_a_file_that_wants_too_much_time_is_refused(reader: SandboxClient) -> None:
    slow = Layout(columns=COLUMNS, key=("code",), checks=spin)
    async with asyncio.timeout(60):
        with pytest.raises(FileRefused) as refused:
            await read(reader, slow)
    assert refused.value.code == "READER_DIED"


async def test_one_child_serves_file_after_file(reader: SandboxClient) -> None:
    await read(reader, GOOD)
    ((first, served),) = reader._free
    await read(reader, GOOD)
    ((second, more),) = reader._free
    assert first is second
    assert (served, more) == (1, 2)
    with pytest.raises(FileRefused, match="HEADING_MISMATCH"):
        await read(reader, GOOD, b"a;b\n" + b"1;2\n" * 500_000)
    assert copied(await read(reader, GOOD)) == b"3,a,1\n2,b,2\n"


async def test_nothing_is_left_running_when_the_reader_closes(reader: SandboxClient) -> None:
    await read(reader, GOOD)
    ((running, _),) = reader._free
    assert running.returncode is None
    await reader.close()
    assert running.returncode == -signal.SIGKILL


async def test_a_file_that_cannot_be_fetched_is_no_fault_of_the_file(reader: SandboxClient) -> None:
    async def torn() -> AsyncIterator[bytes]:
        yield FILE
        raise ConnectionRefusedError

    task = ParseTask(Format.CSV, None, GOOD, {})
    with pytest.raises(ConnectionRefusedError):
        _ = [found async for found in reader.read(task, torn())]
    assert copied(await read(reader, GOOD)) == b"3,a,1\n2,b,2\n"


async def test_a_warm_child_that_died_meanwhile_is_replaced(reader: SandboxClient) -> None:
    await read(reader, GOOD)
    ((idle, _),) = reader._free
    idle.kill()
    await idle.wait()
    assert copied(await read(reader, GOOD)) == b"3,a,1\n2,b,2\n"


async def test_who_closes_first_leaves_the_child_to_the_others() -> None:
    shared = SandboxClient()
    await shared.keep_warm()
    await shared.keep_warm()
    await read(shared, GOOD)
    (first,) = shared._free
    await shared.close()
    assert shared._free == [first]
    assert first[0].returncode is None
    await shared.close()
    assert shared._free == []
    assert first[0].returncode is not None
