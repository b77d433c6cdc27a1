"""Query parameters that name a slice: each kind has its own, the operation declares them all."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Annotated, Any

from fastapi import Query

from shared.errors import FieldError
from shared.imports.errors import SliceInvalid
from shared.imports.import_types import ImportKind

MAX_VALUE = 200


def takes_slices(operation: Callable[..., Any], kinds: Sequence[ImportKind]) -> Callable[..., Any]:
    """Return the operation with one optional query parameter for each slice name of the kinds."""
    titles = {
        column.stored: column.title
        for kind in kinds
        for column in kind.layout.columns
        if column.stored in kind.slices
    }
    shape = signature(operation)
    kept = [p for p in shape.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    added = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                Query(description=f"Срез: {title}.", min_length=1, max_length=MAX_VALUE),
            ],
        )
        for name, title in sorted(titles.items())
    ]
    operation.__signature__ = shape.replace(parameters=[*kept, *added])  # type: ignore[attr-defined]  # How a signature is replaced.
    return operation


def asked_slice(
    kind: ImportKind, given: Mapping[str, str | None], *, whole: bool
) -> dict[str, str]:
    """Return the slice a request names; `whole` asks for every parameter of the kind."""
    named = {name: value for name, value in given.items() if value is not None}
    foreign = sorted(set(named) - set(kind.slices))
    missing = [name for name in kind.slices if name not in named] if whole else []
    if not foreign and not missing and (kind.slices or not whole):
        return named
    told = "У этого вида данных нет такого среза." if foreign else "Назовите срез полностью."
    errors = [FieldError(f"/query/{name}", "SLICE", told) for name in (*foreign, *missing)]
    names = ", ".join(kind.slices) or "нет"
    raise SliceInvalid(f"{told} Параметры среза: {names}.", errors=errors)
