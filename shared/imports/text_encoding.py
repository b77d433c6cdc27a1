"""Text files as utf-8: utf-8 with or without a mark, utf-16 with one, or cp1251."""

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator

from shared.imports.blocks import BLOCK_BYTES, unmarked
from shared.imports.defects import FileRefused
from shared.imports.file_signatures import refuse_named, refuse_workbook

LINE_END = re.compile(rb"(\r)[^\n]|\n")
"""The end of the first line, with what tells a carriage return alone from one before a feed."""
WIDE_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "windows-1251": "cp1251",
    "cp1251": "cp1251",
    "utf-16": None,
    "utf-16le": None,
    "utf-16be": None,
}
SHOWN_BEFORE = 60
DOS_END = b"\x1a"
FIRST_LOOK = 4096
UTF8_LETTER = re.compile(rb"[\xd0\xd1][\x80-\xbf]")
LEAST_LETTERS = 4
MOST_LOST = 0.1
"""So many Cyrillic letters of utf-8, and so few bytes outside ASCII that are no part of one, are no
accident of cp1251."""


def utf8_lines(chunks: Iterable[bytes], charset: str | None) -> Iterator[bytes]:
    """Yield the text as utf-8 with line feeds; `FileRefused` where it is no such text."""
    return _without_dos_end(_with_line_feeds(_recoded(chunks, charset)))


def _recoded(chunks: Iterable[bytes], charset: str | None) -> Iterator[bytes]:
    """Yield the text as utf-8; the first byte outside ASCII decides between utf-8 and cp1251."""
    if charset and charset.lower() not in CHARSETS:
        raise FileRefused(
            "ENCODING", "Кодировка файла должна быть utf-8, utf-16 с меткой или windows-1251."
        )
    encoding = CHARSETS.get(charset.lower()) if charset else None
    pieces = iter(chunks)
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= FIRST_LOOK:
            break
    refuse_named(start)
    refuse_workbook(start)
    whole = itertools.chain([start], pieces)
    wide = WIDE_MARKS.get(start[:2]) or _unmarked_wide(start)
    yield from _from_wide(whole, wide) if wide else _from_bytes(unmarked(whole), encoding)


def _unmarked_wide(start: bytes) -> str | None:
    """Return the order of bytes of utf-16 without its mark: every other byte is nought."""
    pairs = len(start) // 2
    for encoding, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if pairs and start[place::2].count(0) * 3 > pairs and not start[1 - place :: 2].count(0):
            return encoding
    return None


def _from_wide(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            yield (text.removeprefix("\ufeff") if first else text).encode()
            first = False
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise FileRefused("ENCODING", "Файл не читается в кодировке UTF-16.") from error


def _from_bytes(chunks: Iterable[bytes], encoding: str | None) -> Iterator[bytes]:
    carry = b""
    for chunk in chunks:
        piece = carry + chunk
        if piece.isascii():
            carry = b""
            yield piece
            continue
        guess = encoding or ("utf-8" if _starts_as_utf8(piece) else "cp1251")
        text, carry = _decoded(piece, guess)
        if not text.isascii():
            encoding = guess
        yield text
    if carry and encoding is not None:
        raise FileRefused("ENCODING", "Файл обрывается посередине знака UTF-8.")
    if carry:
        yield _decoded(carry, "cp1251")[0]


def _starts_as_utf8(piece: bytes) -> bool:
    """Tell whether the text is utf-8, or is but for a few broken bytes."""
    try:
        _decoded(piece, "utf-8")
    except FileRefused:
        letters = len(UTF8_LETTER.findall(piece))
        outside = len(piece) - len(piece.translate(None, bytes(range(0x80, 0x100))))
        lost = len(piece) - len(piece.decode(errors="ignore").encode())
        return letters >= LEAST_LETTERS and lost <= MOST_LOST * outside
    return True


def _decoded(piece: bytes, encoding: str) -> tuple[bytes, bytes]:
    """Return utf-8 text and the bytes of a character that the piece cuts in two."""
    try:
        if encoding == "cp1251":
            return piece.decode("cp1251").encode(), b""
        piece.decode()
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and error.end == len(piece) and len(piece) - error.start < 4:  # noqa: PLR2004 -- a character has at most four bytes.
            return piece[: error.start], piece[error.start :]
        raise FileRefused(
            "ENCODING",
            f"Файл не читается в кодировке {encoding}: байт {piece[error.start]:#04x} после "
            f"«{_before(piece, error.start, encoding)}» неверен.",
        ) from error
    return piece, b""


def _before(piece: bytes, start: int, encoding: str) -> str:
    """Return the text of the line before a byte that cannot be read."""
    line = piece[piece.rfind(b"\n", 0, start) + 1 : start]
    return line.decode(encoding, errors="replace")[-SHOWN_BEFORE:]


def _with_line_feeds(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text, with line feeds where its first line ends by a carriage return alone."""
    pieces = iter(chunks)
    start = b""
    for piece in pieces:
        start += piece
        if LINE_END.search(start) or len(start) > BLOCK_BYTES:
            break
    found = LINE_END.search(start)
    alone = found is not None and found.group(1) is not None
    for piece in itertools.chain([start], pieces):
        yield piece.replace(b"\r", b"\n") if alone else piece


def _without_dos_end(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text without the end-of-file byte that DOS programs write behind it."""
    held = b""
    for chunk in chunks:
        if held:
            yield held
        held = chunk
    bare = held.rstrip(b"\r\n\x00" + DOS_END)
    yield held if held == bare or DOS_END not in held[len(bare) :] else bare
