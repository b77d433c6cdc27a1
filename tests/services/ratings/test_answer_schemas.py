"""Real answers about a rating are held to the schemas that the service publishes."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import jsonschema_rs

from tests.services.ratings.service import Service
from tests.services.ratings.test_answers import (
    DIRECTIONS,
    HEADING,
    REGIONS,
    RUM,
    TABLE,
    asked,
    compare,
    item,
    rated,
    with_methodology,
)

SLICE = "/v1/ratings/{programme}/{period}"
PLACE = f"{SLICE}/{{territory}}"
Holds = Callable[..., Any]


async def contract(service: Service) -> Holds:
    """Return what checks an answer against the schema of its operation, and gives it back."""
    document = (await service.get("/openapi.json")).json()

    def holds(method: str, path: str, answer: Any, status: int = 200) -> Any:
        operation = document["paths"][path][method]
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        assert set(schema) == {"$ref"}
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.validator_for(whole, validate_formats=True).validate(answer)
        return answer

    return holds


async def told(service: Service, holds: Holds, region: str, question: str = "") -> Any:
    answer = await service.get(f"{TABLE}/{region}{question}")
    assert answer.status_code == 200, answer.text
    return holds("get", PLACE + question, answer.json())


async def every(service: Service, holds: Holds) -> dict[str, Any]:
    """Ask all questions about all regions; return the explanations."""
    weak: list[Any] = []
    for region in REGIONS:
        await told(service, holds, region, "/growth-points")
        weak += (await told(service, holds, region, "/weak-spots"))["items"]
    assert weak
    return {region: await told(service, holds, region) for region in REGIONS}


def missing(region: str, *codes: str) -> bytes:
    rows = [f"rum,2022,{region},{code},,missing,," for code in codes]
    return "\n".join([HEADING, *rows, ""]).encode()


async def test_contributions_and_their_nulls_fit(service: Service) -> None:
    holds = await contract(service)
    await rated(service)
    whole = (await every(service, holds))["08000000"]
    assert whole["contributions"]
    assert {gap["rival"] for gap in whole["gaps"]} <= {"next", "leader", "group_median"}
    await service.load("observations", missing("05000000", "1.1"))
    await service.load("observations", missing("30000000", *DIRECTIONS[:7]))
    await service.eventually(TABLE, lambda answer: answer.json()["revision"] >= 2)
    await service.eventually(
        f"{TABLE}/30000000",
        lambda answer: answer.status_code == 200 and answer.json()["score"] is None,
    )
    found = await every(service, holds)
    first = found["05000000"]["contributions"][0]
    assert (first["weight"], first["normalised"], first["contribution"]) == (None, None, 0.0)
    nobody = found["30000000"]
    assert (nobody["score"], nobody["contributions"], nobody["gaps"]) == (None, None, [])


async def test_shapley_trees_and_gaps_without_parts_fit(service: Service) -> None:
    holds = await contract(service)
    tree = deepcopy(RUM["tree"])
    tree["aggregate"] = {"method": "power", "p": 2}
    tree["children"][0]["aggregate"] = {"method": "geometric"}
    tree["children"][1]["children"][0]["normalise"] = {"method": "zscore", "mean": 50, "sd": 10}
    await with_methodology(service, version="shapley", tree=tree)
    await rated(service, r30000000={"1.1": 0})
    found = await every(service, holds)
    gaps = [gap for one in found.values() for gap in one["gaps"]]
    nodes = [node for gap in gaps for node in gap["nodes"]]
    assert {gap["indicators"] for gap in gaps} == {None}
    assert any(node["parts"] for node in nodes)
    assert any(node["gap"] is None and node["parts"] is None for node in nodes)
    assert all(one["contributions"] is None for one in found.values())


async def test_a_rating_that_takes_no_gaps_and_has_no_levels_fits(service: Service) -> None:
    holds = await contract(service)
    await with_methodology(service, version="strict", missing={"policy": "fail"}, levels=None)
    await rated(service)
    found = await every(service, holds)
    assert all(one["score"] is not None for one in found.values())
    question = {"draws": 60, "samples": 0, "means": [{"method": "minimum"}]}
    answer = holds("post", f"{SLICE}/stability", (await asked(service, question)).json())
    assert answer["factors"] == []
    assert {unit["levels"] for unit in answer["units"]} == {None}


async def test_stability_of_a_rating_and_of_a_territory_fits(service: Service) -> None:
    holds = await contract(service)
    await rated(service)
    await service.load("observations", missing("30000000", *DIRECTIONS[:7]))
    await service.eventually(
        f"{TABLE}/30000000",
        lambda answer: answer.status_code == 200 and answer.json()["score"] is None,
    )
    accepted = await service.post(f"{TABLE}/stability", {"draws": 80, "samples": 8, "seed": 2})
    holds("post", f"{SLICE}/stability", accepted.json(), 202)
    rules = [None, {"method": "zscore"}, {"method": "goalposts", "low": 0, "high": 100}]
    question = {"draws": 90, "samples": 16, "normalisations": rules}
    answer = holds("post", f"{SLICE}/stability", (await asked(service, question)).json())
    unplaced = answer["units"][-1]
    assert (unplaced["place"], unplaced["median"], unplaced["levels"]) == (None, None, None)
    assert answer["question"]["normalisations"] == rules
    path = f"{TABLE}/08000000/stability"
    first = await service.get(path)
    holds("get", f"{PLACE}/stability", first.json(), 202)
    shown = await service.eventually(path, lambda answer: answer.status_code == 200)
    holds("get", f"{PLACE}/stability", shown.json())


async def test_comparisons_of_every_kind_fit(service: Service) -> None:
    holds = await contract(service)
    path = "/v1/ratings/comparisons"
    await rated(service)
    holds("post", path, await compare(service, {}, {}))
    await service.load("observations", missing("30000000", *DIRECTIONS[:7]))
    await service.eventually(
        f"{TABLE}/30000000",
        lambda answer: answer.status_code == 200 and answer.json()["score"] is None,
    )
    found = holds("post", path, await compare(service, {"revision": 1}, {}))
    gone = item(found, "30000000")
    assert (gone["after"], gone["change"], gone["shift"], gone["causes"]) == (None,) * 4
    made = []
    for version, change in (("means", "aggregate"), ("another", "code")):
        document = {**deepcopy(RUM), "version": version}
        part = document["tree"]["children"][0]
        part[change] = {"method": "geometric"} if change == "aggregate" else "III"
        answer = await service.post("/v1/ratings/methodologies", document)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
    for number, facet in zip(made, ("means", "tree"), strict=True):
        found = holds("post", path, await compare(service, {}, {"methodology": number}))
        assert found["facets"] == [facet]


async def test_a_what_if_fits(service: Service) -> None:
    holds = await contract(service)
    question = {
        "methodology": deepcopy(RUM),
        "units": [{"code": "u1", "group": "g"}, {"code": "u2"}],
        "indicators": list(DIRECTIONS),
        "values": [list(REGIONS["08000000"]), [None] * 8],
    }
    answer = await service.post("/v1/ratings/preview", question)
    assert answer.status_code == 200, answer.text
    nothing = holds("post", "/v1/ratings/preview", answer.json())["units"][1]["nodes"]["total"]
    assert (nothing["score"], nothing["place"], nothing["level"]) == (None, None, None)
