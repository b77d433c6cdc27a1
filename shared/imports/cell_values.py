"""The canonical text of cells, a column at a time.

Each function takes the stripped texts of a column (null where blank) and returns their canonical
text, null where the text is not of the type. Plain forms go by one vectorised pass; the rest is
read once per distinct text.
"""

from collections.abc import Callable
from datetime import date

import msgspec
import polars as pl

from shared.figures.parse import Defect as NoFigure
from shared.figures.parse import parse_figure
from shared.imports.columns import FREE_TEXTS, Type

PLAIN_NUMBER = r"^[-+]?[0-9]{1,18}(?:[.,][0-9]{1,18})?$"
PLAIN_INTEGER = r"^[-+]?[0-9]{1,18}$"
ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NOT_APPLICABLE = "-"
WORDS = {
    "true": "true",
    "false": "false",
    "да": "true",
    "нет": "false",
    "1": "true",
    "0": "false",
    "истина": "true",
    "ложь": "false",
    "yes": "true",
    "no": "false",
}
FAULT = {
    Type.FIGURE: "NOT_A_FIGURE",
    Type.DECIMAL: "NOT_A_NUMBER",
    Type.INTEGER: "NOT_AN_INTEGER",
    Type.BOOLEAN: "NOT_A_BOOLEAN",
    Type.DATE: "NOT_A_DATE",
    Type.OBJECT: "NOT_AN_OBJECT",
    Type.LIST: "NOT_A_LIST",
}

Reading = Callable[[str], str | None]


def canonical(texts: pl.Series, kind: Type) -> pl.Series:
    """Return the canonical text of a column of this type."""
    if kind in FREE_TEXTS:
        return texts
    if kind in (Type.FIGURE, Type.DECIMAL):
        return _mostly_plain(texts, PLAIN_NUMBER, _figure if kind is Type.FIGURE else _decimal)
    if kind is Type.INTEGER:
        return _mostly_plain(texts, PLAIN_INTEGER, _integer)
    return _by_distinct(texts, READINGS[kind])


def _mostly_plain(texts: pl.Series, plain: str, read: Reading) -> pl.Series:
    is_plain = texts.str.contains(plain)
    pointed = texts.str.replace(",", ".", literal=True).str.strip_prefix("+")
    rest = texts.filter(~is_plain)
    if rest.len() == 0:
        return pointed
    return pointed.zip_with(is_plain.fill_null(value=True), _by_distinct(texts, read))


def _by_distinct(texts: pl.Series, read: Reading) -> pl.Series:
    distinct = texts.drop_nulls().unique()
    readings = {text: read(text) for text in distinct}
    return texts.replace_strict(readings, default=None, return_dtype=pl.String)


def _figure(text: str) -> str | None:
    found = parse_figure(text)
    if isinstance(found, NoFigure):
        return None
    return NOT_APPLICABLE if found.value is None else f"{found.value:f}"


def _decimal(text: str) -> str | None:
    found = parse_figure(text)
    if isinstance(found, NoFigure) or found.value is None:
        return None
    return f"{found.value:f}" if text[-1].isdigit() else None


def _integer(text: str) -> str | None:
    number = _decimal(text)
    whole, _, decimals = (number or "").partition(".")
    return whole if whole and not decimals.strip("0") else None


def _boolean(text: str) -> str | None:
    return WORDS.get(text.lower())


def _date(text: str) -> str | None:
    day, _, rest = text.partition(".")
    month, _, year = rest.partition(".")
    iso = f"{year}-{month:0>2}-{day:0>2}" if rest else text
    try:
        return date.fromisoformat(iso).isoformat() if iso[4:5] == "-" else None
    except ValueError:
        return None


def _object(text: str) -> str | None:
    if not text.startswith("{"):
        return _pairs(text)
    found = _json(text)
    return _written(found) if isinstance(found, dict) else None


def _pairs(text: str) -> str | None:
    """Read `name=value;name=value`; a name may stand once."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    whole = len(found) == len(pairs) and all(mark and name.strip() for name, mark, _ in pairs)
    return _written(found) if whole else None


def _list(text: str) -> str | None:
    if not text.startswith("["):
        return _written([item.strip() for item in text.split("|") if item.strip()])
    found = _json(text)
    return _written(found) if isinstance(found, list) else None


def _json(text: str) -> object:
    try:
        found: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return found


def _written(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


READINGS: dict[Type, Reading] = {
    Type.BOOLEAN: _boolean,
    Type.DATE: _date,
    Type.OBJECT: _object,
    Type.LIST: _list,
}
