"""From a document's JSON bytes to the bytes of the representation asked for."""

import json
from collections.abc import Mapping
from datetime import datetime

from services.gateway.domain.encoding import encode
from services.gateway.errors import ExcelWithoutCsv, FormatUnknown, FormWithoutTable
from services.gateway.representations.cube import cube_of
from services.gateway.representations.for_people import for_people
from services.gateway.representations.jsonstat import to_jsonstat
from services.gateway.representations.kinds import (
    CSV,
    JSON,
    JSON_STAT,
    PARQUET,
    SDMX_CSV,
    SDMX_STRUCTURE,
    XLSX,
    TableKind,
)
from services.gateway.representations.long_form import lay_out_long
from services.gateway.representations.parquet import to_parquet
from services.gateway.representations.sdmx import to_sdmx_csv, to_sdmx_structure
from services.gateway.representations.sheet import NOBODY, Publication, lay_out, source_of
from services.gateway.representations.spreadsheets import to_csv, to_excel_csv, to_xlsx
from shared.negotiation import choose_media
from shared.web.errors import RepresentationUnknown

CSV_EXCEL = "text/csv; excel"
FORMATS = {
    "json": JSON,
    "csv": CSV,
    "xlsx": XLSX,
    "jsonstat": JSON_STAT,
    "parquet": PARQUET,
    "sdmx-csv": SDMX_CSV,
    "sdmx-structure": SDMX_STRUCTURE,
}
REPRESENTATION_PARAMETERS = frozenset({"excel", "form", "format"})
FORMS = ("wide", "long")
_LONG = "; long"
_TABULAR = (CSV, XLSX, PARQUET)
_FLAGS = {"0": False, "false": False, "1": True, "true": True}
_SENT_AS = {
    CSV: "text/csv; charset=utf-8",
    CSV_EXCEL: "text/csv; charset=utf-8",
    SDMX_CSV: f"{SDMX_CSV}; version=2.0.0; labels=both; charset=utf-8",
    SDMX_STRUCTURE: f"{SDMX_STRUCTURE}; version=2.0.0",
}
_EXTENSIONS = {
    CSV: "csv",
    CSV_EXCEL: "csv",
    XLSX: "xlsx",
    JSON_STAT: "json",
    PARQUET: "parquet",
    SDMX_CSV: "csv",
    SDMX_STRUCTURE: "json",
}


def render(
    kind: TableKind,
    media: str,
    path: str,
    body: bytes,
    source_time: datetime | None,
    publication: Publication = NOBODY,
) -> bytes:
    """Bytes of a table in CSV, CSV for Excel in Russian, XLSX, Parquet, JSON-stat or SDMX.

    The first four also in long form: a row for each unit and indicator.
    """
    document = json.loads(body)
    if not isinstance(document, Mapping):
        raise TypeError("A document is an object.")
    if media == JSON_STAT:
        return encode(to_jsonstat(kind, document, path, source_time, publication))
    if media == SDMX_CSV:
        return to_sdmx_csv(cube_of(kind, document, path))
    if media == SDMX_STRUCTURE:
        prepared = source_of(document, source_time)
        return encode(to_sdmx_structure(cube_of(kind, document, path), prepared))
    lay = lay_out_long if media.endswith(_LONG) else lay_out
    sheet = lay(kind, document, path, source_time, publication)
    media = media.removesuffix(_LONG)
    if media == CSV:
        return to_csv(sheet)
    if media == PARQUET:
        return to_parquet(sheet)
    spoken = for_people(sheet, kind, document)
    return to_xlsx(spoken, source_time) if media == XLSX else to_excel_csv(spoken)


def wanted_media(accept: str | None, offers: tuple[str, ...], query: Mapping[str, str]) -> str:
    """Return the representation asked for; 406 where none is acceptable.

    `format=` names it in a link and comes before `Accept`. `excel=1` asks for CSV wherever the
    caller accepts it, `form=long` for a table; together with another representation, or with no
    known value, they are 422.
    """
    named = query.get("format")
    if named is not None:
        accept = _media_of(named)
    media = choose_media(accept, offers)
    if media is None:
        raise RepresentationUnknown(
            "Этот документ есть в представлениях: " + ", ".join(offers) + "."
        )
    excel = query.get("excel")
    if excel is not None:
        if excel not in _FLAGS or (_FLAGS[excel] and choose_media(accept, (CSV,)) is None):
            raise ExcelWithoutCsv
        media = CSV_EXCEL if _FLAGS[excel] else media
    return _in_form(media, accept, query.get("form"))


def _in_form(media: str, accept: str | None, form: str | None) -> str:
    """Return the representation in the form asked for; JSON has none of its own."""
    if form is None or form == "wide":
        return media
    if media not in {*_TABULAR, CSV_EXCEL}:
        media = choose_media(accept, _TABULAR) or ""
    if form not in FORMS or not media:
        raise FormWithoutTable
    return f"{media}{_LONG}"


def _media_of(name: str) -> str:
    if name not in FORMATS:
        raise FormatUnknown(FORMATS)
    return FORMATS[name]


def without_representation(query: str) -> str:
    """Return a query string without the parameters that choose a representation."""
    chosen = tuple(f"{name}=" for name in REPRESENTATION_PARAMETERS)
    return "&".join(part for part in query.split("&") if not part.startswith(chosen))


def content_type(media: str) -> str:
    """Return what the representation is sent as."""
    media = media.removesuffix(_LONG)
    return _SENT_AS.get(media, media)


def file_name(path: str, media: str) -> str:
    """Return a name to save the representation under, ASCII: the path's own words."""
    words = [word for word in path.split("/")[2:] if word]
    words += ["long"] if media.endswith(_LONG) else []
    return f"{'-'.join(words)}.{_EXTENSIONS[media.removesuffix(_LONG)]}"
