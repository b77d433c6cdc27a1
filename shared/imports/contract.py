"""The kinds of data in the contract: each row's schema, made from the layout its parser keeps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from shared.imports.columns import Column, Type
from shared.imports.import_types import ImportKind
from shared.imports.parse_task import MEDIA_TYPE_OF, Format
from shared.imports.schemas import ImportRejected

MAX_BODY = 200 << 20
MAX_ITEMS = 20_000_000
XLSX = MEDIA_TYPE_OF[Format.XLSX]
BINARY = {"type": "string", "format": "binary", "maxLength": MAX_BODY}
REFERENCE = "#/components/schemas/{}"
WIRE: dict[Type, Any] = {
    Type.CODE: str | int,
    Type.INTEGER: int | str,
    Type.DECIMAL: float | str,
    Type.BOOLEAN: bool | str,
    Type.OBJECT: dict[str, JsonValue],
    Type.LIST: list[str],
    Type.SPANS: list[str],
    Type.LOCATOR: str | dict[str, JsonValue],
}


def row_model_name(service: str, kind: ImportKind) -> str:
    """Return the name of a kind's row in the contract."""
    words = (service, *kind.code.split("_"), "row")
    return "".join(word.capitalize() for word in words)


def row_models(service: str, kinds: Sequence[ImportKind]) -> list[type[BaseModel]]:
    """Return the schema of a row of each kind, for the components of a service's contract."""
    return [_row_model(row_model_name(service, kind), kind) for kind in kinds]


def contract_schemas(service: str, kinds: Sequence[ImportKind]) -> list[type[BaseModel]]:
    """Return what the importing operation points to: rows, and the problem with its report."""
    return [ImportRejected, *row_models(service, kinds)]


def request_body(service: str, kinds: Sequence[ImportKind]) -> dict[str, Any]:
    """Return the body of the importing operation: JSON first, for clients of one media type."""
    rows = [{"$ref": REFERENCE.format(row_model_name(service, kind))} for kind in kinds]
    # The object is said in words of JSON Schema: generated clients take a bare one for empty.
    whole = {"type": "object", "additionalProperties": True, "maxProperties": 1000}
    array = {"type": "array", "items": {"anyOf": rows}, "maxItems": MAX_ITEMS}
    return {
        "requestBody": {
            "required": True,
            "description": 'Файл по шаблону вида данных: JSON-массив или {"rows": […]}, CSV (utf-8,'
            " utf-16 с меткой или windows-1251; точка с запятой, запятая или табуляция), XLSX,"
            " NDJSON. Не больше 200 МиБ.",
            "content": {
                "application/json": {"schema": {"anyOf": [array, whole]}},
                "text/csv": {"schema": BINARY},
                "application/x-ndjson": {"schema": BINARY},
                XLSX: {"schema": BINARY},
            },
        }
    }


def _row_model(name: str, kind: ImportKind) -> type[BaseModel]:
    groups: dict[str, list[Column]] = {}
    for column in kind.layout.columns:
        groups.setdefault(column.name.split(".")[0], []).append(column)
    fields = {outer: _field(name, outer, columns) for outer, columns in groups.items()}
    example = {
        outer: _example(columns[0])
        if columns[0].name == outer
        else {c.name.split(".", 1)[1]: _example(c) for c in columns if c.example}
        for outer, columns in groups.items()
        if any(column.example for column in columns)
    }
    return _model(name, f"Строка вида «{kind.title}».", fields, example)


def _model(
    name: str, title: str, fields: Mapping[str, Any], example: JsonValue = None
) -> type[BaseModel]:
    renamed = {f"field_{outer}": field for outer, field in fields.items()}
    extra: dict[str, JsonValue] = {"description": title}
    if example is not None:
        extra["example"] = example
    config = ConfigDict(extra="forbid", json_schema_extra=extra)
    return create_model(name, __config__=config, **renamed)


def _field(name: str, outer: str, columns: Sequence[Column]) -> tuple[Any, Any]:
    first = columns[0]
    if first.name == outer:
        return _column_field(first, alias=outer)
    inside = {
        c.name.split(".", 1)[1]: _column_field(c, alias=c.name.split(".", 1)[1]) for c in columns
    }
    titles = ", ".join(c.title for c in columns)
    model = _model(f"{name}{outer.capitalize()}", titles, inside)
    return model | None, Field(default=None, alias=outer, description=titles)


def _column_field(column: Column, *, alias: str) -> tuple[Any, Any]:
    kind = WIRE.get(column.type, str)
    described = f"{column.title}. {described_column(column)}"
    extra: dict[str, Any] = {"examples": [_example(column)]} if column.example else {}
    if column.required:
        return kind, Field(alias=alias, description=described, json_schema_extra=extra)
    return kind | None, Field(
        default=None, alias=alias, description=described, json_schema_extra=extra
    )


def _example(column: Column) -> JsonValue:
    if column.type in (Type.LIST, Type.SPANS):
        return [item.strip() for item in column.example.split("|")]
    if column.type is Type.OBJECT:
        return _pairs(column.example)
    if column.type is Type.INTEGER and column.example.isdigit():
        return int(column.example)
    return column.example


def _pairs(text: str) -> JsonValue:
    if text.startswith("{"):
        return {}
    return dict(_pair(part) for part in text.split(";") if "=" in part)


def _pair(part: str) -> tuple[str, JsonValue]:
    name, _, value = part.partition("=")
    return name, value


def described_column(column: Column) -> str:
    """Return what a column means and takes, in one sentence after another."""
    said = [column.explanation.rstrip(".")]
    if column.choices:
        said.append("Одно из: " + ", ".join(column.described_choices()))
    if column.form:
        said.append(f"Вид: {column.form}")
    return "".join(f"{part}. " for part in said if part).strip()


def kind_parameter(kinds: Iterable[ImportKind]) -> dict[str, Any]:
    """Return what the contract says of the parameter that names a kind."""
    codes = [kind.code for kind in kinds]
    return {"enum": codes, "examples": codes[:1]}
