"""The stability of places on the wire: of a whole rating and of one territory in it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ratings.domain.question_document import MAX_ALTERNATIVES, MAX_DRAWS, MAX_SAMPLES
from services.ratings.schemas.explanations import Calculated, OfTerritory
from services.ratings.schemas.methodology_rules import Mean, Normalisation
from services.ratings.schemas.tables import CODE, AmongShown, PlaceNote
from shared.web import ResponseModel

MOST = 500_000

Factor = Annotated[
    Literal["weights", "normalisation", "mean"],
    Field(description="Что варьировалось: веса, нормирование или среднее."),
]
Territory = Annotated[str, Field(description="Код ОКТМО.", max_length=20)]
Place = Annotated[int, Field(ge=1, le=2**31 - 1)]
Share = Annotated[float, Field(ge=0, le=1)]


class StabilityQuestionShown(ResponseModel):
    """Что варьировалось; пропущенное в запросе взято обычным."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "draws": 1000,
                "samples": 1000,
                "seed": 1,
                "spread": 0.25,
                "normalisations": [None, {"method": "rank"}],
                "means": [None, {"method": "power", "p": 0.5}],
            }
        }
    )

    draws: int = Field(description="Число испытаний.", ge=1, le=MAX_DRAWS)
    samples: int = Field(
        description="Выборка для индексов Соболя; 0 — без них.", ge=0, le=MAX_SAMPLES
    )
    seed: int = Field(description="Начало случайного ряда.", ge=0, le=2**63 - 1)
    spread: float = Field(description="Размах весов.", ge=0, lt=1)
    normalisations: list[Normalisation | None] = Field(
        description="Нормирования; null — правило методики.",
        min_length=1,
        max_length=MAX_ALTERNATIVES,
    )
    means: list[Mean | None] = Field(
        description="Средние; null — правило методики.", min_length=1, max_length=MAX_ALTERNATIVES
    )


class LevelProbability(ResponseModel):
    """Вероятность уровня."""

    level: str = Field(description="Код уровня.", max_length=CODE)
    probability: Share = Field(description="Доля испытаний.")


class SpreadOfPlaces(ResponseModel):
    """Как место расходится в испытаниях; null — места нет."""

    place: Place | None = Field(description="Место по методике.")
    place_note: PlaceNote | None
    among: AmongShown | None = Field(description="Место среди известных при PEERS_MISSING.")
    median: float | None = Field(description="Медиана.", ge=1)
    low: float | None = Field(description="5-й процентиль места.", ge=1)
    high: float | None = Field(description="95-й процентиль места.", ge=1)
    ranked: Share = Field(description="Доля испытаний, в которых место есть.")
    levels: list[LevelProbability] | None = Field(
        description="Уровни от нижнего; null — уровней нет.", max_length=MOST
    )


class UnitStabilityShown(SpreadOfPlaces):
    """Устойчивость места одной территории."""

    territory: Territory


class SensitivityShown(ResponseModel):
    """Индексы Соболя; null — место не меняется, объяснять нечего."""

    first: float | None = Field(description="Доля разброса, которую объясняет один фактор.")
    total: float | None = Field(description="Она же вместе с взаимодействиями.", ge=0)


class UnitSensitivity(SensitivityShown):
    """Индексы Соболя для места одной территории."""

    territory: Territory


class FactorShown(ResponseModel):
    """Сколько объясняет один фактор."""

    factor: Factor
    mean_shift: SensitivityShown = Field(description="Среднего сдвига мест.")
    units: list[UnitSensitivity] = Field(description="Места каждой территории.", max_length=MOST)


class FactorOfTerritory(SensitivityShown):
    """Сколько один фактор объясняет места территории."""

    factor: Factor


class PlaceWithout(ResponseModel):
    """Место без одного показателя; null — места нет."""

    place: Place | None = Field(description="Место.")
    shift: int | None = Field(
        description="На сколько мест лучше, чем с показателем.", ge=-(2**31), le=2**31
    )


class UnitWithout(PlaceWithout):
    """Место территории без одного показателя."""

    territory: Territory


class IndicatorLeftOut(ResponseModel):
    """Места без одного показателя."""

    indicator: str = Field(description="Код показателя.", max_length=CODE)
    mean_shift: float | None = Field(description="Средний сдвиг; null — сравнить не с чем.", ge=0)
    units: list[UnitWithout] | None = Field(
        description="Территории; null — их слишком много для одного ответа.", max_length=MOST
    )


class TerritoryWithout(PlaceWithout):
    """Место территории без показателя."""

    indicator: str = Field(description="Код показателя.", max_length=CODE)


class StabilityAnswer(Calculated):
    """Устойчивость всего рейтинга."""

    question: StabilityQuestionShown = Field(description="Полный вопрос.")
    mean_shift: float | None = Field(
        description="Средний сдвиг места по испытаниям и территориям.", ge=0
    )
    units: list[UnitStabilityShown] = Field(description="Территории.", max_length=MOST)
    factors: list[FactorShown] = Field(
        description="Факторы; пусто — без индексов Соболя.", max_length=3
    )
    leave_one_out: list[IndicatorLeftOut] = Field(
        description="Без каждого показателя по очереди.", max_length=MOST
    )


class TerritoryStability(SpreadOfPlaces, OfTerritory):
    """Устойчивость места территории при обычных вариациях."""

    question: StabilityQuestionShown = Field(description="Полный вопрос.")
    factors: list[FactorOfTerritory] = Field(
        description="Факторы; пусто — без индексов Соболя.", max_length=3
    )
    leave_one_out: list[TerritoryWithout] = Field(
        description="Без каждого показателя; пусто — территорий слишком много.", max_length=MOST
    )


class AnalysisOrdered(ResponseModel):
    """Расчёт поставлен в очередь; ответ — по повторному запросу."""

    job: UUID = Field(description="Номер задания.")
    state: Literal["queued"] = Field(description="Состояние.")
