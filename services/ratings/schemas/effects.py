"""The effect of a measure on the wire: the panel asked about, the answer, the power of a plan."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.schemas.methodology_rules import Written
from services.ratings.schemas.tables import CODE
from shared.web import ResponseModel

MOST_UNITS = 100_000
MOST_PERIODS = 1_000
MOST_DRAWS = 1_000_000
MOST_PERIOD = 10**8
MOST_VALUE = 1e12
MOST_TEXT = 4_000

Unit = Annotated[str, Field(min_length=1, max_length=CODE)]
PeriodNumber = Annotated[int, Field(strict=True, ge=-MOST_PERIOD, le=MOST_PERIOD)]
Number = Annotated[float, Field(strict=True, ge=-MOST_VALUE, le=MOST_VALUE, allow_inf_nan=False)]
Switch = Annotated[bool, Field(strict=True)]
Probability = Annotated[float, Field(ge=0, le=1)]

PANEL: dict[str, JsonValue] = {
    "units": ["82701000", "82705000", "82710000", "82715000", "82720000", "82725000"],
    "periods": [2022, 2023, 2024, 2025],
    "values": [
        [41.2, 42.0, 41.5, 47.9],
        [38.4, 39.1, 38.8, 44.6],
        [44.0, 43.2, 44.1, 44.5],
        [40.3, 41.1, 40.6, 41.9],
        [47.5, 46.8, 47.7, 47.2],
        [36.9, 37.7, 37.2, 38.5],
    ],
    "digits": 1,
}
QUESTION: dict[str, JsonValue] = {
    "panel": PANEL,
    "exposed": {"82701000": 2025, "82705000": 2025},
    "assignment": {"rule": "random", "selected_on_outcome": False},
    "comparison": "never",
    "estimator": "auto",
    "draws": 10000,
    "seed": 1,
}
POWER_QUESTION: dict[str, JsonValue] = {
    "panel": PANEL,
    "treated": 3,
    "after": 1,
    "assignment": {"rule": "random"},
    "alpha": 0.05,
    "power": 0.8,
}


class PanelBody(Written):
    """Значения единиц по периодам."""

    model_config = ConfigDict(json_schema_extra={"example": PANEL})

    units: list[Unit] = Field(description="Коды единиц.", min_length=1, max_length=MOST_UNITS)
    periods: list[PeriodNumber] = Field(
        description="Периоды по возрастанию.", min_length=1, max_length=MOST_PERIODS
    )
    values: list[Annotated[list[Number | None], Field(max_length=MOST_PERIODS)]] = Field(
        description="Строка на единицу, столбец на период; null — значения нет.",
        max_length=MOST_UNITS,
    )
    digits: Annotated[int, Field(strict=True, ge=-6, le=12)] | None = Field(
        None, description="Знаков после запятой в значениях; null — значения точные."
    )


class ThresholdBody(Written):
    """Правило порога."""

    values: dict[Unit, Number] = Field(
        description="Значение показателя у единиц.", max_length=MOST_UNITS
    )
    cut: Number = Field(description="Порог.")
    treated: Literal["below", "at_or_below", "above", "at_or_above"] = Field(
        description="По какую сторону порога мера."
    )


class AssignmentBody(Written):
    """Как выбраны участники меры."""

    rule: Literal["chosen", "random", "threshold", "universal"] = Field(
        description="Выбраны кем-то, жребием, по порогу или все."
    )
    strata: dict[Unit, Annotated[str, Field(max_length=CODE)]] | None = Field(
        None, description="Страта каждой единицы; null — страта одна.", max_length=MOST_UNITS
    )
    selected_on_outcome: Switch = Field(
        default=False, description="Выбраны потому, что показатель был плох."
    )
    selected_period: PeriodNumber | None = Field(
        None, description="Период, по которому выбирали; обязателен при выборе по показателю."
    )
    threshold: ThresholdBody | None = Field(None, description="Порог для правила threshold.")


class EffectQuestion(Written):
    """Панель, участники меры и то, как их выбрали."""

    model_config = ConfigDict(json_schema_extra={"example": QUESTION})

    panel: PanelBody = Field(description="Значения.")
    exposed: dict[Unit, PeriodNumber | None] = Field(
        description="Первый период меры у единицы; null или нет единицы — меры не было.",
        max_length=MOST_UNITS,
    )
    assignment: AssignmentBody = Field(description="Как выбраны участники.")
    comparison: Literal["never", "not_yet"] = Field(
        "never", description="С кем сравнивать: без меры вовсе или ещё без меры."
    )
    estimator: Literal[
        "auto", "difference", "callaway_santanna", "synthetic_did", "synthetic_control"
    ] = Field("auto", description="Оценка; auto — принятая для схемы.")
    draws: Annotated[int, Field(strict=True, ge=1, le=MOST_DRAWS)] = Field(
        10_000, description="Число перестановок, если перебрать все нельзя."
    )
    seed: Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)] = Field(
        1, description="Начало случайного ряда."
    )


class RangeShown(ResponseModel):
    """Границы; null — границы нет."""

    low: float | None = Field(description="Нижняя.")
    high: float | None = Field(description="Верхняя.")


class GroupEffect(ResponseModel):
    """Эффект в группе с общим первым периодом меры."""

    group: int = Field(description="Первый период меры.", ge=-MOST_PERIOD, le=MOST_PERIOD)
    period: int = Field(description="Период.", ge=-MOST_PERIOD, le=MOST_PERIOD)
    att: float | None = Field(description="Эффект; null — сравнить не с кем.")


class LagEffect(ResponseModel):
    """Эффект на расстоянии от начала меры."""

    lag: int = Field(
        description="Период минус первый период меры.", ge=-2 * MOST_PERIOD, le=2 * MOST_PERIOD
    )
    att: float | None = Field(description="Эффект; null — сравнить не с кем.")


class InferenceShown(ResponseModel):
    """Что говорят перестановки участников."""

    p: Probability | None = Field(description="Доля перестановок с не меньшей оценкой.")
    exact: bool = Field(description="Перебраны все перестановки.")
    assignments: int = Field(description="Сколько перестановок.", ge=0, le=MOST_DRAWS)
    least_p: Probability | None = Field(description="Наименьшее возможное p.")
    set: RangeShown | None = Field(
        description="Эффекты, которых перестановки не отвергают; null — не отвергнуть ничего."
    )


class PlaceboShown(ResponseModel):
    """Оценка там, где эффекта быть не может."""

    kind: Literal["time", "space"] = Field(
        description="Мера началась бы раньше или у единицы сравнения."
    )
    estimate: float | None = Field(description="Оценка.")
    p: Probability | None = Field(description="Доля не меньших.")


class ReturnShown(ResponseModel):
    """Возврат к среднему: оценка, которой следовало ждать без меры."""

    expected: float = Field(description="Ожидание.")
    low: float = Field(description="Нижняя граница 95 %.")
    high: float = Field(description="Верхняя граница 95 %.")


class RobustnessShown(ResponseModel):
    """Оценка другим способом."""

    kind: Literal["logit", "neighbours", "wild_bootstrap", "synthetic_control"] = Field(
        description="Способ; logit — в логитах."
    )
    estimate: float | None = Field(description="Оценка.")
    p: Probability | None = Field(description="p этим способом.")


class LeftOutShown(ResponseModel):
    """Единица, не вошедшая в оценку."""

    unit: str = Field(description="Код.", max_length=CODE)
    why: str = Field(description="Причина.", max_length=CODE)


class EffectAnswer(ResponseModel):
    """Оценка меры и самые сильные слова, которые позволены данными."""

    design: Literal[
        "universal",
        "lottery",
        "cut",
        "selected_on_outcome",
        "few_treated",
        "staggered",
        "difference",
    ] = Field(description="Схема сравнения: первая подошедшая.")
    estimator: (
        Literal["difference", "callaway_santanna", "synthetic_did", "synthetic_control"] | None
    ) = Field(description="Оценка; null — сравнить не с кем.")
    estimate: float | None = Field(description="Средний эффект на периоды с мерой.")
    identified: RangeShown = Field(description="Что оставляет округление значений.")
    groups: list[GroupEffect] = Field(
        description="Эффекты групп, если оценка callaway_santanna.", max_length=MOST_PERIODS**2
    )
    event_study: list[LagEffect] = Field(
        description="Эффекты по расстоянию от начала меры.", max_length=2 * MOST_PERIODS
    )
    inference: InferenceShown = Field(description="Перестановки.")
    placebo: list[PlaceboShown] = Field(description="Проверки.", max_length=2)
    return_to_mean: ReturnShown | None = Field(
        description="Возврат к среднему при выборе по показателю."
    )
    mde: float | None = Field(description="Наименьший видимый эффект.", ge=0)
    overturned_by: list[Annotated[str, Field(max_length=CODE)]] = Field(
        description="Единицы, без каждой из которых вывод другой.", max_length=MOST_UNITS
    )
    robustness: list[RobustnessShown] = Field(description="Другие способы.", max_length=4)
    verdict: Literal["insufficient", "description", "difference", "consistent", "measured"] = Field(
        description="Вывод."
    )
    sentence: str = Field(description="Вывод словами.", max_length=MOST_TEXT)
    limits: list[Annotated[str, Field(max_length=CODE)]] = Field(
        description="Коды ограничений.", max_length=100
    )
    left_out: list[LeftOutShown] = Field(
        description="Кто не вошёл и почему.", max_length=MOST_UNITS
    )


class PowerQuestion(Written):
    """Прежние значения и замысел меры."""

    model_config = ConfigDict(json_schema_extra={"example": POWER_QUESTION})

    panel: PanelBody = Field(description="Прежние значения.")
    treated: (
        Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS)]
        | Annotated[list[Unit], Field(min_length=1, max_length=MOST_UNITS)]
    ) = Field(description="Сколько единиц с мерой или какие.")
    after: Annotated[int, Field(strict=True, ge=1, le=MOST_PERIODS)] = Field(
        1, description="Сколько периодов с мерой."
    )
    assignment: AssignmentBody = Field(
        default_factory=lambda: AssignmentBody(rule="random"),
        description="Как будут выбраны участники; учитываются страты.",
    )
    alpha: Annotated[float, Field(strict=True, gt=0, le=0.5)] = Field(
        0.05, description="Уровень значимости."
    )
    power: Annotated[float, Field(strict=True, gt=0, lt=1)] = Field(
        0.8, description="В какой доле жребиев эффект должен быть замечен."
    )


class DrawProposal(ResponseModel):
    """Жребий, который может повторить любой."""

    seed: int = Field(description="Начало случайного ряда.", ge=0, le=2**63 - 1)
    strata: dict[str, str] | None = Field(description="Страты; null — страта одна.")
    treated: list[Annotated[str, Field(max_length=CODE)]] = Field(
        description="Единицы с мерой.", max_length=MOST_UNITS
    )


class PowerAnswer(ResponseModel):
    """Что можно будет увидеть."""

    sd: float | None = Field(description="Разброс остатков.", ge=0)
    rho: float | None = Field(description="Связь остатков соседних периодов.", ge=-1, le=1)
    mde: float | None = Field(description="Наименьший видимый эффект; null — никакой.", ge=0)
    least_p: Probability = Field(description="Наименьшее возможное p.")
    advice: list[Annotated[str, Field(max_length=MOST_TEXT)]] = Field(
        description="Что изменить в замысле.", max_length=20
    )
    proposal: DrawProposal = Field(description="Предлагаемый жребий.")
