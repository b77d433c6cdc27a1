"""Measures and their exposures on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.training.schemas.registries import MeasureRow, Text, Whole
from shared.web import ResponseModel

MOST_UNITS = 100_000
Level = Literal["municipality", "school", "teacher"]
Rule = Literal["chosen", "random", "threshold", "universal"]
Side = Literal["below", "at_or_below", "above", "at_or_above"]

EXPOSURES: dict[str, JsonValue] = {
    "measure": "courses",
    "revision": 4,
    "source_time": "2023-12-20T03:00:00Z",
    "title": "Курсы повышения квалификации учителей (КПК)",
    "unit_level": "municipality",
    "least_share": "50",
    "assignment": {
        "rule": "random",
        "why": None,
        "selected_on": None,
        "selected_period": None,
        "threshold": None,
        "seed": 2023,
    },
    "outcomes": [
        {"programme": "rum", "indicator": "1.3", "direction": "up", "size": "3", "least": "1"}
    ],
    "items": [
        {
            "unit": "08709000",
            "first_exposed": "2023",
            "stratum": "city",
            "neighbour": False,
            "trained": 40,
            "need": 75,
            "share": "53.3",
            "hours": 2880,
            "suppressed": False,
            "periods": [{"period": "2023", "exposed": True, "trained": 40, "source": "attendance"}],
        },
        {
            "unit": "08606000",
            "first_exposed": None,
            "stratum": "north",
            "neighbour": True,
            "trained": None,
            "need": None,
            "share": None,
            "hours": None,
            "suppressed": False,
            "periods": [],
        },
    ],
}


class ThresholdRow(ResponseModel):
    """Порог, по которому выбраны единицы."""

    indicator: Text = Field(description="«программа показатель».")
    period: Text = Field(description="Период показателя.")
    cut: Text = Field(description="Порог.")
    treated: Side = Field(description="По какую сторону порога мера.")


class AssignmentRow(ResponseModel):
    """Как выбраны единицы меры."""

    rule: Rule = Field(description="Выбраны кем-то, жребием, по порогу или все.")
    why: Text | None = Field(description="Основание выбора.")
    selected_on: Text | None = Field(description="«программа показатель», из-за которого выбраны.")
    selected_period: Text | None = Field(description="Период этого показателя.")
    threshold: ThresholdRow | None = Field(description="Порог.")
    seed: Annotated[int, Field(ge=0, le=2**53)] | None = Field(description="Начало жребия.")


class OutcomeRow(ResponseModel):
    """Ожидаемый результат меры."""

    programme: Text = Field(description="Программа мониторинга.")
    indicator: Text = Field(description="Показатель или узел рейтинга.")
    direction: Literal["up", "down"] = Field(description="Куда должен измениться.")
    size: Text | None = Field(description="Насколько.")
    least: Text | None = Field(description="Наименьшее изменение, ради которого стоит браться.")


class MeasureCard(MeasureRow):
    """Мера: срок, кого охватывает, как выбраны, что должно измениться."""

    unit_level: Level | None = Field(description="Единица меры; null — охват не считается.")
    reached_by: Literal["attendance", "routes", "mentoring", "import"] | None = Field(
        description="Откуда известен охват."
    )
    least_share: Text | None = Field(description="Доля обученных, с которой единица охвачена, %.")
    assignment: AssignmentRow | None = Field(description="Как выбраны единицы; null — не сказано.")
    outcomes: list[OutcomeRow] = Field(description="Ожидаемые результаты.", max_length=100)


class PeriodDose(ResponseModel):
    """Что единица получила за период."""

    period: Text
    exposed: bool = Field(description="Мера действовала.")
    trained: Whole | None = Field(description="Обучено; null — неизвестно или меньше трёх.")
    source: Literal["attendance", "routes", "mentoring", "import"] = Field(
        description="Откуда известно."
    )


class ExposureRow(ResponseModel):
    """Единица, участвовавшая в мере или в выборе."""

    unit: Text = Field(description="ОКТМО муниципалитета или код школы.")
    first_exposed: Text | None = Field(description="Первый период меры; null — меры не было.")
    stratum: Text | None = Field(description="Страта жребия.")
    neighbour: bool = Field(description="Меры нет, но площадка или наставник общие с охваченными.")
    trained: Whole | None = Field(description="Обучено всего.")
    need: Whole | None = Field(description="Скольким нужно.")
    share: Text | None = Field(description="Доля обученных от потребности, %.")
    hours: Whole | None = Field(description="Часов программ всего.")
    suppressed: bool = Field(description="Числа скрыты: за ними один или два человека.")
    periods: list[PeriodDose] = Field(description="По периодам.", max_length=1000)


class ExposureDocument(ResponseModel):
    """Охват меры: редакция, которую читают оценки эффекта."""

    model_config = ConfigDict(json_schema_extra={"example": EXPOSURES})

    measure: Text
    revision: Whole
    source_time: datetime
    title: Text
    unit_level: Level
    least_share: Text | None
    assignment: AssignmentRow
    outcomes: list[OutcomeRow] = Field(max_length=100)
    items: list[ExposureRow] = Field(max_length=MOST_UNITS)
