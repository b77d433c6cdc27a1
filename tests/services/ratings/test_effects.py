"""Plans, effects and what is found of them, at the service."""

import json
from typing import Any

import jsonschema_rs
import pytest

from services.ratings.store import effects
from services.ratings.usecases.effect_queue import queue_measure
from shared.db import Database
from tests.harness.service import wait_until_idle
from tests.services.ratings.service import Service, bearer

EFFECT = "/v1/ratings/effects/tour"
PLAN = f"{EFFECT}/plan"
BODY: dict[str, Any] = {
    "outcome": {"programme": "rum", "indicator": "1.3", "lag": 1},
    "draws": 2000,
    "seed": 7,
}
UNITS = [
    "08603000", "08606000", "08609000", "08612000", "08614000",
    "08617000", "08620000", "08624000", "08628000", "08631000",
]  # fmt: skip
TREATED = UNITS[:5]
HEADING = "programme,period,territory,indicator,value,status,source.document,source.locator"


def observations(effect: float, period: str, first: float = 40.0) -> bytes:
    lines = [
        f"rum,{period},{unit},1.3,{first + row + effect * (unit in TREATED):.1f},,,"
        for row, unit in enumerate(UNITS)
    ]
    return "\n".join([HEADING, *lines, ""]).encode()


def exposures(revision: int, rule: str = "random", **more: Any) -> dict[str, Any]:
    assignment: dict[str, Any] = {
        "rule": rule,
        "why": None,
        "selected_on": None,
        "selected_period": None,
        "threshold": None,
        "seed": 7,
    }
    return {
        "measure": "tour",
        "revision": revision,
        "source_time": "2024-01-10T00:00:00+00:00",
        "title": "Выездной семинар",
        "unit_level": "municipality",
        "least_share": None,
        "assignment": assignment | more,
        "outcomes": [],
        "items": [
            {
                "unit": unit,
                "first_exposed": "2023" if unit in TREATED else None,
                "stratum": None,
                "neighbour": False,
                "trained": None,
                "need": None,
                "share": None,
                "hours": None,
                "suppressed": False,
                "periods": [{"period": "2023", "exposed": unit in TREATED}],
            }
            for unit in UNITS
        ],
    }


async def receive(db: Database, document: dict[str, Any]) -> None:
    async with db.transaction() as session:
        await effects.add_exposures(session, "tour", document["revision"], document)
        await queue_measure(session, "tour")


async def freeze(service: Service, body: dict[str, Any] = BODY) -> dict[str, Any]:
    put = await service.http.put(PLAN, json=body)
    assert put.status_code == 200, put.text
    frozen = await service.http.post(f"{PLAN}/freeze", headers={"if-match": put.headers["etag"]})
    assert frozen.status_code == 200, frozen.text
    found: dict[str, Any] = frozen.json()
    return found


def shows(revision: int) -> Any:
    return lambda answer: answer.status_code == 200 and answer.json()["revision"] == revision


async def check_schema(service: Service, document: dict[str, Any]) -> None:
    contract = (await service.get("/openapi.json")).json()
    content = contract["paths"]["/v1/ratings/effects/{measure}"]["get"]["responses"]["200"]
    schema = content["content"]["application/json"]["schema"] | {
        "components": contract["components"]
    }
    jsonschema_rs.validator_for(schema).validate(document)


async def check_other_views(service: Service) -> None:
    """The list, the units, the passport and the index say the same as the document."""
    listed = (await service.get("/v1/ratings/effects")).json()["items"]
    assert [(one["measure"], one["verdict"], one["revision"]) for one in listed] == [
        ("tour", "measured", 1)
    ]
    units = (await service.get(f"{EFFECT}/units?limit=3")).json()
    assert [one["unit"] for one in units["items"]] == UNITS[:3]
    rest = (await service.get(f"{EFFECT}/units?limit=3&cursor={units['next']}")).json()
    assert rest["items"][0]["unit"] == UNITS[3]
    passport = (await service.get("/internal/passport")).json()["parts"]["effects"]
    own = passport["territories"]["08603000"][0]
    assert (own["verdict"], own["unit"]["first_exposed"]) == ("measured", "2023")
    assert passport["territories"]["08000000"][0]["unit"] is None
    index = (await service.get("/internal/documents")).json()["items"]
    assert EFFECT in [one["path"] for one in index]


