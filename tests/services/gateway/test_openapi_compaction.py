"""A compact document takes the same values and says every fact once."""

from typing import Any

import jsonschema_rs
import pytest

from services.gateway.openapi.compaction import compact, first_rows
from services.gateway.openapi.constraints import constrain
from services.gateway.openapi.merge import REF
from services.gateway.openapi.shared_fields import known_shapes

Json = dict[str, Any]
TITLE = {"type": "string", "maxLength": 300, "description": "Название, каким его показывают людям."}


def document(**schemas: Json) -> Json:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": REF + "Page"}}}}}
    operation = {"operationId": "list", "parameters": [], "responses": answer}
    return {"paths": {"/a": {"get": operation}}, "components": {"schemas": schemas}}


def page(*names: str) -> Json:
    fields = {name.lower(): {"$ref": REF + name} for name in names}
    return {"type": "object", "properties": fields, "example": {}}


def test_schemas_that_say_the_same_become_one() -> None:
    row = {"type": "object", "properties": {"code": {"type": "string"}}}
    made = document(
        Page=page("RatingsFactsRow", "TrainingFactsRow"),
        RatingsFactsRow={**row, "example": {"code": "a"}},
        TrainingFactsRow={**row, "example": {"code": "b"}},
    )
    schemas = compact(made)["components"]["schemas"]
    assert set(schemas) == {"Page", "FactsRow"}
    assert {one["$ref"] for one in schemas["Page"]["properties"].values()} == {REF + "FactsRow"}


def test_schemas_of_one_name_that_differ_stay_two() -> None:
    made = document(
        Page=page("RatingsRow", "TrainingRow"),
        RatingsRow={"type": "object", "properties": {"code": {"type": "string"}}},
        TrainingRow={"type": "object", "properties": {"code": {"type": "integer"}}},
    )
    assert set(compact(made)["components"]["schemas"]) == {"Page", "RatingsRow", "TrainingRow"}


def test_a_field_that_repeats_becomes_a_component() -> None:
    rows = {
        f"Row{n}": {
            "type": "object",
            "properties": {"title": dict(TITLE)},
            "example": {"title": "Хабаровский край"},
        }
        for n in range(3)
    }
    schemas = compact(document(Page=page(*rows), **rows))["components"]["schemas"]
    assert schemas["TitleField"] == TITLE
    assert schemas["Row1"]["properties"]["title"] == {"$ref": REF + "TitleField"}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ({"type": "string", "maxLength": 3}, [None, "abc"], ["abcd", 1]),
        ({"type": "array", "items": {"type": "integer"}}, [None, [1]], [["a"], 1]),
        ({"type": "string", "enum": ["a"]}, [None, "a"], ["b"]),
        ({"type": "integer", "minimum": 1}, [None, 1], [0, "1"]),
    ],
)
def test_a_nullable_field_takes_what_it_took(
    field: Json, good: list[object], bad: list[object]
) -> None:
    made = page()
    made["properties"] = {"value": {"anyOf": [field, {"type": "null"}], "description": "x"}}
    schema = compact(document(Page=made))["components"]["schemas"]["Page"]
    check = jsonschema_rs.validator_for(schema)
    assert [check.is_valid({"value": one}) for one in good] == [True] * len(good)
    assert [check.is_valid({"value": one}) for one in bad] == [False] * len(bad)


def test_examples_show_one_object_of_a_list_and_all_plain_values() -> None:
    shown = first_rows({"rows": [{"a": [1, 2]}, {"a": [3]}], "codes": ["x", "y"], "none": []})
    assert shown == {"rows": [{"a": [1, 2]}], "codes": ["x", "y"], "none": []}
    deep = first_rows({"a": [{"b": [{"c": [{"d": 1}]}]}]})
    assert deep == {"a": [{"b": []}]}


def test_named_shapes_become_components_wherever_they_repeat() -> None:
    count = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**53 - 1}
    made = document(
        Page=page("Row"),
        Row={
            "type": "object",
            "properties": {
                "one": dict(count),
                "many": {"type": "array", "items": dict(count)},
                "map": {"type": "object", "additionalProperties": dict(count)},
            },
        },
    )
    schemas = compact(made)["components"]["schemas"]
    fields, shared = schemas["Row"]["properties"], {"$ref": REF + "Count"}
    assert (fields["one"], fields["many"]["items"]) == (shared, shared)
    assert fields["map"]["additionalProperties"] == shared
    assert schemas["Count"] == count


def test_a_shape_that_occurs_once_stays_where_it_is() -> None:
    person = dict(known_shapes()["PersonReference"])
    made = document(Page=page("Row"), Row={"type": "object", "properties": {"who": dict(person)}})
    schemas = compact(made)["components"]["schemas"]
    assert schemas["Row"]["properties"]["who"] == person
    assert "PersonReference" not in schemas


@pytest.mark.parametrize("name", ["default", "example", "enum", "properties"])
def test_fields_called_like_keywords_are_bounded_too(name: str) -> None:
    field: Json = {"type": "string"}
    made = document(Page=page("Row"), Row={"type": "object", "properties": {name: field}})
    constrain(made)
    assert field["maxLength"] == 65_536


def test_bounds_beyond_exact_numbers_are_brought_to_them() -> None:
    field: Json = {"type": "integer", "maximum": 2.0**63}
    made = document(Page=page("Row"), Row={"type": "object", "properties": {"n": field}})
    constrain(made)
    assert field["maximum"] == 2**53 - 1
