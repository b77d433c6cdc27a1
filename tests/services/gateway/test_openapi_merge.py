import copy
from typing import Any

import pytest

from services.gateway.domain.routing import Routing
from services.gateway.openapi.merge import OperationIdClash, merge, operations, references
from services.gateway.openapi.postprocess import postprocess, webhooks_section
from services.gateway.openapi.shared_components import share_components


def operation(name: str, schema: str | None = None, **extra: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    answer = {"description": "ok", **({"content": content} if schema else {})}
    return {"operationId": name, "summary": name, "responses": {"200": answer}, **extra}


def document(paths: dict[str, Any], schemas: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas or {}},
    }


def admits(path: str) -> bool:
    return path.startswith("/v1/")


BASE = document({"/v1/findings": {"get": operation("gateway_list", "Problem")}}, {"Problem": {}})


def test_paths_of_every_service_stand_in_one_document() -> None:
    ratings = document(
        {
            "/v1/ratings/x": {"get": operation("ratings_x")},
            "/internal/x": {"get": operation("ratings_internal")},
        }
    )
    merged = merge(BASE, {"ratings": ratings}, admits)
    assert list(merged["paths"]) == ["/v1/findings", "/v1/ratings/x"]


def test_equal_schemas_are_shared_and_different_ones_kept_apart() -> None:
    ratings = document(
        {"/v1/ratings/x": {"get": operation("ratings_x", "Table")}},
        {"Table": {"description": "ratings"}, "Problem": {}},
    )
    training = document(
        {"/v1/training/x": {"get": operation("training_x", "Outer")}},
        {
            "Outer": {"properties": {"t": {"$ref": "#/components/schemas/Table"}}},
            "Table": {"description": "training"},
        },
    )
    merged = merge(BASE, {"ratings": ratings, "training": training}, admits)
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"Problem", "Table", "Outer", "TrainingTable"}
    assert schemas["Table"]["description"] == "ratings"
    inner = schemas["Outer"]["properties"]["t"]["$ref"]
    assert inner == "#/components/schemas/TrainingTable"


def test_schemas_that_refer_to_different_ones_are_kept_apart_though_they_read_alike() -> None:
    inner = {"properties": {"t": {"$ref": "#/components/schemas/Table"}}}
    outer = {"items": {"$ref": "#/components/schemas/Inner"}}
    documents = {
        service: document(
            {f"/v1/{service}/x": {"get": operation(f"{service}_x", "Outer")}},
            {"Outer": outer, "Inner": inner, "Table": {"description": service}},
        )
        for service in ("ratings", "training")
    }
    merged = merge(BASE, documents, admits)
    schemas = merged["components"]["schemas"]
    for service, prefix in (("ratings", ""), ("training", "Training")):
        assert schemas[f"{prefix}Table"]["description"] == service
        assert list(references(schemas[f"{prefix}Outer"])) == [f"{prefix}Inner"]
        assert list(references(schemas[f"{prefix}Inner"])) == [f"{prefix}Table"]
        used = merged["paths"][f"/v1/{service}/x"]["get"]
        assert set(references(used)) == {f"{prefix}Outer"}


def test_a_schema_is_called_by_its_name_in_one_style() -> None:
    ratings = document(
        {"/v1/ratings/x": {"get": operation("ratings_x", "Page_Row_")}},
        {"Page_Row_": {"title": "Page[Row]", "description": "Rows."}},
    )
    training = document(
        {"/v1/training/x": {"get": operation("training_x", "Page_Row_")}},
        {"Page_Row_": {"title": "Page[Row]", "description": "Other rows."}},
    )
    merged = merge(BASE, {"ratings": ratings, "training": training}, admits)
    schemas = merged["components"]["schemas"]
    assert {name: schema["title"] for name, schema in schemas.items()} == {
        name: name for name in ("PageRow", "Problem", "TrainingPageRow")
    }


def test_schemas_nothing_refers_to_are_left_out() -> None:
    ratings = document({"/v1/ratings/x": {"get": operation("ratings_x")}}, {"Unused": {}})
    merged = merge(BASE, {"ratings": ratings}, admits)
    assert "Unused" not in merged["components"]["schemas"]


def test_one_operation_id_twice_is_an_error() -> None:
    one = document({"/v1/ratings/x": {"get": operation("same")}})
    two = document({"/v1/training/x": {"get": operation("same")}})
    with pytest.raises(OperationIdClash):
        merge(BASE, {"ratings": one, "training": two}, admits)


def test_merging_changes_neither_document() -> None:
    ratings = document({"/v1/ratings/x": {"get": operation("ratings_x", "T")}}, {"T": {}})
    before = copy.deepcopy((BASE, ratings))
    merge(BASE, {"ratings": ratings}, admits)
    assert (BASE, ratings) == before


