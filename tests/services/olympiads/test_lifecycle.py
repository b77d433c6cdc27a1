"""Thresholds over HTTP: the steps, who may take them, and what becomes public."""

import asyncio
from typing import Any

import httpx
import pytest

from services.gateway.domain.documents import BROTLI, IDENTITY, entity_tag
from tests.services.olympiads.service import Service, bearer

SEASON = "/v1/olympiads/2022-2023/thresholds"
PHYSICS = {"subject": "physics", "grade": 9, "score": "14", "percent": "28"}


async def drafted(service: Service, **changed: object) -> dict[str, Any]:
    answer = await service.post(SEASON, {**PHYSICS, **changed})
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == answer.json()["etag"]
    state: dict[str, Any] = answer.json()
    return state


async def step(
    service: Service, state: dict[str, Any], verb: str, body: object = None, **headers: str
) -> httpx.Response:
    return await service.post(
        f"{SEASON}/{state['id']}/{verb}", body, headers={"if-match": state["etag"], **headers}
    )


async def published(service: Service, basis: object = None, **changed: object) -> dict[str, Any]:
    approved = await step(service, await drafted(service, **changed), "approve")
    assert approved.status_code == 200, approved.text
    answer = await step(service, approved.json(), "publish", {"basis": basis})
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()
    return state


def revision_is(number: int) -> Any:
    return lambda answer: answer.status_code == 200 and answer.json()["revision"] == number


async def test_a_threshold_becomes_public_only_when_published(service: Service) -> None:
    approved = (await step(service, await drafted(service), "approve")).json()
    assert approved["status"] == "approved"
    assert (await service.get(SEASON)).status_code == 404
    await step(service, approved, "publish", {})
    table = (await service.eventually(SEASON, revision_is(1))).json()
    assert table == {
        "season": "2022-2023",
        "revision": 1,
        "citation": "Проходные баллы 2022-2023, редакция 1",
        "sources": [],
        "rows": [
            {
                "subject": "physics",
                "title": "Физика",
                "grade": 9,
                "stage": "regional",
                "scored_at": "municipal",
                "score": "14",
                "percent": {"declared": "28", "derived": None},
                "max": {"given": None, "candidates": [50]},
                "at_least_75": {"declared": None, "counted": None, "mark": None},
                "previous": None,
                "status": "published",
                "doubts": [],
            }
        ],
    }


async def test_superseding_needs_a_basis_and_keeps_both_readable(service: Service) -> None:
    first = await published(service)
    await service.eventually(SEASON, revision_is(1))
    approved = (await step(service, await drafted(service, score="15"), "approve")).json()
    refused = await step(service, approved, "publish", {})
    assert refused.status_code == 422
    assert refused.json()["code"] == "BASIS_REQUIRED"
    done = await step(
        service, approved, "publish", {"basis": {"document": "Протокол № 3", "date": "2022-12-27"}}
    )
    assert done.json()["supersedes"] == first["id"]
    table = await service.eventually(SEASON, revision_is(2))
    assert [row["score"] for row in table.json()["rows"]] == ["15"]
    old = await service.get(SEASON, params={"revision": 1})
    assert [row["score"] for row in old.json()["rows"]] == ["14"]
    steps = (await service.get(f"{SEASON}/{first['id']}/history")).json()["items"]
    assert [(s["score"], s["status"]) for s in steps] == [
        ("14", "draft"),
        ("14", "approved"),
        ("14", "published"),
        ("15", "draft"),
        ("15", "approved"),
        ("14", "superseded"),
        ("15", "published"),
    ]
    assert steps[-1]["basis"] == "Протокол № 3"


