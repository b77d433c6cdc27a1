import pytest
from starlette.datastructures import Headers, State
from starlette.requests import Request

from services.gateway.http.inner_network import is_inner_page, is_inside, may_reach
from services.gateway.settings import Settings


class App:
    def __init__(self, settings: Settings) -> None:
        self.state = State({"settings": settings})


def request_from(address: str, trusted: list[str] | None = None, **headers: str) -> Request:
    settings = Settings(
        database_url="postgresql://nowhere", redis_url="unix://x", trusted_proxies=trusted or []
    )
    raw = Headers({name.replace("_", "-"): value for name, value in headers.items()}).raw
    return Request(
        {
            "type": "http",
            "path": "/metrics",
            "client": (address, 1),
            "headers": raw,
            "app": App(settings),
        }
    )


@pytest.mark.parametrize(
    ("request_", "inside"),
    [
        (request_from("127.0.0.1"), True),
        (request_from("172.30.7.4"), True),
        (request_from("fd00::1"), True),
        (request_from("203.0.113.5"), False),
        (request_from("::ffff:203.0.113.5"), False),
        (request_from(""), False),
        (request_from("127.0.0.1", x_forwarded_for="10.0.0.1"), False),
        (request_from("127.0.0.1", forwarded="for=10.0.0.1"), False),
        (request_from("172.30.7.10", ["172.30.7.10"], x_forwarded_for="203.0.113.5"), False),
        (request_from("172.30.7.10", ["172.30.7.10"], x_forwarded_for="10.0.0.1"), True),
        (request_from("172.30.7.10", ["172.30.7.10"], x_forwarded_for="not an address"), False),
    ],
)
async def test_inner_pages_exist_for_the_inner_network_alone(
    request_: Request, *, inside: bool
) -> None:
    assert is_inside(request_, request_.app.state.settings) is inside
    assert await may_reach(request_) is inside


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("/metrics", True),
        ("/internal/events", True),
        ("/metrics/x", False),
        ("/v1/findings", False),
        ("/healthz", False),
    ],
)
def test_pages_of_machines_are_known_by_their_path(path: str, *, inner: bool) -> None:
    assert is_inner_page(path) is inner