def test_tables_are_told_in_all_their_representations() -> None:
    path = "/v1/olympiads/{season}/thresholds"
    olympiads = document({path: {"get": operation("olympiads_thresholds", "Table")}}, {"Table": {}})
    merged = postprocess(merge(BASE, {"olympiads": olympiads}, admits))
    told = merged["paths"][path]["get"]
    assert set(told["responses"]["200"]["content"]) == {
        "application/json",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.json-stat+json",
        "application/vnd.apache.parquet",
        "application/vnd.sdmx.data+csv",
        "application/vnd.sdmx.structure+json",
    }
    assert {"304", "406", "4XX", "5XX"} <= set(told["responses"])
    assert "ETag" in told["responses"]["200"]["headers"]
    assert told["security"] == [{"oauth2": []}, {}]


def test_messages_to_receivers_have_a_tag_of_their_own() -> None:
    made = {**BASE, "webhooks": webhooks_section({"ratings.revision_published.v1": "Редакция"})}
    ratings = document({"/v1/webhooks": {"get": operation("list", tags=["webhooks"])}})
    merged = postprocess(merge(made, {"ratings": ratings}, admits))
    of_paths = {tag for _, _, one in operations(merged) for tag in one.get("tags", [])}
    received = [one["post"]["tags"] for one in merged["webhooks"].values()]
    assert of_paths.isdisjoint(tag for tags in received for tag in tags)
    assert {"webhooks", "incoming"} <= {tag["name"] for tag in merged["tags"]}


def test_json_stands_first_among_the_types_of_a_body() -> None:
    content: dict[str, Any] = {
        media: {"schema": {"type": "string"}}
        for media in ("text/csv", "application/json", "application/x-ndjson")
    }
    upload = operation("imports", requestBody={"content": content})
    ratings = document({"/v1/ratings/imports": {"post": upload}})
    merged = postprocess(merge(BASE, {"ratings": ratings}, admits))
    told = merged["paths"]["/v1/ratings/imports"]["post"]["requestBody"]["content"]
    assert list(told) == ["application/json", "text/csv", "application/x-ndjson"]


def test_failures_that_repeat_are_written_once() -> None:
    gone = {"410": {"description": "Отозвано"}}
    paths = {
        f"/v1/ratings/{name}": {"get": operation(name, responses={"200": {}, **more})}
        for name, more in (("a", gone), ("b", gone), ("c", {"410": {"description": "Иначе"}}))
    }
    merged = share_components(postprocess(merge(BASE, {"ratings": document(paths)}, admits)))
    responses = {path: item["get"]["responses"] for path, item in merged["paths"].items()}
    first, second, third = (responses[path] for path in paths)
    assert first["410"] == second["410"] != third["410"]
    assert third["410"]["description"] == "Иначе"
    shared = merged["components"]["responses"]
    name = first["410"]["$ref"].removeprefix("#/components/responses/")
    assert shared[name]["description"] == "Отозвано"
    assert first["5XX"] == third["5XX"]
    assert first["200"] == third["200"] == {"$ref": "#/components/responses/Answer200"}


ROUTED = Routing(
    document(
        {
            "/v1/ratings/{programme}/{period}": {"get": operation("table")},
            "/v1/ratings/revisions": {"get": operation("revisions")},
            "/v1/ratings/imports": {
                "post": operation("imports", security=[{"oauth2": ["ratings:write"]}])
            },
            "/v1/ratings/imports/{id}": {"get": operation("import")},
        }
    )
)


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/v1/ratings/rum/2022", "/v1/ratings/{programme}/{period}"),
        ("HEAD", "/v1/ratings/rum/2022", "/v1/ratings/{programme}/{period}"),
        ("GET", "/v1/ratings/revisions", "/v1/ratings/revisions"),
        ("GET", "/v1/ratings/imports/7", "/v1/ratings/imports/{id}"),
    ],
)
def test_literal_paths_are_matched_before_parameters(method: str, path: str, template: str) -> None:
    match = ROUTED.match(method, path)
    assert match is not None
    assert match.operation is not None
    assert match.operation.template == template


def test_scopes_are_read_from_the_operation() -> None:
    match = ROUTED.match("POST", "/v1/ratings/imports")
    assert match is not None
    assert match.operation is not None
    assert match.operation.scopes == {"ratings:write"}


def test_what_is_not_routed_is_not_forwarded() -> None:
    assert ROUTED.match("GET", "/v1/ratings/a/b/c/d") is None
    match = ROUTED.match("DELETE", "/v1/ratings/imports")
    assert match is not None
    assert match.operation is None
    assert match.allowed == {"POST"}
