"""What a file is by its first bytes, so that a wrong format is named with what to do about it."""

from collections.abc import Callable, Container

from shared.imports.defects import FileRefused, message_for

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
EARLY_BOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
STARTS = (
    (b"%PDF", "PDF_FILE"),
    (b"{\\rtf", "RTF_FILE"),
    (b"\x1f\x8b", "PACKED_FILE"),
    (b"7z\xbc\xaf", "PACKED_FILE"),
    (b"Rar!", "PACKED_FILE"),
)
ENOUGH = 4096
MARKUP = (b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta")
XML_BOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
ARCHIVES = (
    ("xl/workbook.bin", "XLSB_FILE"),
    ("word/document.xml", "WORD_FILE"),
    ("ppt/presentation.xml", "PRESENTATION_FILE"),
    ("index/document.iwa", "NUMBERS_FILE"),
)


def refuse_named(start: bytes, whole: bytes = b"") -> None:
    """Refuse a file whose first bytes are of another known format; `whole` may help to tell."""
    if start.startswith(OLE):
        hidden = ENCRYPTED_STREAM in whole or ENCRYPTED_STREAM in start
        raise refused("PASSWORD_PROTECTED" if hidden else "OLD_XLS")
    if start.startswith(EARLY_BOOKS):
        raise refused("OLD_XLS")
    for mark, code in STARTS:
        if start.startswith(mark):
            raise refused(code)
    text = start[:ENOUGH].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if XML_BOOK in text:
        raise refused("XML_SPREADSHEET")
    if text.startswith(MARKUP) or (text.startswith(b"<?xml") and b"<html" in text):
        raise refused("HTML_TABLE")


def refuse_workbook(start: bytes) -> None:
    """Refuse a workbook sent as text."""
    if start.startswith(ZIP):
        raise refused("WORKBOOK_AS_TEXT")


def refuse_text_as_workbook(start: bytes) -> None:
    """Refuse text sent as a workbook."""
    if not start.startswith(ZIP[:2]) and b"\x00" not in start[:ENOUGH]:
        text = start.lstrip()
        told = "JSON_AS_WORKBOOK" if text.startswith((b"{", b"[")) else "TEXT_AS_WORKBOOK"
        raise FileRefused("MALFORMED_XLSX", message_for(told))


def refuse_other_archives(names: Container[str], first_bytes: Callable[[str], bytes]) -> None:
    """Refuse archives that are no XLSX: ODF tells its kind in a member, others by their parts."""
    if "mimetype" in names and b"opendocument" in first_bytes("mimetype"):
        raise refused("ODS_FILE")
    for name, code in ARCHIVES:
        if name in names:
            raise refused(code)


def refused(code: str) -> FileRefused:
    """Return the refusal of a code with its sentence."""
    return FileRefused(code, message_for(code))
