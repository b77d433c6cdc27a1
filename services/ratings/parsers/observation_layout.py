"""What a file of observations looks like, and the columns its rows are stored as.

A row names its programme, indicator and territory by code (a territory by any of its names too).
The value is the text as printed: its decimals are the precision it is known to.
"""

import polars as pl

from services.ratings.parsers.names import fold_name
from services.ratings.parsers.periods import PATTERN
from shared.imports.columns import Check, Column, Context, Layout, Type

MOST_DIGITS = 15
"""A value with more significant digits is not exact as a float."""

MARKS = {"missing": 1, "not_applicable": 2}

COLUMNS = (
    Column(
        name="programme",
        title="Программа",
        explanation="Код программы мониторинга",
        example="rum",
        max_length=40,
    ),
    Column(
        name="period",
        title="Период",
        explanation="Год или учебный год",
        example="2022",
        pattern=PATTERN,
        max_length=9,
    ),
    Column(
        name="territory",
        title="Территория",
        example="08000000",
        explanation="Код ОКТМО или одно из названий территории",
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
        explanation="Как напечатано; пусто, если значения нет",
        max_length=40,
    ),
    Column(
        name="status",
        title="Отметка об отсутствии",
        required=False,
        choices=tuple(MARKS),
        explanation="missing — нет данных, not_applicable — неприменимо; пусто при значении",
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

    `context` maps `programmes`, `territories` (codes and folded names) and `indicators`
    («programme code», a space between) to numbers, and holds the `domains` of indicators as
    (number, low, high) columns.
    """
    named = pl.concat_str(pl.col("programme"), pl.lit(" "), pl.col("indicator"))
    return frame.with_columns(
        programme_id=_numbered(pl.col("programme"), context["programmes"]),
        indicator_id=_numbered(named, context["indicators"]),
        territory_id=_territory(context),
    )


def rules(context: Context) -> list[Check]:
    """Return what a row must keep beyond the form of its cells, its codes being resolved."""
    value, status = pl.col("value"), pl.col("status")
    digits = value.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0").str.len_chars()
    known = pl.col("programme_id").is_not_null()
    return [
        Check("PROGRAMME_UNKNOWN", "programme", "Такой программы нет.", ~known),
        Check(
            "TERRITORY_UNKNOWN",
            "territory",
            "Такой территории в реестре нет.",
            pl.col("territory_id").is_null() & pl.col("territory").is_not_null(),
        ),
        Check(
            "INDICATOR_UNKNOWN",
            "indicator",
            "У этой программы такого показателя нет.",
            pl.col("indicator_id").is_null() & known & pl.col("indicator").is_not_null(),
        ),
        Check(
            "VALUE_WITH_STATUS",
            "status",
            "Отметка об отсутствии стоит рядом со значением или противоречит прочерку.",
            status.is_not_null()
            & value.is_not_null()
            & ~((value == "-") & (status == "not_applicable")),
        ),
        Check(
            "TOO_MANY_DIGITS",
            "value",
            f"В числе больше {MOST_DIGITS} значащих цифр.",
            digits > MOST_DIGITS,
        ),
        Check("OUT_OF_DOMAIN", "value", "Значение вне шкалы показателя.", _outside(context)),
    ]


def stored(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    """Return the rows as columns of the table `observation`."""
    value = pl.when(pl.col("value") != "-").then(pl.col("value"))
    dashed = pl.when(pl.col("value") == "-").then(pl.lit("not_applicable"))
    mark = pl.coalesce(pl.col("status"), dashed, pl.lit("missing"))
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


def _numbered(text: pl.Expr, numbers: dict[str, int]) -> pl.Expr:
    return text.replace_strict(
        list(numbers), list(numbers.values()), default=None, return_dtype=pl.Int32
    )


def _territory(context: Context) -> pl.Expr:
    """Return the numbers of territories named by code, or by any name they are known under."""
    known = context["territories"]

    def look_up(written: pl.Series) -> pl.Series:
        names = written.drop_nulls().unique().to_list()
        numbers = [known.get(name) or known.get(fold_name(name)) for name in names]
        return written.replace_strict(names, numbers, default=None, return_dtype=pl.Int32)

    return pl.col("territory").map_batches(look_up, return_dtype=pl.Int32)


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
)
