"""What a file of observations looks like, and the columns its rows are stored as.

A row names its programme, indicator and territory by code (a territory by any of its names too).
The value is the text as printed: its decimals are the precision it is known to.
"""

import re

import polars as pl

from services.ratings.parsers.periods import PATTERN
from services.ratings.parsers.territory_validity import absent_territories, late_territories
from shared.imports.cell_values import MISSING, NOT_APPLICABLE
from shared.imports.checks import bounds_text
from shared.imports.columns import Check, Column, Context, Layout, Type
from shared.imports.hints import spoiled_code

MOST_DIGITS = 15
"""A value with more significant digits is not exact as a float."""

YEARS_APART = r"\s*[/–—−‑]\s*"
CODES_NAMED = 10
FIRST_YEAR = 1900
MARKS = {"missing": 1, "not_applicable": 2}

COLUMNS = (
    Column(
        name="programme",
        title="Программа",
        explanation="Код программы мониторинга",
        example="rum",
        registry="programme",
        max_length=200,
    ),
    Column(
        name="period",
        title="Период",
        explanation="Год или учебный год",
        example="2022",
        pattern=PATTERN,
        form="год или два соседних года через дефис",
        max_length=20,
    ),
    Column(
        name="territory",
        title="Территория",
        example="08000000",
        explanation="Код ОКТМО или одно из названий территории",
        registry="territory",
        max_length=200,
    ),
    Column(
        name="indicator",
        title="Показатель",
        explanation="Код показателя этой программы",
        example="1.1",
        max_length=64,
    ),
    Column(
        name="value",
        title="Значение",
        type=Type.FIGURE,
        required=False,
        example="99",
        explanation="Как напечатано; «н/д» или «неприменимо», если значения нет",
        max_length=40,
    ),
    Column(
        name="status",
        title="Отметка об отсутствии",
        required=False,
        choices=tuple(MARKS),
        choice_titles=("н/д|нет данных|нд|н.д.", "неприменимо|не применимо"),
        explanation="Почему значения нет; пусто при значении",
    ),
    Column(
        name="source.document",
        title="Документ",
        explanation="Откуда взято значение",
        required=False,
        example="programme-407",
        max_length=100,
    ),
    Column(
        name="source.locator",
        title="Место в документе",
        type=Type.LOCATOR,
        explanation="Строка, ячейка, страница",
        required=False,
        example="98:3",
        max_length=200,
    ),
)
KEY = ("programme_id", "period", "indicator_id", "territory_id")


