"""The what-if calculation on the wire: the question documents what its reader takes."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.domain.json_fields import MAX_TEXT
from services.ratings.schemas.methodology_document import DOCUMENT, Text, WrittenMethodology
from services.ratings.schemas.methodology_rules import Number, Written
from services.ratings.schemas.tables import CODE, LeavesShown, LevelNote, LevelShown, PlaceShown
from shared.web import ResponseModel

MOST = 1_000_000

QUESTION: dict[str, JsonValue] = {
    "methodology": DOCUMENT,
    "units": [{"code": "u1", "group": "g1"}, {"code": "u2", "group": "g1"}],
    "indicators": ["1.1"],
    "values": [[99], [90]],
}


class PreviewUnit(Written):
    """Участник расчёта; в реестре его может не быть."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "u1", "group": "g1"}})

    code: Text = Field(description="Код, единственный в запросе.")
    group: Text | None = Field(None, description="Группа, среди которой тоже ищется место.")


class PreviewQuestion(Written):
    """Методика и значения, по которым надо рассчитать рейтинг."""

    model_config = ConfigDict(json_schema_extra={"example": QUESTION})

    methodology: WrittenMethodology = Field(description="Методика.")
    units: list[PreviewUnit] = Field(description="Участники.", max_length=MOST)
    indicators: list[Annotated[str, Field(max_length=MAX_TEXT)]] = Field(
        description="Коды столбцов таблицы значений: все показатели методики, порядок любой.",
        max_length=MOST,
        json_schema_extra={"uniqueItems": True},
    )
    values: list[Annotated[list[Number | None], Field(max_length=MOST)]] = Field(
        description="Строка на участника, столбец на показатель; null — значения нет.",
        max_length=MOST,
    )


class PreviewNode(ResponseModel):
    """Узел рейтинга у одного участника."""

    score: float | None = Field(description="Балл с полной точностью.")
    place: PlaceShown | None = Field(description="Место.")
    group_place: PlaceShown | None = Field(description="Место в группе.")
    coverage: float = Field(description="Доля входящих со значением.", ge=0, le=1)
    leaves: LeavesShown = Field(description="Сколько показателей под узлом имеют значение.")
    incomplete: bool = Field(description="Есть ли под узлом показатели без значения.")
    place_if_known: PlaceShown | None = Field(
        description="Лучшее и худшее место, которые дали бы недостающие значения на концах своих "
        "областей; null — ничего не пропущено или область открыта."
    )
    level: LevelShown | None = Field(description="Уровень; только у узла, о котором уровни.")
    level_note: LevelNote | None = Field(
        description="Почему уровня нет: OUTSIDE_DOMAIN — балл вне шкалы уровней."
    )


class PreviewedUnit(ResponseModel):
    """Что вышло у одного участника."""

    code: str = Field(description="Код.", max_length=CODE)
    nodes: dict[str, PreviewNode] = Field(description="Группы дерева по коду.")


class PreviewAnswer(ResponseModel):
    """Рассчитанный рейтинг."""

    units: list[PreviewedUnit] = Field(description="В порядке запроса.", max_length=MOST)
    normalised: dict[str, Annotated[list[float | None], Field(max_length=MOST)]] = Field(
        description="Нормированные значения показателя по порядку участников; null — нет."
    )
