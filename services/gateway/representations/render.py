"""From a document's JSON bytes to the bytes of the representation asked for."""

import json
from collections.abc import Mapping
from datetime import datetime

from services.gateway.domain.encoding import encode
from services.gateway.domain.negotiation import choose_media
from services.gateway.representations.jsonstat import to_jsonstat
from services.gateway.representations.kinds import CSV, JSON_STAT, XLSX, TableKind
from services.gateway.representations.sheet import lay_out
from services.gateway.representations.spreadsheets import to_csv, to_xlsx
from shared.errors import Conflict, FieldError, Invalid

CSV_EXCEL = "text/csv; excel"
_FLAGS = {"0": False, "false": False, "1": True, "true": True}
_SENT_AS = {CSV: "text/csv; charset=utf-8", CSV_EXCEL: "text/csv; charset=utf-8"}
_EXTENSIONS = {CSV: "csv", CSV_EXCEL: "csv", XLSX: "xlsx", JSON_STAT: "json"}


def render(
    kind: TableKind, media: str, path: str, body: bytes, source_time: datetime | None
) -> bytes:
    """Bytes of a table in CSV, CSV with a byte order mark, XLSX or JSON-stat."""
    document = json.loads(body)
    if not isinstance(document, Mapping):
        raise TypeError("A document is an object.")
    if media == JSON_STAT:
        return encode(to_jsonstat(kind, document, path, source_time))
    sheet = lay_out(kind, document, path, source_time)
    if media == XLSX:
        return to_xlsx(sheet, source_time)
    return to_csv(sheet, excel=media == CSV_EXCEL)


def wanted_media(accept: str | None, offers: tuple[str, ...], excel: str | None) -> str:
    """Return the representation asked for; 406 where none is acceptable.

    `excel=1` asks for CSV wherever the caller accepts it, so that a link is enough; together with
    a representation that is not CSV, or with no known value, it is 422.
    """
    media = choose_media(accept, offers)
    if media is None:
        told = "Этот документ есть в представлениях: " + ", ".join(offers) + "."
        raise Conflict("NOT_ACCEPTABLE", told)
    if excel is None:
        return media
    if excel not in _FLAGS or (_FLAGS[excel] and choose_media(accept, (CSV,)) is None):
        told = "Параметр excel (1 или 0) действует только для представления text/csv."
        fault = FieldError("/query/excel", "EXCEL_WITHOUT_CSV", told)
        raise Invalid("EXCEL_WITHOUT_CSV", told, errors=[fault])
    return CSV_EXCEL if _FLAGS[excel] else media


def content_type(media: str) -> str:
    """Return what the representation is sent as."""
    return _SENT_AS.get(media, media)


def file_name(path: str, media: str) -> str:
    """Return a name to save the representation under, ASCII: the path's own words."""
    words = [word for word in path.split("/")[2:] if word]
    return f"{'-'.join(words)}.{_EXTENSIONS[media]}"
