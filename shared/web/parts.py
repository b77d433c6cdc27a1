"""What services say of themselves to the gateway, compared by tag before it is made."""

from collections.abc import Awaitable, Callable
from hashlib import sha256

from fastapi import Request, Response
from pydantic_core import to_json

from shared.web.openapi_endpoint import code_digest


async def unless_known(
    request: Request, service: str, state: object, make: Callable[[], Awaitable[object]]
) -> Response:
    """Answer 304 when the request names the tag of this state, else with what `make` returns.

    `state` is everything of the database the answer is made of, or what changes whenever that
    does; the code that makes the answer is added here.
    """
    code = code_digest(service)
    tag = f'"{sha256(to_json([code, request.url.path, state])).hexdigest()}"'
    headers = {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(to_json(await make()), media_type="application/json", headers=headers)
