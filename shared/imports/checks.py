"""Rows that keep every rule go on, the others are rejected with all their faults.

The rules of a column come first (type, required, length, choices, pattern, bounds, registry), then
the kind's own checks over columns, then its rule over rows, which sees only rows without a fault.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from shared.imports.cell_values import FAULT, FORMS, canonical
from shared.imports.columns import FREE_TEXTS, ROW, Check, Column, Context, Layout
from shared.imports.defects import Defect, Notice, Rejected, message_for
from shared.imports.hints import hint
from shared.imports.references import (
    dangling_notices,
    registry_for,
    resolve_references,
)

CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
BLANK = " \t\r\n\u00a0\u202f\u2009\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
KEPT_AS_TEXT = r'^="([^"]*)"$'
CHOICES_NAMED = 10
MOST_WARNINGS = 200
UNREADABLE = frozenset(FAULT.values())
"""Codes of cells that are not of their type: nothing else is said of such a cell."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The good rows as the table's columns (with `import_row`), and the rejected ones."""

    good: pl.DataFrame
    rejected: list[Rejected]
    notices: list[Notice] = field(default_factory=list)


def examine(
    frame: pl.DataFrame,
    layout: Layout,
    context: Context,
    part: Mapping[str, str],
    faults: Sequence[Defect] = (),
) -> Examined:
    """Check a frame of raw texts: `import_row` and one column for each of the layout's.

    Rows outside the slice `part` (stored name → canonical text) are rejected, and so are those with
    a cell among `faults`, which the reader could not read; nothing else is said of such a cell.
    """
    raw = frame.with_columns(_stripped(column, frame) for column in layout.columns)
    read = raw.with_columns(canonical(raw[c.stored], c) for c in layout.columns)
    read, references = resolve_references(read, layout, context)
    read = layout.resolve(read, context) if layout.resolve else read
    checks = [check for column in layout.columns for check in _own_checks(column, raw, context)]
    checks += [*references, *_slice_checks(layout, part)]
    checks += layout.checks(context) if layout.checks else []
    unreadable = {(d.row, d.column) for d in faults}
    defects = [*faults]
    defects += [
        d for d in _broken(read, raw, checks, layout) if (d.row, d.column) not in unreadable
    ]
    bad = pl.Series([d.row for d in defects], dtype=pl.Int32).unique()
    good = read.filter(~pl.col(ROW).is_in(bad.implode())) if bad.len() else read
    if layout.row_rule is not None:
        more = list(_by_rows(good, raw, layout, context))
        defects += more
        faulty = pl.Series([d.row for d in more], dtype=pl.Int32).unique()
        good = good.filter(~pl.col(ROW).is_in(faulty.implode())) if faulty.len() else good
    rejected = list(_rejected(frame, defects)) if defects else []
    notices = [*dangling_notices(good, layout, context), *_warnings(good, layout, context)]
    derived = layout.derive(good, context) if layout.derive else good
    return Examined(derived, rejected, notices)


def _warnings(good: pl.DataFrame, layout: Layout, context: Context) -> Iterator[Notice]:
    """Yield what the kind warns of in rows without a fault: each text of a column once."""
    columns = {column.name: column.stored for column in layout.columns}
    for check in layout.warnings(context) if layout.warnings and good.height else ():
        stored = columns[check.column]
        detail = pl.lit(check.detail) if isinstance(check.detail, str) else check.detail
        found = good.filter(check.bad.fill_null(value=False)).unique(
            stored, keep="first", maintain_order=True
        )
        rows = found.select(ROW, detail.alias("detail")).head(MOST_WARNINGS)
        for row, sentence in rows.iter_rows():
            yield Notice(row, check.column, check.code, sentence)


def _slice_checks(layout: Layout, part: Mapping[str, str]) -> Iterator[Check]:
    outside = message_for("OUTSIDE_SLICE")
    for column in layout.columns:
        if column.stored in part:
            bad = pl.col(column.stored) != part[column.stored]
            yield Check("OUTSIDE_SLICE", column.name, outside, bad)


def _stripped(column: Column, frame: pl.DataFrame) -> pl.Expr:
    """Return the text of a column without blanks around it, nor the `="…"` that keeps a code."""
    text = pl.col(column.stored).str.strip_chars(BLANK)
    if frame[column.stored].str.contains('="', literal=True).any():
        text = pl.coalesce(text.str.extract(KEPT_AS_TEXT), text)
    return pl.when(text.str.len_bytes() > 0).then(text).alias(column.stored)


