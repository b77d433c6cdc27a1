"""Effects asked about at the door of the service."""

import json
from copy import deepcopy
from typing import Any

import jsonschema_rs
import numpy as np
import pytest

from services.ratings.schemas.effects import POWER_QUESTION, QUESTION
from tests.services.ratings.service import Service, bearer

PREVIEW = "/v1/ratings/effects/preview"
POWER = "/v1/ratings/effects/power"


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    copy = deepcopy(body)
    *parents, last = path.split("/")
    target: Any = copy
    for name in parents:
        target = target[int(name) if isinstance(target, list) else name]
    target[int(last) if isinstance(target, list) else last] = value
    return copy


async def test_the_example_of_the_contract_is_answered_by_its_schema(quiet: Service) -> None:
    document = (await quiet.get("/openapi.json")).json()
    for path, question in ((PREVIEW, QUESTION), (POWER, POWER_QUESTION)):
        answer = await quiet.post(path, question)
        assert answer.status_code == 200, answer.text
        content = document["paths"][path]["post"]["responses"]["200"]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(answer.json())


async def test_an_answer_carries_every_number_of_the_question(quiet: Service) -> None:
    body = (await quiet.post(PREVIEW, QUESTION)).json()
    assert (body["design"], body["estimator"]) == ("lottery", "difference")
    # Means after less means before: exposed 6.9333 − 0.0, the others 0.1583 less.
    after, before = (47.9 + 44.6) / 2, (41.2 + 42.0 + 41.5 + 38.4 + 39.1 + 38.8) / 6
    others = (44.5 + 41.9 + 47.2 + 38.5) / 4
    others_before = (131.3 + 122.0 + 142.0 + 111.8) / 12
    estimate = after - before - (others - others_before)
    assert body["estimate"] == pytest.approx(estimate)
    assert body["identified"]["low"] == pytest.approx(estimate - 0.2)
    assert body["identified"]["high"] == pytest.approx(estimate + 0.2)
    assert body["inference"] == {
        "p": pytest.approx(1 / 15),
        "exact": True,
        "assignments": 15,
        "least_p": pytest.approx(1 / 15),
        "set": None,
    }
    assert body["verdict"] == "difference"
    assert body["limits"] == ["LEAST_P"]
    assert body["mde"] is None
    assert body["left_out"] == []


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("panel/units", ["a", "a", "b", "c", "d", "e"], "/body/panel/units"),
        ("panel/periods", [2022, 2024, 2023, 2025], "/body/panel/periods"),
        ("panel/values/0", [1.0, 2.0], "/body/panel/values/0"),
        ("panel/values/0/0", "41,2", "/body/panel/values/0/0"),
        ("panel/values/0/0", True, "/body/panel/values/0/0"),
        ("exposed", {"99": 2025}, "/body/exposed/99"),
        ("assignment/strata", {"82701000": "1"}, "/body/assignment/strata"),
        ("assignment/selected_on_outcome", True, "/body/assignment/selected_period"),
        ("assignment/rule", "lottery", "/body/assignment/rule"),
        ("draws", 0, "/body/draws"),
        ("colour", "red", "/body/colour"),
        ("panel/colour", "red", "/body/panel/colour"),
    ],
)
async def test_a_question_that_contradicts_itself_names_the_place(
    quiet: Service, path: str, value: object, pointer: str
) -> None:
    answer = await quiet.post(PREVIEW, changed(QUESTION, path, value))
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("41.2", "NaN", "RANGE"),
        ("41.2", "Infinity", "RANGE"),
        ("41.2", "1e999", "RANGE"),
        ('"82705000": 2025', '"82701000": 2024', "DUPLICATE"),
        ('"seed": 1', '"seed": 1, "seed": 2', "DUPLICATE"),
        ('"seed": 1', '"seed": 1,', "JSON_INVALID"),
    ],
)
async def test_a_body_that_parsers_read_differently_is_refused(
    quiet: Service, old: str, new: str, code: str
) -> None:
    content = json.dumps(QUESTION)
    assert old in content
    headers = bearer("ratings:read") | {"content-type": "application/json"}
    answer = await quiet.http.post(PREVIEW, content=content.replace(old, new, 1), headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert code in {error["code"] for error in answer.json()["errors"]}


def large(draws: int) -> dict[str, Any]:
    panel = {
        "units": [str(number) for number in range(100)],
        "periods": [1, 2, 3, 4, 5, 6],
        "values": [[float(row * column % 7) for column in range(6)] for row in range(100)],
        "digits": None,
    }
    exposed = {str(number): 4 for number in range(50)}
    return {**changed(QUESTION, "panel", panel), "exposed": exposed, "draws": draws}


async def test_a_large_question_is_answered_by_a_job(service: Service) -> None:
    answer = await service.post(PREVIEW, large(83_334))
    assert answer.status_code == 202, answer.text
    place = answer.headers["location"]
    done = await service.eventually(place, lambda job: job.json()["state"] == "done")
    result = done.json()["result"]
    assert result["inference"]["assignments"] == 83_334
    at_once = (await service.post(PREVIEW, large(83_333))).json()
    assert result["estimate"] == at_once["estimate"]
    assert set(result) == set(at_once)
    other = await service.http.get(place, headers=bearer("ratings:read", "another"))
    assert other.status_code == 403


async def test_a_question_too_large_for_a_job_says_the_bound(quiet: Service) -> None:
    body = large(1_000_000)
    body["panel"]["units"] = [str(number) for number in range(900)]
    body["panel"]["values"] = [[50.0] * 6] * 900
    answer = await quiet.post(PREVIEW, body)
    assert answer.status_code == 413
    assert "5\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000" in answer.text


async def test_a_reader_may_ask_and_nobody_else(quiet: Service) -> None:
    read = await quiet.http.post(PREVIEW, json=QUESTION, headers=bearer("ratings:read"))
    assert read.status_code == 200
    other = await quiet.http.post(PREVIEW, json=QUESTION, headers=bearer("training:read"))
    assert other.status_code == 403


async def test_power_names_the_numbers_that_would_show_more(quiet: Service) -> None:
    body = (await quiet.post(POWER, POWER_QUESTION)).json()
    assert body["least_p"] == pytest.approx(2 / 20)
    assert body["mde"] is None
    assert len(body["proposal"]["treated"]) == 3
    assert body["proposal"]["strata"] is None
    values = np.array(POWER_QUESTION["panel"]["values"])  # type: ignore[index, call-overload]  # JSON.
    left = values - values.mean(axis=1)[:, None] - values.mean(axis=0) + values.mean()
    assert body["sd"] == pytest.approx(np.sqrt((left**2).sum() / (5 * 3)))
    again = (await quiet.post(POWER, POWER_QUESTION)).json()
    assert again == body


@pytest.mark.parametrize("treated", [6, 0, ["82701000", "82701000"], ["99"], []])
async def test_a_plan_needs_units_with_and_without_the_measure(
    quiet: Service, treated: object
) -> None:
    answer = await quiet.post(POWER, changed(POWER_QUESTION, "treated", treated))
    assert answer.status_code == 422
