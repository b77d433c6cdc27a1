"""The process that reads untrusted files: `python -m shared.imports.sandbox_process`.

It caps its own address space, processor time, files and descriptors before it takes any input, has
no secrets in its environment, and serves tasks one after another from its standard input until that
closes. Whatever a file does to it, the parent sees a message or its death.
"""

import os
import pickle
import resource
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import msgspec
import polars as pl

from shared.imports.blocks import MAX_ROWS, Block
from shared.imports.checks import Examined, examine
from shared.imports.columns import ROW, Layout
from shared.imports.csv_reader import read_csv
from shared.imports.defects import Defect, FileRefused, Notice, Rejected, message_for
from shared.imports.ipc import (
    BLOCK,
    CHUNK,
    DONE,
    HEADER,
    REFUSED,
    TASK,
    Finished,
    ListedDefect,
    ListedNotice,
    ReadBlock,
    Refusal,
    RejectedRow,
    message,
)
from shared.imports.json_reader import read_json, read_ndjson
from shared.imports.ordering import in_key_order
from shared.imports.parse_task import Format, ParseTask
from shared.imports.xlsx_reader import read_xlsx

ADDRESS_SPACE = 3 << 30
PROCESSOR_SECONDS = 600
FILE_BYTES = 256 << 20
DESCRIPTORS = 64
RUN_BYTES = 32 << 20
"""Good rows held and sorted at once; what bounds the memory of a file of any length."""
COPIED_ROWS = 100_000


