"""Operations on their way out: said by `Deprecation` (RFC 9745), `Sunset` (RFC 8594), `Link`.

`data/deprecations.csv` is the whole registry; a row in it is all it takes to announce an
operation's end in its answers and in the OpenAPI. While it is empty nothing is looked up.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.http.prerendered import Header
from services.gateway.http.routing import METHODS, Operation
from services.gateway.openapi.merge import Json, operations

REGISTRY = Path(__file__).parent / "data" / "deprecations.csv"
_PARAMETER = re.compile(r"\{[^{}/]+\}")

OperationAt = Callable[[str, str], Operation | None]


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The announced end of one operation, named by its method and its path template.

    Instants are midnights in UTC. `sunset` (None: not decided) is never before `since`;
    `successor` is a path whose parameters are whole segments and are among the template's.
    """

    method: str
    template: str
    since: date
    sunset: date | None = None
    successor: str | None = None

    def __post_init__(self) -> None:
        """Refuse a row that would announce nonsense."""
        if self.method.lower() not in METHODS or not self.template.startswith("/"):
            raise ValueError(f"not an operation: {self.method} {self.template}")
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError(f"{self.template} ends before it is deprecated")
        if self.successor is not None:
            unknown = _parameters(self.successor) - _parameters(self.template)
            if unknown or not self.successor.startswith("/"):
                raise ValueError(f"{self.successor} cannot be made out of {self.template}")

    def fields(self, path: str) -> list[Header]:
        """Return the header fields of an answer at `path`, which the template matches."""
        found = [(b"deprecation", b"@%d" % int(_midnight(self.since).timestamp()))]
        if self.sunset is not None:
            found.append((b"sunset", format_datetime(_midnight(self.sunset), usegmt=True).encode()))
        if self.successor is not None:
            target = self._successor_of(path)
            found.append((b"link", f'<{target}>; rel="successor-version"'.encode()))
        return found

    def _successor_of(self, path: str) -> str:
        given = dict(zip(self.template.split("/"), path.split("/"), strict=True))
        segments = (self.successor or "").split("/")
        return "/".join(
            quote(given[one], safe="") if _PARAMETER.fullmatch(one) else one for one in segments
        )


Registry = Mapping[tuple[str, str], Deprecation]


def read_deprecations(file: Path = REGISTRY) -> Registry:
    """Return the registry by (method, template). Raises `ValueError` for a row without sense."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [
            Deprecation(
                row["method"],
                row["template"],
                date.fromisoformat(row["since"]),
                date.fromisoformat(row["sunset"]) if row["sunset"] else None,
                row["successor"] or None,
            )
            for row in csv.DictReader(lines)
        ]
    found = {(row.method, row.template): row for row in rows}
    if len(found) != len(rows):
        raise ValueError("an operation is deprecated twice")
    return found


def mark(document: Json, registry: Registry) -> Json:
    """Mark the deprecated operations of an OpenAPI document in place and return it."""
    for path, method, operation in operations(document):
        found = registry.get((method.upper(), path))
        if found is None:
            continue
        operation["deprecated"] = True
        for response in operation["responses"].values():
            response.setdefault("headers", {}).update(_documented(found))
    return document


def _documented(found: Deprecation) -> Json:
    fields: Json = {
        "Deprecation": {
            "description": "С какого времени операция считается устаревшей (RFC 9745).",
            "schema": {"type": "string", "maxLength": 20, "pattern": "^@[0-9]+$"},
        }
    }
    if found.sunset is not None:
        fields["Sunset"] = {
            "description": "Когда операция перестанет отвечать (RFC 8594).",
            "schema": {"type": "string", "maxLength": 40},
        }
    return fields


class Announcing:
    """Adds the announcement to every answer of a deprecated operation; HEAD goes with its GET."""

    def __init__(self, app: ASGIApp, registry: Registry, operation_at: OperationAt) -> None:
        self.app = app
        self.registry = registry
        self.operation_at = operation_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        operation = self.operation_at(scope["method"], scope["path"])
        found = operation and self.registry.get((operation.method, operation.template))
        if not found:
            return await self.app(scope, receive, send)
        fields = found.fields(scope["path"])

        async def announced(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *fields]
            await send(message)

        return await self.app(scope, receive, announced)


def _parameters(template: str) -> set[str]:
    return {segment for segment in template.split("/") if "{" in segment}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
