from urllib.parse import unquote

import pytest

from services.gateway.domain.request_target import is_ambiguous, without_link_parameters


@pytest.mark.parametrize(
    "raw",
    [
        "/v1/ratings/../../metrics",
        "/v1/ratings/%2e%2e/metrics",
        "/v1/ratings/.%2E/metrics",
        "/v1/./ratings",
        "/v1/ratings/%2e",
        "/v1/ratings/rum%2f2022",
        "/v1/ratings/rum%2F2022",
        "/v1/ratings\\rum",
        "/v1/ratings/rum%5c2022",
        "/v1/ratings/%00",
        "/v1/ratings/a%0d%0ab",
        "/v1/ratings/%7f",
        "/v1/ratings/%c2%85",
        "/v1/ratings/%ff",
        "/..",
    ],
)
def test_a_path_with_two_meanings_is_recognised(raw: str) -> None:
    assert is_ambiguous(raw.encode(), unquote(raw))


@pytest.mark.parametrize(
    "raw",
    [
        "/v1/ratings/rum/2022",
        "/v1/ratings/r%75m/2022",
        "/v1/ratings/...",
        "/v1/ratings/a..b",
        "/v1/ratings/1.1",
        "/v1/training/activities/%D0%9A%D1%83%D1%80%D1%81",
        "/v1/training/activities/%252e%252e",
        "/v1/training/activities/a%20b",
        "/v1/training/activities/%EF%BF%BD",
        "/",
    ],
)
def test_an_ordinary_path_passes(raw: str) -> None:
    assert not is_ambiguous(raw.encode(), unquote(raw))


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("_=1700000000", ""),
        ("_", ""),
        ("utm_source=x&limit=5&utm_campaign=%D0%B0", "limit=5"),
        ("utm%5Fsource=x", ""),
        ("UTM_Source=x&fbclid=1&yclid=2&ysclid=3&gclid=4", ""),
        ("limit=5&cursor=a%26b", "limit=5&cursor=a%26b"),
        ("utm=1", "utm=1"),
        ("_a=1", "_a=1"),
        ("xutm_source=1", "xutm_source=1"),
        ("revision=1&&", "revision=1"),
    ],
)
def test_parameters_that_links_gather_are_dropped(query: str, left: str) -> None:
    assert without_link_parameters(query.encode()) == left.encode()
