"""The heading row: each column may be named by its wire name or by its Russian title."""

from collections.abc import Sequence
from itertools import zip_longest

from shared.imports.columns import Column, Layout
from shared.imports.defects import RAW_SHOWN, HeadingMismatch

IGNORED = ("ошибки", "errors")
"""Heading of the column an annotated file adds, so that the mended file can be sent as it is."""


def match_headings(got: Sequence[str], layout: Layout) -> list[str | None]:
    """Return for each heading the stored name it stands for, None for the ignored one.

    The columns come in the order of the layout; optional ones may be left out. An object's
    members may stand in one column named by the object. Anything else is a `HeadingMismatch`
    that lists every position.
    """
    names = [heading.strip().lower() for heading in got]
    if names and names[-1] in IGNORED:
        return [*_matched(names[:-1], got[:-1], layout), None]
    return list(_matched(names, got, layout))


def _matched(names: list[str], got: Sequence[str], layout: Layout) -> list[str]:
    found: list[str] = []
    waiting = list(layout.columns)
    for name in names:
        place = next((i for i, c in enumerate(waiting) if name in _answers_to(c)), None)
        if place is None or any(c.required for c in waiting[:place]):
            raise HeadingMismatch(_compared(got, layout))
        column = waiting[place]
        whole = name == _object_of(column) and "." in column.name
        found.append(name if whole else column.stored)
        del waiting[: place + 1]
        if whole:
            waiting = [c for c in waiting if _object_of(c) != name]
    if not found or any(c.required for c in waiting):
        raise HeadingMismatch(_compared(got, layout))
    return found


def _answers_to(column: Column) -> set[str]:
    return {column.name, column.stored, column.title.lower(), _object_of(column), *column.aliases}


def _object_of(column: Column) -> str:
    return column.name.split(".")[0]


def _compared(got: Sequence[str], layout: Layout) -> list[tuple[str | None, str | None, bool]]:
    """Return for each position what was expected, what came, and whether they agree."""
    pairs = zip_longest(layout.columns, got)
    return [
        (
            None if column is None else f"{column.title} ({column.name})",
            None if came is None else came[:RAW_SHOWN],
            column is not None and came is not None and came.strip().lower() in _answers_to(column),
        )
        for column, came in pairs
    ]
