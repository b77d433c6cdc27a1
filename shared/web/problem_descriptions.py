"""The problem types of a service as its OpenAPI document lists them, for `/problems`."""

from collections.abc import Iterable, Mapping

from shared.problem_catalogue import ProblemType, problem_types
from shared.web.problems import status_of_class

EXTENSION = "x-problem-types"


def describe_problems(service: str) -> list[dict[str, object]]:
    """Return the problem types of a service and of the shared code, by code."""
    own = ("shared.", f"services.{service}.", "services.catalogue")
    return [described(one) for one in problem_types() if one.module.startswith(own)]


def described(one: ProblemType) -> dict[str, object]:
    """Return a problem type as JSON; `status` is that of its kind."""
    return {
        "code": one.code,
        "status": status_of_class(one.kind),
        "title": one.title,
        "detail": one.detail,
        "meaning": one.meaning,
        "remedy": one.remedy,
    }


def merged(documents: Iterable[Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Return the problem types that OpenAPI documents list, by code; the first statement counts."""
    found: dict[str, dict[str, object]] = {}
    for document in documents:
        stated = document.get(EXTENSION, [])
        for one in stated if isinstance(stated, list) else []:
            found.setdefault(str(one["code"]), dict(one))
    return {code: found[code] for code in sorted(found)}
