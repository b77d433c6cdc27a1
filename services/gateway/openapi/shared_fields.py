"""Fields that several schemas describe in the same words, as components of their own."""

import json
from collections import defaultdict

from services.gateway.openapi.merge import REF, Json

# A reference is about as long as a shorter description.
_LEAST_BYTES = 90
_LEAST_USES = 3


def share_fields(schemas: Json) -> None:
    """Move every long field that several schemas repeat to a component, in place.

    A component is called by its field; the examples of the schemas that have it show it.
    """
    places: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if _is_whole(field):
                canonical = json.dumps(field, sort_keys=True, ensure_ascii=False)
                places[name, canonical].append(schema["properties"])
    for (name, canonical), uses in places.items():
        if len(uses) < _LEAST_USES or len(canonical.encode()) < _LEAST_BYTES:
            continue
        component = _free_name(name, schemas)
        field = uses[0][name]
        # Generators name classes by titles, and two components may come from fields of one title.
        schemas[component] = {word: said for word, said in field.items() if word != "title"}
        for properties in uses:
            properties[name] = {"$ref": REF + component}


def _is_whole(field: Json) -> bool:
    """Tell whether a field is no reference itself and says nothing of its own schema alone."""
    return "$ref" not in field and "default" not in field


def _free_name(field: str, schemas: Json) -> str:
    words = "".join(part[:1].upper() + part[1:] for part in field.split("_"))
    names = [f"{words}Field", *(f"{words}Field{number}" for number in range(2, 100))]
    return next(name for name in names if name not in schemas)
