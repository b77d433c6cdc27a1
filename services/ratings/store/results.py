"""The units of a result, written by binary COPY of fixed-width rows and read row by row."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.ratings.store.territories import Unit

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_BLOCK_UNITS = 1000
_ARRAY_AXES = 2

_FLOAT8_OID = 701
_PLACES = ("place_from", "place_to", "group_from", "group_to")
_POSSIBLE = ("possible_from", "possible_to")

_COLUMNS = (
    "revision_id",
    "territory_id",
    "group_id",
    "score",
    "places",
    "coverage",
    "missing",
    "possible",
    "level",
    "level_low",
    "level_high",
    "level_up",
    "level_down",
)


@dataclass(frozen=True, slots=True)
class UnitRows:
    """A result as arrays: units down, nodes across.

    Coverage and possible places run across the aggregate nodes only, `missing` across the
    indicators in the order of the tree.
    """

    territory: NDArray[np.int32]
    group: NDArray[np.int32]
    score: NDArray[np.float64]
    place_from: NDArray[np.int32]
    place_to: NDArray[np.int32]
    group_from: NDArray[np.int32]
    group_to: NDArray[np.int32]
    coverage: NDArray[np.float64]
    missing: NDArray[np.bool_]
    possible_from: NDArray[np.int32]
    possible_to: NDArray[np.int32]
    level: NDArray[np.int16]
    level_low: NDArray[np.int16]
    level_high: NDArray[np.int16]
    level_up: NDArray[np.float64]
    level_down: NDArray[np.float64]


def encode(revision_id: int, rows: UnitRows, start: int, stop: int) -> bytes:
    """Return units `start` to `stop` as tuples of the binary COPY format."""
    total = rows.territory.shape[0]
    part = {name: getattr(rows, name)[start:stop] for name in UnitRows.__slots__}
    width, units = np.min_scalar_type(total), part["score"].shape[0]
    columns = {
        **{name: part[name] for name in UnitRows.__slots__ if name in _COLUMNS},
        "revision_id": np.full(units, revision_id, dtype=np.int64),
        "territory_id": part["territory"],
        "group_id": part["group"],
        "places": _stacked([part[name] for name in _PLACES], width),
        "possible": _stacked([part[name] for name in _POSSIBLE], width),
        "missing": np.packbits(part["missing"], axis=1)[:, None],
    }
    row_type = np.dtype([("fields", ">i2"), *(_field(name, columns[name]) for name in _COLUMNS)])
    table = np.zeros(units, dtype=row_type)
    table["fields"] = len(_COLUMNS)
    for name in _COLUMNS:
        _fill(table[name], columns[name])
    return table.tobytes()


def _stacked(parts: Sequence[NDArray[np.int32]], width: np.dtype[Any]) -> NDArray[Any]:
    """Return tables (units, nodes) side by side as (units, tables, nodes)."""
    return np.stack(parts, axis=1).astype(width)


def _field(name: str, column: NDArray[Any]) -> tuple[str, np.dtype[Any]]:
    """Return the type of one field: its length; its value, packed values, or an array's header."""
    wire = column.dtype.newbyteorder(">")
    if column.ndim != _ARRAY_AXES:
        return name, np.dtype([("size", ">i4"), ("value", wire, column.shape[1:])])
    element = np.dtype([("size", ">i4"), ("value", wire)])
    header = [(part, ">i4") for part in ("size", "dimensions", "nulls", "oid", "length", "first")]
    return name, np.dtype([*header, ("elements", element, (column.shape[1],))])


def _fill(field: NDArray[Any], column: NDArray[Any]) -> None:
    field["size"] = field.dtype.itemsize - 4
    if column.ndim != _ARRAY_AXES:
        field["value"] = column
        return
    elements = field["elements"]
    field["dimensions"] = 1
    field["oid"] = _FLOAT8_OID
    field["length"] = column.shape[1]
    field["first"] = 1
    elements["size"] = column.dtype.itemsize
    elements["value"] = column


async def write_units(
    connection: "asyncpg.Connection[Any]", revision_id: int, rows: UnitRows
) -> None:
    """Store the units of a revision; the server takes a block while the next one is made."""

    async def stream() -> AsyncIterator[bytes]:
        yield _HEADER
        for start in range(0, rows.territory.shape[0], _BLOCK_UNITS):
            yield encode(revision_id, rows, start, start + _BLOCK_UNITS)
        yield _TRAILER

    await connection.copy_to_table(
        "rating_unit", source=stream(), columns=_COLUMNS, format="binary"
    )


UnitRecord = Mapping[str, Any]
"""A stored unit: the columns of `rating_unit`, its places as four lists over the nodes
(`place_from`, `place_to`, `group_from`, `group_to`), the territory's code, title and group.
`missing` is the packed bits as stored; `possible_from` and `possible_to` are lists over the
aggregate nodes. All three are null in rows of before they were stored."""

_READ = """
    SELECT territory.code, territory.title, territory_id, parent.code AS group_code, score,
        places, place_from, place_to, group_from, group_to, coverage, missing, possible, level,
        level_low, level_high, level_up, level_down
    FROM rating_unit JOIN territory ON territory.id = territory_id
    LEFT JOIN territory AS parent ON parent.id = group_id
    WHERE revision_id = $1 AND ($2::text IS NULL OR parent.code = $2)
    AND ($3::text IS NULL OR territory.code = $3)
    AND ($4::bigint IS NULL
         OR (SELECT count(*) FROM rating_unit WHERE revision_id = $1) <= $4)
"""

_PEERS = """
    SELECT territory.id, territory.code, parent.id AS group_id, parent.code AS group
    FROM rating_unit JOIN territory ON territory.id = territory_id
    LEFT JOIN territory AS parent ON parent.id = group_id
    WHERE revision_id = $1 ORDER BY territory.code
"""


async def read_units(
    connection: "asyncpg.Connection[Any]",
    revision_id: int,
    *,
    group: str | None = None,
    territory: str | None = None,
    most: int | None = None,
) -> Sequence[UnitRecord]:
    """Read the units of a revision: all, those of a group, or one; none if over `most`."""
    rows = await connection.fetch(_READ, revision_id, group, territory, most)
    return [_record(row) for row in rows]


def _record(row: "asyncpg.Record") -> UnitRecord:
    record = dict(row) | dict.fromkeys(_POSSIBLE)
    if row["places"] is not None:
        record |= _unpacked(_PLACES, row["places"], len(row["score"]))
    if row["possible"] is not None:
        record |= _unpacked(_POSSIBLE, row["possible"], len(row["coverage"]))
    return record


def _unpacked(names: Sequence[str], packed: bytes, nodes: int) -> Mapping[str, list[int]]:
    """Return the lists of places out of their packed form, whose width its length tells."""
    width = len(packed) // (len(names) * nodes) if nodes else 1
    table = np.frombuffer(packed, dtype=f">u{width}").reshape(len(names), nodes)
    return dict(zip(names, table.tolist(), strict=True))


async def read_peers(connection: "asyncpg.Connection[Any]", revision_id: int) -> Sequence[Unit]:
    """Read who takes part in a revision, and in which group, by code."""
    return [Unit(*row) for row in await connection.fetch(_PEERS, revision_id)]
