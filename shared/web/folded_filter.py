"""`folded=true`: lists of findings show one of those that have a cause in common."""

from typing import Annotated, Literal

from fastapi import Query

Folded = Annotated[
    Literal["false", "true"],
    Query(description="Без выводов, за которые говорит другой (shared_cause)."),
]
