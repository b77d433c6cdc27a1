"""A comparison on the wire: the two sides people ask for, and who moved between them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.parsers.periods import PATTERN
from services.ratings.schemas.explanations import Calculated, IndicatorGap
from services.ratings.schemas.registry import PROGRAMME_CODE
from services.ratings.schemas.tables import AmongShown, PlaceChangeShown, PlaceNote, PlaceShown
from shared.web import RequestModel, ResponseModel

EXAMPLE: JsonValue = {
    "before": {"programme": "rum", "period": "2021"},
    "after": {"programme": "rum", "period": "2022"},
}
Facet = Annotated[
    Literal["values", "tree", "normalisation", "weights", "means", "missing", "ranking"],
    Field(description="Чем различаются расчёты."),
]


class ComparedSide(RequestModel):
    """Одна сторона сравнения: редакция рейтинга, возможно по другой методике."""

    programme: str = Field(
        description="Код программы.", pattern=PROGRAMME_CODE, max_length=40, examples=["rum"]
    )
    period: str = Field(description="Период.", pattern=PATTERN, max_length=9, examples=["2022"])
    revision: int | None = Field(
        None, description="Номер редакции; пропущен — действующая.", ge=1, le=2**31 - 1
    )
    methodology: int | None = Field(
        None,
        description="Номер методики, по которой пересчитать редакцию; пропущен — её собственная.",
        ge=1,
        le=2**31 - 1,
    )


class ComparisonQuestion(RequestModel):
    """Что с чем сравнить."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    before: ComparedSide = Field(description="Было.")
    after: ComparedSide = Field(description="Стало.")


class CauseShown(ResponseModel):
    """Сколько мест объясняет одна из причин."""

    facet: Facet
    shift: float = Field(description="Мест, положительное — лучше.")


class Moved(ResponseModel):
    """Что стало с одной территорией; null — на одной из сторон этого нет."""

    territory: str = Field(description="Код ОКТМО.", max_length=20)
    before: PlaceShown | None = Field(description="Место было.")
    before_note: PlaceNote | None
    before_among: AmongShown | None = Field(description="Было среди известных при PEERS_MISSING.")
    after: PlaceShown | None = Field(description="Место стало.")
    after_note: PlaceNote | None
    after_among: AmongShown | None = Field(description="Стало среди известных при PEERS_MISSING.")
    change: PlaceChangeShown | None = Field(description="Изменение места как промежуток.")
    shift: int | None = Field(
        description="Изменение первого места связки, положительное — лучше.",
        ge=-(2**31),
        le=2**31,
    )
    score: float | None = Field(description="Изменение балла.")
    causes: list[CauseShown] | None = Field(
        description="Причины, в сумме дают сдвиг; null — на причины не делится.", max_length=7
    )
    indicators: list[IndicatorGap] | None = Field(
        description="Изменение балла по показателям; null — на показатели не делится.",
        max_length=100_000,
    )


class ComparisonAnswer(ResponseModel):
    """Кто сдвинулся, на сколько и почему."""

    before: Calculated = Field(description="Было.")
    after: Calculated = Field(description="Стало.")
    facets: list[Facet] = Field(description="Чем расчёты различаются.", max_length=7)
    total: int = Field(description="Сколько территорий сравнено всего.", ge=0, le=10**6)
    items: list[Moved] = Field(description="Территории страницы, по коду.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
