"""What the services route, out of their OpenAPI: which operation a request is, what it needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The parameter of a path that is a reference to a person.
_PERSON = "{ref}"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True, slots=True)
class Operation:
    """One routed operation: its path template and the scopes it asks for (empty: open).

    `accepts` are the media types of its body, empty where it has none.
    """

    method: str
    template: str
    scopes: frozenset[str]
    accepts: frozenset[str] = frozenset()

    def place(self, path: str) -> str:
        """Return `path` as it may be stored: the template where a segment refers to a person."""
        return self.template if _PERSON in self.template else path


@dataclass(frozen=True, slots=True)
class Match:
    """What is routed at a path: the operation if the method fits, all methods that would."""

    operation: Operation | None
    allowed: frozenset[str]


class Routing:
    """The operations of one service, matched literal segments first."""

    def __init__(self, openapi: Mapping[str, Any]) -> None:
        templates = sorted(openapi.get("paths", {}).items(), key=lambda item: _order(item[0]))
        self._paths = [
            (_compile(template), _operations(template, item)) for template, item in templates
        ]

    def match(self, method: str, path: str) -> Match | None:
        """Return the operation at `path`; None where nothing is routed. HEAD is answered as GET."""
        for pattern, operations in self._paths:
            if pattern.fullmatch(path):
                found = operations.get(method) or (
                    operations.get("GET") if method == "HEAD" else None
                )
                allowed = set(operations) | ({"HEAD"} if "GET" in operations else set())
                return Match(found, frozenset(allowed))
        return None


def _order(template: str) -> list[tuple[int, str]]:
    """Literal segments before parameters, position by position."""
    return [(int("{" in segment), segment) for segment in template.split("/")]


def _compile(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", template)
    return re.compile(
        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    )


def _operations(template: str, item: Mapping[str, Any]) -> dict[str, Operation]:
    return {
        method.upper(): Operation(
            method.upper(),
            template,
            _scopes(operation),
            frozenset(operation.get("requestBody", {}).get("content", {})),
        )
        for method, operation in item.items()
        if method in METHODS
    }


def _scopes(operation: Mapping[str, Any]) -> frozenset[str]:
    """Scopes of the first security requirement that names any."""
    for requirement in operation.get("security", []):
        for scopes in requirement.values():
            if scopes:
                return frozenset(scopes)
    return frozenset()
