"""What a request to the gateway's own operations passes first: its caller, its type, its quota."""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.forwarding.operations import Operation, refuse_other_media
from services.gateway.forwarding.quota import Quotas
from shared.auth import Caller
from shared.web.caller import optional_caller


async def admit(
    request: Request, caller: Annotated[Caller | None, Depends(optional_caller)]
) -> None:
    """Verify a token that is sent, refuse a body of another type (415), count the request."""
    operation: Operation | None = request.app.state.openapi_document.operation_at(
        request.method, request.url.path
    )
    if operation is not None:
        refuse_other_media(operation, request)
    quotas: Quotas = request.app.state.quotas
    await quotas.take(request, caller)


ADMISSION = [Depends(admit)]
