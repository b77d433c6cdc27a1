"""The heading row: each column may be named by its wire name or by its Russian title.

Title rows may come above it, and a heading may fill two rows, the upper naming groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared.imports.columns import Column, Layout
from shared.imports.defects import RAW_SHOWN, HeadingMismatch
from shared.imports.names import fold_name

FAULTS_TITLE, ROW_TITLE = "Ошибки", "Строка файла"
IGNORED = frozenset({fold_name(FAULTS_TITLE), fold_name(ROW_TITLE), "errors"})
"""Headings of the columns an annotated file adds, so that the mended file can be sent as it is."""
COMMENT = "# "
"""What the explanations of a template begin with: such rows are passed over."""
LEAST_NUMBERED = 3
"""Columns below which a row «1 2» is data, not the numbers of columns."""
SEARCHED_ROWS = 20
"""How many rows with text are looked at for the headings."""

Numbered = tuple[int, Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Heading:
    """The stored name of each column (None where ignored), and the last row of the heading.

    `last_row` may be a row of column numbers. `written` is what the sender calls each column, by
    its wire name. `blank` are the places (from 0) of columns without a heading, which must be
    empty.
    """

    names: list[str | None]
    last_row: int
    written: Mapping[str, str]
    blank: frozenset[int] = frozenset()


def find_heading(rows: Sequence[Numbered], layout: Layout, where: str = "") -> Heading:
    """Return the heading among the first rows of a table.

    `where` names the table in the `HeadingMismatch`, which compares the row that fits best.
    """
    for place, (number, texts) in enumerate(rows):
        following = rows[place + 1 :]
        names = _match([{_folded(text)} for text in _without_tail(texts)], layout)
        if following:
            below, lower = following[0]
            joined = _match(_joined(texts, lower), layout)
            if joined is not None and (names is None or len(joined) > len(names)):
                last = _last_row(below, joined, following[1:])
                written = _written(joined, texts, lower, layout)
                return Heading(joined, last, written, _blank(joined, texts, lower))
        if names is not None:
            written = _written(names, texts, (), layout)
            last = _last_row(number, names, following)
            return Heading(names, last, written, _blank(names, texts, ()))
    number, best = max(rows, key=lambda row: _likeness(row[1], layout), default=(1, ()))
    place_named = f" (строка {number}{where})" if number != 1 or where else ""
    raise HeadingMismatch(
        _compared([text or "" for text in _without_tail(best)], layout), place_named
    )


def _last_row(number: int, names: Sequence[str | None], below: Sequence[Numbered]) -> int:
    """Return the last row of a heading; a row «1 2 3 …» of column numbers belongs to it."""
    if not below:
        return number
    texts = [_folded(text) for text in below[0][1]]
    filled = [text for text in texts if text]
    numbered = filled == [str(n) for n in range(1, len(filled) + 1)]
    columns = sum(name is not None for name in names)
    return below[0][0] if numbered and len(filled) == columns >= LEAST_NUMBERED else number


def _blank(
    names: Sequence[str | None], upper: Sequence[str | None], lower: Sequence[str | None]
) -> frozenset[int]:
    texts = [below or above or "" for above, below in zip_longest(upper, lower)]
    return frozenset(
        place
        for place, name in enumerate(names)
        if name is None and (place >= len(texts) or not _folded(texts[place]))
    )


def _written(
    names: Sequence[str | None],
    upper: Sequence[str | None],
    lower: Sequence[str | None],
    layout: Layout,
) -> dict[str, str]:
    wire = {column.stored: column.name for column in layout.columns}
    texts = [below or above or "" for above, below in zip_longest(upper, lower)]
    pairs = zip(names, texts, strict=False)
    return {wire[name]: " ".join(text.split()) for name, text in pairs if name in wire}


def match_headings(got: Sequence[str], layout: Layout) -> list[str | None]:
    """Return for each heading the stored name it represents, None for an ignored one.

    The columns come in the order of the layout; optional ones may be left out. An object's
    members may be in one column named by the object. Anything else is a `HeadingMismatch`
    that lists every position.
    """
    return find_heading([(1, got)], layout).names


def _folded(text: str | None) -> str:
    return fold_name(text or "").rstrip(" :*")


def _without_tail(texts: Sequence[str | None]) -> list[str | None]:
    headings = list(texts)
    while headings and not _folded(headings[-1]):
        headings.pop()
    return headings


def _joined(upper: Sequence[str | None], lower: Sequence[str | None]) -> list[set[str]]:
    """Return what each column of a two-row heading may be called."""
    found: list[set[str]] = []
    group = ""
    for above, below in zip_longest(_without_tail(upper), _without_tail(lower)):
        group = _folded(above) or group
        own = _folded(below)
        names = {own, f"{group} {own}", f"{group}. {own}", f"{group}, {own}"} if own else set()
        found.append(names if own else {_folded(above)})
    return found


def _match(names: list[set[str]], layout: Layout) -> list[str | None] | None:
    width = len(names)
    while width and names[width - 1] & IGNORED:
        width -= 1
    filled = [name for name in names[:width] if name != {""}]
    own = _matched(filled, layout)
    if own is None:
        return None
    found = iter(own)
    spread = [None if name == {""} else next(found) for name in names[:width]]
    return [*spread, *[None] * (len(names) - width)]


def _matched(names: list[set[str]], layout: Layout) -> list[str] | None:
    found: list[str] = []
    waiting = list(layout.columns)
    for written in names:
        place = next((i for i, c in enumerate(waiting) if written & _answers_to(c)), None)
        if place is None or any(c.required for c in waiting[:place]):
            return None
        column = waiting[place]
        outer = _object_of(column)
        is_object = outer in written and "." in column.name
        found.append(outer if is_object else column.stored)
        del waiting[: place + 1]
        if is_object:
            waiting = [c for c in waiting if _object_of(c) != outer]
    return None if not found or any(c.required for c in waiting) else found


def _answers_to(column: Column) -> set[str]:
    names = (column.name, column.stored, column.title, _object_of(column), *column.aliases)
    return {_folded(name) for name in names}


def _object_of(column: Column) -> str:
    return column.name.split(".")[0]


def _likeness(texts: Sequence[str | None], layout: Layout) -> int:
    known = set().union(*(_answers_to(column) for column in layout.columns))
    return len({_folded(text) for text in texts} & known)


def _compared(got: Sequence[str], layout: Layout) -> list[tuple[str | None, str | None, bool]]:
    """Return for each position what was expected, what came, and whether they agree."""
    pairs = zip_longest(layout.columns, got)
    return [
        (
            None if column is None else f"{column.title} ({column.name})",
            None if came is None else came[:RAW_SHOWN],
            column is not None and came is not None and _folded(came) in _answers_to(column),
        )
        for column, came in pairs
    ]
