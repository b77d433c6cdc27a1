"""`synthetic=true`: lists leave the example's rows out unless they are asked for."""

from typing import Annotated, Literal

from fastapi import Query

Synthetic = Annotated[
    Literal["false", "true"],
    Query(description="Вместе с учебными данными: они вымышлены и по умолчанию не показаны."),
]
