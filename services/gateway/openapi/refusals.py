"""Refusals that printed examples get on the programme's data, placed where they are answered.

An example with an opaque number, an old tag or no acting person cannot succeed everywhere;
`data/refusals.csv` says with which code it is refused, and the contract shows that problem.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from services.gateway.openapi.merge import Json, operations
from services.gateway.representations.kinds import DATA

PROBLEM_MEDIA = "application/problem+json"
_ACTOR: Json = {
    "name": "Kachestvo-Actor",
    "in": "header",
    "required": False,
    "description": "Человек, от имени которого действует клиент: непрозрачная ссылка.",
    "schema": {"type": "string", "maxLength": 128, "pattern": "^[\\x20-\\x7e]+$"},
    "example": "m-0221",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an operation's own example is refused with."""

    operation: str
    status: str
    code: str


@cache
def known_refusals() -> tuple[Refusal, ...]:
    """Return the rows of the table in their order."""
    with (DATA / "refusals.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Refusal(**row) for row in csv.DictReader(file))


def refusals_of(operation: str) -> tuple[Refusal, ...]:
    """Return what the example of an operation may be refused with, one of a status."""
    return tuple(one for one in known_refusals() if fnmatchcase(operation, one.operation))


def show_refusals(document: Json, titles: Mapping[str, str]) -> None:
    """Put the problem of each refusal on its response, and the header that names a person.

    `titles` are those of the known problem types by code.
    """
    for _, _, operation in operations(document):
        for refusal in refusals_of(operation["operationId"]):
            title = titles.get(refusal.code, "Отказ")
            _show(operation, refusal, _problem(refusal, title))


def _show(operation: Json, refusal: Refusal, problem: Json) -> None:
    response = operation["responses"].setdefault(refusal.status, {"description": problem["title"]})
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    content = response.setdefault("content", {}).setdefault(PROBLEM_MEDIA, {"schema": schema})
    content["example"] = problem
    if refusal.code == "ACTOR_REQUIRED":
        operation["parameters"] = [*operation.get("parameters", []), dict(_ACTOR)]


def _problem(refusal: Refusal, title: str) -> Json:
    return {
        "type": f"/problems/{refusal.code}",
        "title": title,
        "status": int(refusal.status),
        "detail": f"{title}.",
        "instance": "/v1",
        "code": refusal.code,
        "trace_id": "3f0c8f6e1d9a-1a2b",
        "errors": [],
    }
