"""A published document as an HTTP answer, with what the gateway needs to keep it."""

from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Response

from shared.web.preconditions import strong_etag

JSON = "application/json"


def published_response(
    body: bytes, source_time: datetime, revision: int | str, media_type: str = JSON
) -> Response:
    """Answer with final bytes, their strong tag, the time of their source and their revision."""
    return Response(
        body,
        media_type=media_type,
        headers={
            "ETag": strong_etag(body),
            "Last-Modified": format_datetime(source_time.astimezone(UTC), usegmt=True),
            "Kachestvo-Revision": str(revision),
        },
    )
