"""Exact decimals and codes on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

SEASON = r"^[0-9]{4}-[0-9]{4}$"
CODE = r"^[a-z][a-z0-9_]{0,63}$"
OPAQUE = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"

ExactDecimal = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,40})?$", max_length=60),
    Field(description="Точное десятичное число строкой, с точкой.", examples=["12.5"]),
]
SubjectCode = Annotated[
    str,
    StringConstraints(pattern=CODE, max_length=64),
    Field(description="Код предмета.", examples=["physics"]),
]
SeasonCode = Annotated[
    str,
    StringConstraints(pattern=SEASON, max_length=9),
    Field(description="Сезон, например 2022-2023.", examples=["2022-2023"]),
]
Grade = Annotated[int, Field(ge=1, le=11, strict=True, description="Класс.", examples=[9])]
Count = Annotated[int, Field(ge=0, le=100_000_000, strict=True)]
Opaque = Annotated[
    str,
    StringConstraints(pattern=OPAQUE, max_length=64),
    Field(description="Непрозрачная ссылка на участника.", examples=["p-4f1c"]),
]
StageCode = Annotated[
    str,
    StringConstraints(pattern=r"^(municipal|regional|final)$", max_length=9),
    Field(description="Этап, на который допускает порог.", examples=["regional"]),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
