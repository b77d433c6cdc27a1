"""A methodology's document as people write it.

It documents what `domain.methodology_document` reads and says which members may be left out or
null; faults are found and reported by the reader itself.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from services.ratings.domain.json_fields import MAX_NUMBER, MAX_TEXT
from services.ratings.domain.methodology_document import MAX_DEPTH, MAX_DIGITS
from services.ratings.schemas.methodology_rules import Mean, Normalisation, Number, Written

MOST = 100_000

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Weight = Annotated[float, Field(ge=0, le=MAX_NUMBER)]

LEAF: dict[str, JsonValue] = {
    "code": "1.1",
    "title": "Система оценки качества подготовки обучающихся",
    "direction": "higher",
    "weight": 1,
    "normalise": {"method": "none"},
}
BANDS: list[JsonValue] = [
    {"code": "low", "title": "Низкий", "from": 0, "to": 60},
    {"code": "high", "title": "Высокий", "from": 61, "to": 100},
]
LEVELS: dict[str, JsonValue] = {
    "node": "total",
    "on": "published",
    "domain": [0, 100],
    "step": 1,
    "bands": BANDS,
}
DOCUMENT: dict[str, JsonValue] = {
    "programme": "rum",
    "version": "what-if",
    "title": "Проба",
    "peers": {"kind": "region"},
    "tree": {
        "code": "total",
        "title": "Итог",
        "aggregate": {"method": "arithmetic"},
        "children": [LEAF],
    },
    "missing": {"policy": "skip", "min_coverage": 0.5},
    "rounding": {"mode": "half_up", "digits": 0},
    "rank_on": "unrounded",
}


class MethodologyIndicator(Written):
    """Показатель: лист дерева."""

    model_config = ConfigDict(json_schema_extra={"example": LEAF})

    code: Text = Field(description="Код, единственный в дереве.")
    title: Text | None = Field(None, description="Название; пропущено — код.")
    weight: Weight = Field(description="Вес среди соседей по группе; все сразу не нули.")
    direction: Literal["higher", "lower"] = Field(description="Больше или меньше — лучше.")
    normalise: Normalisation = Field(
        description="Как значение переводится на общую шкалу; «меньше — лучше» без "
        "нормирования (none) не допускается."
    )
    unit: Text | None = Field(None, description="Единица измерения.")
    digits: int | None = Field(
        None,
        description="Знаков после запятой в печати; пропущено — как напечатано.",
        ge=0,
        le=MAX_DIGITS,
    )
    domain: list[Number | None] | None = Field(
        None,
        description="Наименьшее и наибольшее возможное значение, null — границы нет; "
        "пустой список — нет обеих.",
        max_length=2,
    )
    topics: list[Annotated[str, Field(min_length=1, pattern=r"\S")]] | None = Field(
        None,
        description="Темы, каждая один раз.",
        max_length=MOST,
        json_schema_extra={"uniqueItems": True},
    )
    target: Number | None = Field(None, description="Цель: хуже неё — слабое место.")
    definition: Text | None = Field(None, description="Определение.")
    responsible: Text | None = Field(None, description="Кто отвечает за показатель.")
    source: Text | None = Field(None, description="Источник данных.")


Children = Annotated[
    list["MethodologyIndicator | MethodologyGroup"],
    Field(
        description=f"Показатели и группы; вложенных групп не больше {MAX_DEPTH}.",
        min_length=1,
        max_length=MOST,
    ),
]


class MethodologyGroup(Written):
    """Группа: балл из баллов своих показателей и групп."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "I",
                "title": "Качество результатов",
                "weight": 1,
                "aggregate": {"method": "arithmetic"},
                "children": [LEAF],
            }
        }
    )

    code: Text = Field(description="Код, единственный в дереве.")
    title: Text | None = Field(None, description="Название; пропущено — код.")
    weight: Weight = Field(description="Вес среди соседей по группе; все сразу не нули.")
    aggregate: Mean = Field(description="Как из баллов входящих получается балл группы.")
    children: Children


