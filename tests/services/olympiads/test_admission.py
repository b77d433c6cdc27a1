"""Admissions over HTTP, on imported results, diplomas and records; appeals; invitations."""

import json
from typing import Any

from services.olympiads.schemas.eligibility import EligibilityAnswer
from tests.services.olympiads.made_results import HEAD
from tests.services.olympiads.service import Service, bearer
from tests.services.olympiads.test_quotas_api import row

ELIGIBILITY = "/v1/olympiads/eligibility"
RESULTS = "/v1/olympiads/2022-2023/results"
INVITATIONS = "/v1/olympiads/2022-2023/invitations"
THRESHOLDS = (
    "season,stage,subject,grade,score,basis_document\n"
    "2022-2023,regional,physics,9,14,Приказ № 1\n"
    "2022-2023,regional,physics,10,14.5,Приказ № 1\n"
)
DIPLOMAS = (
    "season,stage,subject,participant,study_grade,degree\n"
    "2021-2022,regional,physics,holder,8,prize\n"
    "2021-2022,regional,physics,left,8,prize\n"
    "2021-2022,regional,physics,graduate,11,winner\n"
)
PARTICIPANTS = (
    "season,participant,study_grade,enrolled,consent,abroad,abroad_basis\n"
    "2022-2023,left,,нет,,,\n"
    "2022-2023,shy,9,да,нет,,\n"
    "2022-2023,abroad,9,,,да,Решение № 2\n"
)


async def prepare(service: Service) -> None:
    await service.load("thresholds", THRESHOLDS.encode())
    await service.load("diplomas", DIPLOMAS.encode())
    await service.load("participants", PARTICIPANTS.encode())
    rows = (
        row("good", "14"),
        row("low", "13.5"),
        row("older", "14", 10, study="9"),
        row("void", "40", status="void"),
        row("early", "40", state="preliminary"),
        row("shy", "40"),
        row("abroad", "2"),
        row("eleven", "40", 11),
    )
    report = await service.load("results", "\n".join([HEAD, *rows]).encode())
    assert report["counts"]["inserted"] == len(rows), report


async def ask(service: Service, *names: str, grade: int = 9) -> dict[str, Any]:
    body = {
        "season": "2022-2023",
        "subject": "physics",
        "items": [{"participant": name, "study_grade": grade} for name in names],
    }
    answer = await service.post(ELIGIBILITY, body)
    assert answer.status_code == 200, answer.text
    EligibilityAnswer.model_validate_json(answer.content)
    items = answer.json()["items"]
    assert [item["participant"] for item in items] == list(names)
    return {item["participant"]: item for item in items}


def codes(item: dict[str, Any]) -> tuple[bool, list[str]]:
    return item["admitted"], [reason["code"] for reason in item["reasons"]]


async def test_every_reason_comes_out_of_the_stored_facts(service: Service) -> None:
    await prepare(service)
    found = await ask(
        service, "good", "low", "older", "void", "early", "shy", "abroad", "holder", "left", "new"
    )
    assert found["good"] == {
        "participant": "good",
        "admitted": True,
        "reasons": [{"code": "BY_SCORE", "need": "14", "have": "14"}],
        "threshold": {"grade": 9, "score": "14"},
    }
    assert found["low"]["reasons"] == [{"code": "BELOW_THRESHOLD", "need": "14", "have": "13.5"}]
    assert found["older"]["threshold"] == {"grade": 10, "score": "14.5"}
    assert codes(found["older"]) == (False, ["BELOW_THRESHOLD"])
    assert codes(found["void"]) == (False, ["VOID"])
    assert codes(found["early"]) == (False, ["NOT_FINAL"])
    assert codes(found["shy"]) == (False, ["BY_SCORE", "NO_CONSENT"])
    assert codes(found["abroad"]) == (True, ["ABROAD_CLAUSE", "BELOW_THRESHOLD"])
    assert codes(found["holder"]) == (True, ["BY_LAST_YEAR_DIPLOMA"])
    assert codes(found["left"]) == (False, ["BY_LAST_YEAR_DIPLOMA", "NOT_ENROLLED"])
    assert codes(found["new"]) == (False, ["NO_RESULT"])
    eleven = await ask(service, "eleven", "graduate", grade=11)
    assert codes(eleven["eleven"]) == (False, ["NO_THRESHOLD"])
    assert codes(eleven["graduate"]) == (False, ["BY_LAST_YEAR_DIPLOMA", "NOT_ENROLLED"])
    other = await ask(service, "good", grade=8)
    assert other["good"]["reasons"][1] == {"code": "GRADE_MISMATCH", "need": "9", "have": "8"}


