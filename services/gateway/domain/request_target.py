"""The target of a request: one meaning of a path, and parameters that links gather on their way."""

import re
from urllib.parse import unquote_plus

# Written by counters and social networks into every link that passes them; they ask for nothing.
_LINK_PARAMETER = re.compile(r"_|utm_.*|yclid|ysclid|fbclid|gclid", re.IGNORECASE)
_ENCODED_SEPARATOR = re.compile(rb"%(2f|5c)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def is_ambiguous(raw_path: bytes, path: str) -> bool:
    """Tell whether two servers could read a path differently.

    So are `.` and `..` segments, backslashes, encoded slashes, control characters and octets that
    are no UTF-8, plain or percent-encoded.
    """
    segments = path.split("/")
    return (
        "." in segments
        or ".." in segments
        or "\\" in path
        or _ENCODED_SEPARATOR.search(raw_path) is not None
        or _CONTROL.search(path) is not None
        or ("\ufffd" in path and b"%ef%bf%bd" not in raw_path.lower())
    )


def without_link_parameters(query: bytes) -> bytes:
    """Return a query string without `_`, `utm_*`, `yclid`, `ysclid`, `fbclid` and `gclid`."""
    kept = [part for part in query.split(b"&") if part and not _is_of_link(part)]
    return b"&".join(kept)


def _is_of_link(part: bytes) -> bool:
    name = unquote_plus(part.partition(b"=")[0].decode("latin-1"))
    return _LINK_PARAMETER.fullmatch(name) is not None
