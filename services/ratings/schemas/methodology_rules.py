"""The rules of a methodology's tree as its document writes them: normalisations and means.

They document what `domain.methodology_document` reads; nothing is validated by them. A member that
is not required may be left out or null.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from services.ratings.domain.json_fields import MAX_NUMBER
from shared.web import RequestModel

Number = Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Positive = Annotated[float, Field(gt=0, le=MAX_NUMBER)]


class Written(RequestModel):
    """Parent of what people write: defaults are given in words.

    Generated TypeScript takes a member with a default in its schema for a required one.
    """

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Return the schema without defaults."""
        schema = handler(core_schema)
        for member in handler.resolve_ref_schema(schema).get("properties", {}).values():
            member.pop("default", None)
        return schema


class PlainNormalisation(Written):
    """Нормирование без параметров.

    none — значение как есть; rank, percentile_rank и borda — по рангу; distance_to_best и
    best_of_peers — относительно лучшего из сравниваемых.
    """

    model_config = ConfigDict(json_schema_extra={"example": {"method": "none"}})

    method: Literal[
        "none", "rank", "percentile_rank", "borda", "distance_to_best", "best_of_peers"
    ] = Field(description="Правило.")


class PercentOfMaximum(Written):
    """Процент от наибольшего возможного значения."""

    model_config = ConfigDict(json_schema_extra={"example": {"method": "percent_of_max", "max": 5}})

    method: Literal["percent_of_max"] = Field(description="Правило.")
    max: Positive = Field(description="Наибольшее возможное значение.")


class MinMax(Written):
    """Место значения между худшим и лучшим из сравниваемых, на шкале от low до high."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"method": "minmax", "low": 1, "high": 100}}
    )

    method: Literal["minmax"] = Field(description="Правило.")
    low: Number | None = Field(0, description="Начало шкалы; пропущено — 0.")
    high: Number | None = Field(100, description="Конец шкалы, больше начала; пропущен — 100.")


class Goalposts(Written):
    """Место значения между двумя заданными, от 0 до 100."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"method": "goalposts", "low": 20, "high": 90}}
    )

    method: Literal["goalposts"] = Field(description="Правило.")
    low: Number = Field(description="Нижнее значение.")
    high: Number = Field(description="Верхнее значение, больше нижнего.")


class ZScore(Written):
    """Отклонение от среднего сравниваемых в стандартных отклонениях выборки."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"method": "zscore", "mean": 50, "sd": 10}}
    )

    method: Literal["zscore"] = Field(description="Правило.")
    mean: Number | None = Field(0, description="Среднее новой шкалы; пропущено — 0.")
    sd: Positive | None = Field(1, description="Стандартное отклонение новой шкалы; пропущено — 1.")


class DistanceToTarget(Written):
    """Пройденная часть пути от худшего из сравниваемых до цели."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"method": "distance_to_target", "target": 80, "cap": True}}
    )

    method: Literal["distance_to_target"] = Field(description="Правило.")
    target: Number = Field(description="Цель.")
    cap: bool | None = Field(
        default=False, description="Не давать больше 100 за превышение цели; пропущено — false."
    )


Normalisation = Annotated[
    PlainNormalisation | PercentOfMaximum | MinMax | Goalposts | ZScore | DistanceToTarget,
    Field(discriminator="method"),
]


class PlainMean(Written):
    """Свёртка без параметров; sum складывает с весами как есть, minimum берёт худшее."""

    model_config = ConfigDict(json_schema_extra={"example": {"method": "arithmetic"}})

    method: Literal["arithmetic", "geometric", "harmonic", "sum", "minimum"] = Field(
        description="Правило."
    )


class PowerMean(Written):
    """Степенное среднее."""

    model_config = ConfigDict(json_schema_extra={"example": {"method": "power", "p": 0.5}})

    method: Literal["power"] = Field(description="Правило.")
    p: Number = Field(
        description="Показатель степени, не 0.", json_schema_extra={"not": {"const": 0}}
    )


Mean = Annotated[PlainMean | PowerMean, Field(discriminator="method")]
