"""Sending made-up rows through the import endpoint."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx


async def send_rows(
    client: httpx.AsyncClient, kind: str, rows: Iterable[Mapping[str, object]]
) -> dict[str, Any]:
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    answer = await client.post(
        f"/v1/training/imports?kind={kind}",
        content=content.encode(),
        headers={"content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    assert report["status"] == "done", report
    return report


def teacher(ref: str, **changed: object) -> dict[str, object]:
    return {
        "ref": ref,
        "municipality": "08709000",
        "subjects": ["mathematics"],
        "tier": "profile",
        "required": False,
        "shnor_school": False,
    } | changed


def course(code: str, seats: int, **changed: object) -> dict[str, object]:
    return {
        "code": code,
        "year": "2023",
        "title": code,
        "kind": "kpk",
        "subject": "mathematics",
        "tiers": ["profile"],
        "from": "2023-10-02",
        "to": "2023-10-13",
        "seats": seats,
        "state": "planned",
    } | changed