async def test_a_batch_has_a_bound_and_a_scope(service: Service) -> None:
    body = {"season": "2022-2023", "subject": "physics", "items": []}
    assert (await service.post(ELIGIBILITY, body)).json()["items"] == []
    many = [{"participant": f"p{n}", "study_grade": 9} for n in range(10_001)]
    assert (await service.post(ELIGIBILITY, {**body, "items": many})).status_code == 422
    longest = [{"participant": f"{n:064d}", "study_grade": 11} for n in range(10_000)]
    sent = json.dumps({**body, "items": longest}, indent=1)
    headers = {"content-type": "application/json"}
    answer = await service.http.post(ELIGIBILITY, content=sent, headers=headers)
    assert [item["participant"] for item in answer.json()["items"]][9_999] == f"{9_999:064d}"
    assert (await service.post(ELIGIBILITY, {**body, "season": "1990-1991"})).status_code == 404
    assert (await service.post(ELIGIBILITY, {**body, "subject": "alchemy"})).status_code == 404
    stranger = await service.post(ELIGIBILITY, body, headers=bearer("ratings:read"))
    assert stranger.status_code == 403


async def test_the_invited_are_those_admitted_who_did_not_refuse(service: Service) -> None:
    await prepare(service)
    refusal = "season,stage,subject,participant\n2022-2023,regional,physics,abroad\n"
    await service.load("refusals", refusal.encode())
    found = (await service.get(INVITATIONS, params={"subject": "physics"})).json()["items"]
    assert [(i["participant"], i["grounds"]) for i in found] == [
        ("good", ["BY_SCORE"]),
        ("holder", ["BY_LAST_YEAR_DIPLOMA"]),
    ]
    assert found[1]["study_grade"] == 9
    sheet = await service.get(
        INVITATIONS, params={"subject": "physics"}, headers={"accept": "text/csv"}
    )
    assert sheet.headers["content-type"].startswith("text/csv")
    assert sheet.text.splitlines()[1] == "good,9,9,08701000,s-1,14,BY_SCORE"


async def test_an_appeal_is_a_revision_that_names_who_changed_sides(service: Service) -> None:
    await prepare(service)
    appeal = (
        row("low", "14", state="after_appeals"),
        row("good", "14", status="void"),
        row("void", "3", state="after_appeals"),
    )
    report = await service.load("results", "\n".join([HEAD, *appeal]).encode())
    revisions = (await service.get(f"{RESULTS}/revisions")).json()["items"]
    assert [r["opened"] for r in revisions] == [8, 3]
    assert revisions[1]["revision"] == report["revision"]
    params = {"since": revisions[0]["revision"], "until": revisions[1]["revision"]}
    found = (await service.get(f"{RESULTS}/changes", params=params)).json()
    assert found["changed_rows"] == 3
    assert [(c["participant"], c["change"]) for c in found["items"]] == [
        ("good", "lost"),
        ("low", "gained"),
    ]
    gained = found["items"][1]
    assert (gained["before"]["score"], gained["after"]["score"]) == ("13.5", "14")
    assert gained["threshold"] == "14"
    after = await ask(service, "good", "low")
    assert codes(after["good"]) == (False, ["VOID"])
    assert codes(after["low"]) == (False, ["NOT_FINAL"])


async def test_nonsense_in_results_is_named(service: Service) -> None:
    maxima = "season,stage,subject,grade,maximum\n2022-2023,municipal,physics,9,50\n"
    await service.load("maxima", maxima.encode())
    rows = (
        row("a", "50.5"),
        row("b", "10", 9, study="10"),
        row("c", ""),
        row("d", "-1"),
        row("=cmd", "1"),
        row("e", "", status="void"),
        row("f", "10"),
        row("f", "11"),
    )
    report = await service.load("results", "\n".join([HEAD, *rows]).encode())
    found = {(e["row"], e["code"]) for e in report["errors"]}
    assert found == {
        (2, "SCORE_ABOVE_MAXIMUM"),
        (3, "TASK_BELOW_GRADE"),
        (4, "SCORE_MISSING"),
        (5, "PATTERN"),
        (6, "PATTERN"),
        (8, "DUPLICATE_KEY"),
        (9, "DUPLICATE_KEY"),
    }
