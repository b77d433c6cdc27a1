"""Parameters that several operations take."""

from typing import Annotated

from fastapi import Path

from services.ratings.parsers.periods import PATTERN
from services.ratings.schemas.registry import PROGRAMME_CODE
from shared.publication import MAX_REVISION

Programme = Annotated[
    str, Path(description="Код программы мониторинга.", pattern=PROGRAMME_CODE, examples=["rum"])
]
Period = Annotated[
    str,
    Path(
        description="Период: год или два года через дефис.",
        pattern=PATTERN,
        max_length=9,
        examples=["2022"],
    ),
]
Territory = Annotated[
    str,
    Path(
        description="Код территории (ОКТМО).",
        pattern=r"^[0-9A-Za-z_-]+$",
        max_length=20,
        examples=["08000000"],
    ),
]
Number = Annotated[int, Path(description="Номер редакции.", ge=1, le=MAX_REVISION, examples=[1])]
