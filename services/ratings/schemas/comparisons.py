"""The two sides of a comparison as people ask for them."""

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.parsers.periods import PATTERN
from services.ratings.schemas.registry import PROGRAMME_CODE
from shared.web import Body

EXAMPLE: JsonValue = {
    "before": {"programme": "rum", "period": "2021"},
    "after": {"programme": "rum", "period": "2022"},
}


class ComparedSide(Body):
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


class ComparisonQuestion(Body):
    """Что с чем сравнить."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    before: ComparedSide = Field(description="Было.")
    after: ComparedSide = Field(description="Стало.")
