"""Every operation of a service's contract by every kind of caller: no deviation.

The suite takes a sample by a seed; `make nightly` takes every cell (`ACCESS_CELLS=all`).
"""

import os
import random
from itertools import product

import httpx

from tests.access.matrix import (
    CallerCase,
    Operation,
    bad_callers,
    deviation,
    good_callers,
    operations,
)
from tests.harness.service import Service

SEED = int(os.environ.get("ACCESS_SEED", "1"))
CELLS = os.environ.get("ACCESS_CELLS", "150")
FEWEST_OPERATIONS = {"ratings": 30, "olympiads": 25, "training": 50, "gateway": 150}


async def contract_of(service: Service) -> list[Operation]:
    answer = await service.get("/openapi.json")
    return [*operations(answer.json())]


def cells_of(found: list[Operation]) -> list[tuple[Operation, CallerCase]]:
    """Return the cells to try; bad callers of an operation are tried with every one."""
    every = [*product(found, (*bad_callers(), *good_callers()))]
    if CELLS == "all":
        return every
    return random.Random(SEED).sample(every, int(CELLS))  # noqa: S311 -- a sample of cells.


async def deviations(http: httpx.AsyncClient, found: list[Operation]) -> list[str]:
    wrong = []
    for operation, caller in cells_of(found):
        headers = {} if caller.field is None else {"authorization": caller.field}
        sends = operation.method in ("POST", "PUT", "PATCH")
        request = http.build_request(
            operation.method, operation.path, headers=headers, json={} if sends else None
        )
        answer = await http.send(request, stream=True, auth=None)
        if "event-stream" not in answer.headers.get("content-type", ""):
            await answer.aread()
        await answer.aclose()
        told = deviation(operation, caller, answer)
        if told is not None:
            wrong.append(told)
    return wrong


async def deviations_of(service: Service) -> list[str]:
    found = await contract_of(service)
    assert len(found) >= FEWEST_OPERATIONS[service.under_test.name]
    return await deviations(service.http, found)


async def test_no_caller_at_the_gateway_gets_more_or_less_than_stated(
    gateway: tuple[httpx.AsyncClient, list[Operation]],
) -> None:
    http, merged = gateway
    assert len(merged) >= FEWEST_OPERATIONS["gateway"]
    assert await deviations(http, merged) == [], SEED


async def test_no_caller_of_training_gets_more_or_less_than_stated(training: Service) -> None:
    assert await deviations_of(training) == [], SEED


async def test_no_caller_of_olympiads_gets_more_or_less_than_stated(olympiads: Service) -> None:
    assert await deviations_of(olympiads) == [], SEED


async def test_no_caller_of_ratings_gets_more_or_less_than_stated(ratings: Service) -> None:
    assert await deviations_of(ratings) == [], SEED


def test_the_matrix_would_notice() -> None:
    """A judge that finds nothing wrong with a wrong answer would be no test."""
    closed, open_one = Operation("GET", "/x", frozenset({"a"})), Operation("GET", "/y", None)
    nobody, holder, other = (
        CallerCase("no token", None),
        CallerCase("a", "Bearer x", frozenset({"a"})),
        CallerCase("b", "Bearer x", frozenset({"b"})),
    )
    assert deviation(closed, nobody, httpx.Response(200, json={})) is not None
    assert deviation(closed, other, httpx.Response(200, json={})) is not None
    assert deviation(closed, holder, httpx.Response(403, json={"code": "INSUFFICIENT_SCOPE"}))
    assert deviation(open_one, nobody, httpx.Response(401, json={})) is not None
    assert deviation(open_one, holder, httpx.Response(200, json={})) is None
