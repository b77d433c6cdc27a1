"""Published effects of measures on the wire: list, document, units."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.schemas.effects import MOST_UNITS, EffectAnswer, Probability
from services.ratings.schemas.tables import CODE, TITLE
from shared.publication import MAX_REVISION
from shared.web import ResponseModel

Verdict = Literal["insufficient", "description", "difference", "consistent", "measured"]
DesignCode = Literal[
    "universal", "lottery", "cut", "selected_on_outcome", "few_treated", "staggered", "difference"
]
Code = Annotated[str, Field(max_length=CODE)]
Title = Annotated[str, Field(max_length=TITLE)]
Revision = Annotated[int, Field(ge=1, le=MAX_REVISION)]
Count = Annotated[int, Field(ge=0, le=2**53)]

OUTCOME: dict[str, JsonValue] = {
    "programme": "rum",
    "indicator": "1.3",
    "node": None,
    "lag": 1,
    "title": "Доля учителей, прошедших повышение квалификации",
}
LIST_ROW: dict[str, JsonValue] = {
    "measure": "courses",
    "title": "Курсы повышения квалификации учителей (КПК)",
    "outcome": OUTCOME,
    "design": "lottery",
    "verdict": "measured",
    "estimate": 2.4,
    "pre_registered": True,
    "revision": 1,
}
UNIT_ROW: dict[str, JsonValue] = {
    "unit": "08709000",
    "title": "Комсомольск-на-Амуре",
    "first_exposed": "2023",
    "dose": {"trained": 40, "need": 75, "share": "53.3", "hours": 2880, "suppressed": False},
    "before": 41.2,
    "after": 44.1,
    "change": 2.9,
    "without_it": 2.1,
}


class EffectOutcome(ResponseModel):
    """Исход: показатель или узел рейтинга."""

    programme: Code = Field(description="Программа мониторинга.")
    indicator: Code | None = Field(description="Код показателя.")
    node: Code | None = Field(description="Код узла рейтинга.")
    lag: Annotated[int, Field(ge=0, le=1000)] = Field(description="Через сколько периодов.")
    title: Title = Field(description="Название.")


class EffectListed(ResponseModel):
    """Мера и вывод о ней."""

    model_config = ConfigDict(json_schema_extra={"example": LIST_ROW})

    measure: Code = Field(description="Код меры.")
    title: Title = Field(description="Название меры.")
    outcome: EffectOutcome = Field(description="Главный исход.")
    design: DesignCode = Field(description="Схема сравнения.")
    verdict: Verdict = Field(description="Вывод.")
    estimate: float | None = Field(description="Оценка.")
    pre_registered: bool = Field(description="План заморожен до начала меры.")
    revision: Revision = Field(description="Редакция.")


class EffectPage(ResponseModel):
    """Страница списка оценок."""

    items: list[EffectListed] = Field(description="По коду меры.", max_length=1000)
    next: Annotated[str, Field(max_length=2000)] | None = Field(description="Курсор дальше.")


class DoseShown(ResponseModel):
    """Доза единицы."""

    trained: Count | None = Field(description="Обучено; null — неизвестно или скрыто.")
    need: Count | None = Field(description="Скольким нужно.")
    share: Code | None = Field(description="Доля, %.")
    hours: Count | None = Field(description="Часов.")
    suppressed: bool = Field(description="За числами один или два человека.")


class EffectUnit(ResponseModel):
    """Единица: доза, изменение и оценка без неё."""

    model_config = ConfigDict(json_schema_extra={"example": UNIT_ROW})

    unit: Code = Field(description="Код единицы.")
    title: Title | None = Field(description="Название по реестру.")
    first_exposed: Code | None = Field(description="Первый период меры; null — без меры.")
    dose: DoseShown | None = Field(description="Доза; null — меры не было.")
    before: float | None = Field(description="Среднее до; null — единица не учтена.")
    after: float | None = Field(description="Среднее после.")
    change: float | None = Field(description="Изменение.")
    without_it: float | None = Field(description="Оценка без этой единицы.")


class EffectUnits(ResponseModel):
    """Страница единиц."""

    measure: Code
    revision: Revision
    items: list[EffectUnit] = Field(max_length=1000)
    next: Annotated[str, Field(max_length=2000)] | None


class UsedPeriod(ResponseModel):
    """Период и редакция, значения которой взяты."""

    period: Code = Field(description="Период исхода.")
    revision: Revision = Field(description="Действующая редакция рейтинга.")
    known_at: datetime = Field(description="По какому состоянию данных взяты значения.")


class OutcomeResult(ResponseModel):
    """Исход плана с оценкой."""

    role: Literal["main", "primary", "secondary", "placebo_outcomes"] = Field(
        description="Место в плане."
    )
    outcome: EffectOutcome = Field(description="Исход.")
    estimate: float | None = Field(description="Оценка.")
    p: Probability | None = Field(description="p перестановок.")
    adjusted_p: Probability | None = Field(description="p с поправкой Холма.")
    verdict: Verdict = Field(description="Вывод.")


class ExposuresUsed(ResponseModel):
    """По какому охвату найдено."""

    revision: Annotated[int, Field(ge=1, le=2**53)] = Field(description="Редакция охвата.")


class PlanUsed(ResponseModel):
    """По какому плану найдено."""

    hash: Annotated[str, Field(max_length=64)] = Field(description="SHA-256 плана.")
    frozen_at: datetime = Field(description="Когда заморожен.")
    pre_registered: bool = Field(description="До начала меры.")


class EffectDocument(EffectAnswer):
    """Оценка меры: вывод, числа, единицы, план и данные, по которым найдена."""

    measure: Code = Field(description="Код меры.")
    title: Title = Field(description="Название меры.")
    outcome: EffectOutcome = Field(description="Главный исход.")
    period: Code | None = Field(description="Последний период; null — данных нет.")
    revision: Revision = Field(description="Редакция.")
    source_time: datetime = Field(description="Время данных.")
    citation: Annotated[str, Field(max_length=4000)] = Field(description="Как ссылаться.")
    unit_level: Literal["municipality", "school"] = Field(description="Единица меры.")
    periods: list[UsedPeriod] = Field(description="Периоды в основе.", max_length=1000)
    exposures: ExposuresUsed = Field(description="Охват.")
    plan: PlanUsed = Field(description="План.")
    outcomes: list[OutcomeResult] = Field(description="Все исходы плана.", max_length=100)
    rows: list[EffectUnit] = Field(
        description="Единицы: таблица в CSV и XLSX.", max_length=MOST_UNITS
    )
