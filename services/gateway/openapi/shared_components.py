"""What repeats over operations, written once in the components of the document."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from services.gateway.openapi.merge import REF, Json, operations

_FIRST_FAILURE = "3"


def share_components(document: Json) -> Json:
    """Move repeated responses and parameters to the components, in place; return the document.

    Names follow from the order of the document, so the same document gives the same names. An
    example that a body shares with its component schema is written at the schema alone.
    """
    parameters = _Shelf(
        "parameters",
        document,
        (one for operation in _all_operations(document) for one in operation["parameters"]),
    )
    for _, _, operation in operations(document):
        _drop_shown_examples(operation, document["components"]["schemas"])
    answers = _Shelf("responses", document, _answers(document))
    sent = _Shelf("requestBodies", document, (one["requestBody"] for one in _messages(document)))
    for operation in _all_operations(document):
        operation["responses"] = {
            status: answers.put(_name_of(status, response), response)
            for status, response in operation["responses"].items()
        }
        operation["parameters"] = [
            parameters.put(_plain(one["name"]), one) for one in operation["parameters"]
        ]
    for message in _messages(document):
        body = message["requestBody"]
        message["requestBody"] = sent.put(f"{_schema_name(body)}Body", body)
    for parameter in document["components"]["parameters"].values():
        parameter["schema"].pop("title", None)
    return document


class _Shelf:
    """Components of one kind: a value that occurs more than once becomes a reference."""

    def __init__(self, kind: str, document: Json, values: Iterator[Json]) -> None:
        self._kind = kind
        self._counts = Counter(map(_canonical, values))
        self._shared: Json = document["components"].setdefault(kind, {})
        self._names: dict[str, str] = {}

    def put(self, name: str, value: Json) -> Json:
        """Return the value itself, or the reference to where it now is."""
        canonical = _canonical(value)
        if self._counts[canonical] == 1:
            return value
        if canonical not in self._names:
            self._names[canonical] = self._free(name)
            self._shared[self._names[canonical]] = value
        return {"$ref": f"#/components/{self._kind}/{self._names[canonical]}"}

    def _free(self, name: str) -> str:
        found, number = name, 2
        while found in self._shared:
            found, number = f"{name}Variant{number}", number + 1
        return found


def _all_operations(document: Json) -> Iterator[Json]:
    """Give the operations of paths and of webhooks."""
    for _, _, operation in operations(document):
        yield operation
    yield from _messages(document)


def _messages(document: Json) -> Iterator[Json]:
    """Give the operations of webhooks."""
    for item in document.get("webhooks", {}).values():
        yield from item.values()


def _answers(document: Json) -> Iterator[Json]:
    for operation in _all_operations(document):
        yield from operation["responses"].values()


def _name_of(status: str, response: Json) -> str:
    """Return what a shared response is called: by its status, and by its schema where it is one."""
    return f"E{status}" if status >= _FIRST_FAILURE else f"{_schema_name(response)}{status}"


def _schema_name(body: Json) -> str:
    schemas = [content.get("schema", {}) for content in body.get("content", {}).values()]
    return (schemas[0].get("$ref", "").removeprefix(REF) if schemas else "") or "Answer"


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _plain(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name))


def _drop_shown_examples(operation: Json, schemas: Json) -> None:
    """Drop the JSON example of an answer whose schema has one, and that of an equal request."""
    sent = operation.get("requestBody", {})
    done = [one for status, one in operation["responses"].items() if status < _FIRST_FAILURE]
    for body in (sent, *done):
        for content in body.get("content", {}).values():
            name = content.get("schema", {}).get("$ref", "").removeprefix(REF)
            known = schemas.get(name, {}).get("example", _Shelf)
            same = body is not sent or content.get("example") == known
            if "example" in content and known is not _Shelf and same:
                del content["example"]