async def test_a_frozen_plan_never_changes(quiet: Service) -> None:
    assert (await quiet.get(PLAN)).json()["code"] == "EFFECT_PLAN_UNKNOWN"
    first = await quiet.http.put(PLAN, json=BODY)
    assert first.json()["frozen_at"] is None
    without = await quiet.http.put(PLAN, json=BODY | {"seed": 8})
    assert without.status_code == 428
    tag = {"if-match": first.headers["etag"]}
    second = await quiet.http.put(PLAN, json=BODY | {"seed": 8}, headers=tag)
    assert second.json()["hash"] != first.json()["hash"]
    assert (await quiet.http.post(f"{PLAN}/freeze", headers=tag)).status_code == 412
    tag = {"if-match": second.headers["etag"]}
    read_only = bearer("ratings:read ratings:write")
    assert (await quiet.http.post(f"{PLAN}/freeze", headers=tag | read_only)).status_code == 403
    frozen = await quiet.http.post(f"{PLAN}/freeze", headers=tag)
    assert frozen.json()["frozen_by"] not in (None, "tests")
    tag = {"if-match": frozen.headers["etag"]}
    for answer in (
        await quiet.http.put(PLAN, json=BODY, headers=tag),
        await quiet.http.post(f"{PLAN}/freeze", headers=tag),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "EFFECT_PLAN_FROZEN")
    assert (await quiet.get(PLAN)).json()["plan"]["seed"] == 8


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"outcome": {"programme": "none", "indicator": "1.3"}}, "/body/outcome/programme"),
        ({"outcome": {"programme": "rum", "indicator": "9.9"}}, "/body/outcome/indicator"),
        ({"outcome": {"programme": "rum"}}, "/body/outcome"),
        ({"primary": [{"programme": "no", "node": "I"}]}, "/body/primary/0/programme"),
        ({"draws": 0}, "/body/draws"),
        ({"colour": 1}, "/body/colour"),
    ],
)
async def test_a_plan_names_known_outcomes(
    quiet: Service, changed: dict[str, Any], pointer: str
) -> None:
    answer = await quiet.http.put(PLAN, json=BODY | changed)
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


async def test_a_lottery_is_measured_and_a_correction_makes_a_new_revision(
    service: Service, database_of: Database
) -> None:
    for year in (2022, 2023):
        await service.load("observations", observations(0, str(year), 40.0 + year - 2022))
    await service.load("observations", observations(5, "2024", 43.0))
    await freeze(service)
    assert (await service.get(EFFECT)).json()["code"] == "NOT_PUBLISHED"
    await wait_until_idle(database_of)
    await receive(database_of, exposures(1))
    document = (await service.eventually(EFFECT, shows(1))).json()
    await check_schema(service, document)
    assert (document["design"], document["verdict"]) == ("lottery", "measured")
    assert document["estimate"] == pytest.approx(5.0)
    # 252 draws of five units out of ten; this one and its mirror are the most extreme.
    assert document["inference"]["p"] == pytest.approx(2 / 252)
    assert document["identified"] == pytest.approx({"low": 4.8, "high": 5.2})
    # The plan was frozen today, after the measure began.
    assert document["plan"]["pre_registered"] is False
    assert document["outcomes"][0]["role"] == "main"
    row = document["rows"][0]
    assert (row["unit"], row["first_exposed"], row["change"]) == (
        "08603000",
        "2023",
        pytest.approx(7.5),
    )
    await check_other_views(service)
    corrected = f"{HEADING}\nrum,2024,08603000,1.3,43.0,,,\n".encode()
    await service.load("observations", corrected)
    second = (await service.eventually(EFFECT, shows(2))).json()
    assert second["estimate"] == pytest.approx(4.0)
    old = (await service.get(f"{EFFECT}?revision=1")).json()
    assert old["estimate"] == document["estimate"]
    assert (await service.get(f"{EFFECT}?revision=3")).status_code == 404


async def test_a_choice_cannot_be_passed_off_for_a_lottery(
    service: Service, database_of: Database
) -> None:
    for year in (2022, 2023, 2024):
        await service.load("observations", observations(5 * (year == 2024), str(year)))
    await receive(
        database_of,
        exposures(1, "chosen", why="слабые", selected_on="rum 1.3", selected_period="2023"),
    )
    await freeze(service, BODY | {"assignment": {"rule": "random"}})
    document = (await service.eventually(EFFECT, shows(1))).json()
    assert document["design"] == "selected_on_outcome"
    assert "ASSIGNMENT_NOT_REGISTERED" in document["limits"]
    assert document["verdict"] != "measured"
    findings = (await service.get("/v1/ratings/findings?rule=selection_on_outcome")).json()
    assert [one["severity"] for one in findings["items"]] == ["hazard"]
    claim = {
        "programme": "rum",
        "territory": None,
        "concept": "statement",
        "key": {"measure": "tour", "outcome": "1.3", "verb": "caused"},
        "raw": "семинар повысил результат",
        "document": "report",
        "locator": {"line": 1},
    }
    answer = await service.http.post(
        "/v1/ratings/imports?kind=claims",
        content=json.dumps(claim, ensure_ascii=False).encode(),
        headers={"content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    found = await service.eventually(
        "/v1/ratings/findings?rule=effect_overclaimed", lambda a: len(a.json()["items"]) == 1
    )
    assert found.json()["items"][0]["severity"] == "hazard"


async def test_nobody_exposed_yet_is_said_and_not_guessed(
    service: Service, database_of: Database
) -> None:
    await service.load("observations", observations(0, "2022"))
    await freeze(service)
    await receive(database_of, exposures(1))
    document = (await service.eventually(EFFECT, shows(1))).json()
    assert document["verdict"] == "insufficient"
    assert document["estimate"] is None
    assert document["sentence"].startswith("Данных недостаточно")
