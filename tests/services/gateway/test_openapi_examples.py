"""Every example of the merged document is one: it stands everywhere and its schema takes it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from services.gateway.openapi.examples import fits, plain
from services.gateway.openapi.merge import REF, operations
from tests.harness.contract import merged_contract

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
CONTRACT = "urn:kachestvo:contract"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """Return what the gateway tells of all four services."""
    return merged_contract()


@pytest.fixture(scope="module")
def registry(document: Json) -> jsonschema_rs.Registry:
    """Return the document as a place that references lead into."""
    return jsonschema_rs.Registry([(CONTRACT, document)])


def behind(document: Json, value: Json) -> Json:
    """Return a component behind a reference, else the value itself."""
    names = value.get("$ref", "#").split("/")[1:]
    found = document if names else value
    for name in names:
        found = found[name]
    return found


def bodies(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Give every JSON body that is sent or answered well, with its operation."""
    for path, method, operation in operations(document):
        parts = {"request": operation.get("requestBody", {})}
        parts |= {status: one for status, one in operation["responses"].items() if status[0] == "2"}
        for part, body in parts.items():
            for media, content in behind(document, body).get("content", {}).items():
                yield f"{method} {path} {part}", media, content


def faults(registry: jsonschema_rs.Registry, schema: Json, example: Any) -> list[str]:
    """Return why a schema refuses an example; its references lead into the document."""
    own = json.loads(json.dumps(schema).replace('"#/', f'"{CONTRACT}#/'))
    validator = jsonschema_rs.validator_for(own, registry=registry)
    return [str(fault.message) for fault in validator.iter_errors(example)]


def test_a_spoiled_example_is_refused_through_references(
    document: Json, registry: jsonschema_rs.Registry
) -> None:
    whole = document["components"]["schemas"]["ProblemDetails"]["example"]
    schema = {"$ref": f"{REF}ProblemDetails"}
    assert faults(registry, schema, whole) == []
    assert faults(registry, schema, whole | {"status": "x"}) != []


def test_every_json_body_has_an_example_its_schema_takes(
    document: Json, registry: jsonschema_rs.Registry
) -> None:
    seen = [(where, one) for where, media, one in bodies(document) if media == "application/json"]
    assert len(seen) > 150
    for where, content in seen:
        named: Json = next(iter(content.get("examples", {}).values()), {})
        name = content.get("schema", {}).get("$ref", "").removeprefix(REF)
        of_schema = document["components"]["schemas"].get(name, {}).get("example")
        told = content.get("example", named.get("value", of_schema))
        assert told is not None, where
        assert faults(registry, content.get("schema", {}), told) == [], where


def test_every_schema_of_a_body_has_an_example_it_takes(
    document: Json, registry: jsonschema_rs.Registry
) -> None:
    schemas = document["components"]["schemas"]
    names = {content.get("schema", {}).get("$ref", "") for _, _, content in bodies(document)}
    for name in sorted(name.removeprefix(REF) for name in names if name):
        assert faults(registry, schemas[name], schemas[name]["example"]) == [], name
    stated = [(name, schema) for name, schema in schemas.items() if "example" in schema]
    assert len(stated) > 120
    for name, schema in stated:
        assert faults(registry, schema, schema["example"]) == [], name


def test_every_parameter_has_an_example_or_fixed_values(
    document: Json, registry: jsonschema_rs.Registry
) -> None:
    for path, method, operation in operations(document):
        for parameter in (behind(document, one) for one in operation["parameters"]):
            schema = parameter["schema"]
            shown = [parameter.get("example"), schema.get("example"), *schema.get("examples", [])]
            given = [one for one in shown if one is not None]
            assert given or "enum" in schema or "const" in schema, f"{method} {path} {parameter}"
            assert all(faults(registry, schema, one) == [] for one in given), parameter


def test_any_json_has_no_example_of_its_own(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert "example" not in schemas["JsonValue"]
    (finding,) = schemas["CheckAnswer"]["example"]["items"]
    assert all(isinstance(finding[field], str | None) for field in ("declared", "recomputed"))


def test_the_document_is_no_larger_than_a_browser_likes(document: Json) -> None:
    assert len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()) <= 700_000


def test_tables_show_the_same_row_in_every_text(document: Json) -> None:
    read = document["paths"]["/v1/olympiads/{season}/thresholds"]["get"]
    answer = behind(document, read["responses"]["200"])
    schema = answer["content"]["application/json"]["schema"]["$ref"].removeprefix(REF)
    table = document["components"]["schemas"][schema]["example"]
    assert table["rows"][0]["subject"] == "physics"
    sheet = answer["content"]["text/csv"]["example"]
    assert sheet.splitlines()[1].startswith("physics,Физика,9,")
    assert answer["content"]["application/vnd.json-stat+json"]["example"]["class"] == "dataset"


def test_people_read_of_every_operation_in_russian(document: Json) -> None:
    for path, method, operation in operations(document):
        for field in ("summary", "description"):
            assert RUSSIAN.search(operation[field]), f"{method} {path} {field}"


@pytest.mark.parametrize(
    ("value", "schema", "good"),
    [
        (True, {"type": "integer"}, False),
        (3, {"type": "number", "maximum": 2}, False),
        (3, {"type": "number"}, True),
        (1.5, {"type": "integer"}, False),
        ("аб", {"type": "string", "pattern": "^[a-z]+$"}, False),
        ("ab", {"type": "string", "minLength": 3}, False),
        ("ab", {"enum": ["cd"]}, False),
        ("ab", {"const": "ab"}, True),
        ("2022", {"type": "string", "format": "date"}, False),
    ],
)
def test_a_value_stands_only_where_its_schema_takes_it(
    value: object, schema: Json, *, good: bool
) -> None:
    assert fits(value, schema) is good


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "boolean"},
        {"type": "integer", "minimum": 5, "maximum": 9},
        {"type": "string", "format": "date-time"},
        {"enum": ["a", "b"]},
    ],
)
def test_the_plainest_value_is_taken_too(schema: Json) -> None:
    assert fits(plain(schema), schema)
