"""Cursor pages: a cursor continues exactly the query it came from, and nothing else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import BeforeValidator

from shared.web.errors import CursorForeign

MAX_LIMIT = 1000
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


def _query_of(request: Request) -> str:
    kept = sorted((k, v) for k, v in request.query_params.multi_items() if k != "cursor")
    return sha256(f"{request.url.path}?{urlencode(kept)}".encode()).hexdigest()[:16]


def write_cursor(request: Request, after: object) -> str:
    """Return a cursor that continues this request's query after a key (any JSON value)."""
    content = json.dumps([_query_of(request), after], ensure_ascii=False, default=str)
    return urlsafe_b64encode(content.encode()).decode()


def read_cursor(request: Request, cursor: str | None) -> Any:
    """Return the key to continue after, None for the first page; a foreign cursor is 422."""
    if cursor is None:
        return None
    try:
        query, after = json.loads(urlsafe_b64decode(cursor.encode()))
    except ValueError as error:
        raise CursorForeign from error
    if query != _query_of(request):
        raise CursorForeign
    return after


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the `Link` header that leads to the next page, if there is one."""
    if cursor is None:
        return {}
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    target = f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
    return {"Link": f'<{target}>; rel="next"'}
