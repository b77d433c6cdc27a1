"""The archive of a workbook: its bounds, its parts, what the book says of its sheets.

Part names are compared without case and with either slash, as spreadsheets do, and elements by
their local names, so that Strict Open XML reads alike. Nothing is parsed before the archive's
bounds are checked; a document type declaration is refused.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from shared.imports.defects import FileRefused, message_for
from shared.imports.file_signatures import refuse_other_archives

MAX_MEMBERS = 2_000
MAX_EXPANDED = 1 << 30
MAX_RATIO = 200
RATIO_FROM = 16 << 20
MAX_PART = 64 << 20
CHUNK = 1 << 16
ENCRYPTED = 1
MACROS = re.compile(r"vbaProject|macrosheets|activeX|embeddings/", re.IGNORECASE)
TRUE = frozenset({"1", "true", "on"})

Attributes = Mapping[str, str]
OnStart = Callable[[str, Attributes], None]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the book lists it: its title, whether a person sees it, its part."""

    title: str
    visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Book:
    """What the book says of itself; `recalculated` is true where opening it changes its values."""

    sheets: tuple[SheetPart, ...]
    strings: str | None
    styles: str | None
    since_1904: bool
    recalculated: bool


class Package:
    """The parts of an archive by their names without case."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise FileRefused("MALFORMED_XLSX", message_for("NOT_A_WORKBOOK")) from error
        self._entries = {_normal(entry.filename): entry for entry in entries}
        _check_bounds(entries)
        refuse_other_archives(self._entries, self._first_bytes)

    def _first_bytes(self, name: str) -> bytes:
        with self._archive.open(self._entries[name]) as part:
            return part.read(200)

    def has(self, part: str | None) -> bool:
        """Tell whether a part exists."""
        return part is not None and _normal(part) in self._entries

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of a part."""
        entry = self._entries.get(_normal(part))
        if entry is None:
            raise FileRefused("MALFORMED_XLSX", message_for("PART_MISSING", part=part[:200]))
        with self._archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def read_elements(self, part: str, on_start: OnStart) -> None:
        """Call `on_start` with the local name and attributes of each element of a small part."""
        parser = new_parser()
        parser.StartElementHandler = lambda name, given: on_start(local(name), _attributes(given))
        size = 0
        for chunk in self.chunks(part):
            size += len(chunk)
            if size > MAX_PART:
                raise FileRefused("OVER_EXPANDING", message_for("OVER_EXPANDING"))
            parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes no keyword.
        parser.Parse(b"", True)  # noqa: FBT003 -- as above.

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: id → (last word of the type, target part)."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def take(element: str, given: Attributes) -> None:
            if element == "Relationship" and given.get("TargetMode", "") != "External":
                target = given.get("Target", "").replace("\\", "/")
                whole = target if target.startswith("/") else posixpath.join("/", folder, target)
                word = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = (word, posixpath.normpath(whole))

        if self.has(path):
            self.read_elements(path, take)
        return found


def new_parser() -> expat.XMLParserType:
    """Return an XML parser that refuses document types, so that no entity expands."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise FileRefused("MALFORMED_XLSX", message_for("DOCTYPE"))

    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """Return an element's name without its prefix."""
    return name.rpartition(":")[2]


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in given.items()}


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _check_bounds(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise FileRefused("PASSWORD_PROTECTED", message_for("PASSWORD_PROTECTED"))
    if any(MACROS.search(entry.filename) for entry in entries):
        raise FileRefused("MACROS", message_for("MACROS"))
    expanded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    swollen = expanded > RATIO_FROM and expanded / packed > MAX_RATIO
    if len(entries) > MAX_MEMBERS or expanded > MAX_EXPANDED or swollen:
        raise FileRefused("OVER_EXPANDING", message_for("OVER_EXPANDING"))


def read_book(package: Package) -> Book:
    """Return what the workbook part says; `FileRefused` where there is no such part."""
    main = next((t for word, t in package.relations("").values() if word == "officeDocument"), None)
    main = main or "/xl/workbook.xml"
    if not package.has(main):
        raise FileRefused("MALFORMED_XLSX", message_for("NOT_A_WORKBOOK"))
    listed: list[Attributes] = []
    flags: dict[str, bool] = {}

    def take(element: str, given: Attributes) -> None:
        if element == "sheet":
            listed.append(given)
        elif element == "workbookPr":
            flags["1904"] = given.get("date1904", "").lower() in TRUE
        elif element == "calcPr":
            flags["calc"] = given.get("fullCalcOnLoad", "").lower() in TRUE

    package.read_elements(main, take)
    relations = package.relations(main)
    kinds = dict(relations.values())
    sheets = [
        SheetPart(
            given.get("name", ""), given.get("state", "visible") == "visible", relations[rel][1]
        )
        for given in listed
        if (rel := given.get("id", "")) in relations and relations[rel][0] == "worksheet"
    ]
    return Book(
        tuple(sheets),
        kinds.get("sharedStrings"),
        kinds.get("styles"),
        flags.get("1904", False),
        flags.get("calc", False),
    )
