"""A query parameter nobody knows is an error: a misspelt filter must not widen an answer."""

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from shared.web.errors import ParameterUnknown


async def refuse_unknown_query(request: Request) -> None:
    """Raise `Invalid` for every query parameter that the matched route does not declare."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not request.query_params:
        return
    fields = get_flat_params(route.dependant)
    known = {field.alias for field in fields if isinstance(field.field_info, Query)}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise ParameterUnknown(unknown, known)
