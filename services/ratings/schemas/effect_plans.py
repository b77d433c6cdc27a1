"""The plan of an evaluation on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from services.ratings.schemas.effects import MOST_DRAWS, AssignmentBody
from services.ratings.schemas.methodology_rules import Written
from services.ratings.schemas.registry import PROGRAMME_CODE
from services.ratings.schemas.tables import CODE
from shared.web import ResponseModel

MOST_LAG = 20
MOST_OUTCOMES = 20

OUTCOME: dict[str, JsonValue] = {"programme": "rum", "indicator": "1.3", "node": None, "lag": 1}
PLAN: dict[str, JsonValue] = {
    "outcome": OUTCOME,
    "comparison": "never",
    "estimator": "auto",
    "assignment": None,
    "draws": 10000,
    "seed": 2023,
    "placebo_outcomes": [{"programme": "rum", "indicator": "2.1", "node": None, "lag": 1}],
    "primary": [],
    "secondary": [],
}


class OutcomeBody(Written):
    """Что должно измениться: показатель или узел рейтинга и через сколько периодов."""

    model_config = ConfigDict(json_schema_extra={"example": OUTCOME})

    programme: Annotated[
        str, Field(pattern=PROGRAMME_CODE, max_length=40, description="Программа мониторинга.")
    ]
    indicator: Annotated[str, Field(min_length=1, max_length=CODE)] | None = Field(
        None, description="Код показателя; вместо него — node."
    )
    node: Annotated[str, Field(min_length=1, max_length=CODE)] | None = Field(
        None, description="Код узла рейтинга; вместо него — indicator."
    )
    lag: Annotated[int, Field(strict=True, ge=0, le=MOST_LAG)] = Field(
        0, description="Через сколько периодов после начала меры смотреть."
    )

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.indicator is None) == (self.node is None):
            raise ValueError("Укажите либо indicator, либо node.")
        return self


Outcomes = Annotated[list[OutcomeBody], Field(max_length=MOST_OUTCOMES)]


class PlanBody(Written):
    """Как будет найден эффект меры."""

    model_config = ConfigDict(json_schema_extra={"example": PLAN})

    outcome: OutcomeBody = Field(description="Главный исход: о нём вывод.")
    comparison: Literal["never", "not_yet"] = Field("never", description="С кем сравнивать.")
    estimator: Literal[
        "auto", "difference", "callaway_santanna", "synthetic_did", "synthetic_control"
    ] = Field("auto", description="Оценка; auto — принятая для схемы.")
    assignment: AssignmentBody | None = Field(
        None, description="Как выбраны единицы; null — как зарегистрировано у меры."
    )
    draws: Annotated[int, Field(strict=True, ge=1, le=MOST_DRAWS)] = Field(
        10_000, description="Число перестановок, если перебрать все нельзя."
    )
    seed: Annotated[int, Field(strict=True, ge=0, le=2**53)] = Field(
        1, description="Начало случайного ряда."
    )
    placebo_outcomes: Outcomes = Field(
        default_factory=list, description="Исходы, на которые мера действовать не должна."
    )
    primary: Outcomes = Field(
        default_factory=list,
        description="Основные исходы кроме главного: значимость с поправкой Холма.",
    )
    secondary: Outcomes = Field(default_factory=list, description="Второстепенные исходы.")


class PlanShown(ResponseModel):
    """План с отпечатком; замороженный не меняется."""

    measure: str = Field(description="Код меры.", max_length=CODE)
    plan: PlanBody = Field(description="План.")
    hash: str = Field(description="SHA-256 плана.", max_length=64)
    frozen_at: datetime | None = Field(description="Когда заморожен; null — ещё меняется.")
    frozen_by: str | None = Field(description="Псевдоним заморозившего.", max_length=64)
    pre_registered: bool | None = Field(
        description="Заморожен до первого периода меры; null — не заморожен или мера не началась."
    )
