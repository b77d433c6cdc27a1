"""Callers of services bound to territories, and rows of two municipalities."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from tests.harness.service import CLIENT_KEY, Service, ServiceUnderTest
from tests.shared.keys import signed

TRAINING = ServiceUnderTest(
    "training", "training:read training:write training:publish training:act_as admin"
)
OLYMPIADS = ServiceUnderTest(
    "olympiads", "olympiads:read olympiads:write olympiads:approve olympiads:publish admin"
)
RATINGS = ServiceUnderTest("ratings", "ratings:read ratings:write ratings:publish admin")
REGION, OWN, SISTER = "08000000", "08701000", "08709000"


def bound(
    service: Service, *territories: str, subject: str = "bound", actor: str | None = None
) -> dict[str, str]:
    """Return the headers of a client that holds every scope within these territories."""
    token = signed(
        CLIENT_KEY, sub=subject, scope=service.under_test.scopes, territories=[*territories]
    )
    headers = {"authorization": f"Bearer {token}"}
    return headers if actor is None else headers | {"Kachestvo-Actor": actor}


async def send(
    service: Service,
    kind: str,
    rows: Iterable[Mapping[str, object]],
    headers: Mapping[str, str] | None = None,
    **query: str,
) -> httpx.Response:
    """Send rows as CSV; without headers, by a client of every territory."""
    rows = [*rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    return await service.http.post(
        f"/v1/{service.under_test.name}/imports",
        params={"kind": kind, **query},
        content=out.getvalue().encode(),
        headers={"content-type": "text/csv", **(headers or {})},
    )


async def loaded(service: Service, kind: str, rows: Iterable[Mapping[str, object]]) -> None:
    answer = await send(service, kind, rows)
    assert answer.status_code == 200, answer.text


def faults(answer: httpx.Response) -> list[tuple[int, str | None, str]]:
    """Return row, column and code of every row error of a rejected file."""
    assert answer.status_code == 422, answer.text
    errors: list[dict[str, Any]] = answer.json()["report"]["errors"]
    return [(e["row"], e["column"], e["code"]) for e in errors]


def teacher(ref: str, municipality: str = OWN) -> dict[str, object]:
    return {
        "ref": ref,
        "municipality": municipality,
        "subjects": "mathematics",
        "tier": "profile",
    }


def activist(ref: str, municipality: str = OWN, **changed: object) -> dict[str, object]:
    return {
        "ref": ref,
        "part": "methodical.subject",
        "municipality": municipality,
        "role": "mentor",
        "capabilities": "",
        "norm": 3,
        "remote": "да",
        "consent": "да",
    } | changed
