"""The service's own contract: everything told in Russian, bounded, and named once."""

import re
from collections.abc import Iterator
from typing import Any

import httpx

OWN = re.compile(r"^/v1/training/(?!jobs|claims|findings|imports)")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


async def test_every_operation_is_told_in_russian(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, operation in operations(document):
        if OWN.match(path):
            assert re.search("[а-я]", operation["summary"]), path
            assert re.search("[а-я]", operation["description"]), path
            assert operation["tags"] == ["training"], path


async def test_people_stand_behind_a_scope(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    closed = ("teachers", "active", "attendance", "deficits", "plans", "routes", "mentoring")
    for path, operation in operations(document):
        if path.split("/")[3] in closed:
            assert operation["security"], path