async def test_of_two_concurrent_approvals_one_wins_and_one_is_stale(service: Service) -> None:
    state = await drafted(service)
    answers = await asyncio.gather(
        step(service, state, "approve"),
        step(service, state, "approve", **bearer(subject="another")),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_steps_need_a_tag_and_the_right_state(service: Service) -> None:
    state = await drafted(service)
    path = f"{SEASON}/{state['id']}"
    assert (await service.post(f"{path}/approve")).status_code == 428
    early = await step(service, state, "publish", {})
    assert (early.status_code, early.json()["code"]) == (409, "STEP_FORBIDDEN")
    stale = await step(service, {**state, "etag": '"another"'}, "approve")
    assert stale.status_code == 412
    approved = (await step(service, state, "approve")).json()
    again = await step(service, approved, "approve")
    assert again.status_code == 409
    missing = await step(
        service, {**state, "id": "00000000-0000-4000-8000-000000000000"}, "approve"
    )
    assert missing.status_code == 404


async def test_each_step_has_its_own_scope(service: Service) -> None:
    state = await drafted(service)
    writer = bearer("olympiads:read olympiads:write")
    assert (await step(service, state, "approve", **writer)).status_code == 403
    assert (await step(service, state, "publish", {}, **writer)).status_code == 403
    reader = await service.post(SEASON, PHYSICS, headers=bearer("olympiads:read"))
    assert reader.status_code == 403


async def test_published_thresholds_are_imported_by_those_who_may_publish(
    service: Service,
) -> None:
    refused = await service.post(
        "/v1/olympiads/imports",
        [],
        params={"kind": "thresholds"},
        headers=bearer("olympiads:read olympiads:write"),
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "INSUFFICIENT_SCOPE")


async def test_the_state_at_an_instant_can_be_read(service: Service) -> None:
    await published(service)
    first = await service.eventually(SEASON, revision_is(1))
    assert first.headers["kachestvo-revision"] == "1"
    await published(service, {"document": "Протокол № 3"}, score="15")
    await service.eventually(SEASON, revision_is(2))
    early = await service.get(SEASON, params={"as_of": "2020-01-01T00:00:00Z"})
    assert early.status_code == 404
    late = await service.get(SEASON, params={"as_of": "2090-01-01T00:00:00+03:00"})
    assert late.json()["revision"] == 2
    both = await service.get(SEASON, params={"as_of": "2090-01-01T00:00:00Z", "revision": 1})
    assert both.status_code == 422


async def test_the_next_season_shows_this_one_as_previous(service: Service) -> None:
    await published(service)
    await service.eventually(SEASON, revision_is(1))
    last = "/v1/olympiads/2021-2022/thresholds"
    answer = await service.post(last, {"subject": "physics", "grade": 9, "score": "20"})
    state = answer.json()
    for verb in ("approve", "publish"):
        headers = {"if-match": state["etag"]}
        state = (
            await service.post(
                f"{last}/{state['id']}/{verb}", {} if verb == "publish" else None, headers=headers
            )
        ).json()
    table = await service.eventually(SEASON, revision_is(2))
    assert table.json()["rows"][0]["previous"] == {"score": "20", "delta": "-6"}


async def test_a_withdrawn_publication_is_gone_and_what_it_replaced_is_back(
    service: Service,
) -> None:
    await published(service)
    await service.eventually(SEASON, revision_is(1))
    mistake = await published(service, {"document": "Протокол № 3"}, score="41")
    table = await service.eventually(SEASON, revision_is(2))
    path = f"{SEASON}/withdraw"
    reason = {"reason": "Опубликованы баллы другого класса"}
    assert (await service.post(path, reason)).status_code == 428
    stale = await service.post(path, reason, headers={"if-match": '"old"'})
    assert stale.status_code == 412
    held = {coding: entity_tag(table.content, coding).decode() for coding in (IDENTITY, BROTLI)}
    assert held[IDENTITY] == table.headers["etag"]
    done = await service.post(path, reason, headers={"if-match": held[BROTLI]})
    assert (done.status_code, done.json()["revision"]) == (200, 2)
    restored = await service.eventually(SEASON, revision_is(3))
    assert [row["score"] for row in restored.json()["rows"]] == ["14"]
    gone = await service.get(SEASON, params={"revision": 2})
    assert (gone.status_code, gone.json()["code"]) == (410, "REVISION_WITHDRAWN")
    assert "другого класса" in gone.json()["detail"]
    page = "/v1/olympiads/2022-2023/subjects/physics"
    assert (await service.get(page, params={"revision": 2})).status_code == 410
    assert (await service.get(page)).json()["thresholds"] == restored.json()["rows"]
    state = (await service.get(f"{SEASON}/{mistake['id']}")).json()
    assert state["status"] == "superseded"


async def test_the_first_publication_withdrawn_leaves_an_empty_table(service: Service) -> None:
    await published(service)
    table = await service.eventually(SEASON, revision_is(1))
    reason = {"reason": "Рано"}
    headers = {"if-match": table.headers["etag"]}
    assert (await service.post(f"{SEASON}/withdraw", reason, headers=headers)).status_code == 200
    assert (await service.eventually(SEASON, revision_is(2))).json()["rows"] == []


async def test_seasons_and_subjects_are_registered(service: Service) -> None:
    subjects = (await service.get("/v1/olympiads/subjects")).json()["items"]
    assert len(subjects) == 24
    safety = next(s for s in subjects if s["code"] == "life_safety")
    assert safety["title"] == "Основы безопасности и защиты Родины"
    assert [t["to"] for t in safety["titles"]] == ["2024-08-31", None]
    created = await service.post("/v1/olympiads/seasons", {"code": "2023-2024"})
    assert created.json() == {"code": "2023-2024", "starts": "2023-09-01", "ends": "2024-08-31"}
    assert (await service.post("/v1/olympiads/seasons", {"code": "2023-2024"})).status_code == 409
    assert (await service.post("/v1/olympiads/seasons", {"code": "2023-2025"})).status_code == 422
    strange = await service.post("/v1/olympiads/seasons", {"code": "２０２３-２０２４"})
    assert strange.status_code == 422
    seasons = (await service.get("/v1/olympiads/seasons")).json()["items"]
    assert [s["code"] for s in seasons] == ["2023-2024", "2022-2023", "2021-2022"]
    unknown = await service.get("/v1/olympiads/1990-1991/thresholds")
    assert unknown.json()["code"] == "SEASON_UNKNOWN"


async def test_a_registered_shared_maximum_narrows_the_candidates(service: Service) -> None:
    await published(service, subject="economics", grade=9, score="31", percent="34")
    await published(service, subject="economics", grade=10, score="34", percent="38")
    await published(service, subject="economics", grade=11, score="30", percent="33")
    await service.eventually(SEASON, lambda a: len(a.json().get("rows", [])) == 3)
    fact = {"stage": "municipal", "subject": "economics", "basis": "Требования к этапу"}
    created = await service.post("/v1/olympiads/2022-2023/shared-maxima", fact)
    assert created.status_code == 201, created.text
    table = await service.eventually(
        SEASON, lambda a: all(r["max"]["candidates"] == [90] for r in a.json()["rows"])
    )
    assert [row["percent"]["derived"] for row in table.json()["rows"]] == ["34", None, "33"]


async def test_a_senseless_draft_is_refused(service: Service) -> None:
    maxima = "season,stage,subject,grade,maximum\n2022-2023,municipal,physics,9,50\n"
    await service.load("maxima", maxima.encode())
    for change, code in (
        ({"subject": "alchemy"}, "SUBJECT_UNKNOWN"),
        ({"score": "-1"}, "SCORE_NEGATIVE"),
        ({"score": "50.5"}, "SCORE_ABOVE_MAXIMUM"),
        ({"percent": "100.5"}, "PERCENT_OUT_OF_RANGE"),
        ({"grade": 12}, "INVALID"),
        ({"stage": "school"}, "INVALID"),
    ):
        answer = await service.post(SEASON, {**PHYSICS, **change})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_two_publications_of_one_key_leave_one_published(service: Service) -> None:
    drafts = [await drafted(service, score=score) for score in ("14", "15")]
    ready = [(await step(service, draft, "approve")).json() for draft in drafts]
    body = {"basis": {"document": "Протокол № 3"}}
    answers = await asyncio.gather(*(step(service, one, "publish", body) for one in ready))
    assert [answer.status_code for answer in answers] == [200, 200]
    items = (await service.get(f"{SEASON}/registry")).json()["items"]
    assert sorted(item["status"] for item in items) == ["published", "superseded"]


async def test_a_maximum_given_later_reaches_the_table_without_any_results(
    service: Service,
) -> None:
    await published(service)
    await service.eventually(SEASON, revision_is(1))
    maxima = "season,stage,subject,grade,maximum\n2022-2023,municipal,physics,9,50\n"
    await service.load("maxima", maxima.encode())
    row = (await service.eventually(SEASON, revision_is(2))).json()["rows"][0]
    assert row["max"] == {"given": "50", "candidates": []}
    assert row["percent"] == {"declared": "28", "derived": "28"}


async def test_a_threshold_is_read_against_the_stage_its_work_was_done_at(service: Service) -> None:
    head = "season,stage,subject,grade"
    maxima = f"{head},maximum\n2022-2023,municipal,physics,9,50\n2022-2023,regional,physics,9,80\n"
    counts = f"{head},count\n2022-2023,municipal,physics,9,2\n"
    await service.load("maxima", maxima.encode())
    await service.load("declared_performers", counts.encode())
    await published(service)
    await published(service, stage="final", score="60", percent=None)
    table = await service.eventually(SEASON, lambda a: len(a.json().get("rows", [])) == 2)
    regional, final = table.json()["rows"]
    assert (regional["scored_at"], regional["max"]["given"]) == ("municipal", "50")
    assert (final["scored_at"], final["max"]["given"]) == ("regional", "80")
    assert final["percent"] == {"declared": None, "derived": "75"}
    assert regional["at_least_75"]["declared"] == 2
    assert final["at_least_75"] == {"declared": None, "counted": None, "mark": None}


@pytest.mark.parametrize("kind", ["thresholds", "threshold_drafts"])
async def test_an_imported_threshold_above_its_maximum_is_a_named_row(
    service: Service, kind: str
) -> None:
    maxima = "season,stage,subject,grade,maximum\n2022-2023,municipal,physics,9,50\n"
    await service.load("maxima", maxima.encode())
    rows = (
        "season,stage,subject,grade,score,basis_document\n"
        "2022-2023,regional,physics,9,50.5,Приказ № 1\n"
        "2022-2023,regional,physics,10,50.5,Приказ № 1\n"
        "2022-2023,final,physics,9,50.5,Приказ № 1\n"
    )
    report = await service.load(kind, rows.encode(), atomic="false")
    assert [(e["row"], e["code"]) for e in report["errors"]] == [(2, "SCORE_ABOVE_MAXIMUM")]
    assert report["counts"]["inserted"] == 2
    items = (await service.get(f"{SEASON}/registry")).json()["items"]
    assert [(t["stage"], t["grade"]) for t in items] == [("regional", 10), ("final", 9)][::-1]


async def test_a_maximum_below_a_stored_score_is_a_named_row(service: Service) -> None:
    results = (
        "season,stage,subject,participant,study_grade,task_grade,municipality,school,score,"
        "status,state,consent\n"
        "2022-2023,municipal,physics,p-1,9,9,08701000,s-1,40.5,participant,final,да\n"
        "2022-2023,municipal,physics,p-2,9,9,08701000,s-1,,void,final,да\n"
    )
    report = await service.load("results", results.encode())
    assert report["counts"]["inserted"] == 2, report
    maxima = (
        "season,stage,subject,grade,maximum\n"
        "2022-2023,municipal,physics,9,40\n"
        "2022-2023,municipal,physics,10,40\n"
        "2022-2023,regional,physics,9,40\n"
    )
    report = await service.load("maxima", maxima.encode(), atomic="false")
    assert [(e["row"], e["code"]) for e in report["errors"]] == [(2, "MAXIMUM_BELOW_SCORES")]
    equal = b"season,stage,subject,grade,maximum\n2022-2023,municipal,physics,9,40.5\n"
    assert (await service.load("maxima", equal))["counts"]["inserted"] == 1
