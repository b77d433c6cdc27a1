"""Questions about a rating at the door: stability, comparisons of revisions and methodologies."""

import asyncio
import json
from copy import deepcopy
from typing import Any

from services.ratings.domain.question_document import USUAL
from services.ratings.store import programmes
from services.ratings.usecases.questions import Calculations
from services.ratings.usecases.rating_tables import revision_asked
from services.ratings.usecases.replay import Calculation
from services.ratings.usecases.weaknesses import load_before_revision
from services.ratings.views.explanations import explanation_view, growth_view, weak_spots_view
from shared.db import Database
from tests.services.ratings.service import DATA, Service, bearer

RUM = json.loads((DATA / "methodologies" / "rum-2022.json").read_text("utf-8"))
TABLE = "/v1/ratings/rum/2022"
DIRECTIONS = ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4")
HEADING = "programme,period,territory,indicator,value,status,source.document,source.locator"
REGIONS = {
    "08000000": (99, 83, 75, 75, 72, 71, 84, 76),
    "05000000": (90, 60, 70, 75, 61, 71, 84, 40),
    "10000000": (40, 99, 45, 60, 90, 71, 55, 80),
    "30000000": (50, 50, 50, 50, 50, 50, 50, 50),
}


def observed(changed: dict[str, dict[str, int]]) -> bytes:
    lines = [HEADING]
    for region, values in REGIONS.items():
        now = dict(zip(DIRECTIONS, values, strict=True)) | changed.get(region, {})
        lines += [f"rum,2022,{region},{code},{value},,," for code, value in now.items()]
    return "\n".join([*lines, ""]).encode()


async def rated(
    service: Service, revision: int = 1, peers: int = len(REGIONS), **changed: dict[str, int]
) -> None:
    """Load four regions into a programme that has `peers` of them registered."""
    database = Database(service.settings.database_url, "ratings")
    async with database.transaction() as session:
        await programmes.set_peers(session, "rum", "2022", peers)
    await database.close()
    named = {region.removeprefix("r"): values for region, values in changed.items()}
    await service.load("observations", observed(named))
    await service.eventually(
        TABLE, lambda answer: answer.status_code == 200 and answer.json()["revision"] == revision
    )


async def asked(service: Service, question: dict[str, Any]) -> Any:
    """Ask until the worker has answered."""
    path = f"{TABLE}/stability"
    first = await service.post(path, question)
    assert first.status_code == 202, first.text
    assert first.headers["location"] == f"/v1/ratings/jobs/{first.json()['job']}"
    await service.eventually(
        first.headers["location"], lambda answer: answer.json()["state"] == "done"
    )
    return await service.post(path, question)


async def test_stability_is_calculated_once_for_the_same_inputs(service: Service) -> None:
    await rated(service)
    question = {"draws": 200, "samples": 20, "seed": 7, "spread": 0.5}
    answer = await asked(service, question)
    assert answer.status_code == 200
    whole = answer.json()
    assert whole["question"] == USUAL | question
    assert [unit["territory"] for unit in whole["units"]] == sorted(REGIONS)
    leader = next(unit for unit in whole["units"] if unit["territory"] == "08000000")
    assert leader["place"] == 1
    assert sum(one["probability"] for one in leader["levels"]) == 1
    assert [factor["factor"] for factor in whole["factors"]] == ["weights", "normalisation", "mean"]
    assert [one["indicator"] for one in whole["leave_one_out"]] == list(DIRECTIONS)
    again = await service.post(f"{TABLE}/stability", dict(reversed(question.items())))
    assert (again.status_code, again.content) == (200, answer.content)
    assert again.headers["etag"] == answer.headers["etag"]


async def test_a_territory_shows_its_own_part_of_the_usual_answer(service: Service) -> None:
    await rated(service)
    path = f"{TABLE}/08000000/stability"
    assert (await service.get(path)).status_code == 202
    answer = await service.eventually(path, lambda answer: answer.status_code == 200)
    mine = answer.json()
    assert (mine["territory"], mine["place"], mine["question"]) == ("08000000", 1, USUAL)
    assert set(mine["factors"][0]) == {"factor", "first", "total"}
    assert set(mine["leave_one_out"][0]) == {"indicator", "place", "shift"}
    assert (await service.get(f"{TABLE}/99000000/stability")).status_code == 404


async def test_a_question_with_faults_is_refused_at_its_places(service: Service) -> None:
    await rated(service)
    body = {"draws": 0, "spread": 1, "means": [{"method": "power"}], "surprise": 1}
    answer = await service.post(f"{TABLE}/stability", body)
    assert answer.status_code == 422
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == [
        "/draws",
        "/means/0/p",
        "/spread",
        "/surprise",
    ]
    stranger = await service.http.post(f"{TABLE}/stability", json={}, headers=bearer("x:y"))
    assert stranger.status_code == 403


