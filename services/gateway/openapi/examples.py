"""Examples on every operation and schema, out of what the system answers on the programme's data.

`data/examples.json` holds such answers by operation id, cut to one row a list, and with a media
type after the id («<» before that of a request) what is no JSON answer. They are at their
operations and are spread over the schemas they are made of; what is still without an example is
composed of them, field by field.
"""

import csv
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from services.gateway.openapi.merge import REF, Json, operations
from services.gateway.representations.jsonstat import to_jsonstat
from services.gateway.representations.kinds import CSV, DATA, JSON, JSON_STAT, TableKind
from services.gateway.representations.sheet import lay_out
from services.gateway.representations.spreadsheets import to_csv

_FORMATS = {
    "date-time": "2022-12-01T00:00:00Z",
    "date": "2022-12-01",
    "uuid": "1f0c9a52-6f0e-4d59-b7f9-2d6f9d8f7a10",
    "uri": "https://example.org/hooks/kachestvo",
}
# A longer text of a wide table says less than its JSON.
_LONGEST_TEXT = 1200
_COMPOSED = frozenset({JSON, "application/x-www-form-urlencoded"})
_KINDS = {str: "string", int: "integer", float: "number", bool: "boolean"}


@cache
def known_examples() -> Mapping[str, Any]:
    """Return the stored answers by operation id."""
    kept: Mapping[str, Any] = json.loads((DATA / "examples.json").read_text(encoding="utf-8"))
    return kept


@cache
def known_values() -> Mapping[str, str]:
    """Return the values of fields that the programme's own data leaves empty."""
    with (DATA / "example_values.csv").open(encoding="utf-8", newline="") as file:
        return {row["field"]: row["value"] for row in csv.DictReader(file)}


def exemplify(document: Json) -> None:
    """Put an example on every JSON body and component schema of the document, in place."""
    composer = Composer(document["components"]["schemas"])
    for _, _, operation in operations(document):
        name = operation["operationId"]
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            composer.illustrate(content, media, f"{name} < {media}")
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                for media, content in response.get("content", {}).items():
                    key = name if media == JSON else f"{name} {media}"
                    composer.illustrate(content, media, key)
    composer.complete()


def tabulate(operation: Json, kind: TableKind, path: str) -> None:
    """Put next to a table's JSON example the same rows in CSV and JSON-stat, if short."""
    content: Json = operation["responses"]["200"]["content"]
    table = content[JSON].get("example")
    if not isinstance(table, Mapping):
        return
    shown: dict[str, Any] = {CSV: to_csv(lay_out(kind, table, path)).decode()}
    if JSON_STAT in content:
        shown[JSON_STAT] = to_jsonstat(kind, table, path)
    for media, example in shown.items():
        if len(str(example)) <= _LONGEST_TEXT:
            content[media]["example"] = example


