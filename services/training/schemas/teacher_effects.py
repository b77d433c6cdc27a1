"""The effect of a measure on its teachers, on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.training.schemas.registries import Text, Whole
from shared.web import ResponseModel

Probability = Annotated[float, Field(ge=0, le=1)]
EFFECT: dict[str, JsonValue] = {
    "measure": "courses",
    "revision": 9,
    "source_time": "2023-12-20T03:00:00Z",
    "title": "Курсы повышения квалификации учителей (КПК)",
    "competency": "mathematics",
    "design": "lottery",
    "estimator": "ancova",
    "estimate": 4.2,
    "inference": {
        "p": 0.012,
        "session_p": 0.03,
        "exact": False,
        "assignments": 9999,
        "least_p": 0.0001,
        "set": {"low": 1.1, "high": 7.3},
    },
    "corrected": 4.4,
    "mde": 4.1,
    "offered": 40,
    "waiting": 35,
    "sessions": 5,
    "verdict": "measured",
    "sentence": "Измерено: эффект 4,2 балла при равном прежнем результате (от 1,1 до 7,3); при "
    "тех же данных случайное назначение дало бы столько же в 3 случаях из 100. Учителей зачислено: "
    "40, в списке ожидания: 35; потоков: 5. Наименьший видимый эффект: 4,1 балла.",
    "limits": [],
    "left_out": [{"why": "NO_SCORE_AFTER", "count": 12}],
}


class EffectRange(ResponseModel):
    """Границы; null — границы нет."""

    low: float | None = Field(description="Нижняя.")
    high: float | None = Field(description="Верхняя.")


class TeacherInference(ResponseModel):
    """Что говорят перестановки зачисленных внутри страт жребия."""

    p: Probability = Field(description="Доля перестановок с не меньшей оценкой.")
    session_p: Probability | None = Field(
        description="p с учётом потоков; null — потоков меньше пяти."
    )
    exact: bool = Field(description="Перебраны все перестановки.")
    assignments: Whole = Field(description="Сколько перестановок.")
    least_p: Probability = Field(description="Наименьшее возможное p.")
    set: EffectRange | None = Field(description="Эффекты, которых перестановки не отвергают.")


class LeftOutCount(ResponseModel):
    """Сколько учителей не вошло и почему."""

    why: Text = Field(description="Код причины.")
    count: Whole | None = Field(description="Сколько; null — меньше десяти.")


class TeacherEffect(ResponseModel):
    """Различие зачисленных и ждущих при равном прежнем результате."""

    model_config = ConfigDict(json_schema_extra={"example": EFFECT})

    measure: Text
    revision: Whole
    source_time: datetime
    title: Text
    competency: Text = Field(description="Компетенция, измеренная до и после.")
    design: Literal["lottery", "difference"] = Field(description="Места по жребию или нет.")
    estimator: Literal["ancova"] | None = Field(description="Оценка; null — данных нет.")
    estimate: float | None = Field(description="Различие в баллах.")
    inference: TeacherInference | None = Field(description="Перестановки.")
    corrected: float | None = Field(description="Оценка с поправкой на ошибку измерения.")
    mde: Annotated[float, Field(ge=0)] | None = Field(description="Наименьший видимый эффект.")
    offered: Whole | None = Field(description="Зачислено; null — меньше десяти.")
    waiting: Whole | None = Field(description="В списке ожидания; null — меньше десяти.")
    sessions: Whole | None = Field(description="Потоков.")
    verdict: Literal["insufficient", "difference", "measured"] = Field(description="Вывод.")
    sentence: Annotated[str, Field(max_length=4000)] = Field(description="Вывод словами.")
    limits: list[Text] = Field(description="Коды ограничений.", max_length=10)
    left_out: list[LeftOutCount] = Field(description="Кто не вошёл.", max_length=10)
