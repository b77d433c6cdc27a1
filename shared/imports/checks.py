"""Rows that keep every rule go on, the others are rejected with all their faults.

The rules of a column come first (type, required, length, choices, pattern, bounds), then the
kind's own checks over columns, then its rule over rows, which sees only rows without a fault.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from shared.imports.cell_values import FAULT, canonical
from shared.imports.columns import FREE_TEXTS, ROW, Check, Column, Context, Layout
from shared.imports.defects import Defect, Rejected, message_for

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
BLANK = " \t\r\n\u00a0\u202f\u2009\ufeff"


@dataclass(frozen=True, slots=True)
class Examined:
    """The good rows as the table's columns (with `import_row`), and the rejected ones."""

    good: pl.DataFrame
    rejected: list[Rejected]


def examine(
    frame: pl.DataFrame, layout: Layout, context: Context, part: Mapping[str, str]
) -> Examined:
    """Check a frame of raw texts: `import_row` and one column for each of the layout's.

    Rows outside the slice `part` (stored name → canonical text) are rejected.
    """
    raw = frame.with_columns(_stripped(column) for column in layout.columns)
    read = raw.with_columns(canonical(raw[c.stored], c.type) for c in layout.columns)
    read = layout.resolve(read, context) if layout.resolve else read
    checks = [check for column in layout.columns for check in _own_checks(column, raw)]
    checks += [
        Check(
            "OUTSIDE_SLICE",
            c.name,
            message_for("OUTSIDE_SLICE"),
            pl.col(c.stored) != part[c.stored],
        )
        for c in layout.columns
        if c.stored in part
    ]
    checks += layout.checks(context) if layout.checks else []
    defects = list(_broken(read, raw, checks, layout))
    bad = pl.Series([d.row for d in defects], dtype=pl.Int32).unique()
    good = read.filter(~pl.col(ROW).is_in(bad.implode())) if bad.len() else read
    if layout.row_rule is not None:
        more = list(_by_rows(good, layout, context))
        defects += more
        faulty = pl.Series([d.row for d in more], dtype=pl.Int32).unique()
        good = good.filter(~pl.col(ROW).is_in(faulty.implode())) if faulty.len() else good
    rejected = list(_rejected(frame, defects)) if defects else []
    return Examined(layout.derive(good, context) if layout.derive else good, rejected)


def _stripped(column: Column) -> pl.Expr:
    text = pl.col(column.stored).str.strip_chars(BLANK)
    return pl.when(text.str.len_bytes() > 0).then(text).alias(column.stored)


def _own_checks(column: Column, raw: pl.DataFrame) -> Iterator[Check]:
    """Yield the checks of one column; `raw` holds its stripped texts."""
    name, here = column.name, pl.col(column.stored)
    if column.required:
        yield Check("REQUIRED", name, message_for("REQUIRED"), pl.lit(raw[column.stored].is_null()))
    if column.type not in FREE_TEXTS:
        unread = here.is_null() & pl.lit(raw[column.stored].is_not_null())
        yield Check(FAULT[column.type], name, message_for(FAULT[column.type]), unread)
    worded = column.type in FREE_TEXTS
    if worded and not column.choices and column.pattern is None:
        control = here.str.contains(CONTROL)
        yield Check("CONTROL_CHARACTER", name, message_for("CONTROL_CHARACTER"), control)
    longest = raw[column.stored].str.len_bytes().max()
    if isinstance(longest, int) and longest > column.max_length:
        too_long = here.str.len_chars() > column.max_length
        yield Check("TOO_LONG", name, message_for("TOO_LONG"), too_long)
    if column.choices:
        detail = message_for("CHOICE", choices=", ".join(column.choices))
        yield Check("CHOICE", name, detail, ~here.is_in(list(column.choices)))
    if column.pattern is not None:
        detail = message_for("PATTERN", pattern=column.pattern)
        yield Check("PATTERN", name, detail, ~here.str.contains(f"^(?:{column.pattern})$"))
    if column.low is not None or column.high is not None:
        yield _bounds(column)


def _bounds(column: Column) -> Check:
    number = pl.col(column.stored).cast(pl.Float64, strict=False)
    low = "" if column.low is None else column.low
    high = "" if column.high is None else column.high
    below = pl.lit(value=False) if column.low is None else number < column.low
    above = pl.lit(value=False) if column.high is None else number > column.high
    return Check("RANGE", column.name, message_for("RANGE", low=low, high=high), below | above)


def _broken(
    read: pl.DataFrame, raw: pl.DataFrame, checks: list[Check], layout: Layout
) -> Iterator[Defect]:
    if read.is_empty():
        return
    names = {c.name: c.stored for c in layout.columns}
    masks = read.select(c.bad.fill_null(value=False).alias(str(i)) for i, c in enumerate(checks))
    for i, check in enumerate(checks):
        mask = masks[str(i)]
        if not mask.any():
            continue
        rows = raw.filter(mask)
        shown = rows[names.get(check.column, ROW)].cast(pl.String)
        for row, text in zip(rows[ROW], shown, strict=True):
            yield Defect.of(row, check.column, check.code, check.detail, text)


def _by_rows(good: pl.DataFrame, layout: Layout, context: Context) -> Iterator[Defect]:
    if layout.row_rule is None:
        return
    names = {c.name: c.stored for c in layout.columns}
    for row in good.iter_rows(named=True):
        for fault in layout.row_rule(row, context):
            stored = names.get(fault.column or "")
            yield Defect.of(
                row[ROW], fault.column, fault.code, fault.detail, row[stored] if stored else None
            )


def _rejected(frame: pl.DataFrame, defects: list[Defect]) -> Iterator[Rejected]:
    by_row: dict[int, list[Defect]] = {}
    for defect in defects:
        found = by_row.setdefault(defect.row, [])
        if all((d.column, d.code) != (defect.column, defect.code) for d in found):
            found.append(defect)
    rows = frame.filter(pl.col(ROW).is_in(pl.Series(list(by_row), dtype=pl.Int32).implode()))
    for row in rows.iter_rows(named=True):
        number = row.pop(ROW)
        yield Rejected(number, list(row.values()), by_row[number])
