"""Files the gateway serves itself — pages, their assets, the contract: coded and tagged once.

A browser asks again before each use and mostly gets 304, so that the parts of a page are always
of one version, whatever was deployed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.gateway.domain.documents import GZIP, IDENTITY, compress
from shared.web import strong_etag
from shared.web.errors import AddressUnknown

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
CODINGS = (GZIP, IDENTITY)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its codings: the sent bytes by coding, smallest first."""

    media: str
    coded: Mapping[str, bytes]
    etags: Mapping[str, str]


def make_asset(body: bytes, media: str) -> Asset:
    """Code a file once; its tags differ per coding."""
    coded = {GZIP: compress(body), IDENTITY: body}
    etags = {coding: strong_etag(sent) for coding, sent in coded.items()}
    return Asset(media, coded, etags)


@cache
def read_asset(file: Path) -> Asset:
    """Read a file; what is neither script, style, page nor picture is plain text (licences)."""
    return make_asset(file.read_bytes(), _TYPES.get(file.suffix, "text/plain; charset=utf-8"))


@cache
def read_folder(folder: Path) -> Mapping[str, Asset]:
    """Read a folder's files by name."""
    return {file.name: read_asset(file) for file in sorted(folder.iterdir()) if file.is_file()}


def one_of(folder: Path, name: str) -> Asset:
    """Return a folder's file by name. Raises NotFound."""
    files = read_folder(folder)
    if name not in files:
        raise AddressUnknown
    return files[name]
