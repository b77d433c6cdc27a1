"""Observations of a slice, read by binary COPY into arrays, a column an indicator."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1

# One row an indicator and way of printing, its cells packed end to end: a message a row, or an
# array element with its own header, would cost more than all the rest of the reading.
_SELECT = """
    SELECT indicator_id, digits, status,
        string_agg(int4send(territory_id) || int8send(scaled), ''::bytea)
    FROM observation
    WHERE programme_id = $1 AND period = $2 AND known_from <= $3 AND known_to > $3
"""
_GROUP = "GROUP BY indicator_id, digits, status"
_HELD = _SELECT + _GROUP
# Both in the order of the primary key, so that each pair is one look-up.
_HELD_OF = f"{_SELECT} AND indicator_id = ANY($4) AND territory_id = ANY($5) {_GROUP}"
# Four million cells are 48 MB: a hash table that spills to disk would be written and read again.
_ROOM = "SET LOCAL work_mem = '256MB'"
_HELD_STATUS = 0
_HEADER_BYTES = 19
_FIELDS = struct.Struct(">h")
_HEAD = struct.Struct(">iiihihi")
_CELL = np.dtype([("territory", ">i4"), ("scaled", ">i8")])


@dataclass(frozen=True, slots=True)
class Column:
    """What is held of one indicator: `values` by territory, NaN for a mark; printed decimals."""

    territory: NDArray[np.int32]
    values: NDArray[np.float64]
    digits: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The observations of some indicators and territories, by number."""

    indicators: list[int]
    territories: list[int]


async def read_observed(
    connection: "asyncpg.Connection[Any]",
    programme_id: int,
    period: int,
    known_at: datetime,
    wanted: Wanted | None = None,
) -> Mapping[int, Column]:
    """Read what was held of a slice at an instant of knowledge, by the indicator's number.

    `wanted` reads a part of it. A value is the nearest float to its decimal; where there is a mark,
    `digits` is -1.
    """
    content = bytearray()

    async def keep(chunk: bytes) -> None:
        content.extend(chunk)

    await connection.execute(_ROOM)
    part = () if wanted is None else (wanted.indicators, wanted.territories)
    query = _HELD if wanted is None else _HELD_OF
    await connection.copy_from_query(
        query, programme_id, period, known_at, *part, output=keep, format="binary"
    )
    parts: dict[int, list[Column]] = {}
    for indicator, column in _columns(memoryview(content)):
        parts.setdefault(indicator, []).append(column)
    return {indicator: _joined(columns) for indicator, columns in parts.items()}


def _columns(content: memoryview) -> Iterator[tuple[int, Column]]:
    """Read the rows of the binary COPY format until its trailer."""
    at = _HEADER_BYTES
    while _FIELDS.unpack_from(content, at)[0] != UNKNOWN:
        at += _FIELDS.size
        _, indicator, _, digits, _, status, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        cells = np.frombuffer(content, dtype=_CELL, offset=at, count=size // _CELL.itemsize)
        yield indicator, _column(cells, digits if status == _HELD_STATUS else UNKNOWN)
        at += size


def _column(cells: NDArray[np.void], digits: int) -> Column:
    known = digits != UNKNOWN
    return Column(
        cells["territory"].astype(np.int32),
        cells["scaled"] / 10.0**digits if known else np.full(cells.size, np.nan),
        np.full(cells.size, digits, dtype=np.int16),
    )


def _joined(columns: list[Column]) -> Column:
    if len(columns) == 1:
        return columns[0]
    return Column(
        np.concatenate([column.territory for column in columns]),
        np.concatenate([column.values for column in columns]),
        np.concatenate([column.digits for column in columns]),
    )
