"""The media types of a request body: what an operation does not take is 415."""

from starlette.requests import Request

from services.gateway.domain.routing import Operation
from shared.web.errors import MediaTypeUnsupported


def refuse_other_media(operation: Operation, request: Request) -> None:
    """Refuse a body whose type the operation does not take: 415 with the types it takes."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    bodiless = request.headers.get("content-length", "0") == "0"
    if not operation.accepts or sent in operation.accepts:
        return
    if bodiless and "transfer-encoding" not in request.headers:
        return
    taken = ", ".join(sorted(operation.accepts))
    raise MediaTypeUnsupported(f"Принимаются: {taken}.", headers={"Accept-Post": taken})
