"""The cells of one sheet in a stream: what each shows, which rows and columns are hidden."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from shared.imports.blocks import MAX_COLUMNS
from shared.imports.defects import CellUnreadable, FileRefused, message_for
from shared.imports.format_codes import GENERAL
from shared.imports.number_formats import Displayed, display_number, display_text
from shared.imports.xlsx_package import TRUE, Book, Package, local, new_parser
from shared.imports.xlsx_styles import unescaped

MAX_ROWS = 1_048_576
MAX_MERGES = 100_000
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Za-z0-9$:]{1,40})[\"']")
OVERLAP = 200
ERRORS = {
    "#N/A": "#Н/Д",
    "#DIV/0!": "#ДЕЛ/0!",
    "#VALUE!": "#ЗНАЧ!",
    "#REF!": "#ССЫЛКА!",
    "#NAME?": "#ИМЯ?",
    "#NUM!": "#ЧИСЛО!",
    "#NULL!": "#ПУСТО!",
}
DAYS_1904 = 1462


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, or why that cannot be known (`fault`: code and sentence)."""

    shown: Displayed | None
    fault: tuple[str, str] | None = None


@dataclass(slots=True)
class SheetRow:
    """One row: its number as a person counts it, its cells by column, whether it is hidden."""

    number: int
    hidden: bool
    cells: dict[int, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, 1-based and closed: rows, columns."""

    top: int
    bottom: int
    left: int
    right: int


def place_of(reference: str) -> tuple[int, int]:
    """Return row and column (1-based) of a reference like «B7»."""
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRefused("MALFORMED_XLSX", message_for("CELL_REFERENCE", reference=reference[:40]))
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def read_merges(package: Package, part: str) -> list[Merge]:
    """Return the merged ranges of a sheet: they come after its rows."""
    found: list[Merge] = []
    tail = b""
    for chunk in package.chunks(part):
        text = tail + chunk
        last = 0
        for match in MERGE.finditer(text):
            first, _, second = match[1].decode().partition(":")
            (top, left), (bottom, right) = place_of(first), place_of(second or first)
            found.append(Merge(top, bottom, left, right))
            last = match.end()
            if len(found) > MAX_MERGES:
                raise FileRefused("OVER_EXPANDING", message_for("OVER_EXPANDING"))
        tail = text[max(last, len(text) - OVERLAP) :]
    return found


class SheetReader:
    """Reads the rows of one sheet; `hidden_columns` is known once the first row came."""

    def __init__(
        self,
        package: Package,
        part: str,
        book: Book,
        formats: Sequence[str],
        strings: Sequence[str],
    ) -> None:
        self._package, self._part, self._book = package, part, book
        self._formats, self._strings = formats, strings
        self.hidden_columns: list[tuple[int, int]] = []
        self._default_hidden = False
        self._done: list[SheetRow] = []
        self._row: SheetRow | None = None
        self._last_row = 0
        self._column = 0
        self._type = self._style = ""
        self._formula = self._inside = self._has_value = False
        self._phonetic = False
        self._text: list[str] = []

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows in order."""
        parser = self._parser()
        for chunk in self._package.chunks(self._part):
            parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes no keyword.
            yield from self._done
            self._done.clear()
        parser.Parse(b"", True)  # noqa: FBT003 -- as above.
        yield from self._done
        self._done.clear()

    def _parser(self) -> expat.XMLParserType:
        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        return parser

    def _start(self, name: str, given: dict[str, str]) -> None:
        element = local(name)
        if element == "c":
            self._begin_cell(given)
        elif element == "row":
            self._begin_row(given)
        elif element in ("v", "t"):
            self._inside = not self._phonetic
            self._has_value = True
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic = True
        elif element == "col" and _is_hidden(given, "width"):
            self.hidden_columns.append((int(given.get("min", 0)), int(given.get("max", 0))))
        elif element == "sheetFormatPr":
            self._default_hidden = given.get("zeroHeight", "").lower() in TRUE

    def _begin_row(self, given: dict[str, str]) -> None:
        number = int(given.get("r") or self._last_row + 1)
        if number <= self._last_row or number > MAX_ROWS:
            raise FileRefused("MALFORMED_XLSX", message_for("ROW_ORDER", row=number))
        hidden = _is_hidden(given, "ht") or (self._default_hidden and "hidden" not in given)
        self._row = SheetRow(number, hidden)
        self._last_row, self._column = number, 0

    def _begin_cell(self, given: dict[str, str]) -> None:
        reference = given.get("r")
        self._column = place_of(reference)[1] if reference else self._column + 1
        if self._column > MAX_COLUMNS:
            raise FileRefused("TOO_MANY_COLUMNS", message_for("TOO_MANY_COLUMNS"))
        self._type, self._style = given.get("t", "n"), given.get("s", "")
        self._formula = self._inside = self._has_value = self._phonetic = False
        self._text.clear()

    def _data(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def _end(self, name: str) -> None:
        element = local(name)
        if element in ("v", "t"):
            self._inside = False
        elif element == "rPh":
            self._phonetic = False
        elif element == "c" and self._row is not None:
            cell = self._cell("".join(self._text))
            if cell is not None:
                self._row.cells[self._column] = cell
        elif element == "row" and self._row is not None:
            self._done.append(self._row)
            self._row = None

    def _cell(self, text: str) -> Cell | None:
        if self._formula and not self._is_calculated(text):
            code = "FORMULA_NOT_CALCULATED"
            return Cell(None, (code, message_for(code)))
        if text == "":
            return None
        try:
            return Cell(self._displayed(text))
        except CellUnreadable as error:
            return Cell(None, (error.code, error.detail))

    def _is_calculated(self, text: str) -> bool:
        """Tell whether a formula carries its result.

        A writer that calculates nothing leaves the result out, or writes 0 and has the book
        recalculated when it is opened: what a person then sees is not in the file.
        """
        if self._type == "str":
            return self._has_value
        return text != "" and not (self._book.recalculated and text == "0")

    def _displayed(self, text: str) -> Displayed:
        code = self._format()
        if self._type == "s":
            return Displayed(display_text(self._shared(text), code))
        if self._type in ("str", "inlineStr"):
            return Displayed(display_text(unescaped(text), code))
        if self._type == "b":
            return Displayed("ИСТИНА" if text.strip().lower() in TRUE else "ЛОЖЬ")
        if self._type == "e":
            shown = ERRORS.get(text, text)
            raise CellUnreadable("CELL_ERROR", message_for("CELL_ERROR", error=shown))
        if self._type == "d":
            text = str(_serial(text, since_1904=self._book.since_1904))
            code = "dd.mm.yyyy" if code == GENERAL else code
        return display_number(text, code, since_1904=self._book.since_1904)

    def _format(self) -> str:
        number = int(self._style) if self._style.isdigit() else 0
        return self._formats[number] if number < len(self._formats) else GENERAL

    def _shared(self, text: str) -> str:
        number = int(text)
        if not 0 <= number < len(self._strings):
            raise FileRefused("MALFORMED_XLSX", message_for("PART_MISSING", part="sharedStrings"))
        return self._strings[number]


def _is_hidden(given: dict[str, str], size: str) -> bool:
    return given.get("hidden", "").lower() in TRUE or given.get(size, "") in ("0", "0.0")


def _serial(text: str, *, since_1904: bool) -> float:
    """Return the serial number of an ISO instant."""
    instant = datetime.fromisoformat(text.strip().removesuffix("Z"))
    days = instant.replace(tzinfo=None) - datetime(1899, 12, 30)  # noqa: DTZ001 -- sheets know no zones.
    serial = days.total_seconds() / 86_400
    return serial - DAYS_1904 if since_1904 else serial
