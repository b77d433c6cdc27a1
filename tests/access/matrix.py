"""Who may call what, as the contract says: every operation with every kind of caller.

A cell is an operation and a caller; `expected` derives the right answer from the scopes that the
operation states in OpenAPI, so an operation added tomorrow is in the matrix by itself.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import httpx

from services.catalogue import SCOPES
from tests.harness.service import CLIENT_KEY, INTERNAL, REVOKED, SERVICE_KEY
from tests.shared.keys import make_key, signed

METHODS = ("get", "post", "put", "patch", "delete")
STRANGER_KEY = make_key("client")
"""A key of somebody else under the id of the issuer's."""
PLACE = re.compile(r"\{[^}]+\}")
UUID_TEXT = "3f0c8f6e-1d9a-4f0f-9a57-d6f7c1f5b2aa"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract and the scopes it asks for; none for an open one."""

    method: str
    path: str
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class CallerCase:
    """A caller: the `Authorization` it sends, if any, and the scopes that a good one holds."""

    name: str
    field: str | None
    scopes: frozenset[str] | None = None


def operations(contract: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations of a contract with their paths filled in."""
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                wanted = scopes_of(item[method].get("security") or [])
                yield Operation(method.upper(), filled(path, item[method]), wanted)


def scopes_of(security: Sequence[Mapping[str, Sequence[str]]]) -> frozenset[str] | None:
    """Return the scopes of an operation; None where no token or none at all is an alternative."""
    if not security or {} in security:
        return None
    return frozenset(scope for one in security for scopes in one.values() for scope in scopes)


def filled(path: str, operation: Mapping[str, Any]) -> str:
    """Fill the places of a path with values that fit their schemas."""
    values = {
        f"{{{one['name']}}}": fitting(one.get("schema", {}))
        for one in operation.get("parameters", [])
        if one.get("in") == "path"
    }
    return PLACE.sub(lambda place: values.get(place.group(), "x"), path)


def fitting(schema: Mapping[str, Any]) -> str:
    """Return a text that a schema of a path parameter takes."""
    if schema.get("format") == "uuid":
        return UUID_TEXT
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("type") == "integer":
        return "9"
    return str((schema.get("examples") or ["rum"])[0])


def bad_callers() -> Iterator[CallerCase]:
    """Yield callers without a good token."""
    every = " ".join(sorted(SCOPES))
    present = int(time.time())
    yield CallerCase("no token", None)
    yield CallerCase("malformed", "Bearer not.a.token")
    yield CallerCase("other scheme", "Basic dXNlcjpwYXNz")
    tokens = {
        "expired": signed(CLIENT_KEY, scope=every, exp=present - 60),
        "not yet valid": signed(CLIENT_KEY, scope=every, nbf=present + 600),
        "other audience": signed(CLIENT_KEY, scope=every, aud="elsewhere"),
        "forged": signed(STRANGER_KEY, scope=every),
        "unknown issuer": signed(CLIENT_KEY, scope=every, iss="https://elsewhere"),
        "claims to be a service": signed(CLIENT_KEY, scope=every, iss="svc:training"),
        "revoked": signed(CLIENT_KEY, scope=every, sub=REVOKED),
    }
    for name, token in tokens.items():
        yield CallerCase(name, f"Bearer {token}")


def good_callers() -> Iterator[CallerCase]:
    """Yield callers with no scope, one and two of them, and a service that claims all."""
    names = sorted(set(SCOPES) - {INTERNAL})
    chosen = [(), *((name,) for name in names), *combinations(names, 2)]
    for scopes in chosen:
        token = signed(CLIENT_KEY, sub="matrix", scope=" ".join(scopes))
        yield CallerCase("+".join(scopes) or "no scope", f"Bearer {token}", frozenset(scopes))
    bold = signed(CLIENT_KEY, sub="matrix", scope=INTERNAL)
    yield CallerCase("client claims internal:read", f"Bearer {bold}", frozenset())
    claimed = " ".join(sorted(SCOPES))
    service = signed(SERVICE_KEY, iss="svc:tests", sub="tests", scope=claimed)
    yield CallerCase("service", f"Bearer {service}", frozenset({INTERNAL}))


def deviation(operation: Operation, caller: CallerCase, answer: httpx.Response) -> str | None:
    """Return what is wrong with an answer, or None."""
    code = answer.json().get("code") if "json" in answer.headers.get("content-type", "") else None
    allowed = operation.scopes is None or (
        caller.scopes is not None and operation.scopes <= caller.scopes
    )
    anonymous = caller.field is None and operation.scopes is None
    if caller.scopes is None and not anonymous:
        right = answer.status_code == 401 and "www-authenticate" in answer.headers
    elif not allowed:
        right = (answer.status_code, code) == (403, "INSUFFICIENT_SCOPE")
    else:
        right = answer.status_code not in (401, 500) and code != "INSUFFICIENT_SCOPE"
    if right:
        return None
    return f"{operation.method} {operation.path} by {caller.name}: {answer.status_code} {code}"