def cap() -> None:
    """Lower this process's limits for good."""
    limits = {
        resource.RLIMIT_AS: ADDRESS_SPACE,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_NOFILE: DESCRIPTORS,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def cap_processor() -> None:
    """Allow this much more processor time for the next task."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + PROCESSOR_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer tasks until the source closes."""
    while (header := source.read(HEADER.size)) and len(header) == HEADER.size:
        kind, size = HEADER.unpack(header)
        if kind != TASK:
            continue  # The rest of a file whose task ended early.
        task: ParseTask = pickle.loads(source.read(size))  # noqa: S301 -- it comes from the parent only.
        cap_processor()
        chunks = _chunks(source)
        answer = _answer(task, chunks, sink)
        for _ in chunks:
            pass
        sink.write(answer)
        sink.flush()


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while header := source.read(HEADER.size):
        kind, size = HEADER.unpack(header)
        if kind != CHUNK:
            return
        yield source.read(size)


def _answer(task: ParseTask, chunks: Iterator[bytes], sink: IO[bytes]) -> bytes:
    extras: dict[str, Any] = {}
    try:
        for block in _sorted_blocks(task, chunks, extras):
            sink.write(message(BLOCK, msgspec.msgpack.encode(block)))
            sink.flush()
    except FileRefused as error:
        refusal = Refusal(error.code, error.detail, list(error.fields))
        return message(REFUSED, msgspec.msgpack.encode(refusal))
    except MemoryError:
        refusal = Refusal("OVER_EXPANDING", "Файл требует слишком много памяти.", [])
        return message(REFUSED, msgspec.msgpack.encode(refusal))
    return message(DONE, msgspec.msgpack.encode(Finished(extras)))


def _sorted_blocks(
    task: ParseTask, chunks: Iterator[bytes], extras: dict[str, Any]
) -> Iterator[ReadBlock]:
    """Yield faults as they are found, good rows in long runs sorted by the key."""
    held: list[pl.DataFrame] = []
    size = 0
    for block in _ahead(_read(task, chunks, extras)):
        if task.repeated or task.foreign:
            yield _refused(block, task)
            continue
        found = examine(block.frame, task.layout, task.context, task.slice, block.faults)
        yield _noted(block, found, task.layout)
        held.append(found.good)
        size += int(found.good.estimated_size())
        if size >= RUN_BYTES:
            yield from _run(held, task.layout)
            held, size = [], 0
    if held:
        yield from _run(held, task.layout)


def _read(task: ParseTask, chunks: Iterator[bytes], extras: dict[str, Any]) -> Iterator[Block]:
    if task.format is Format.CSV:
        blocks = read_csv(chunks, task.layout, task.charset)
    elif task.format is Format.NDJSON:
        blocks = read_ndjson(chunks, task.layout)
    elif task.format is Format.JSON:
        blocks = read_json(chunks, task.layout, extras)
    else:
        blocks = read_xlsx(chunks, task.layout, task.sheet)
    rows = 0
    for block in blocks:
        rows += block.frame.height + len(block.unread)
        if rows > MAX_ROWS:
            raise FileRefused("TOO_MANY_ROWS", f"В файле больше {MAX_ROWS} строк.")
        yield block


def _ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield the blocks while the next one is being read: reading and checking take turns else."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = thread.submit(next, blocks, None)
            yield block


def _noted(block: Block, found: Examined, layout: Layout) -> ReadBlock:
    """Return what is reported of a block at once: its keys, its affected slices, its faults."""
    rejected = sorted([*block.unread, *found.rejected], key=lambda r: r.row)
    return ReadBlock(
        rows=found.good[ROW].cast(pl.Int32).to_numpy().tobytes(),
        hashes=key_hashes(found.good, layout).to_numpy().tobytes(),
        affected=_touched(found.good, layout),
        rejected=[_sent(row, block.headings) for row in rejected],
        notices=[_noticed(notice, block.headings) for notice in (*block.notices, *found.notices)],
        headings=dict(block.headings),
    )


def _run(held: list[pl.DataFrame], layout: Layout) -> Iterator[ReadBlock]:
    """Yield good rows in the order of their keys, as text for COPY."""
    run = in_key_order(pl.concat(held), layout.key)
    for good in run.iter_slices(COPIED_ROWS):
        yield ReadBlock(columns=good.columns, copy=good.write_csv(include_header=False).encode())


def _touched(good: pl.DataFrame, layout: Layout) -> list[tuple[str | None, ...]]:
    if not layout.affected_keys:
        return []
    return good.select(pl.col(layout.affected_keys).cast(pl.String)).unique().rows()


def _refused(block: Block, task: ParseTask) -> ReadBlock:
    """Return the rows that share a key or are foreign as rejected rows with their raw cells."""
    wanted = pl.Series([*task.repeated, *task.foreign], dtype=pl.Int32).implode()
    rows = block.frame.filter(pl.col(ROW).is_in(wanted))
    own = [c.stored for c in task.layout.columns if c.stored in task.layout.key]
    named = len(own) == len(task.layout.key)
    shown = own if named else [c.stored for c in task.layout.columns if c.required]
    rejected = [
        _sent(_one_refused(row, task, shown), block.headings) for row in rows.iter_rows(named=True)
    ]
    return ReadBlock(rejected=rejected)


def _one_refused(row: dict[str, Any], task: ParseTask, shown: list[str]) -> Rejected:
    if row[ROW] in task.repeated:
        return _one_repeated(row, task, shown)
    number, column = row.pop(ROW), task.territory_column
    raw = row.get(column.replace(".", "_"))
    code = "TERRITORY_FORBIDDEN"
    return Rejected(
        number, list(row.values()), [Defect.of(number, column, code, message_for(code), raw)]
    )


def _one_repeated(row: dict[str, Any], task: ParseTask, shown: list[str]) -> Rejected:
    number = row.pop(ROW)
    detail = message_for("DUPLICATE_KEY", rows=task.repeated[number])
    raw = " · ".join(row[name] or "" for name in shown)
    defect = Defect.of(number, None, "DUPLICATE_KEY", detail, raw)
    return Rejected(number, list(row.values()), [defect])


def key_hashes(frame: pl.DataFrame, layout: Layout) -> pl.Series:
    """Return a 64-bit hash of each row's natural key; nulls are a value of their own."""
    parts = [pl.col(name).cast(pl.String).fill_null("\x00") for name in layout.key]
    keys = frame.select(pl.concat_str(parts, separator="\x1f").hash(7).alias("hash"))
    return keys["hash"].cast(pl.UInt64)


def _sent(row: Rejected, headings: Mapping[str, str]) -> RejectedRow:
    """Return a rejected row whose faults name columns as the sender does."""
    defects = [
        ListedDefect(
            d.row,
            headings.get(d.column or "", d.column),
            d.code,
            d.detail,
            d.raw,
            list(d.suggestions),
        )
        for d in row.defects
    ]
    return RejectedRow(row.row, row.cells, defects)


def _noticed(notice: Notice, headings: Mapping[str, str]) -> ListedNotice:
    column = headings.get(notice.column or "", notice.column)
    return ListedNotice(notice.row, column, notice.code, notice.detail)


def main() -> None:
    """Run until the parent closes the pipe."""
    cap()
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # A library that prints must not write into the messages.
    serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
