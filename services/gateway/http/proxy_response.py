"""A forwarded answer as the caller asked for it: the representation of a table, or a 304."""

import asyncio
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.http.conditional import conditional
from services.gateway.http.publication import publication_of
from services.gateway.representations.kinds import JSON, kind_of
from services.gateway.representations.render import content_type, file_name, render, wanted_media
from shared.http import UpstreamResponse
from shared.web import strong_etag

_OK = 200


async def as_asked(request: Request, answer: UpstreamResponse, headers: dict[str, str]) -> Response:
    """Return the answer as it is, or rendered where it is a table and JSON is not wanted.

    A condition is compared with the representation that is asked for.
    """
    if answer.status != _OK or request.method != "GET":
        return Response(answer.body, answer.status, headers)
    path = request.url.path
    kind = kind_of(path) if headers.get("content-type", "").startswith(JSON) else None
    if kind is None:
        return conditional(request, answer.body, headers)
    media = wanted_media(request.headers.get("accept"), kind.offers, request.query_params)
    headers["vary"] = "Accept, Accept-Encoding"
    if media == JSON:
        return conditional(request, answer.body, headers)
    modified = headers.get("last-modified")
    instant = parsedate_to_datetime(modified) if modified else None
    body = await asyncio.to_thread(
        render, kind, media, path, answer.body, instant, publication_of(request)
    )
    headers |= {
        "content-type": content_type(media),
        "content-disposition": f'attachment; filename="{file_name(path, media)}"',
        "etag": strong_etag(body),
    }
    return conditional(request, body, headers)
