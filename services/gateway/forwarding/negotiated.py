"""A forwarded table in the representation the caller accepts."""

import asyncio
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.representations.kinds import JSON, kind_of
from services.gateway.representations.render import content_type, file_name, render, wanted_media
from shared import clock
from shared.http import Answer
from shared.web import strong_etag

_OK = 200


async def as_asked(request: Request, answer: Answer, headers: dict[str, str]) -> Response:
    """Return the answer as it is, or rendered where it is a table and JSON is not wanted."""
    path = request.url.path
    kind = kind_of(path)
    plain = headers.get("content-type", "").startswith(JSON)
    if kind is None or answer.status != _OK or not plain:
        return Response(answer.body, answer.status, headers)
    excel = request.query_params.get("excel")
    media = wanted_media(request.headers.get("accept"), kind.offers, excel)
    headers["vary"] = "Accept, Accept-Encoding"
    if media == JSON:
        return Response(answer.body, answer.status, headers)
    modified = headers.get("last-modified")
    instant = parsedate_to_datetime(modified) if modified else clock.now()
    body = await asyncio.to_thread(render, kind, media, path, answer.body, instant)
    headers |= {
        "content-type": content_type(media),
        "content-disposition": f'attachment; filename="{file_name(path, media)}"',
        "etag": strong_etag(body),
    }
    return Response(body, answer.status, headers)
