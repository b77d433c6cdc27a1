"""The media types of a request body: what an operation does not take is 415."""

from starlette.requests import Request

from services.gateway.domain.routing import Operation
from services.gateway.representations.kinds import XLSX
from shared.web.errors import MediaTypeUnsupported

OTHER_BOOKS = ("application/vnd.ms-excel", "application/vnd.oasis.opendocument.spreadsheet")


def refuse_other_media(operation: Operation, request: Request) -> None:
    """Refuse a body whose type the operation does not take: 415 with the types it takes."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    bodiless = request.headers.get("content-length", "0") == "0"
    if not operation.accepts or sent in operation.accepts:
        return
    if XLSX in operation.accepts and sent.startswith(OTHER_BOOKS):
        # The service knows the book by its bytes and says what to do about it.
        return
    if bodiless and "transfer-encoding" not in request.headers:
        return
    taken = ", ".join(sorted(operation.accepts))
    raise MediaTypeUnsupported(f"Принимаются: {taken}.", headers={"Accept-Post": taken})
