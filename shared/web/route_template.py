"""The template of a request's path, for logs and measurements: a path may refer to a person."""

from starlette.types import Scope

UNROUTED = "unrouted"


def route_of(scope: Scope) -> str:
    """Return the template of the route that answers a request."""
    template: str = getattr(scope.get("route"), "path", UNROUTED)
    return template
