"""What surrounds the framework's answers: a refusal of NUL, and the fields of a TLS front."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.documents.wire import Header
from shared.errors import FieldError
from shared.web.problems import render

_STATUS = 422


class Guard:
    """Refuses a path or query with a NUL, which no service can store, and adds constant fields."""

    def __init__(self, app: ASGIApp, fields: Sequence[Header]) -> None:
        self.app = app
        self.fields = list(fields)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            told = "Адрес содержит недопустимый знак NUL."
            errors = [FieldError("/path", "NUL", told)]
            response = render(Request(scope), _STATUS, "INVALID", told, errors)
            return await response(scope, receive, send)

        async def with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.fields]
            await send(message)

        return await self.app(scope, receive, with_fields if self.fields else send)
