"""Parameters that several operations take."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import AwareDatetime

from services.ratings.parsers.periods import PATTERN
from services.ratings.schemas.registry import PROGRAMME_CODE

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
Number = Annotated[int, Path(description="Номер редакции.", ge=1, le=2**31 - 1, examples=[1])]
RevisionNumber = Annotated[
    int | None, Query(description="Номер редакции.", ge=1, le=2**31 - 1, examples=[1])
]
AsOf = Annotated[
    AwareDatetime | None,
    Query(
        description="Момент знания (RFC 3339): что было опубликовано тогда.",
        examples=["2022-12-31T00:00:00Z"],
    ),
]