class MethodologyTree(Written):
    """Вершина дерева; её вес ни на что не влияет."""

    model_config = ConfigDict(json_schema_extra={"example": DOCUMENT["tree"]})

    code: Text = Field(description="Код, единственный в дереве.")
    title: Text | None = Field(None, description="Название; пропущено — код.")
    weight: Weight | None = Field(1, description="Вес, не используется.")
    aggregate: Mean = Field(description="Как из баллов входящих получается общий балл.")
    children: Children


class PeersRule(Written):
    """Кто с кем сравнивается."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "region", "group": "federal_district"}}
    )

    kind: Text = Field(description="Вид сравниваемых территорий.")
    group: Text | None = Field(None, description="Вид территорий, которые их объединяют.")


class MissingRule(Written):
    """Что делать с пропущенным значением."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"policy": "skip", "min_coverage": 0.5}}
    )

    policy: Literal["skip", "fail", "zero"] = Field(
        description="skip — считать без него, fail — не считать вовсе, zero — нулём."
    )
    min_coverage: Annotated[float, Field(ge=0, le=1)] | None = Field(
        0,
        description="Наименьшая доля входящих со значением, при которой есть балл, для skip; "
        "пропущена — 0.",
    )
    places: Literal["all", "complete_only"] | None = Field(
        "all",
        description="all — место у каждого, у кого есть балл; complete_only — только у тех, у кого "
        "под узлом нет пропущенных показателей; пропущено — all.",
    )


class RoundingRule(Written):
    """Как балл округляют в печати."""

    model_config = ConfigDict(json_schema_extra={"example": {"mode": "half_up", "digits": 0}})

    mode: Literal["half_up", "half_even", "ceil", "floor"] = Field(description="Правило.")
    digits: int = Field(description="Знаков после запятой.", ge=0, le=MAX_DIGITS)


class LevelBand(Written):
    """Уровень: полоса шкалы."""

    model_config = ConfigDict(populate_by_name=True, json_schema_extra={"example": BANDS[1]})

    code: Text = Field(description="Код, единственный среди уровней.")
    title: Text | None = Field(None, description="Название.")
    colour: Text | None = Field(None, description="Цвет, которым уровень показывают.")
    low: Number = Field(alias="from", description="Начало полосы.")
    to: Number = Field(description="Конец полосы.")


class LevelSet(Written):
    """Уровни одного узла; полосы покрывают шкалу без пропусков и наложений."""

    model_config = ConfigDict(json_schema_extra={"example": LEVELS})

    node: Text = Field(description="Код группы, о баллах которой речь.")
    on: Literal["published", "unrounded"] = Field(
        description="По округлённому или по точному баллу."
    )
    domain: list[Number] = Field(description="Начало и конец шкалы.", min_length=2, max_length=2)
    step: Number | None = Field(None, description="Шаг шкалы; пропущен — шкала непрерывна.")
    bands: list[LevelBand] = Field(description="Полосы.", min_length=1, max_length=MOST)


class WrittenMethodology(Written):
    """Методика: дерево показателей и правила, по которым из значений получается рейтинг."""

    model_config = ConfigDict(json_schema_extra={"example": DOCUMENT})

    programme: Text = Field(description="Код программы.")
    version: Text = Field(description="Версия.")
    title: Text | None = Field(None, description="Название.")
    peers: PeersRule = Field(description="Кто с кем сравнивается.")
    tree: MethodologyTree = Field(description="Дерево показателей.")
    missing: MissingRule = Field(description="Что делать с пропущенным значением.")
    rounding: RoundingRule = Field(description="Как балл округляют в печати.")
    rank_on: Literal["unrounded", "published"] = Field(
        description="По точным или по округлённым баллам определяются места."
    )
    levels: LevelSet | None = Field(None, description="Уровни; пропущены — уровней нет.")
    publication: Literal["automatic", "manual"] | None = Field(
        "automatic", description="Публиковать сразу или ждать решения; пропущено — сразу."
    )
