"""Fields and value shapes that several schemas repeat, as components of their own."""

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from services.gateway.openapi.merge import REF, Json
from services.gateway.openapi.subschemas import each_object
from services.gateway.representations.kinds import DATA

# What a component adds besides its name and content: quotes, colon, comma.
_OVERHEAD = 4
_REFERENCE = len('{"$ref":""}') + len(REF)


def share_fields(schemas: Json) -> None:
    """Move fields that several schemas repeat to components, in place.

    Only where the document gets smaller. A component is called by its field; the examples of the
    schemas that have it show it.
    """
    places: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if _is_whole(field):
                places[name, _canonical(field)].append(schema["properties"])
    for (name, canonical), uses in places.items():
        component = _free_name(name, schemas)
        if not _gains(component, canonical, len(uses)):
            continue
        field = uses[0][name]
        # Generators name classes by titles, and two components may come from fields of one title.
        schemas[component] = {word: said for word, said in field.items() if word != "title"}
        for properties in uses:
            properties[name] = {"$ref": REF + component}


@cache
def known_shapes() -> Mapping[str, Json]:
    """Return the named value shapes: schemas without words of one field."""
    shapes: Mapping[str, Json] = json.loads(
        (DATA / "shared_shapes.json").read_text(encoding="utf-8")
    )
    return shapes


def share_shapes(schemas: Json) -> None:
    """Replace values of a named shape by references to its component, in place."""
    names = {_canonical(shape): name for name, shape in known_shapes().items()}
    places: dict[str, list[Json]] = defaultdict(list)
    for value in reversed(list(each_object(list(schemas.values())))):
        if (canonical := _canonical(value)) in names:
            places[canonical].append(value)
    for canonical, uses in places.items():
        name = names[canonical]
        if name in schemas or not _gains(name, canonical, len(uses)):
            continue
        for value in uses:
            value.clear()
            value["$ref"] = REF + name
        schemas[name] = dict(known_shapes()[name])


def _gains(name: str, canonical: str, uses: int) -> bool:
    """Tell whether references and one component take fewer bytes than the repeated schema."""
    long, reference = len(canonical.encode()), _REFERENCE + len(name)
    return uses > 1 and uses * long > uses * reference + long + len(name) + _OVERHEAD


def _canonical(schema: Json) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _is_whole(field: Json) -> bool:
    """Tell whether a field is no reference itself and says nothing of its own schema alone."""
    return "$ref" not in field and "default" not in field


def _free_name(field: str, schemas: Json) -> str:
    words = "".join(part[:1].upper() + part[1:] for part in field.split("_"))
    names = [f"{words}Field", *(f"{words}Field{number}" for number in range(2, 100))]
    return next(name for name in names if name not in schemas)
