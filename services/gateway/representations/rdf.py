"""Triples as JSON-LD and as Turtle."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.domain.encoding import encode
from services.gateway.domain.open_data import PREFIXES, RDF_TYPE, Literal, Triple

JSON_LD = "application/ld+json"
TURTLE = "text/turtle"


def to_jsonld(triples: Iterable[Triple]) -> bytes:
    """Return a graph of node objects with compact names, in the order of the subjects."""
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        node = nodes.setdefault(triple.subject, {"@id": triple.subject})
        if triple.predicate == RDF_TYPE and isinstance(triple.object, str):
            node.setdefault("@type", []).append(_compact(triple.object))
        else:
            node.setdefault(_compact(triple.predicate), []).append(_value(triple.object))
    return encode({"@context": dict(PREFIXES), "@graph": list(nodes.values())})


def to_turtle(triples: Iterable[Triple]) -> bytes:
    """Return the triples a subject after another, with the prefixes first."""
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()]
    groups: dict[str, list[str]] = {}
    for triple in triples:
        said = f"{_term(triple.predicate)} {_term(triple.object)}"
        groups.setdefault(triple.subject, []).append(said)
    for subject, statements in groups.items():
        lines.append(f"\n<{subject}>\n    " + " ;\n    ".join(statements) + " .")
    return ("\n".join(lines) + "\n").encode()


def _compact(iri: str) -> str:
    for name, prefix in PREFIXES.items():
        if iri.startswith(prefix):
            return f"{name}:{iri.removeprefix(prefix)}"
    return iri


def _value(value: str | Literal) -> Mapping[str, str]:
    if isinstance(value, str):
        return {"@id": value}
    said = {"@value": value.value}
    if value.language:
        said["@language"] = value.language
    if value.datatype:
        said["@type"] = _compact(value.datatype)
    return said


def _term(value: str | Literal) -> str:
    if isinstance(value, str):
        short = _compact(value)
        return "a" if value == RDF_TYPE else short if short != value else f"<{value}>"
    quoted = json.dumps(value.value, ensure_ascii=False)
    mark = f"@{value.language}" if value.language else ""
    return quoted + (f"^^{_compact(value.datatype)}" if value.datatype else mark)
