"""Documents as HTTP answers, with what the gateway needs to keep them."""

from fastapi import Response

from services.ratings.usecases.json_document import Document
from shared.publication.answers import published_response


def document_answer(document: Document) -> Response:
    """Return the final bytes of a document with its tag, the time of its source and revision."""
    return published_response(document.body, document.source_time, document.revision)
