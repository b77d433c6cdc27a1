"""A forwarded answer as the caller asked for it: the representation of a table, or a 304."""

import asyncio
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.http.negotiation import tag_matches
from services.gateway.representations.kinds import JSON, kind_of
from services.gateway.representations.render import content_type, file_name, render, wanted_media
from shared.http import UpstreamResponse
from shared.web import strong_etag

_OK = 200
_OF_CONTENT = frozenset({"content-type", "content-disposition", "content-language"})


async def as_asked(request: Request, answer: UpstreamResponse, headers: dict[str, str]) -> Response:
    """Return the answer as it is, or rendered where it is a table and JSON is not wanted.

    What the caller has by the tag of either representation is a 304.
    """
    if answer.status != _OK or request.method != "GET":
        return Response(answer.body, answer.status, headers)
    path = request.url.path
    kind = kind_of(path) if headers.get("content-type", "").startswith(JSON) else None
    if kind is None:
        return _conditional(request, answer.body, headers, headers.get("etag"))
    excel = request.query_params.get("excel")
    media = wanted_media(request.headers.get("accept"), kind.offers, excel)
    headers["vary"] = "Accept, Accept-Encoding"
    if media == JSON:
        return _conditional(request, answer.body, headers, headers.get("etag"))
    modified = headers.get("last-modified")
    instant = parsedate_to_datetime(modified) if modified else None
    body = await asyncio.to_thread(render, kind, media, path, answer.body, instant)
    known = headers.get("etag")
    headers |= {
        "content-type": content_type(media),
        "content-disposition": f'attachment; filename="{file_name(path, media)}"',
        "etag": strong_etag(body),
    }
    return _conditional(request, body, headers, known)


def _conditional(
    request: Request, body: bytes, headers: dict[str, str], known: str | None
) -> Response:
    """Answer 304 to a caller who names the answer's tag or `known`, that of its JSON."""
    tags = frozenset(tag.encode("latin-1") for tag in (headers.get("etag"), known) if tag)
    given = request.headers.get("if-none-match", "").encode("latin-1")
    if given and tags and tag_matches(given, tags):
        kept = {name: value for name, value in headers.items() if name not in _OF_CONTENT}
        return Response(status_code=304, headers=kept)
    return Response(body, _OK, headers)
