"""The what-if calculation: one body in, one answer out (`docs/rules/wire.md`)."""

from collections.abc import Mapping, Sequence
from types import NoneType

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import (
    Observed,
    Ranking,
    Result,
    UnusableValues,
    calculate,
    groups_of,
)
from services.ratings.domain.json_fields import MAX_NUMBER, MAX_TEXT, Fields, finite
from services.ratings.domain.methodology import Methodology
from services.ratings.domain.methodology_document import read_methodology
from services.ratings.domain.possible_places import possible_places
from services.ratings.domain.printed_digits import printed_digits
from services.ratings.errors import UNUSABLE, PreviewInvalid, ValueMissing, ValueOutOfRange
from shared.errors import FieldError

MAX_ERRORS = 1000

_DETAILS = {
    "VALUE_MISSING": "нет значения, а методика не допускает пропусков",
    "VALUE_OUT_OF_RANGE": "значение вне шкалы показателя: от 0 до максимума",
}


def preview(body: object) -> dict[str, object]:
    """Return the scores, places and levels of units that exist only in the body.

    Columns of `values` that the tree does not use are ignored; an indicator of the tree without a
    column is a fault. Invalid (PREVIEW_INVALID) with every fault of the body, or with the cells
    the methodology cannot calculate.
    """
    methodology, observed, columns = _read_body(body)
    try:
        result = calculate(methodology, observed)
    except UnusableValues as failure:
        raise _unusable(failure, columns) from failure
    return preview_answer(result)


def preview_answer(result: Result) -> dict[str, object]:
    """Return `{"units", "normalised"}` of a result, floats at full precision, null for NaN."""
    groups, possible = groups_of(result.layout), possible_places(result)
    units = [
        {
            "code": unit,
            "nodes": {
                node.code: node_answer(result, possible, row, column) for column, node in groups
            },
        }
        for row, unit in enumerate(result.observed.units)
    ]
    normalised = {
        result.layout.nodes[column].code: numbers(result.scores[:, column])
        for column in result.layout.leaves
    }
    return {"units": units, "normalised": normalised}


def node_answer(result: Result, possible: Ranking, row: int, column: int) -> dict[str, object]:
    """Return what is calculated of one unit at one node; `possible` are the places it may have."""
    graded = result.grades
    if graded is not None and result.layout.nodes[column].code != graded.bands.node:
        graded = None
    return {
        "score": _number(result.scores[row, column]),
        "place": place_at(result.places, row, column),
        "group_place": place_at(result.group_places, row, column),
        "coverage": _number(result.coverage[row, column]),
        "leaves": {"known": int(result.known[row, column]), "of": result.layout.sizes[column]},
        "incomplete": bool(result.incomplete[row, column]),
        "place_if_known": place_at(possible, row, column),
        "level": None if graded is None else graded.wire(row),
        "level_note": None if graded is None else graded.note(row),
    }


def place_at(ranking: Ranking, row: int, column: int) -> dict[str, int | str | None] | None:
    """Return a place as in `docs/rules/wire.md`; None where there is none."""
    place = ranking.at(row, column)
    return None if place is None else place.wire()


def numbers(column: NDArray[np.float64]) -> list[float | None]:
    """Return a column as JSON numbers, null for NaN."""
    gone = np.isnan(column).tolist()
    values = column.tolist()
    return [None if null else value for value, null in zip(values, gone, strict=True)]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _read_body(body: object) -> tuple[Methodology, Observed, list[int]]:
    """Read the body; the columns say where each indicator of the tree is in `values`."""
    faults: list[FieldError] = []
    fields = Fields(body, "", faults)
    document = fields.take("methodology")
    methodology, wrong = read_methodology(document, "/methodology")
    faults.extend(() if document is None else wrong)
    units = _read_units(fields)
    indicators = _codes(fields, "indicators", fields.sequence("indicators"))
    values = _read_values(fields, len(units), len(indicators))
    fields.finish()
    if methodology is not None:
        _check_columns(fields, methodology, indicators)
    if faults or methodology is None:
        raise PreviewInvalid(errors=faults[:MAX_ERRORS])
    columns = [indicators.index(indicator.code) for indicator in methodology.indicators]
    table = np.asfortranarray(values[:, columns])
    digits = printed_digits(methodology, table) if methodology.levels is not None else None
    codes, groups = tuple(code for code, _ in units), tuple(group for _, group in units)
    return methodology, Observed(codes, groups, table, digits), columns


