"""Every read of the contract by own, child, sister, parent and foreign territory tells no more.

Every row of the data names its territory in its references, so an answer that holds the mark of a
territory outside the caller's is a deviation, whatever operation gave it.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tests.access.callers import (
    OWN,
    REGION,
    SISTER,
    activist,
    bound,
    loaded,
    teacher,
)
from tests.access.matrix import PLACE, fitting
from tests.harness.service import Service

MARKS = {OWN: "in-own", SISTER: "in-sister"}
CALLERS = {
    "own": ([OWN], {OWN}),
    "child": (["08701404"], set()),
    "sister": ([SISTER], {SISTER}),
    "parent": ([REGION], {OWN, SISTER}),
    "foreign": (["05000000"], set()),
    "nothing": ([], set()),
}
# They match people over the border: a mentor may be of another municipality.
OVER_THE_BORDER = {"/v1/training/mentoring/suggestions"}


def reads(contract: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the reads that need a token: the path and the operation."""
    for path, item in contract["paths"].items():
        operation = item.get("get", {})
        if operation.get("security") and path not in OVER_THE_BORDER:
            yield path, operation


def asked(path: str, operation: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Fill places and required parameters with what is of a territory, else with what fits."""
    query = []
    for one in operation.get("parameters", []):
        name = one["name"]
        if one["in"] == "path":
            value = names.get(f"{path}#{name}", names.get(name, fitting(one["schema"])))
            path = path.replace(f"{{{name}}}", value)
        elif one["in"] == "query" and one.get("required"):
            query.append(f"{name}={names.get(name, fitting(one['schema']))}")
    return PLACE.sub("x", path) + ("?" + "&".join(query) if query else "")


async def leaks(service: Service, named: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return every answer that holds the mark of a territory that is not the caller's.

    `named` gives, by territory, the values that its own parameters take.
    """
    contract = (await service.get("/openapi.json")).json()
    found, told = [], set()
    cells = product(reads(contract), CALLERS.items(), named.items())
    for (path, operation), (who, (codes, within)), (_, names) in cells:
        where = asked(path, operation, names)
        answer = await service.get(where, headers=bound(service, *codes, subject="tests"))
        assert answer.status_code < 500, (where, answer.text)
        for territory, mark in MARKS.items():
            # A refusal may repeat what was asked for.
            if mark in answer.text and answer.status_code == 200:
                told.add((path, territory))
                if territory not in within:
                    found.append(f"{who}: {where} tells of {territory}")
    assert len(told) >= FEWEST_TOLD[service.under_test.name], told
    return found


FEWEST_TOLD = {"training": 12, "olympiads": 4}


async def test_reads_of_training_tell_of_the_callers_territories(training: Service) -> None:
    named = {}
    for code, mark in MARKS.items():
        await loaded(training, "teachers", [teacher(f"t-{mark}", code)])
        await loaded(training, "activists", [activist(f"a-{mark}", code)])
        school = {"code": f"s-{mark}", "oktmo": code, "kind": "school"}
        await loaded(training, "schools", [school])
        group = {"code": f"g-{mark}", "title": "МО", "leader": f"a-{mark}"}
        await loaded(training, "groups", [group])
        named[code] = {
            "teacher": f"t-{mark}",
            "/v1/training/schools/{code}#code": f"s-{mark}",
            "/v1/training/groups/{code}#code": f"g-{mark}",
        }
    await attended(training)
    assert await leaks(training, named) == []


async def attended(service: Service) -> None:
    """Both teachers hold certificates of a course."""
    course = {"code": "e1", "year": "2023", "title": "Курс", "kind": "kpk", "state": "planned"}
    await loaded(service, "events", [course])
    rows = [
        {"event": "e1", "teacher": f"t-{mark}", "state": "completed", "certificate": mark}
        for mark in MARKS.values()
    ]
    await loaded(service, "attendance", rows)


async def test_reads_of_olympiads_tell_of_the_callers_territories(olympiads: Service) -> None:
    await olympiads.load("thresholds", "thresholds_2022_2023.csv")
    season = {"season": "2022-2023", "stage": "municipal", "subject": "physics"}
    grades = {"study_grade": 9, "task_grade": 9}
    for code, mark in MARKS.items():
        row = {
            **season,
            "participant": f"p-{mark}",
            **grades,
            "municipality": code,
            "school": f"s-{mark}",
            "score": 30,
            "status": "participant",
            "state": "final",
            "consent": "да",
        }
        await loaded(olympiads, "results", [row])
    names = {"season": "2022-2023", "subject": "physics", "grade": "9", "since": "0", "until": "9"}
    assert await leaks(olympiads, {OWN: names}) == []
