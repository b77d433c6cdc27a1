"""Codes of territories against the period of a row: whether they exist then.

A territory that does not exist on any day of the period is a fault; one that exists later than on
its first day is a warning, since it is no unit of the period's rating.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from shared.imports.columns import Check, Context

Dated = tuple[str, date | None, date | None, Sequence[str]]
NOT_IN_PERIOD, PART_OF_PERIOD = "TERRITORY_NOT_IN_PERIOD", "TERRITORY_PART_OF_PERIOD"
ALWAYS, NEVER_ENDS = 0, 99_999_999


def absent_territories(context: Context) -> list[Check]:
    """Return the check of territories that do not exist in the period at all."""
    dated: Sequence[Dated] = context.get("validity", ())
    if not dated:
        return []
    begins, ends = _days(dated)
    first, last = _span()
    sentences = _sentences(dated, "В этом периоде такой территории нет: она существует {days}.")
    return [Check(NOT_IN_PERIOD, "territory", sentences, (begins > last) | (ends < first))]


def late_territories(context: Context) -> list[Check]:
    """Return the check of territories that exist in a part of the period only."""
    dated: Sequence[Dated] = context.get("validity", ())
    if not dated:
        return []
    begins, ends = _days(dated)
    first, _ = _span()
    sentences = _sentences(
        dated, "Территория существует {days}: участником рейтинга за этот период она не будет."
    )
    return [Check(PART_OF_PERIOD, "territory", sentences, (begins > first) | (ends < first))]


def _span() -> tuple[pl.Expr, pl.Expr]:
    """Return the first and last day of the period of a row, as numbers yyyymmdd."""
    first = pl.col("period").str.slice(0, 4).cast(pl.Int64, strict=False)
    last = pl.col("period").str.slice(-4).cast(pl.Int64, strict=False)
    return first * 10_000 + 101, last * 10_000 + 1231


def _days(dated: Sequence[Dated]) -> tuple[pl.Expr, pl.Expr]:
    """Return the first and last day of the territory of a row, as numbers yyyymmdd."""
    codes = [code for code, *_ in dated]
    begins = [_number(begin, ALWAYS) for _, begin, _, _ in dated]
    ends = [_number(end, NEVER_ENDS) for _, _, end, _ in dated]
    here = pl.col("territory")
    return (
        here.replace_strict(codes, begins, default=ALWAYS, return_dtype=pl.Int64),
        here.replace_strict(codes, ends, default=NEVER_ENDS, return_dtype=pl.Int64),
    )


def _number(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.year * 10_000 + day.month * 100 + day.day


def _sentences(dated: Sequence[Dated], form: str) -> pl.Expr:
    sentences = {}
    for code, begin, end, successors in dated:
        days = [f"с {begin:%d.%m.%Y}"] if begin else []
        days += [f"по {end:%d.%m.%Y}"] if end else []
        later = f" Преемники: {', '.join(successors)}." if successors else ""
        sentences[code] = form.format(days=" ".join(days)) + later
    return pl.col("territory").replace_strict(sentences, default="", return_dtype=pl.String)
