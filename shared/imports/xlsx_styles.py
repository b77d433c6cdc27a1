"""The number format of each cell style, and the strings that cells share."""

import json
import re
from collections.abc import Sequence

from shared.imports.defects import DATA, FileRefused, message_for
from shared.imports.format_codes import GENERAL
from shared.imports.xlsx_package import Attributes, Package, local, new_parser

BUILT_IN: dict[int, str] = {
    int(number): code
    for number, code in json.loads((DATA / "built_in_formats.json").read_bytes()).items()
}
"""Formats that a workbook names by number; dates as an office in Russia shows them."""
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
STYLE_LISTS = frozenset({"numFmts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"})
MAX_STRINGS = 4_000_000
SURROGATES = range(0xD800, 0xE000)


def read_formats(package: Package, part: str | None) -> list[str]:
    """Return the format code of each cell style; without a usable part there are none."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside = [""]

    def take(element: str, given: Attributes) -> None:
        if element in STYLE_LISTS:
            inside[0] = element
        elif element == "numFmt" and inside[0] == "numFmts" and given.get("numFmtId", "").isdigit():
            own[int(given["numFmtId"])] = given.get("formatCode", GENERAL) or GENERAL
        elif element == "xf" and inside[0] == "cellXfs":
            number = given.get("numFmtId", "0")
            styles.append(int(number) if number.isdigit() else 0)

    if part is not None and package.has(part) and any(c.strip() for c in package.chunks(part)):
        package.read_elements(part, take)
    known = {**BUILT_IN, **own}
    return [known.get(style, GENERAL) for style in styles]


def read_strings(package: Package, part: str | None) -> Sequence[str]:
    """Return the shared strings; rich text is joined, phonetic hints are left out."""
    if part is None or not package.has(part):
        return ()
    reading = _Strings()
    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler = reading.data
    for chunk in package.chunks(part):
        parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes no keyword.
    parser.Parse(b"", True)  # noqa: FBT003 -- as above.
    return reading.found


class _Strings:
    """Gathers the strings of the part as its elements come."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._held: list[str] = []
        self._inside = self._phonetic = False

    def start(self, name: str, _given: object) -> None:
        """Begin a string, a text or a phonetic hint."""
        element = local(name)
        if element == "t":
            self._inside = not self._phonetic
        elif element == "si":
            self._held.clear()
        elif element == "rPh":
            self._phonetic = True

    def data(self, text: str) -> None:
        """Take text that belongs to the string."""
        if self._inside:
            self._held.append(text)

    def end(self, name: str) -> None:
        """End what `start` began."""
        element = local(name)
        if element == "t":
            self._inside = False
        elif element == "rPh":
            self._phonetic = False
        elif element == "si":
            self.found.append(unescaped("".join(self._held)))
            if len(self.found) > MAX_STRINGS:
                raise FileRefused("OVER_EXPANDING", message_for("OVER_EXPANDING"))


def unescaped(text: str) -> str:
    """Decode `_x000D_` and the like; `_x005F_` is the underscore that guards such a text."""
    if "_x" not in text:
        return text
    return ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code in SURROGATES else chr(code)
