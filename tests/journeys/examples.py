"""Send every example of the contract as it is printed, with the token of the demo client."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

# A stream that never ends, and acts that would take the run's own token or keys away.
NEVER = re.compile(r"^/v1/events$|/revoke-tokens$|/rotate-secret$|/keys/rotate$|/erase$")
PROBLEM = "application/problem+json"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One example, what came of it, and the refusals that the contract shows for it."""

    operation: str
    status: int
    code: str | None
    shown: frozenset[tuple[int, str]]

    @property
    def as_documented(self) -> bool:
        """Tell whether it succeeded, or was refused as the contract shows."""
        return 200 <= self.status < 300 or (self.status, self.code or "") in self.shown


def send_examples(url: str, demo: Json) -> list[Sent]:
    """Return what every GET and POST example came to."""
    with httpx.Client(base_url=url, timeout=60) as client:
        credentials = (demo["client_id"], demo["client_secret"])
        form = {"grant_type": "client_credentials"}
        token = client.post("/oauth/token", data=form, auth=credentials).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        document = client.get("/openapi.json").json()
        return [
            _send(client, document, path, method, operation)
            for path, method, operation in _operations(document)
        ]


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in ("get", "post"):
            if method in item and not NEVER.search(path):
                yield path, method, item[method]


def _send(client: httpx.Client, document: Json, path: str, method: str, operation: Json) -> Sent:
    query, headers = {}, {}
    for parameter in (_behind(document, one) for one in operation["parameters"]):
        if parameter.get("required"):
            value = str(_example(document, parameter))
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", value)
            elif parameter["in"] == "query":
                query[parameter["name"]] = value
            else:
                headers[parameter["name"]] = value
    body = _body(document, operation)
    answer = client.request(method, path, params=query, headers=headers, **body)
    problem = answer.headers.get("content-type") == PROBLEM
    code = answer.json()["code"] if problem else None
    return Sent(operation["operationId"], answer.status_code, code, _shown(document, operation))


def _body(document: Json, operation: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return {}
    media, described = next(iter(content.items()))
    example = _example(document, described)
    if media == "application/json":
        return {"json": example}
    assert media == "application/x-www-form-urlencoded", media
    return {"data": {name: value for name, value in example.items() if value is not None}}


def _shown(document: Json, operation: Json) -> frozenset[tuple[int, str]]:
    """Return status and code of every refusal that the operation's answers show."""
    answers = [_behind(document, one) for one in operation["responses"].values()]
    shown = [one.get("content", {}).get(PROBLEM, {}).get("example") for one in answers]
    return frozenset((one["status"], one["code"]) for one in shown if one is not None)


def _example(document: Json, described: Json) -> Any:
    schema = _behind(document, described.get("schema", {}))
    named: Json = next(iter(described.get("examples", {}).values()), {})
    stated = [described.get("example"), named.get("value"), schema.get("example")]
    listed = [*schema.get("examples", []), *schema.get("enum", [])]
    return next(one for one in [*stated, *listed] if one is not None)


def _behind(document: Json, value: Json) -> Json:
    while "$ref" in value:
        target: Any = document
        for name in value["$ref"].split("/")[1:]:
            target = target[name]
        value = target
    return value


def told(sent: list[Sent]) -> str:
    """Return what did not go as documented, a line each."""
    return json.dumps([str(one) for one in sent if not one.as_documented], indent=1)
