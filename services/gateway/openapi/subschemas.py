"""Which parts of an OpenAPI document are schemas, and which are values or names."""

from collections.abc import Iterator

from services.gateway.openapi.merge import Json

# Keywords that hold values of the schema, not schemas.
_VALUES = frozenset({"example", "examples", "default", "enum", "const"})
# Keywords whose keys are names: a property may be called `default` itself.
_NAMED = frozenset({"properties", "patternProperties", "schemas"})


def each_object(value: object) -> Iterator[Json]:
    """Give `value` and every object below it that is no example or other value, inner ones last.

    What an object holds is read after it was given, so a caller may change it.
    """
    if isinstance(value, dict):
        yield value
        for word, inner in list(value.items()):
            if word in _NAMED and isinstance(inner, dict):
                yield from each_object(list(inner.values()))
            elif word not in _VALUES:
                yield from each_object(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from each_object(inner)
