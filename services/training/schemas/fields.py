"""Fields that several shapes share: references, codes, dates, travel costs."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.training.domain.calendar import Span
from services.training.errors import RangeInvalid, RepeatedValues
from shared.errors import FieldError

Code = Annotated[str, Field(min_length=1, max_length=200, description="Код.")]
Ref = Annotated[
    str, Field(min_length=1, max_length=200, description="Непрозрачная ссылка на человека.")
]
Zone = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[^|]*$", description="Зона проезда.")
]
When = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}(-\d{2})?$",
        max_length=10,
        description="День ГГГГ-ММ-ДД; месяц ГГГГ-ММ, если день неизвестен.",
    ),
]


def _only_text(value: object) -> date:
    """Take a date as JSON writes it, never a number of seconds."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2023-03-01"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_parsing", "not a date")


Day = Annotated[date, BeforeValidator(_only_text), Field(description="День ГГГГ-ММ-ДД.")]
Travel = Annotated[
    dict[
        Annotated[str, Field(max_length=201, pattern=r"^[^|]+\|[^|]+$")],
        Annotated[int, Field(strict=True, ge=0, le=10**9)],
    ],
    Field(
        max_length=100_000,
        description="Стоимость проезда «зона учителя|зона занятий» в одну сторону; внутри одной "
        "зоны по умолчанию 0.",
    ),
]


def zone_pairs(travel: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Split the keys of a travel table into pairs of zones."""
    pairs = {}
    for key, cost in travel.items():
        origin, _, destination = key.partition("|")
        pairs[origin, destination] = cost
    return pairs


def refuse_repeats(values: Iterable[str], pointer: str) -> None:
    """Raise `REPEATED` naming every place where an earlier value is repeated."""
    seen: set[str] = set()
    faults = []
    for place, value in enumerate(values):
        if value in seen:
            faults.append(FieldError(pointer.format(place), "REPEATED", f"«{value}» повторяется."))
        seen.add(value)
    if faults:
        raise RepeatedValues(errors=faults[:100])


def span(first: str, last: str, pointer: str) -> Span:
    """Read a closed range of days or months; `RANGE` when it is no range."""
    try:
        return Span.parse(first, last)
    except ValueError as error:
        told = "Ожидаются два дня или два месяца, начало не позже конца."
        raise RangeInvalid(pointer, told) from error
