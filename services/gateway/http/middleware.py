"""What surrounds the framework's answers: HEAD, a refusal of NUL, fields of quota and TLS front."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.http.prerendered import Header
from services.gateway.http.request_context import begin
from services.gateway.openapi.constraints import LONGEST_PARAMETER
from services.gateway.store.requests import Register
from shared.errors import FieldError
from shared.web.problems import render

_STATUS = 422


class RequestGuard:
    """Answers HEAD as the GET without its body, refuses an address no operation takes, adds fields.

    `fields` go with every answer, and those of the quota with every answer that was counted
    against one. A request that was let in is put into the register.
    """

    def __init__(self, app: ASGIApp, fields: Sequence[Header]) -> None:
        self.app = app
        self.fields = list(fields)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        fault = fault_of(scope)
        if fault is not None:
            response = render(Request(scope), _STATUS, "INVALID", fault.detail, [fault])
            return await response(scope, receive, send)
        inner, passage = begin(scope)
        if scope["method"] == "HEAD":
            inner["method"], send = "GET", _bodiless(send)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = message.get("headers", [])
                if passage.path is not None:
                    location = Headers(raw=fields).get("location", "")
                    register: Register = scope["app"].state.register
                    register.note(passage, scope["method"], message["status"], location)
                message["headers"] = [*fields, *self.fields, *passage.fields]
            await send(message)

        return await self.app(inner, receive, send_on)


def fault_of(scope: Scope) -> FieldError | None:
    """Return what no operation takes in an address: a NUL, or a value beyond the documented."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        return FieldError("/path", "NUL", "Адрес содержит недопустимый знак NUL.")
    told = f"Не длиннее {LONGEST_PARAMETER} знаков."
    if any(len(segment) > LONGEST_PARAMETER for segment in scope["path"].split("/")):
        return FieldError("/path", "LENGTH", told)
    if len(scope["query_string"]) > LONGEST_PARAMETER:
        for name, value in parse_qsl(scope["query_string"].decode("latin-1")):
            if len(value) > LONGEST_PARAMETER:
                return FieldError(f"/query/{name[:100]}", "LENGTH", told)
    return None


def _bodiless(send: Send) -> Send:
    """Return a `send` that ends the answer after its head, however long the body would be."""
    ended = False

    async def send_head(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not ended:
            ended = True
            await send({"type": "http.response.body", "body": b""})

    return send_head
