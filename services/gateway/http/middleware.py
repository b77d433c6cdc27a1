"""What surrounds the framework's answers: HEAD, refused addresses, fields of quota and CORS."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.header_fields import Header
from services.gateway.domain.request_target import is_ambiguous
from services.gateway.errors import PathAmbiguous
from services.gateway.http.cross_origin import answer_preflight, is_open_preflight, open_fields
from services.gateway.http.inner_network import is_inner_page, may_reach
from services.gateway.http.request_context import begin
from services.gateway.http.request_log import RequestLog
from services.gateway.openapi.constraints import LONGEST_PARAMETER
from shared.errors import FieldError
from shared.web.errors import AddressUnknown, RequestInvalid
from shared.web.problems import render_problem


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
        if is_open_preflight(scope):
            return await answer_preflight(send)
        refusal = _refusal(scope)
        if refusal is not None:
            refusal.raw_headers += [*self.fields, *open_fields(scope)]
            return await refusal(scope, receive, send)
        if is_inner_page(scope["path"]) and not await may_reach(Request(scope)):
            return await render_problem(Request(scope), AddressUnknown())(scope, receive, send)
        fields = [*self.fields, *open_fields(scope)]
        inner, context = begin(scope)
        if scope["method"] == "HEAD":
            inner["method"], send = "GET", _bodiless(send)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", [])
                # The log line of the request is written outside, where this scope is not seen.
                scope["route"] = inner.get("route")
                if context.path is not None:
                    location = Headers(raw=headers).get("location", "")
                    request_log: RequestLog = scope["app"].state.request_log
                    request_log.note(context, scope["method"], message["status"], location)
                message["headers"] = [*headers, *fields, *context.fields]
            await send(message)

        return await self.app(inner, receive, send_on)


def _refusal(scope: Scope) -> Response | None:
    """Return the refusal of a path with two meanings (400) or of a value no operation takes."""
    if is_ambiguous(scope.get("raw_path") or b"", scope["path"]):
        return render_problem(Request(scope), PathAmbiguous())
    fault = fault_of(scope)
    if fault is None:
        return None
    return render_problem(Request(scope), RequestInvalid(fault.detail, errors=[fault]))


def fault_of(scope: Scope) -> FieldError | None:
    """Return what no operation takes in an address: a NUL, or a value beyond the documented."""
    if b"%00" in scope["query_string"]:
        part = next(one for one in scope["query_string"].split(b"&") if b"%00" in one)
        name = part.partition(b"=")[0].decode("latin-1")[:100]
        return FieldError(f"/query/{name}", "NUL", "Адрес содержит недопустимый знак NUL.")
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
