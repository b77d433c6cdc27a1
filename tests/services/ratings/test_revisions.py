"""Revisions: one for each change, published by the rule, withdrawn by a tombstone."""

import asyncio
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import httpx

from services.ratings.usecases.recalculate import recalculate
from shared.db import Database
from tests.services.ratings.service import DATA, Service, bearer

RUM = json.loads((DATA / "methodologies" / "rum-2022.json").read_text("utf-8"))
TABLE = "/v1/ratings/rum/2022"
HEAD = "/v1/ratings/revisions/rum/2022"
DIRECTIONS = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4")


async def recalculated(db: Database, programme: str, period: str) -> Mapping[str, object]:
    async with db.transaction() as session:
        return await recalculate(session, programme, period, asyncio.to_thread)


def observed(values: dict[str, str], period: str = "2022", territory: str = "08000000") -> bytes:
    lines = [f"rum,{period},{territory},{code},{value},,," for code, value in values.items()]
    heading = "programme,period,territory,indicator,value,status,source.document,source.locator"
    return "\n".join([heading, *lines, ""]).encode()


async def import_values(service: Service, value: str, **changed: str) -> dict[str, Any]:
    values = dict.fromkeys(DIRECTIONS, value) | {k.replace("_", "."): v for k, v in changed.items()}
    return await service.load("observations", observed(values))


def shows(revision: int) -> Any:
    return lambda answer: answer.status_code == 200 and answer.json()["revision"] == revision


async def publish_manual(service: Service) -> None:
    draft = {**deepcopy(RUM), "version": "manual", "publication": "manual"}
    made = await service.post("/v1/ratings/methodologies", draft)
    headers = {"if-match": made.headers["etag"]}
    path = f"{made.headers['location']}/publish"
    assert (await service.http.post(path, headers=headers)).status_code == 200
    await archive(service, "2021", "2022")


async def archive(service: Service, *versions: str) -> None:
    for version in (await service.get("/v1/ratings/methodologies")).json()["items"]:
        if version["version"] in versions:
            path = f"/v1/ratings/methodologies/{version['id']}"
            tag = (await service.get(path)).headers["etag"]
            archived = await service.http.post(f"{path}/archive", headers={"if-match": tag})
            assert archived.status_code == 200


async def test_one_changed_value_makes_one_revision_and_the_old_one_stays(
    service: Service,
) -> None:
    await import_values(service, "60")
    first = await service.eventually(TABLE, shows(1))
    await import_values(service, "60", **{"1_1": "68"})
    second = await service.eventually(TABLE, shows(2))
    assert first.headers["etag"] != second.headers["etag"]
    old = await service.get(f"{TABLE}?revision=1")
    assert (old.content, old.headers["etag"]) == (first.content, first.headers["etag"])
    assert second.json()["rows"][0]["nodes"]["total"]["score"] == 61.0
    report = await import_values(service, "60", **{"1_1": "68"})
    assert report["counts"]["unchanged"] == 8
    assert report["revision"] is None
    await asyncio.sleep(0.3)
    assert (await service.get(TABLE)).headers["etag"] == second.headers["etag"]


async def test_the_state_of_knowledge_at_an_instant_can_be_read(service: Service) -> None:
    await import_values(service, "60")
    await service.eventually(TABLE, shows(1))
    published = (await service.get(f"{HEAD}/1")).json()["published_at"]
    await import_values(service, "70")
    await service.eventually(TABLE, shows(2))
    then = await service.get(TABLE, params={"as_of": published})
    assert then.json()["revision"] == 1
    early = await service.get(TABLE, params={"as_of": "2020-01-01T00:00:00Z"})
    assert early.status_code == 404
    zoneless = await service.get(TABLE, params={"as_of": "2022-12-31T00:00:00"})
    assert zoneless.status_code == 422
    both = await service.get(TABLE, params={"as_of": published, "revision": 1})
    assert (both.status_code, both.json()["code"]) == (422, "REVISION_AND_AS_OF")