def _own_checks(column: Column, raw: pl.DataFrame, context: Context) -> Iterator[Check]:
    """Yield the checks of one column; `raw` holds its stripped texts."""
    name, here = column.name, pl.col(column.stored)
    if column.required:
        yield Check("REQUIRED", name, message_for("REQUIRED"), pl.lit(raw[column.stored].is_null()))
    worded = column.type in FREE_TEXTS
    if not worded:
        unread = here.is_null() & pl.lit(raw[column.stored].is_not_null())
        yield Check(FAULT[column.type], name, message_for(FORMS[column.type]), unread)
    if worded and not column.choices and column.pattern is None:
        control = here.str.contains(CONTROL)
        yield Check("CONTROL_CHARACTER", name, message_for("CONTROL_CHARACTER"), control)
    longest = raw[column.stored].str.len_bytes().max()
    if isinstance(longest, int) and longest > column.max_length:
        too_long = here.str.len_chars() > column.max_length
        yield Check("TOO_LONG", name, message_for("TOO_LONG", most=column.max_length), too_long)
    if column.choices:
        yield Check("CHOICE", name, choice_sentence(column), ~here.is_in(list(column.choices)))
    registry = registry_for(column, context)
    if column.pattern is not None and (registry is None or not registry.closed):
        detail = message_for("PATTERN", form=column.form, example=column.example)
        yield Check("PATTERN", name, detail, ~here.str.contains(f"^(?:{column.pattern})$"))
    if column.low is not None or column.high is not None:
        yield _bounds(column)


def choice_sentence(column: Column) -> str:
    """Return the sentence that names the choices of a column, the first ten."""
    named = column.described_choices()
    listed = ", ".join(named[:CHOICES_NAMED])
    more = (
        f" и ещё {len(named) - CHOICES_NAMED}, все в шаблоне" if len(named) > CHOICES_NAMED else ""
    )
    return message_for("CHOICE", choices=listed + more)


def _bounds(column: Column) -> Check:
    number = pl.col(column.stored).cast(pl.Float64, strict=False)
    below = pl.lit(value=False) if column.low is None else number < column.low
    above = pl.lit(value=False) if column.high is None else number > column.high
    detail = message_for("RANGE", bounds=bounds_text(column.low, column.high))
    return Check("RANGE", column.name, detail, below | above)


def bounds_text(low: float | None, high: float | None) -> str:
    """Return closed bounds in words: «от 0 до 100», «не меньше 0», «не больше 100»."""
    if low is None:
        return f"не больше {_plain(high)}"
    return f"не меньше {_plain(low)}" if high is None else f"от {_plain(low)} до {_plain(high)}"


def _plain(bound: float | None) -> str:
    return "" if bound is None else f"{bound:,.15g}".replace(",", " ")


def _broken(
    read: pl.DataFrame, raw: pl.DataFrame, checks: list[Check], layout: Layout
) -> Iterator[Defect]:
    if read.is_empty():
        return
    columns = {c.name: c for c in layout.columns}
    unreadable: set[tuple[int, str]] = set()
    masks = read.select(c.bad.fill_null(value=False).alias(str(i)) for i, c in enumerate(checks))
    for i, check in enumerate(checks):
        mask = masks[str(i)]
        if not mask.any():
            continue
        column = columns.get(check.column)
        rows = raw.filter(mask)
        shown = rows[column.stored if column else ROW].cast(pl.String)
        for row, text, detail in zip(rows[ROW], shown, _details(read, mask, check), strict=True):
            if (row, check.column) in unreadable:
                continue
            if check.code in UNREADABLE:
                unreadable.add((row, check.column))
            further = hint(column, text) if column and check.suggest is None else ""
            offered = check.suggest(text) if check.suggest and text else ()
            yield Defect.of(row, check.column, check.code, detail + further, text, offered)


def _details(read: pl.DataFrame, mask: pl.Series, check: Check) -> Sequence[str]:
    if isinstance(check.detail, str):
        return [check.detail] * int(mask.sum())
    return read.filter(mask).select(check.detail.alias("detail"))["detail"].to_list()


def _by_rows(
    good: pl.DataFrame, raw: pl.DataFrame, layout: Layout, context: Context
) -> Iterator[Defect]:
    """Yield what the rule over rows finds, each with the text as it was sent."""
    if layout.row_rule is None:
        return
    names = {c.name: c.stored for c in layout.columns}
    found = [
        (row[ROW], fault)
        for row in good.iter_rows(named=True)
        for fault in layout.row_rule(row, context)
    ]
    numbers = pl.Series([row for row, _ in found], dtype=pl.Int32).implode()
    sent = {row[ROW]: row for row in raw.filter(pl.col(ROW).is_in(numbers)).iter_rows(named=True)}
    for row, fault in found:
        stored = names.get(fault.column or "")
        text = sent[row][stored] if stored else None
        yield Defect.of(row, fault.column, fault.code, fault.detail, text, fault.suggestions)


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
