"""A statistical table as an SDMX cube: dimensions, measures and attributes of every observation.

What the whole table is about (programme, period, season, year) becomes dimensions too. Columns of
numbers are measures, all others attributes, so that the cube holds every cell of the table.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.gateway.representations.jsonstat import is_measure, label_of, labels_of
from services.gateway.representations.kinds import TableKind
from services.gateway.representations.sheet import (
    Cell,
    as_number,
    columns_of,
    flatten,
    rows_of,
    title_of,
)

AGENCY = "KACHESTVO"
_WHOLE = ("programme", "period", "season", "year")
_TIME = frozenset({"period", "year"})
_YEAR = re.compile(r"\d{4}")
# What SDMX takes as the identifier of a code (IDType).
_CODE = re.compile(r"[A-Za-z0-9_@$-]+")
_FOREIGN = re.compile(r"[^A-Z0-9_-]+")
_UNFOLDED = "nodes"
Role = Literal["dimension", "time", "measure", "attribute"]


@dataclass(frozen=True, slots=True)
class Component:
    """One column: its SDMX identifier, the dotted name in the table, title, role and data type.

    `codes` are the titles of a coded column by code, empty for other columns.
    """

    id: str
    column: str
    title: str
    role: Role
    data_type: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cube:
    """A table's structure and its observations, one flat record each."""

    id: str
    version: str
    title: str
    components: tuple[Component, ...]
    records: tuple[Mapping[str, Cell], ...]


def cube_of(kind: TableKind, document: Mapping[str, Any], path: str) -> Cube:
    """Return the cube of a table; its version is the table's revision.

    A table without rows has the dimensions alone.
    """
    about = {name: str(document[name]) for name in _WHOLE if document.get(name)}
    records = tuple({**about, **record} for record in _observations(kind, document))
    columns = [*about, *kind.dimensions]
    columns += [name for name in columns_of(records) if name not in columns]
    titles = labels_of(kind, document)
    made: dict[str, Component] = {}
    for column in columns:
        component = _component(column, kind, records, titles.get(column, {}))
        made[_free(component.id, made)] = component
    return Cube(
        id=_identifier("_".join(word for word in path.split("/")[2:] if word)),
        version=f"{document.get('revision') or 0}.0.0",
        title=label_of(kind, document, path),
        components=tuple(replace(one, id=name) for name, one in made.items()),
        records=records,
    )


def _observations(kind: TableKind, document: Mapping[str, Any]) -> Iterator[dict[str, Cell]]:
    """Give one record a combination of the dimensions, the row's own fields with each node."""
    for row in rows_of(document):
        if "node" not in kind.dimensions:
            yield flatten(row, whole=kind.whole)
            continue
        own = flatten({name: value for name, value in row.items() if name != _UNFOLDED})
        for code, node in (row.get(_UNFOLDED) or {}).items():
            named = {
                f"node.{name}" if name in own else name: v for name, v in flatten(node).items()
            }
            yield {**own, "node": code, **named}


def _component(
    column: str, kind: TableKind, records: Sequence[Mapping[str, Cell]], titles: Mapping[str, str]
) -> Component:
    cells = [record.get(column) for record in records]
    known = {str(cell) for cell in cells if cell is not None}
    title = title_of(column, {})
    if column in _WHOLE:
        is_time = column in _TIME and all(_YEAR.fullmatch(cell) for cell in known)
        if is_time:
            return Component("TIME_PERIOD", column, title, "time", "ObservationalTimePeriod", {})
        return Component(_identifier(column), column, title, "dimension", "String", {})
    if column in kind.dimensions:
        coded = bool(known) and all(_CODE.fullmatch(one) and one in titles for one in known)
        codes = {one: titles[one] for one in sorted(known)} if coded else {}
        return Component(_identifier(column), column, title, "dimension", "String", codes)
    if is_measure(column, cells):
        return Component(_identifier(column), column, title, "measure", _number_type(cells), {})
    boolean = bool(known) and all(isinstance(cell, bool | None) for cell in cells)
    data_type = "Boolean" if boolean else "String"
    return Component(_identifier(column), column, title, "attribute", data_type, {})


def _number_type(cells: Sequence[Cell]) -> str:
    numbers = [as_number(cell) for cell in cells]
    return "Long" if all(isinstance(one, int | None) for one in numbers) else "Decimal"


def _identifier(name: str) -> str:
    """Return an SDMX identifier: capitals, digits, `_` and `-`, a letter first."""
    plain = _FOREIGN.sub("_", name.upper())
    return plain if plain[:1].isalpha() else f"X_{plain}"


def _free(name: str, taken: Mapping[str, Component]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