async def test_a_value_taken_back_gives_the_score_of_the_rest(service: Service) -> None:
    await import_values(service, "60", **{"1_1": "100"})
    await service.eventually(TABLE, shows(1))
    await service.load("observations", observed({"1.1": "-"}))
    table = (await service.eventually(TABLE, shows(2))).json()
    total = table["rows"][0]["nodes"]["total"]
    assert (total["score"], table["rows"][0]["nodes"]["I"]["coverage"]) == (60.0, 0.75)


async def test_a_withdrawn_publication_is_gone_and_says_why(service: Service) -> None:
    await import_values(service, "60")
    before = await service.eventually(TABLE, shows(1))
    head = await service.get(f"{HEAD}/1")
    unconditional = await service.post(f"{HEAD}/1/withdraw", {"reason": "Не тот год"})
    assert unconditional.status_code == 428
    made = await service.post(
        f"{HEAD}/1/withdraw",
        {"reason": "Не тот год"},
        headers={"if-match": head.headers["etag"]},
    )
    assert made.status_code == 201, made.text
    assert (made.json()["withdraws"], made.json()["reason"]) == (1, "Не тот год")
    now = await service.get(TABLE)
    assert (now.json()["status"], now.json()["rows"]) == ("withdrawn", [])
    assert "Не тот год" in now.json()["citation"]
    assert now.headers["etag"] != before.headers["etag"]
    gone = await service.get(f"{TABLE}?revision=1")
    assert (gone.status_code, gone.json()["code"]) == (410, "REVISION_WITHDRAWN")
    then = await service.get(TABLE, params={"as_of": head.json()["published_at"]})
    assert (then.status_code, then.json()["code"]) == (410, "REVISION_WITHDRAWN")
    parts = (await service.get("/internal/passport")).json()["parts"]
    assert parts["ratings"]["territories"] == {}


async def test_what_was_withdrawn_is_not_published_again_by_itself(
    service: Service, database_of: Database
) -> None:
    await import_values(service, "60")
    await service.eventually(TABLE, shows(1))
    tag = (await service.get(f"{HEAD}/1")).headers["etag"]
    headers = {"if-match": tag}
    await service.post(f"{HEAD}/1/withdraw", {"reason": "Не тот год"}, headers=headers)
    done = await recalculated(database_of, "rum", "2022")
    assert done == {"status": "unchanged", "revision": 2}
    await import_values(service, "61")
    table = (await service.eventually(TABLE, shows(3))).json()
    assert table["status"] == "published"


async def test_archiving_the_last_methodology_leaves_the_rating_as_it_is(
    service: Service, database_of: Database
) -> None:
    await import_values(service, "60")
    before = await service.eventually(TABLE, shows(1))
    await archive(service, "2021", "2022")
    done = await recalculated(database_of, "rum", "2022")
    assert done == {"status": "no_methodology", "revision": 1}
    assert (await service.get(TABLE)).headers["etag"] == before.headers["etag"]


async def test_a_manual_methodology_holds_its_results_until_somebody_publishes(
    service: Service,
) -> None:
    await publish_manual(service)
    await import_values(service, "60")
    held = await service.eventually(f"{HEAD}/1", lambda answer: answer.status_code == 200)
    assert held.json()["status"] == "preliminary"
    assert (await service.get(TABLE)).status_code == 404
    assert (await service.get(f"{TABLE}?revision=1")).status_code == 404
    assert (await service.get(f"{HEAD}/1/table")).json()["status"] == "preliminary"
    anonymous = httpx.Headers({"authorization": ""})
    assert (await service.http.get(f"{HEAD}/1/table", headers=anonymous)).status_code == 401
    headers = {"if-match": held.headers["etag"]}
    refused = await service.http.post(
        f"{HEAD}/1/publish", headers={**headers, **bearer("ratings:write")}
    )
    assert refused.status_code == 403
    published = await service.http.post(f"{HEAD}/1/publish", headers=headers)
    assert published.json()["status"] == "published"
    assert (await service.get(TABLE)).json()["revision"] == 1


