"""Conditional requests of RFC 9110: strong tags out, `If-Match` in."""

import re
from hashlib import sha256

from fastapi import Request

from shared.web.errors import PreconditionFailed, PreconditionRequired

CODED = re.compile(r'^("[^"]*)-(?:br|gzip)"$')


def strong_etag(content: bytes) -> str:
    """Return the strong entity tag of these bytes."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def if_match(request: Request, etag: str) -> None:
    """Let a write pass only if its `If-Match` names this tag: absent 428, stale 412.

    Somebody who read a document compressed holds the tag of that coding of the same bytes
    («"…-br"»); it names the same version and passes too.
    """
    given = request.headers.get("if-match")
    if given is None:
        raise PreconditionRequired
    if given.strip() != "*" and etag not in {*tags(given), *map(uncoded, tags(given))}:
        raise PreconditionFailed(headers={"ETag": etag})


def tags(header: str) -> list[str]:
    """Return the entity tags in a header, weak marks removed only by the caller."""
    return [tag.strip() for tag in header.split(",") if tag.strip()]


def uncoded(tag: str) -> str:
    """Return the tag of the uncoded bytes; any other tag stays as it is."""
    return CODED.sub(r'\1"', tag)