def _read_units(fields: Fields) -> list[tuple[str, str | None]]:
    units = []
    for index, unit in enumerate(fields.sequence("units")):
        members = Fields(unit, f"{fields.at('units')}/{index}", fields.faults)
        units.append((members.text("code"), members.optional_text("group")))
        members.finish()
    _codes(fields, "units", [code for code, _ in units])
    return units


def _codes(fields: Fields, name: str, codes: Sequence[object]) -> list[str]:
    """Check that codes are texts and that none repeats."""
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if not isinstance(code, str) or not code.isprintable() or len(code) > MAX_TEXT:
            pointer = f"{fields.at(name)}/{index}"
            fields.faults.append(FieldError(pointer, "TEXT", "ожидается печатная строка"))
        elif code in seen:
            fields.fault(name, "DUPLICATE_CODE", f"код «{code}» встречается больше одного раза")
        else:
            seen.add(code)
    return [code if isinstance(code, str) else "" for code in codes]


def _read_values(fields: Fields, units: int, indicators: int) -> NDArray[np.float64]:
    """Read the table: a row a unit, a column an indicator, null for no value."""
    table = np.full((units, indicators), np.nan)
    rows = fields.sequence("values")
    if len(rows) != units:
        fields.fault("values", "SHAPE", f"ожидается строк: {units}, получено: {len(rows)}")
        return table
    for index, row in enumerate(rows):
        pointer = f"{fields.at('values')}/{index}"
        if isinstance(row, str | Mapping) or not isinstance(row, Sequence):
            fields.faults.append(FieldError(pointer, "TYPE", "ожидается массив чисел"))
        elif len(row) != indicators:
            detail = f"ожидается значений: {indicators}, получено: {len(row)}"
            fields.faults.append(FieldError(pointer, "SHAPE", detail))
        else:
            _read_row(fields, pointer, row, table[index])
    return table


def _read_row(
    fields: Fields, pointer: str, row: Sequence[object], target: NDArray[np.float64]
) -> None:
    """Read a row at once where all of it is usual, value by value where something may be wrong."""
    if all(kind in (float, NoneType) for kind in set(map(type, row))):
        numbers = np.array(row, dtype=np.float64)
        absent = np.isnan(numbers)
        usual = (np.abs(numbers) <= MAX_NUMBER) | absent
        if usual.all() and np.count_nonzero(absent) == row.count(None):
            target[:] = numbers
            return
    for index, value in enumerate(row):
        number = None if value is None else finite(value)
        if number is not None:
            target[index] = number
        elif value is not None:
            detail = "ожидается конечное число или null"
            fields.faults.append(FieldError(f"{pointer}/{index}", "NUMBER", detail))


def _check_columns(fields: Fields, methodology: Methodology, indicators: list[str]) -> None:
    for indicator in methodology.indicators:
        if indicator.code not in indicators:
            detail = f"нет столбца для показателя «{indicator.code}»"
            fields.fault("indicators", "INDICATOR_ABSENT", detail)


def _unusable(failure: UnusableValues, columns: list[int]) -> ValueMissing | ValueOutOfRange:
    """Point at each cell of the body that the methodology cannot calculate."""
    detail = _DETAILS[failure.code]
    errors = [
        FieldError(f"/values/{unit}/{columns[indicator]}", failure.code, detail)
        for unit, indicator in failure.cells[:MAX_ERRORS]
    ]
    return UNUSABLE[failure.code](f"Расчёт невозможен: {detail}.", errors=errors)