class Composer:
    """Composes examples out of the values that fields of the same name have in stored answers."""

    def __init__(self, schemas: Json) -> None:
        self.schemas = schemas
        self.words: dict[str, list[Any]] = {name: [one] for name, one in known_values().items()}
        for example in [*known_examples().values(), *(s.get("example") for s in schemas.values())]:
            self._learn("", example)
        self._open: list[str] = []

    def illustrate(self, content: Json, media: str, key: str) -> None:
        """Give a body the example stored under `key`, its own, or a composed one."""
        kept = known_examples().get(key)
        if kept is not None:
            content["example"] = self.fill(kept, content.get("schema", {}))
        elif media in _COMPOSED and "example" not in content and "examples" not in content:
            content["example"] = self.compose(content.get("schema", {}), "")
        if media == JSON:
            self.spread(content.get("example"), content.get("schema", {}))

    def fill(self, example: Any, schema: Json) -> Any:
        """Return a stored example as its schema is today: new fields composed, old ones dropped."""
        schema = self._alternative(schema, example)
        if isinstance(example, list):
            return [self.fill(one, schema.get("items", {})) for one in example]
        if not isinstance(example, Mapping):
            return example
        properties: Json = schema.get("properties", {})
        extra = schema.get("additionalProperties")
        found = {
            key: self.fill(value, properties.get(key, extra if isinstance(extra, dict) else {}))
            for key, value in example.items()
            if key in properties or extra is not False
        }
        missing = [key for key in schema.get("required", []) if key not in found]
        return found | {key: self.compose(properties.get(key, {}), key) for key in missing}

    def _learn(self, name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                self._learn(key, inner)
        elif isinstance(value, list):
            for inner in value:
                self._learn(name, inner)
        elif value is not None and value not in self.words.setdefault(name, []):
            self.words[name].append(value)

    def spread(self, example: Any, schema: Json) -> None:
        """Give parts of an example to the schemas without one that they are instances of."""
        schema = self._real(schema)
        name = schema.get("$ref", "").removeprefix(REF)
        if name and example is not None:
            schema = self.schemas[name]
            if says_what_it_is(schema):
                schema.setdefault("example", example)
        if isinstance(example, Mapping):
            properties, extra = schema.get("properties", {}), schema.get("additionalProperties")
            for key, inner in example.items():
                known = properties.get(key, extra)
                if isinstance(known, dict):
                    self.spread(inner, known)
        elif isinstance(example, list) and isinstance(schema.get("items"), dict):
            for inner in example:
                self.spread(inner, schema["items"])

    def complete(self) -> None:
        """Compose an example for every component schema that has none, or an incomplete one."""
        for name, schema in self.schemas.items():
            if "example" in schema:
                schema["example"] = self.fill(schema["example"], schema)
            elif "examples" not in schema and says_what_it_is(schema):
                schema["example"] = self.compose(schema, name)

    def compose(self, schema: Json, name: str) -> Any:
        """Return an example of a schema; `name` is the field it is in."""
        nullable = any(one.get("type") == "null" for one in schema.get("anyOf", []))
        schema = self._real(schema)
        if "example" in schema or schema.get("examples"):
            return schema["example"] if "example" in schema else schema["examples"][0]
        if "$ref" in schema:
            return self._component(schema["$ref"].removeprefix(REF), name)
        if "properties" in schema or schema.get("type") == "object":
            properties = schema.get("properties", {})
            return {key: self.compose(inner, key) for key, inner in properties.items()}
        if schema.get("type") == "array":
            return [self.compose(schema.get("items", {}), name)] * max(1, schema.get("minItems", 1))
        return self._scalar(schema, name, nullable=nullable)

    def _scalar(self, schema: Json, name: str, *, nullable: bool) -> Any:
        word = next((one for one in self.words.get(name, []) if fits(one, schema)), None)
        if word is not None or nullable:
            return word
        return schema["default"] if schema.get("default") is not None else plain(schema)

    def _component(self, name: str, field: str) -> Any:
        if name in self._open:
            return None
        self._open.append(name)
        try:
            return self.compose(self.schemas[name], field)
        finally:
            self._open.pop()

    def _alternative(self, schema: Json, example: Any) -> Json:
        """Return the alternative of a choice that knows most of an object's fields."""
        choices = schema.get("anyOf") or schema.get("oneOf") or [schema]
        behind = [self.schemas.get(s.get("$ref", "").removeprefix(REF), s) for s in choices]
        real: list[Json] = [one for one in behind if one.get("type") != "null"]
        if not isinstance(example, Mapping) or len(real) < 2:  # noqa: PLR2004 -- a choice.
            return real[0] if real else schema
        return max(real, key=lambda one: len(example.keys() & one.get("properties", {}).keys()))

    def _real(self, schema: Json) -> Json:
        """Return the first alternative of a choice that is not null."""
        choices = schema.get("anyOf") or schema.get("oneOf") or []
        real: list[Json] = [one for one in choices if one.get("type") != "null"]
        return real[0] if real and "example" not in schema else schema


def says_what_it_is(schema: Json) -> bool:
    """Tell whether a schema limits its values: an example of «any JSON» would suit no field."""
    return any(word in schema for word in ("type", "anyOf", "oneOf", "allOf", "enum", "const"))


def fits(value: Any, schema: Json) -> bool:
    """Tell whether a scalar is of a schema's type and within its bounds."""
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kind = "integer" if schema.get("type") == "number" and type(value) is int else None
    if "type" in schema and _KINDS.get(type(value)) not in {schema["type"], kind}:
        return False
    if isinstance(value, str):
        inside = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        formed = "format" not in schema or len(value) == len(_FORMATS.get(schema["format"], ""))
        return inside and formed and bool(re.search(schema.get("pattern", ""), value))
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def plain(schema: Json) -> Any:
    """Return the plainest value of a scalar schema that no stored answer knows."""
    if "const" in schema or "enum" in schema:
        return schema.get("enum", [schema.get("const")])[0]
    kind = schema.get("type")
    if kind == "boolean":
        return False
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    return _FORMATS.get(schema.get("format", ""), "…") if kind == "string" else None