async def test_what_only_documents_state_has_no_stability(service: Service) -> None:
    await service.load("claims", "claims_motivating.csv")
    path = "/v1/ratings/motivating/2021"
    await service.eventually(path, lambda answer: answer.status_code == 200)
    for answer in (
        await service.get(f"{path}/08000000/stability"),
        await service.post(f"{path}/stability", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "NOT_COMPUTED")


async def compare(service: Service, before: dict[str, Any], after: dict[str, Any]) -> Any:
    slice_ = {"programme": "rum", "period": "2022"}
    body = {"before": slice_ | before, "after": slice_ | after}
    answer = await service.post("/v1/ratings/comparisons", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_place_is_told_only_among_all_registered_peers_whatever_the_question(
    service: Service,
) -> None:
    """Four regions of eighty-five: no answer states a place, each says among how many it knows."""
    await rated(service, peers=85)
    table = (await service.get(TABLE)).json()
    total = next(row for row in table["rows"] if row["territory"] == "10000000")["nodes"]["total"]
    known = {"place": None, "place_note": "PEERS_MISSING", "among": {"label": "3", "of": 4}}
    assert total | known == total
    profile = (await service.get("/v1/ratings/profiles/10000000")).json()
    assert profile["programmes"][0]["periods"][0]["nodes"]["total"] == total
    passport = (await service.get("/internal/passport")).json()["parts"]["ratings"]
    assert passport["territories"]["10000000"]["rum"]["2022"]["total"].items() <= total.items()
    explained = (await service.get(f"{TABLE}/10000000")).json()
    assert explained | known == explained
    best = (await service.get(f"{TABLE}/10000000/growth-points")).json()["items"][0]["place"]
    assert best["value"] == "51"
    assert best | known | {"among": {"label": "2-3", "of": 4}} == best
    path = f"{TABLE}/10000000/stability"
    stable = (await service.eventually(path, lambda answer: answer.status_code == 200)).json()
    assert stable | known | dict.fromkeys(("median", "low", "high")) == stable
    assert {one["place"] for one in stable["leave_one_out"]} == {None}
    moved = item(await compare(service, {}, {}), "10000000")
    for side in ("before", "after"):
        assert (moved[side], moved[f"{side}_note"]) == (None, "PEERS_MISSING")
        assert moved[f"{side}_among"] == known["among"]
    assert (moved["change"], moved["shift"], moved["causes"], moved["score"]) == (None,) * 3 + (0,)


async def test_growth_points_tell_a_place_where_all_peers_are_known(service: Service) -> None:
    await rated(service)
    best = (await service.get(f"{TABLE}/10000000/growth-points")).json()["items"][0]["place"]
    assert best["place"] == {"from": 2, "to": 3, "label": "2-3", "of": 4}
    assert (best["place_note"], best["among"]) == (None, None)


async def test_a_lone_region_is_compared_with_nobody(service: Service) -> None:
    database = Database(service.settings.database_url, "ratings")
    async with database.transaction() as session:
        await programmes.set_peers(session, "rum", "2022", 1)
    await database.close()
    one_region = [line for line in observed({}).splitlines() if b"30000000" not in line]
    lines = [line for line in one_region if line.split(b",")[2] in (b"territory", b"08000000")]
    await service.load("observations", b"\n".join([*lines, b""]))
    await service.eventually(TABLE, lambda answer: answer.status_code == 200)
    explained = (await service.get(f"{TABLE}/08000000")).json()
    assert (explained["place"]["label"], explained["gaps"]) == ("1", [])
    path = f"{TABLE}/08000000/stability"
    stable = (await service.eventually(path, lambda answer: answer.status_code == 200)).json()
    assert (stable["median"], stable["low"], stable["high"]) == (None, None, None)


async def test_a_missing_value_marks_the_unit_and_leaves_the_ranking_incomplete(
    service: Service,
) -> None:
    await rated(service)
    row = "rum,2022,08000000,1.3,,missing,,"
    await service.load("observations", f"{HEADING}\n{row}\n".encode())
    await service.eventually(TABLE, lambda answer: answer.json()["revision"] == 2)
    rows = {row["territory"]: row for row in (await service.get(TABLE)).json()["rows"]}
    nodes = rows["08000000"]["nodes"]
    assert rows["08000000"]["missing"] == ["1.3"]
    assert nodes["total"]["leaves"] == {"known": 7, "of": 8}
    assert nodes["I"]["leaves"] == {"known": 3, "of": 4}
    assert nodes["1.3"]["leaves"] == {"known": 0, "of": 1}
    assert [nodes[code]["incomplete"] for code in ("total", "I", "II", "1.3")] == [
        True,
        True,
        False,
        True,
    ]
    assert (nodes["total"]["place"], nodes["total"]["place_note"]) == (None, "INCOMPLETE")
    assert nodes["total"]["coverage"] == 1
    # 70 … 82.5 with 1.3 at 0 … 100, among 68.875, 67.5 and 50.
    assert nodes["total"]["place_if_known"] == {"from": 1, "to": 1, "label": "1", "of": 4}
    assert nodes["II"]["place"]["label"] == "1"
    other = rows["05000000"]["nodes"]["total"]
    assert rows["05000000"]["missing"] == []
    assert (other["place"], other["place_note"]) == (None, "PEERS_MISSING")
    assert other["among"] == {"label": "1", "of": 3}
    assert (other["incomplete"], other["place_if_known"]) == (False, None)
    explained = (await service.get(f"{TABLE}/08000000")).json()
    assert (explained["place"], explained["place_note"]) == (None, "INCOMPLETE")


async def test_a_score_outside_the_levels_is_stored_without_a_level(service: Service) -> None:
    levels = deepcopy(RUM["levels"]) | {"domain": [0, 60], "step": None, "on": "unrounded"}
    levels["bands"] = [{"code": "all", "title": "Все", "from": 0, "to": 60}]
    await with_methodology(service, version="low", levels=levels)
    await rated(service)
    rows = {row["territory"]: row for row in (await service.get(TABLE)).json()["rows"]}
    outside, inside = (rows[code]["nodes"]["total"] for code in ("08000000", "30000000"))
    assert (outside["level"], outside["level_note"]) == (None, "OUTSIDE_DOMAIN")
    assert (inside["level"]["code"], inside["level_note"]) == ("all", None)


async def test_an_old_revision_is_explained_with_the_peers_it_had(service: Service) -> None:
    await rated(service)
    path = f"{TABLE}/30000000"
    before = (await service.get(path)).json()
    register = (
        "code,kind,parent,title,register_name,aliases,okato,iso_code,code_confirmed,valid_from,"
        "valid_to,successors,replaces\n30000000,region,dfo,Камчатский край,,,,,да,,2020-12-31,,\n"
    )
    await service.load("territories", register.encode())
    await service.eventually(TABLE, lambda answer: answer.json()["revision"] == 2)
    assert (await service.get(path)).status_code == 404
    assert (await service.get(path, params={"revision": 1})).json() == before


def item(comparison: Any, territory: str) -> Any:
    return next(one for one in comparison["items"] if one["territory"] == territory)


async def test_two_revisions_differ_by_their_values(service: Service) -> None:
    await rated(service)
    await rated(service, 2, r30000000=dict.fromkeys(DIRECTIONS, 90))
    found = await compare(service, {"revision": 1}, {})
    assert (found["before"]["revision"], found["after"]["revision"]) == (1, 2)
    assert found["facets"] == ["values"]
    riser, leader = item(found, "30000000"), item(found, "08000000")
    assert (riser["before"]["label"], riser["after"]["label"], riser["shift"]) == ("4", "1", 3)
    assert riser["change"] == {"from": 3, "to": 3, "label": "improved"}
    assert riser["causes"] == [{"facet": "values", "shift": 3.0}]
    assert riser["score"] == 40.0
    assert [part["gap"] for part in riser["indicators"]] == [5.0] * 8
    assert (leader["shift"], leader["score"]) == (-1, 0.0)


async def test_one_revision_under_two_methodologies(service: Service) -> None:
    await rated(service)
    other = {**deepcopy(RUM), "version": "geometric"}
    other["tree"]["aggregate"] = {"method": "geometric"}
    other["tree"]["children"][0]["weight"] = 3
    made = (await service.post("/v1/ratings/methodologies", other)).json()
    found = await compare(service, {}, {"methodology": made["id"]})
    assert found["facets"] == ["weights", "means"]
    assert (found["before"]["methodology"], found["after"]["methodology"]) == ("2022", "geometric")
    for one in found["items"]:
        assert sum(cause["shift"] for cause in one["causes"]) == one["shift"]


async def test_what_is_not_there_is_not_compared(service: Service) -> None:
    await rated(service)
    known = {"programme": "rum", "period": "2022"}
    for after in (
        known | {"period": "1999"},
        known | {"revision": 77},
        known | {"methodology": 77777},
    ):
        body = {"before": known, "after": after}
        assert (await service.post("/v1/ratings/comparisons", body)).status_code == 404
    assert (await service.post("/v1/ratings/comparisons", {"before": known})).status_code == 422


async def findings(service: Service, rule: str) -> list[Any]:
    items = (await service.get("/internal/findings")).json()["items"]
    return [one for one in items if one["rule"] == rule]


async def with_methodology(service: Service, **changes: Any) -> None:
    """Publish another methodology and archive the one that comes with the system."""
    made = await service.post("/v1/ratings/methodologies", {**deepcopy(RUM), **changes})
    assert made.status_code == 201, made.text
    headers = {"if-match": made.headers["etag"]}
    path = f"{made.headers['location']}/publish"
    assert (await service.http.post(path, headers=headers)).status_code == 200
    for version in (await service.get("/v1/ratings/methodologies")).json()["items"]:
        if version["version"] in {"2021", "2022"}:
            path = f"/v1/ratings/methodologies/{version['id']}"
            tag = (await service.get(path)).headers["etag"]
            await service.http.post(f"{path}/archive", headers={"if-match": tag})


async def test_a_column_without_spread_is_a_finding_until_it_has_one(service: Service) -> None:
    tree = deepcopy(RUM["tree"])
    tree["children"][1]["children"][1]["normalise"] = {"method": "minmax"}
    await with_methodology(service, version="minmax", tree=tree)
    await rated(service, 1, r30000000={"2.2": 71})
    (found,) = await findings(service, "no_spread")
    assert (found["severity"], found["status"]) == ("incomplete", "open")
    assert found["subject"] == {"programme": "rum", "period": "2022", "indicator": "2.2"}
    await rated(service, 2)
    (closed,) = await findings(service, "no_spread")
    assert (closed["id"], closed["status"]) == (found["id"], "resolved")


async def test_a_calculation_that_fails_is_a_finding_and_leaves_the_rating(
    service: Service,
) -> None:
    await with_methodology(service, version="strict", missing={"policy": "fail"})
    await rated(service)
    row = "rum,2022,05000000,1.1,,missing,,"
    await service.load("observations", f"{HEADING}\n{row}\n".encode())
    await service.eventually(
        "/internal/findings",
        lambda answer: "calculation_failed" in {one["rule"] for one in answer.json()["items"]},
    )
    (found,) = await findings(service, "calculation_failed")
    assert found["subject"]["territory"] == "05000000"
    assert (await service.get(TABLE)).json()["revision"] == 1
    await service.load("observations", observed({}))
    await service.eventually(
        "/internal/findings",
        lambda answer: (
            {one["status"] for one in answer.json()["items"] if one["rule"] == "calculation_failed"}
            == {"resolved"}
        ),
    )


async def test_a_what_if_of_thousands_of_units_fits(service: Service) -> None:
    codes = [f"x{index}" for index in range(30)]
    leaves = [
        {
            "code": code,
            "title": code,
            "direction": "higher",
            "weight": 1,
            "normalise": {"method": "minmax"},
        }
        for code in codes
    ]
    tree = {"code": "total", "title": "Итог", "aggregate": {"method": "arithmetic"}}
    rows = 3000
    answer = await service.post(
        "/v1/ratings/preview",
        {
            "methodology": {**deepcopy(RUM), "tree": {**tree, "children": leaves}},
            "units": [{"code": f"u{row}"} for row in range(rows)],
            "indicators": codes,
            "values": [[row + column / 7 for column in range(30)] for row in range(rows)],
        },
    )
    assert answer.status_code == 200
    top = answer.json()["units"][-1]["nodes"]["total"]
    assert (top["score"], top["place"]["label"]) == (100.0, "1")


async def test_a_large_calculation_answers_from_a_child_as_a_small_one_does(
    service: Service, database_of: Database
) -> None:
    await rated(service)
    small, large = Calculations(), Calculations(small_cells=0)
    unit = "08000000"
    async with database_of.reading() as session:
        shown = await revision_asked(session, "rum", "2022")
        before = await load_before_revision(session, shown, unit)
        for question, more in (
            (explanation_view, ([],)),
            (growth_view, ()),
            (weak_spots_view, (before,)),
        ):
            expected = await small.answer(session, shown, question, unit, *more)
            assert await large.answer(session, shown, question, unit, *more) == expected
    assert list(small.small) == [shown.id]
    assert not large.small


async def test_questions_asked_together_calculate_a_revision_once(
    service: Service, database_of: Database
) -> None:
    await rated(service)
    calculations = Calculations()

    async def ask(unit: str) -> object:
        async with database_of.reading() as session:
            shown = await revision_asked(session, "rum", "2022")
            return await calculations.answer(session, shown, calculation_asked, unit)

    units = await asyncio.gather(*(ask(unit) for unit in REGIONS))
    assert len({id(calculation) for calculation in calculations.small.values()}) == 1
    assert len({answer["calculation"] for answer in units}) == 1  # type: ignore[index]  # a view.


def calculation_asked(calculation: Calculation, _unit: str) -> dict[str, object]:
    return {"calculation": id(calculation)}
