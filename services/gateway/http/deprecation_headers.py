"""`Deprecation`, `Sunset` and `Link` on every answer of a deprecated operation."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.deprecations import Registry
from services.gateway.domain.routing import Operation

OperationAt = Callable[[str, str], Operation | None]


class DeprecationHeaders:
    """Adds the announcement to every answer of a deprecated operation; HEAD goes with its GET."""

    def __init__(self, app: ASGIApp, registry: Registry, operation_at: OperationAt) -> None:
        self.app = app
        self.registry = registry
        self.operation_at = operation_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        operation = self.operation_at(scope["method"], scope["path"])
        found = operation and self.registry.get((operation.method, operation.template))
        if not found:
            return await self.app(scope, receive, send)
        fields = found.fields(scope["path"])

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *fields]
            await send(message)

        return await self.app(scope, receive, send_with_fields)
