"""The canonical text of cells, a column at a time: one reader for each meaning.

Each function takes the stripped texts of a column (null where blank) and returns their canonical
text, null where the text is not of the type. Plain forms go by one vectorised pass; the rest is
read once per distinct text.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import polars as pl

from shared.figures.parse import Defect as NoFigure
from shared.figures.parse import Figure, Mark, parse_figure
from shared.imports.columns import FREE_TEXTS, Column, Type, Unit
from shared.imports.dates import read_day, read_day_or_month, read_spans

PLAIN_NUMBER = r"^[-+]?[0-9]{1,18}(?:[.,][0-9]{1,18})?$"
PLAIN_INTEGER = r"^[-+]?[0-9]{1,18}$"
NOT_APPLICABLE, MISSING = "-", "н/д"
MARKS = {Mark.NO_DATA: MISSING, Mark.NOT_YET: MISSING, Mark.NOT_APPLICABLE: NOT_APPLICABLE}
WORDS_OF_ABSENCE = {
    "нд": MISSING,
    "неприменимо": NOT_APPLICABLE,
    "не применимо": NOT_APPLICABLE,
}
"""Words that say why a printed figure is not there, beyond the signs of official statistics."""
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
    Type.DAY_OR_MONTH: "NOT_A_DAY_OR_MONTH",
    Type.SPANS: "RANGE",
    Type.OBJECT: "NOT_AN_OBJECT",
    Type.LIST: "NOT_A_LIST",
}
FORMS = FAULT | {Type.SPANS: "NOT_SPANS"}
"""The message that says what form a type has."""
UNIT_SIGNS = {
    Unit.PERCENT: r"%|процент(?:а|ов)?",
    Unit.PEOPLE: r"чел(?:\.|овека?)?|учител(?:ь|я|ей)|мест(?:о|а)?",
    Unit.POINTS: r"балл(?:а|ов|ы)?|б\.",
    Unit.HOURS: r"ч\.?|час(?:а|ов)?",
    Unit.YEARS: r"лет|года?",
}
SPACE = r"[ \u00a0\u2009\u202f]*"

Reading = Callable[[str], str | None]


def canonical(texts: pl.Series, column: Column) -> pl.Series:
    """Return the canonical text of a column."""
    kind = column.type
    if column.choices:
        return _by_distinct(texts, partial(_choice, names=column.choice_names()))
    if kind in FREE_TEXTS:
        return texts
    if kind in (Type.FIGURE, Type.DECIMAL):
        decimal = partial(_decimal, units=column.units)
        return _mostly_plain(texts, PLAIN_NUMBER, _figure if kind is Type.FIGURE else decimal)
    if kind is Type.INTEGER:
        return _mostly_plain(texts, PLAIN_INTEGER, partial(_integer, units=column.units))
    return _by_distinct(texts, READINGS[kind])


def _choice(text: str, names: dict[str, str]) -> str:
    """Return the code of a choice named by code or by its Russian name; else the text itself."""
    return names.get(" ".join(text.casefold().replace("ё", "е").split()), text)


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
    """Read a printed figure; one that is hedged or rounded to thousands is not exact."""
    found = parse_figure(text)
    if isinstance(found, NoFigure):
        return WORDS_OF_ABSENCE.get(" ".join(text.casefold().split()))
    if found.value is None:
        return MARKS.get(found.mark) if found.mark else None
    return f"{found.value:f}" if _is_exact(found) else None


def _is_exact(figure: Figure) -> bool:
    return figure.bound is None and figure.digits >= 0


def _decimal(text: str, units: Sequence[Unit]) -> str | None:
    plain = text
    if units:
        signs = "|".join(UNIT_SIGNS[unit] for unit in units)
        plain = re.sub(f"{SPACE}(?:{signs})$", "", plain, flags=re.IGNORECASE)
    found = parse_figure(plain)
    if isinstance(found, NoFigure) or found.value is None or not _is_exact(found):
        return None
    return f"{found.value:f}" if plain[-1].isdigit() else None


def _integer(text: str, units: Sequence[Unit]) -> str | None:
    number = _decimal(text, units)
    whole, _, decimals = (number or "").partition(".")
    return whole if whole and not decimals.strip("0") else None


def _boolean(text: str) -> str | None:
    return WORDS.get(text.lower())


def _object(text: str) -> str | None:
    if not text.startswith("{"):
        return _pairs(text)
    found = _json(text)
    return _written(found) if isinstance(found, dict) else None


def _pairs(text: str) -> str | None:
    """Read `name=value;name=value`; a name may occur once."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    whole = len(found) == len(pairs) and all(mark and name.strip() for name, mark, _ in pairs)
    return _written(found) if whole else None


def _list(text: str) -> str | None:
    if not text.startswith("["):
        return _written([item.strip() for item in text.split("|") if item.strip()])
    found = _json(text)
    return _written(found) if isinstance(found, list) else None


def _spans(text: str) -> str | None:
    items: object = _json(text) if text.startswith("[") else re.split(r"[|;,\n]", text)
    if not isinstance(items, list):
        return None
    texts = ["..".join(map(str, item)) if isinstance(item, list) else str(item) for item in items]
    spans = read_spans([text for text in texts if text.strip()])
    return None if spans is None else _written(spans)


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
    Type.DATE: read_day,
    Type.DAY_OR_MONTH: read_day_or_month,
    Type.SPANS: _spans,
    Type.OBJECT: _object,
    Type.LIST: _list,
}
