"""Who reaches the inner pages: the inner network, and for measurements an administrator's token."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from services.gateway.http.rate_limits import address_of
from services.gateway.settings import Settings
from shared.errors import Problem
from shared.web.authentication import optional_caller

METRICS, INTERNAL = "/metrics", "/internal/"
FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip")


def is_inner_page(path: str) -> bool:
    """Tell whether a path is for machines of the system alone."""
    return path == METRICS or path.startswith(INTERNAL)


async def may_reach(request: Request) -> bool:
    """Tell whether the caller of an inner page may see that it exists."""
    settings: Settings = request.app.state.settings
    if is_inside(request, settings):
        return True
    if request.scope["path"] != METRICS:
        return False
    try:
        caller = await optional_caller(request)
    except Problem:
        return False
    return caller is not None and "admin" in caller.scopes


def is_inside(request: Request, settings: Settings) -> bool:
    """Tell whether a request comes from the inner network.

    One that an unknown proxy forwarded comes from outside, whatever address the proxy has.
    """
    direct = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in FORWARDING)
    if forwarded and direct not in settings.trusted_proxies:
        return False
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in network for network in _networks(tuple(settings.inner_networks)))


@cache
def _networks(written: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in written)
