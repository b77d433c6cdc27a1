"""What a request to the gateway's own operations passes first: its caller, its type, its quota."""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.domain.routing import Operation
from services.gateway.http.media_types import refuse_other_media
from services.gateway.http.rate_limits import RateLimiter
from services.gateway.http.request_context import context_of
from shared.auth import Caller
from shared.web.authentication import optional_caller
from shared.web.route_template import UNROUTED


async def admit(
    request: Request, caller: Annotated[Caller | None, Depends(optional_caller)]
) -> None:
    """Verify a token that is sent, refuse a body of another type (415), count the request.

    From here on the request is found again by its id.
    """
    operation: Operation | None = request.app.state.openapi_document.operation_at(
        request.method, request.url.path
    )
    if operation is not None:
        refuse_other_media(operation, request)
    context = context_of(request.scope)
    context.caller = caller
    context.route = operation.template if operation else UNROUTED
    context.path = operation.place(request.url.path) if operation else UNROUTED
    quotas: RateLimiter = request.app.state.quotas
    await quotas.take(request, caller)


ADMISSION = [Depends(admit)]