def resolved(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add the numbers of what a row names by code; null where the code is unknown.

    `context` maps the codes of `programmes` and `territories` and `indicators` («programme code»,
    a space between) to numbers, and holds the `domains` of indicators as (number, low, high)
    columns.
    """
    named = pl.concat_str(pl.col("programme"), pl.lit(" "), pl.col("indicator"))
    return frame.with_columns(
        period=_hyphened(frame["period"]),
        programme_id=_numbered(pl.col("programme"), context["programmes"]),
        indicator_id=_numbered(named, context["indicators"]),
        territory_id=_numbered(pl.col("territory"), context["territories"]),
    )


def _hyphened(periods: pl.Series) -> pl.Series:
    """Write the sign between two years as a hyphen; there are few distinct periods."""
    written = {text: re.sub(YEARS_APART, "-", text) for text in periods.drop_nulls().unique()}
    if all(text == period for text, period in written.items()):
        return periods
    return periods.replace_strict(written, default=None, return_dtype=pl.String)


def rules(context: Context) -> list[Check]:
    """Return what a row must keep beyond the form of its cells, its codes being resolved."""
    value, status = pl.col("value"), pl.col("status")
    digits = value.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0").str.len_chars()
    unknown = pl.col("indicator_id").is_null() & pl.col("programme_id").is_not_null()
    return [
        Check(
            "INDICATOR_UNKNOWN",
            "indicator",
            _indicator_sentences(context),
            unknown & pl.col("indicator").is_not_null(),
            _meant_indicators,
        ),
        Check(
            "PATTERN",
            "period",
            f"Годы учебного года должны идти подряд, первый — не раньше {FIRST_YEAR}.",
            _odd_years(pl.col("period")),
        ),
        Check(
            "VALUE_MISSING",
            "value",
            "Значения нет: впишите число, а если его нет — «н/д» или «неприменимо».",
            value.is_null() & status.is_null(),
        ),
        Check(
            "VALUE_WITH_STATUS",
            "status",
            "Отметка об отсутствии стоит рядом со значением или противоречит прочерку.",
            status.is_not_null() & value.is_not_null() & (_mark(value).fill_null("") != status),
        ),
        Check(
            "TOO_MANY_DIGITS",
            "value",
            f"В числе больше {MOST_DIGITS} значащих цифр.",
            digits > MOST_DIGITS,
        ),
        Check("OUT_OF_DOMAIN", "value", _domain_sentences(context), _outside(context)),
        *absent_territories(context),
    ]


def _odd_years(period: pl.Expr) -> pl.Expr:
    first = period.str.slice(0, 4).cast(pl.Int32, strict=False)
    last = period.str.slice(5, 4).cast(pl.Int32, strict=False)
    return (first < FIRST_YEAR) | (last != first + 1).fill_null(value=False)


def stored(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    """Return the rows as columns of the table `observation`."""
    value = pl.when(_mark(pl.col("value")).is_null()).then(pl.col("value"))
    mark = pl.coalesce(pl.col("status"), _mark(pl.col("value")), pl.lit("missing"))
    decimals = value.str.extract(r"\.([0-9]*)$").str.len_chars()
    return frame.select(
        programme_id=pl.col("programme_id"),
        period=pl.col("period").str.replace("-", "", literal=True).cast(pl.Int32),
        indicator_id=pl.col("indicator_id"),
        territory_id=pl.col("territory_id"),
        scaled=value.str.replace(".", "", literal=True).cast(pl.Int64).fill_null(0),
        digits=decimals.cast(pl.Int16).fill_null(0),
        status=pl.when(value.is_not_null())
        .then(pl.lit(0))
        .otherwise(mark.replace_strict(MARKS, return_dtype=pl.Int16, default=None))
        .cast(pl.Int16),
        source_document=pl.col("source_document"),
        source_locator=pl.col("source_locator"),
        import_row=pl.col("import_row"),
    )


def _mark(value: pl.Expr) -> pl.Expr:
    """Return why a figure is not there, null where it is."""
    dashed = pl.when(value == NOT_APPLICABLE).then(pl.lit("not_applicable"))
    return dashed.when(value == MISSING).then(pl.lit("missing"))


def _numbered(text: pl.Expr, numbers: dict[str, int]) -> pl.Expr:
    return text.replace_strict(
        list(numbers), list(numbers.values()), default=None, return_dtype=pl.Int32
    )


def _indicator_sentences(context: Context) -> pl.Expr:
    """Return the sentence of an unknown indicator by its programme: the first codes it has."""
    codes: dict[str, list[str]] = {}
    for name in context["indicators"]:
        programme, _, code = name.partition(" ")
        codes.setdefault(programme, []).append(code)
    sentences = {programme: _known_codes(known) for programme, known in codes.items()}
    none = "У этой программы показателей нет."
    return pl.col("programme").replace_strict(
        list(sentences), list(sentences.values()), default=none, return_dtype=pl.String
    )


def _known_codes(codes: list[str]) -> str:
    more = f" и ещё {len(codes) - CODES_NAMED}" if len(codes) > CODES_NAMED else ""
    return f"У этой программы такого показателя нет. Есть: {', '.join(codes[:CODES_NAMED])}{more}."


def _meant_indicators(text: str) -> list[str]:
    """Offer the code that a spreadsheet turned into a date or wrote with a comma."""
    spoiled = spoiled_code(text)
    if spoiled and spoiled[1]:
        return [spoiled[1]]
    return [text.replace(",", ".")] if "," in text else []


def _domain_sentences(context: Context) -> pl.Expr:
    numbers, low, high = (list(column) for column in context["domains"])
    sentences = [
        f"Значение вне шкалы показателя: ожидается {bounds_text(least, most)}."
        for least, most in zip(low, high, strict=True)
    ]
    return pl.col("indicator_id").replace_strict(
        numbers, sentences, default="Значение вне шкалы показателя.", return_dtype=pl.String
    )


def _outside(context: Context) -> pl.Expr:
    numbers, low, high = (list(column) for column in context["domains"])
    value = pl.col("value").cast(pl.Float64, strict=False)
    indicator = pl.col("indicator_id")
    least = indicator.replace_strict(numbers, low, default=None, return_dtype=pl.Float64)
    greatest = indicator.replace_strict(numbers, high, default=None, return_dtype=pl.Float64)
    return (value < least).fill_null(value=False) | (value > greatest).fill_null(value=False)


LAYOUT = Layout(
    columns=COLUMNS,
    key=KEY,
    resolve=resolved,
    checks=rules,
    derive=stored,
    affected_keys=("programme_id", "period"),
    warnings=late_territories,
)
