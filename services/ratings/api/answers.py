"""Documents as HTTP answers, with what the gateway needs to keep them."""

from datetime import UTC
from email.utils import format_datetime

from fastapi import Response

from services.ratings.usecases.json_document import Document
from shared.web import strong_etag


def document_answer(document: Document) -> Response:
    """Return the final bytes of a document with its tag, the time of its source and revision."""
    return Response(
        document.body,
        media_type="application/json",
        headers={
            "ETag": strong_etag(document.body),
            "Last-Modified": format_datetime(document.source_time.astimezone(UTC), usegmt=True),
            "Kachestvo-Revision": document.revision,
        },
    )
