"""Bounds and forms that hold for every schema of the document, said where a service left them out.

Numbers are those JSON can carry exactly; texts hold no NUL, which PostgreSQL does not store;
identifiers and instants are as long as their formats. What a service said itself is not changed.
"""

from typing import Any

from services.gateway.openapi.merge import Json, operations
from services.gateway.openapi.subschemas import each_object

SAFE = 2**53 - 1
_INT32 = 2**31 - 1
ANY_TEXT = "^[^\\u0000]*$"
_TEXT = {"maxLength": 65_536, "pattern": ANY_TEXT}
# The longest value of a parameter; the gateway refuses longer ones before they go anywhere.
LONGEST_PARAMETER = 1024
_LENGTHS = {"uuid": 36, "date": 10, "date-time": 40, "time": 20, "uri": 2000}
_CLOSED = ("enum", "const", "$ref")
_MOST_ITEMS = 100_000


def constrain(document: Json) -> None:
    """Complete every schema and parameter of the document in place."""
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            _complete_parameter(parameter)
    _bound(document["paths"])
    _bound(document.get("webhooks", {}))
    _bound(document["components"])
    schemas: Json = document["components"]["schemas"]
    for schema in schemas.values():
        if "example" in schema:
            schema["example"] = completed(schema["example"], schema, schemas)


def _complete_parameter(parameter: Json) -> None:
    """Drop the null alternative: a parameter is there or not, it is never null."""
    schema = parameter.get("schema", {})
    if parameter.get("name") == "limit":
        # Any number is taken and brought into 1…1000, so none of them is out of bounds.
        schema.pop("minimum", None)
        schema.pop("maximum", None)
    real = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(real) == 1 and len(real) < len(schema["anyOf"]):
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        parameter["schema"] = schema = {**rest, **real[0]}
    if schema.get("type") == "string" and not any(key in schema for key in (*_CLOSED, "format")):
        schema.setdefault("maxLength", LONGEST_PARAMETER)


def _bound(part: object) -> None:
    """Bound every schema of a part of the document."""
    for value in each_object(part):
        kind = value.get("type")
        if kind == "integer":
            _bound_integer(value)
        elif kind == "string" and not any(key in value for key in _CLOSED):
            _bound_string(value)
        elif kind == "array":
            value.setdefault("maxItems", _MOST_ITEMS)


def _bound_integer(schema: Json) -> None:
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values:
        schema.setdefault("minimum", min(values))
        schema.setdefault("maximum", max(values))
    for word in ("minimum", "maximum"):
        if word in schema:
            schema[word] = min(max(int(schema[word]), -SAFE), SAFE)
    if "exclusiveMinimum" not in schema:
        schema.setdefault("minimum", -SAFE)
    if "exclusiveMaximum" not in schema:
        schema.setdefault("maximum", SAFE)
    widest = max(abs(schema.get(key, 0)) for key in ("minimum", "maximum"))
    schema.setdefault("format", "int32" if widest <= _INT32 else "int64")


def _bound_string(schema: Json) -> None:
    form = schema.get("format")
    if form in _LENGTHS:
        schema.setdefault("maxLength", _LENGTHS[form])
    else:
        schema.setdefault("maxLength", _TEXT["maxLength"])
        if form is None:
            schema.setdefault("pattern", _TEXT["pattern"])


def completed(example: Any, schema: Json, schemas: Json) -> Any:
    """Return an example with the nulls its schema asks for; the framework leaves them out."""
    schema = _resolved(schema, schemas)
    if isinstance(example, dict):
        inner: Json = schema.get("properties", {})
        extra = schema.get("additionalProperties")
        filled = {
            key: completed(value, inner.get(key, extra if isinstance(extra, dict) else {}), schemas)
            for key, value in example.items()
        }
        missing = [key for key in schema.get("required", []) if key not in filled]
        return filled | {key: None for key in missing if _nullable(inner.get(key, {}))}
    if isinstance(example, list):
        return [completed(one, schema.get("items", {}), schemas) for one in example]
    return example


def _resolved(schema: Json, schemas: Json) -> Json:
    """Return the schema behind a reference or the one real alternative of a nullable one."""
    real = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if len(real) == 1:
        schema = real[0]
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: Json = schemas.get(name, schema) if name else schema
    return found


def _nullable(schema: Json) -> bool:
    alternatives = schema.get("anyOf", [schema])
    return any(one.get("type") == "null" or one == {} for one in alternatives) or (
        "type" not in schema and "$ref" not in schema and "anyOf" not in schema
    )
