"""Methodologies through their life, at the door."""

import json
from copy import deepcopy
from typing import Any

import pytest

from tests.services.ratings.service import DATA, Service, bearer

PATH = "/v1/ratings/methodologies"
HEADING = "programme,period,territory,indicator,value,status,source.document,source.locator"
RUM = json.loads((DATA / "methodologies" / "rum-2022.json").read_text("utf-8"))


def draft(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(RUM), "version": "2023", **changes}


def with_bands(*ranges: tuple[int, int]) -> dict[str, Any]:
    names = ("optimal", "acceptable", "unnamed", "critical")
    bands = [
        {"code": name, "title": None, "colour": "#000000", "from": low, "to": high}
        for name, (low, high) in zip(names, ranges, strict=True)
    ]
    return draft(levels={**RUM["levels"], "bands": bands})


async def test_the_bands_as_printed_are_refused_with_every_gap(service: Service) -> None:
    printed = with_bands((80, 94), (61, 79), (41, 57), (12, 39))
    answer = await service.post(PATH, printed)
    assert answer.status_code == 422
    told = [error["detail"] for error in answer.json()["errors"] if error["code"] == "BAND_GAP"]
    assert len(told) == 4
    for gap in ("0–11", "40", "58–60", "95–100"):
        assert any(detail.startswith(f"{gap}:") for detail in told), (gap, told)


async def test_the_bands_with_their_gaps_closed_are_accepted(service: Service) -> None:
    answer = await service.post(PATH, with_bands((80, 100), (61, 79), (41, 60), (0, 40)))
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "draft"


async def test_a_draft_is_replaced_published_archived_and_never_changed_again(
    service: Service,
) -> None:
    made = await service.post(PATH, draft())
    assert made.status_code == 201
    address, tag = made.headers["location"], made.headers["etag"]
    assert (await service.http.put(address, json=draft())).status_code == 428
    changed = await service.http.put(address, json=draft(title="Другое"), headers={"if-match": tag})
    assert changed.status_code == 200
    assert changed.json()["document"]["title"] == "Другое"
    stale = await service.http.post(f"{address}/publish", headers={"if-match": tag})
    assert stale.status_code == 412
    tag = changed.headers["etag"]
    published = await service.http.post(f"{address}/publish", headers={"if-match": tag})
    assert published.json()["state"] == "published"
    tag = published.headers["etag"]
    refused = await service.http.put(address, json=draft(), headers={"if-match": tag})
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_A_DRAFT")
    archived = await service.http.post(f"{address}/archive", headers={"if-match": tag})
    assert archived.json()["state"] == "archived"


async def test_a_published_methodology_brings_the_passports_up_to_it(service: Service) -> None:
    document = draft()
    first, second, third = document["tree"]["children"][0]["children"][:3]
    first |= {"title": "Качество подготовки", "domain": [0, 200], "digits": 1}
    del second["domain"], second["title"]
    third |= {"domain": [-10, 100], "normalise": {"method": "percent_of_max", "max": 60}}
    made = await service.post(PATH, document)
    before = await passports(service)
    headers = {"if-match": made.headers["etag"]}
    await service.http.post(f"{made.headers['location']}/publish", headers=headers)
    after = await passports(service)
    assert after["1.1"] == before["1.1"] | {
        "title": "Качество подготовки",
        "domain": ["0", "200"],
        "digits": 1,
    }
    assert after["1.2"] == before["1.2"]
    assert after["1.3"]["domain"] == ["0", "60"]
    rows = "rum,2022,08000000,1.1,150,,,\nrum,2022,08000000,1.3,61,,,"
    report = await service.load("observations", f"{HEADING}\n{rows}\n".encode(), atomic="false")
    assert report["counts"]["inserted"] == 1, report
    assert report["error_counts"] == {"OUT_OF_DOMAIN": 1}


async def passports(service: Service) -> dict[str, dict[str, Any]]:
    answer = await service.get("/v1/ratings/programmes/rum/indicators")
    return {item["code"]: item for item in answer.json()["items"]}


async def test_a_version_of_a_programme_is_given_once(service: Service) -> None:
    assert (await service.post(PATH, draft())).status_code == 201
    again = await service.post(PATH, draft())
    assert (again.status_code, again.json()["code"]) == (409, "VERSION_EXISTS")


async def test_a_methodology_of_an_unknown_programme_is_refused(service: Service) -> None:
    answer = await service.post(PATH, draft(programme="nobody"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/programme"


async def test_validation_names_what_is_allowed_but_unwise(service: Service) -> None:
    tree = deepcopy(RUM["tree"])
    tree["children"][0]["aggregate"] = {"method": "geometric"}
    for leaf in tree["children"][0]["children"]:
        leaf["normalise"] = {"method": "minmax"}
    made = await service.post(PATH, draft(tree=tree))
    answer = await service.post(f"{made.headers['location']}/validate")
    assert answer.json()["valid"] is True
    assert "ZERO_UNDER_GEOMETRIC" in {w["code"] for w in answer.json()["warnings"]}


@pytest.mark.parametrize("code", ["imports", "profiles", "preview", "findings", "jobs"])
async def test_words_of_the_paths_are_no_programme_codes(service: Service, code: str) -> None:
    answer = await service.post("/v1/ratings/programmes", {"code": code, "title": "Проба"})
    assert (answer.status_code, answer.json()["code"]) == (422, "CODE_RESERVED")


async def test_writing_and_publishing_are_separate_rights(service: Service) -> None:
    reader = bearer("ratings:read")
    writer = bearer("ratings:write")
    assert (await service.http.post(PATH, json=draft(), headers=reader)).status_code == 403
    made = await service.http.post(PATH, json=draft(), headers=writer)
    assert made.status_code == 201
    headers = {**writer, "if-match": made.headers["etag"]}
    refused = await service.http.post(f"{made.headers['location']}/publish", headers=headers)
    assert refused.status_code == 403


async def test_a_repeated_key_makes_one_programme(service: Service) -> None:
    body = {"code": "schools", "title": "Школы"}
    headers = {"idempotency-key": "one"}
    first = await service.http.post("/v1/ratings/programmes", json=body, headers=headers)
    again = await service.http.post("/v1/ratings/programmes", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await service.http.post(
        "/v1/ratings/programmes", json={**body, "title": "Другое"}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")
