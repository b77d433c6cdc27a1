"""A refused method tells all methods the address has, over all routes that answer it."""

from fastapi import Request, Response

from services.gateway.domain.routing import Routing
from shared.web.errors import MethodNotAllowed
from shared.web.problems import render_problem


async def tell_methods(request: Request, _error: Exception) -> Response:
    """Answer 405 with the whole `Allow`, where the framework knows only the first route's."""
    match = Routing(request.app.openapi()).match(request.method, request.url.path)
    allowed = sorted(match.allowed) if match else ["GET", "HEAD"]
    headers = {"Allow": ", ".join(allowed)}
    return render_problem(request, MethodNotAllowed(headers=headers))
