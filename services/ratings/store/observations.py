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

# One row an indicator: a message a row would cost more than all the rest of the reading.
# `digits` and `status` travel as one small number, status in its two lowest bits.
_HELD = """
    SELECT indicator_id, array_agg(territory_id), array_agg(scaled),
        array_agg((digits * 4 + status)::smallint)
    FROM observation
    WHERE programme_id = $1 AND period = $2 AND known_from <= $3 AND known_to > $3
    GROUP BY indicator_id
"""
_STATUS_BITS = 2
_STATUS_MASK = 3
_HEADER_BYTES = 19
_FIELDS = struct.Struct(">h")
_INTEGER = struct.Struct(">ii")
_ARRAY = struct.Struct(">iiiiii")


@dataclass(frozen=True, slots=True)
class Column:
    """What is held of one indicator: `values` by territory, NaN for a mark; printed decimals."""

    territory: NDArray[np.int32]
    values: NDArray[np.float64]
    digits: NDArray[np.int16]


async def read_observed(
    connection: "asyncpg.Connection[Any]", programme_id: int, period: int, known_at: datetime
) -> Mapping[int, Column]:
    """Read what was held of a slice at an instant of knowledge, by the indicator's number.

    A value is the nearest float to its decimal; where a mark stands, `digits` is -1.
    """
    content = bytearray()

    async def keep(chunk: bytes) -> None:
        content.extend(chunk)

    await connection.copy_from_query(
        _HELD, programme_id, period, known_at, output=keep, format="binary"
    )
    return dict(_columns(memoryview(content)))


def _columns(content: memoryview) -> Iterator[tuple[int, Column]]:
    """Read the rows of the binary COPY format until its trailer."""
    at = _HEADER_BYTES
    while _FIELDS.unpack_from(content, at)[0] != UNKNOWN:
        at += _FIELDS.size
        _, indicator = _INTEGER.unpack_from(content, at)
        at += _INTEGER.size
        territory, at = _array(content, at, ">i4")
        scaled, at = _array(content, at, ">i8")
        packed, at = _array(content, at, ">i2")
        yield indicator, _column(territory, scaled, packed)


def _array(content: memoryview, at: int, element: str) -> tuple[NDArray[Any], int]:
    """Read one array without nulls: a header, then each element after its length."""
    *_, length, _first = _ARRAY.unpack_from(content, at)
    row = np.dtype([("size", ">i4"), ("value", element)])
    at += _ARRAY.size
    values = np.frombuffer(content, dtype=row, offset=at, count=length)["value"]
    return values, at + length * row.itemsize


def _column(territory: NDArray[Any], scaled: NDArray[Any], packed: NDArray[Any]) -> Column:
    held = (packed & _STATUS_MASK) == 0
    digits = (packed >> _STATUS_BITS).astype(np.int16)
    values = scaled / np.power(10.0, digits)
    return Column(
        territory.astype(np.int32),
        np.where(held, values, np.nan),
        np.where(held, digits, UNKNOWN).astype(np.int16),
    )
