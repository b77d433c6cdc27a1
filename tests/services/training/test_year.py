"""The programme's figures go in by the import endpoints and come out as published documents."""

import csv
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.training.schemas.year import CoverageDocument, CyclogramDocument
from services.training.usecases.publish_year import publish_year
from shared.db import Database
from shared.outbox import assign_positions
from tests.services.training.app_for_tests import internal_token

DATA = Path(__file__).parents[3] / "services" / "training" / "data"


async def load(client: httpx.AsyncClient, *kinds: str) -> None:
    with (DATA / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["kind"] in kinds:
                answer = await send(client, row["kind"], (DATA / row["file"]).read_bytes())
                assert answer["status"] == "done", answer["errors"]
                assert answer["counts"]["rejected"] == 0


async def post(client: httpx.AsyncClient, kind: str, content: bytes) -> httpx.Response:
    return await client.post(
        f"/v1/training/imports?kind={kind}",
        content=content,
        headers={"content-type": "text/csv"},
    )


async def send(client: httpx.AsyncClient, kind: str, content: bytes) -> dict[str, Any]:
    answer = await post(client, kind, content)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def publish(db: Database) -> int | None:
    async with db.transaction() as session:
        return await publish_year(session, "2023", "08000000")


@pytest.fixture
async def loaded(client: httpx.AsyncClient, db: Database) -> httpx.AsyncClient:
    await load(client, "headcounts", "events", "measures", "quotas", "classes")
    assert await publish(db) == 1
    return client


async def test_the_coverage_of_the_programme(loaded: httpx.AsyncClient) -> None:
    answer = await loaded.get("/v1/training/2023/coverage")
    assert answer.headers["kachestvo-revision"] == "1"
    document = answer.json()
    CoverageDocument.model_validate(document)
    rows = {(row["subject"], row["tier"]): row for row in document["rows"]}
    mathematics = rows["mathematics", "profile"]
    assert (mathematics["headcount"], mathematics["need"], mathematics["seats"]) == (747, 75, 80)
    assert (mathematics["share"], mathematics["shortage"]) == ("106.7", 0)
    assert mathematics["trained"] is None
    assert {
        subject: [rows[subject, tier]["need"] for tier in ("profile", "subject", "olympiad")]
        for subject in ("mathematics", "physics", "informatics", "biology", "chemistry")
    } == {
        "mathematics": [75, 635, 37],
        "physics": [22, 185, 11],
        "informatics": [21, 179, 11],
        "biology": [23, 196, 11],
        "chemistry": [16, 137, 8],
    }
    five = [rows[s, "subject"] for s in ("mathematics", "physics", "informatics")]
    assert [row["seats"] for row in five] == [400, 100, 100]
    without_russian = [
        row["shortage"]
        for (subject, tier), row in rows.items()
        if tier == "subject" and subject != "russian"
    ]
    assert sorted(without_russian) == [79, 85, 137, 196, 235]
    assert sum(without_russian) == 732
    assert rows["mathematics", "olympiad"]["seats"] is None
    assert [rows[s, "profile"]["seats"] for s in ("physics", "informatics", "biology")] == [
        25,
        23,
        25,
    ]


async def test_the_cyclogram_of_the_programme(loaded: httpx.AsyncClient) -> None:
    document = (await loaded.get("/v1/training/2023/cyclogram")).json()
    CyclogramDocument.model_validate(document)
    items = {item["code"]: item for item in document["items"]}
    kinds = [item["kind"] for item in document["items"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "kpk": 11,
        "congress": 5,
        "camp": 1,
        "milestone": 1,
    }
    assert items["kpk-mathematics-profile"]["from"] == "2022-11"
    assert items["kpk-mathematics-profile"]["to"] == "2022-12"
    assert items["kpk-mathematics-profile"]["window"]["code"] == "2023-1"
    assert items["congress-biology"]["from"] is None
    assert items["camp-olympiad"]["seats"] is None
    assert items["roadmap"]["from"] == items["roadmap"]["to"] == "2022-12-27"
    assert items["roadmap"]["precision"] == "day"
    assert all(items[code]["doubts"] for code in items)
    venues = items["kpk-physics-subject-10"]["venues"]
    assert venues == ["Хабаровск", "Комсомольск-на-Амуре"]


async def test_the_same_again_makes_no_revision(loaded: httpx.AsyncClient, db: Database) -> None:
    before = await loaded.get("/v1/training/2023/coverage")
    report = await send(loaded, "events", (DATA / "events.csv").read_bytes())
    assert report["counts"]["unchanged"] == report["counts"]["received"] == 18
    assert report["revision"] is None
    assert await publish(db) is None
    after = await loaded.get("/v1/training/2023/coverage")
    assert after.headers["etag"] == before.headers["etag"]


async def test_a_change_is_a_new_revision_and_the_old_one_stays_readable(
    loaded: httpx.AsyncClient, db: Database
) -> None:
    changed = (DATA / "headcounts.csv").read_text(encoding="utf-8").replace(",747,", ",800,")
    await send(loaded, "headcounts", changed.encode())
    assert await publish(db) == 2
    new = (await loaded.get("/v1/training/2023/coverage")).json()
    old = (await loaded.get("/v1/training/2023/coverage?revision=1")).json()
    assert [new["revision"], old["revision"]] == [2, 1]
    assert [new["rows"][0]["headcount"], old["rows"][0]["headcount"]] == [800, 747]
    cyclogram = await loaded.get("/v1/training/2023/cyclogram")
    assert cyclogram.headers["kachestvo-revision"] == "1"
    async with db.transaction() as session:
        await assign_positions(session)
    answer = await loaded.get("/internal/events", headers=internal_token())
    topic = "training.plan_published.v1"
    events = [event for event in answer.json()["items"] if event["topic"] == topic]
    assert [event["body"]["revision"] for event in events] == [1, 2]
    assert events[1]["body"] == {
        "revision": 2,
        "documents": ["/v1/training/2023/coverage"],
        "year": "2023",
    }


async def test_what_the_gateway_asks(loaded: httpx.AsyncClient) -> None:
    documents = (await loaded.get("/internal/documents", headers=internal_token())).json()["items"]
    assert {item["path"] for item in documents} == {
        "/v1/training/2023/coverage",
        "/v1/training/2023/cyclogram",
    }
    part = (await loaded.get("/internal/passport", headers=internal_token())).json()["parts"][
        "training"
    ]
    data = part["territories"]["08000000"]["2023"]
    assert data["coverage"][0]["share"] == "106.7"
    assert len(data["cyclogram"]) == 18


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?revision=1&as_of=2026-01-01T00:00:00Z", 422, "REVISION_AND_AS_OF"),
        ("?as_of=2026-01-01T00:00:00", 422, "INVALID"),
        ("?as_of=2020-01-01T00:00:00Z", 404, "NOT_PUBLISHED"),
        ("?revision=3000000000", 422, "INVALID"),
        ("?revision=99", 404, "NOT_PUBLISHED"),
        ("?revision=0", 422, "INVALID"),
    ],
)
async def test_odd_questions_are_answered_plainly(
    loaded: httpx.AsyncClient, query: str, status: int, code: str
) -> None:
    answer = await loaded.get(f"/v1/training/2023/coverage{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_year_nobody_knows_is_not_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/training/2031/cyclogram")).status_code == 404


async def test_an_event_with_a_reversed_range_is_rejected(client: httpx.AsyncClient) -> None:
    lines = (DATA / "events.csv").read_text(encoding="utf-8").replace("2022-12,", "2022-10,")
    answer = await post(client, "events", lines.encode())
    assert answer.status_code == 422
    report = answer.json()["report"]
    assert report["status"] == "rejected"
    assert report["error_counts"] == {"RANGE": 1}