async def test_two_who_publish_at_once_publish_once(service: Service) -> None:
    await publish_manual(service)
    await import_values(service, "60")
    held = await service.eventually(f"{HEAD}/1", lambda answer: answer.status_code == 200)
    headers = {"if-match": held.headers["etag"]}
    answers = await asyncio.gather(
        *(service.http.post(f"{HEAD}/1/publish", headers=headers) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    events = (await service.get("/internal/events?limit=1000")).json()["items"]
    rung = [e for e in events if e["topic"] == "ratings.revision_published.v1"]
    assert len(rung) <= 1


async def test_two_recalculations_at_once_make_one_revision(
    quiet: Service, database_of: Database
) -> None:
    await import_values(quiet, "60")
    outcomes = await asyncio.gather(*(recalculated(database_of, "rum", "2022") for _ in range(4)))
    assert sorted(str(outcome["status"]) for outcome in outcomes) == [
        "published",
        "unchanged",
        "unchanged",
        "unchanged",
    ]
    assert {outcome["revision"] for outcome in outcomes} == {1}


async def test_the_same_inputs_give_the_same_content(quiet: Service, database_of: Database) -> None:
    await import_values(quiet, "60")
    await recalculated(database_of, "rum", "2022")
    await import_values(quiet, "70")
    await recalculated(database_of, "rum", "2022")
    await import_values(quiet, "60")
    await recalculated(database_of, "rum", "2022")
    heads = [(await quiet.get(f"{HEAD}/{n}")).json() for n in (1, 2, 3)]
    assert heads[0]["content_hash"] == heads[2]["content_hash"] != heads[1]["content_hash"]
    assert heads[0]["input_hash"] == heads[2]["input_hash"]


async def test_missing_values_fail_a_calculation_that_allows_none(
    quiet: Service, database_of: Database
) -> None:
    draft = {**deepcopy(RUM), "version": "strict", "missing": {"policy": "fail"}}
    draft["programme"] = "strict"
    await quiet.post("/v1/ratings/programmes", {"code": "strict", "title": "Строгая"})
    made = await quiet.post("/v1/ratings/methodologies", draft)
    assert made.status_code == 201, made.text
    headers = {"if-match": made.headers["etag"]}
    await quiet.http.post(f"{made.headers['location']}/publish", headers=headers)
    rows = observed({"1.1": "60"}).replace(b"rum,", b"strict,")
    await quiet.load("observations", rows)
    outcome = await recalculated(database_of, "strict", "2022")
    assert (outcome["status"], outcome["code"]) == ("failed", "VALUE_MISSING")
    assert outcome["cells_total"] == 7
    assert (await quiet.get("/v1/ratings/strict/2022")).status_code == 404


async def test_a_corrected_claim_changes_what_is_declared_and_keeps_the_old_revision(
    service: Service,
) -> None:
    await service.load("claims", "claims_rum_places.csv")

    def label(answer: Any) -> Any:
        if answer.status_code != 200:
            return None
        rows = {row["territory"]: row for row in answer.json()["rows"]}
        place = rows["30000000"]["nodes"]["total"]["declared"]["group_place"]
        return place["label"]

    await service.eventually(TABLE, lambda answer: label(answer) == "6")
    claims = (
        await service.get("/v1/ratings/claims", params={"territory": "30000000", "limit": 100})
    ).json()["items"]
    claim = next(c for c in claims if c["concept"] == "group_place")
    made = await service.post(
        f"/v1/ratings/claims/{claim['id']}/corrections",
        {"raw": "7", "basis": "Пересчёт мест округа"},
    )
    assert made.status_code == 201, made.text
    await service.eventually(TABLE, lambda answer: label(answer) == "7")
    assert label(await service.get(f"{TABLE}?revision=1")) == "6"
