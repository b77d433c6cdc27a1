"""Cursor pages: a signed cursor continues exactly the query it came from, and nothing else."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import BeforeValidator

from shared.web.errors import CursorForeign

MAX_LIMIT = 1000
MAC_BYTES = 16
CURSOR_PURPOSE = "cursors"
# What JSON carries exactly, and the documented bound of the parameter.
MAX_SAFE_INTEGER = 2**53 - 1


def _coerce(value: object) -> object:
    """Bring a number into 1…1000; what is no number is left for the type check."""
    try:
        number = int(str(value))
    except ValueError:
        return value
    if abs(number) > MAX_SAFE_INTEGER:
        raise ValueError("This is no number that JSON carries.")
    return min(MAX_LIMIT, max(1, number))


Limit = Annotated[
    int,
    BeforeValidator(_coerce),
    Query(
        description="Сколько записей вернуть, 1…1000; большее и меньшее приводится к границе.",
        json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT, "example": 100},
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        description="Курсор следующей страницы из поля next или заголовка Link.",
        max_length=1024,
        pattern=r"^[A-Za-z0-9_=-]+$",
    ),
]


def query_of(request: Request) -> str:
    """Return what a cursor of this request is bound to: its path and query, `limit` included.

    Where a token is asked for, the client too: nobody goes on in another's list.
    """
    kept = sorted((k, v) for k, v in request.query_params.multi_items() if k != "cursor")
    client = getattr(request.state, "client", "")
    return f"{client}\n{request.url.path}?{urlencode(kept)}"


def anonymous_query(path: str) -> str:
    """Return what a cursor of a list that is asked for without parameters is bound to."""
    return f"\n{path}?"


def sign_cursor(key: bytes, query: str, after: object) -> str:
    """Return a cursor that continues a query after a key (any JSON value)."""
    content = json.dumps(after, ensure_ascii=False, default=str).encode()
    return urlsafe_b64encode(_mac(key, query, content) + content).decode().rstrip("=")


def write_cursor(request: Request, after: object) -> str:
    """Return a cursor that continues this request's query after a key (any JSON value)."""
    return sign_cursor(_key(request), query_of(request), after)


def read_cursor(request: Request, cursor: str | None) -> Any:
    """Return the key to continue after, None for the first page.

    A cursor that was altered or belongs to another query, limit or client is `CursorForeign`.
    """
    if cursor is None:
        return None
    try:
        signed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as error:
        raise CursorForeign from error
    mac, content = signed[:MAC_BYTES], signed[MAC_BYTES:]
    if not compare_digest(mac, _mac(_key(request), query_of(request), content)):
        raise CursorForeign
    return json.loads(content)


def _mac(key: bytes, query: str, content: bytes) -> bytes:
    digest = sha256(query.encode()).digest()
    return hmac.digest(key, digest + content, "sha256")[:MAC_BYTES]


def _key(request: Request) -> bytes:
    key: bytes = request.app.state.cursor_key
    return key


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the `Link` header that leads to the next page, if there is one."""
    if cursor is None:
        return {}
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    target = f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
    return {"Link": f'<{target}>; rel="next"'}
