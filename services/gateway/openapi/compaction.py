"""The document made smaller without saying less: every fact is written once.

Works on component schemas after examples were composed. Nothing here changes which values are
valid.
"""

import json
from collections.abc import Iterator
from typing import Any

from services.gateway.openapi.constraints import ANY_TEXT
from services.gateway.openapi.merge import REF, Json, drop_unused, operations, references
from services.gateway.openapi.shared_fields import share_fields, share_shapes
from services.gateway.openapi.subschemas import each_object

_OF_ITS_OWN = frozenset({"title", "example"})
_DEEPEST_LIST = 1
_LONGEST_STRING = 28
_SERVICES = ("Ratings", "Olympiads", "Training")
# Types whose `anyOf` with null is written as a list of two types.
_PLAIN = frozenset({"string", "integer", "number", "boolean", "array"})


def compact(document: Json) -> Json:
    """Make a completed document smaller, in place; return it."""
    unify_schemas(document)
    schemas: Json = document["components"]["schemas"]
    bodies = set(_body_schemas(document))
    sent = _sent_schemas(document)
    for name, schema in schemas.items():
        if schema.get("title") == name:
            del schema["title"]
        if "example" in schema:
            _drop_field_examples(schema)
            # What is sent stays whole: a shorter request may not be taken.
            whole = schema["example"]
            schema["example"] = whole if name in sent else first_rows(whole)
    for _, _, operation in operations(document):
        _compact_operation(operation)
    _drop_text_pattern(list(schemas.values()))
    _drop_bounds_of_enumerations([document["paths"], *schemas.values()])
    for name in schemas.keys() - sent:
        if schemas[name].get("additionalProperties") is False:
            # An answer may get a field; clients that refuse one would break then.
            del schemas[name]["additionalProperties"]
    for part in (document["paths"], list(schemas.values())):
        _write_nullable(part)
    for schema in schemas.values():
        _drop_field_titles(schema)
    share_shapes(schemas)
    share_fields(schemas)
    for name in schemas.keys() - bodies:
        # The example of the whole body shows what is inside it.
        schemas[name].pop("example", None)
    return document


def _compact_operation(operation: Json) -> None:
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        schema.pop("title", None)
        if parameter.get("required") is False:
            del parameter["required"]
        if schema.get("description") == parameter.get("description"):
            schema.pop("description", None)
    for body in operation["responses"].values():
        _drop_text_pattern(body)
        for content in body.get("content", {}).values():
            if isinstance(content.get("example"), dict):
                content["example"] = first_rows(content["example"])


def first_rows(example: Any, depth: int = 0) -> Any:
    """Return an example with one object of each list of objects, none deep inside, texts cut."""
    if isinstance(example, dict):
        return {name: first_rows(value, depth) for name, value in example.items()}
    if isinstance(example, str):
        return example if len(example) <= _LONGEST_STRING else f"{example[:_LONGEST_STRING]}…"
    if not isinstance(example, list):
        return example
    if example and isinstance(example[0], dict):
        return [first_rows(example[0], depth + 1)] if depth < _DEEPEST_LIST else []
    return [first_rows(value, depth) for value in example]


def _sent_schemas(document: Json) -> set[str]:
    """Return the schemas that requests are made of, those inside others included."""
    bodies = [operation.get("requestBody", {}) for _, _, operation in operations(document)]
    found: set[str] = set()
    waiting = list(references(bodies))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(document["components"]["schemas"][name])
    return found


def _drop_text_pattern(part: object) -> None:
    """Drop «no NUL» from texts, which `VALUE_REFUSED` says at the one place where it happens."""
    for value in each_object(part):
        if value.get("pattern") == ANY_TEXT and value.get("type") == "string":
            del value["pattern"]


def _drop_bounds_of_enumerations(parts: list[Json]) -> None:
    """Drop lengths and patterns of texts that are enumerations."""
    for value in each_object(parts):
        if "enum" in value and value.get("type") == "string":
            for bound in ("minLength", "maxLength", "pattern"):
                value.pop(bound, None)


def unify_schemas(document: Json) -> None:
    """Replace schemas of several services that say the same by one without the service's name."""
    schemas: Json = document["components"]["schemas"]
    while groups := [names for names in _alike(schemas) if len(names) > 1]:
        moved: Json = {}
        for names in groups:
            short = _without_service(names[0])
            kept = names[0] if short in schemas else short
            schemas[kept] = {**schemas[names[0]], "title": kept}
            moved |= {REF + name: REF + kept for name in names}
            for name in set(names) - {kept}:
                del schemas[name]
        _redirect(document, moved)
    drop_unused(document)


def _alike(schemas: Json) -> Iterator[list[str]]:
    """Give the names of schemas that are called alike but for the service and say the same."""
    found: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        own = {key: value for key, value in schema.items() if key not in _OF_ITS_OWN}
        key = f"{_without_service(name)} {json.dumps(own, sort_keys=True)}"
        found.setdefault(key, []).append(name)
    yield from found.values()


def _without_service(name: str) -> str:
    prefix = next((one for one in _SERVICES if name.startswith(one)), "")
    return name.removeprefix(prefix)


def _redirect(value: Any, moved: Json) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            value["$ref"] = moved.get(value["$ref"], value["$ref"])
        for inner in value.values():
            _redirect(inner, moved)
    elif isinstance(value, list):
        for inner in value:
            _redirect(inner, moved)


def _body_schemas(document: Json) -> Iterator[str]:
    """Give the schemas that are a whole body of a request or an answer."""
    for _, _, operation in operations(document):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in body.get("content", {}).values():
                yield from references(content.get("schema", {}))


def _drop_field_examples(schema: Json) -> None:
    """Drop the examples of fields: the example of their schema has a value for each."""
    for name, field in schema.get("properties", {}).items():
        if isinstance(schema["example"], dict) and schema["example"].get(name) is not None:
            field.pop("examples", None)
            field.pop("example", None)


def _write_nullable(part: object) -> None:
    """Write a plain type or null as a list of the two types (JSON Schema 2020-12)."""
    for value in each_object(part):
        _merge_null(value)
        if value.get("default", ...) is None and "description" in value:
            # A field that may be left out is null then.
            del value["default"]


def _merge_null(schema: Json) -> None:
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or len(choices) != 2 or {"type": "null"} not in choices:  # noqa: PLR2004 -- one and null.
        return
    (plain,) = [one for one in choices if one != {"type": "null"}] or [{}]
    if plain.get("type") in _PLAIN and "enum" not in plain and "const" not in plain:
        del schema["anyOf"]
        schema.update({**plain, "type": [plain["type"], "null"]})


def _drop_field_titles(schema: Any) -> None:
    """Drop `title: Created At` of a field `created_at` that holds a plain value."""
    for name, field in schema.get("properties", {}).items():
        automatic = name.replace("_", " ").title()
        if field.get("title") == automatic and "enum" not in field and "properties" not in field:
            del field["title"]
