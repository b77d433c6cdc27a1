"""The rating table, the profile and revisions as the OpenAPI document tells them.

The bytes are made by `usecases`; these shapes describe them.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.ratings.domain.json_fields import MAX_TEXT
from shared.ledger.source_schemas import Citation, TableSources
from shared.web import ResponseModel

CODE = MAX_TEXT
TITLE = 1000
MAX_LEAVES = 100_000


class PlaceShown(ResponseModel):
    """Место или связка мест."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={"example": {"from": 28, "to": 39, "label": "28-39", "of": 85}},
    )

    low: int = Field(alias="from", description="Первое место связки.", ge=1, le=2**31 - 1)
    to: int = Field(description="Последнее место связки.", ge=1, le=2**31 - 1)
    label: str = Field(description="Как печатают.", max_length=30)
    of: int | None = Field(description="Среди скольких.", ge=1, le=2**31 - 1)


class FigureShown(ResponseModel):
    """Число, как оно напечатано."""

    raw: str | None = Field(description="Текст документа.", max_length=4000)
    value: str | None = Field(description="Точное значение.", max_length=100)
    digits: int | None = Field(description="Знаков после запятой.", ge=0, le=100)


class LeavesShown(ResponseModel):
    """Полнота данных узла."""

    known: int = Field(description="Показателей со значением.", ge=0, le=MAX_LEAVES)
    of: int = Field(description="Показателей всего.", ge=1, le=MAX_LEAVES)


LevelNote = Literal["OUTSIDE_DOMAIN"]


class DistanceShown(ResponseModel):
    """Расстояние до соседних уровней, в единицах узла до округления."""

    up: float | None = Field(description="До следующего уровня.")
    down: float | None = Field(description="До предыдущего уровня.")


class LevelShown(ResponseModel):
    """Уровень и то, насколько он определён."""

    code: str = Field(description="Код уровня.", max_length=CODE)
    title: str | None = Field(description="Название уровня.", max_length=TITLE)
    on: Literal["published", "unrounded"] = Field(description="По какому баллу определён.")
    distance: DistanceShown = Field(description="Расстояние до границ.")
    possible: list[str] = Field(
        description="Уровни, возможные при напечатанной точности.", max_length=100
    )
    undecidable: bool = Field(description="Возможен не один уровень.")


class DeclaredShown(ResponseModel):
    """Что говорят документы."""

    score: FigureShown | None = Field(description="Заявленный балл.")
    place: PlaceShown | None = Field(description="Заявленное место.")
    group_place: PlaceShown | None = Field(description="Заявленное место в группе.")


Doubts = Annotated[
    list[Annotated[str, Field(max_length=32)]],
    Field(description="Номера выводов, которые ставят число под вопрос.", max_length=1000),
]
PlaceNote = Annotated[
    Literal["PEERS_MISSING", "INCOMPLETE"],
    Field(
        description="Почему места нет: PEERS_MISSING — балл есть не у всех зарегистрированных "
        "участников, INCOMPLETE — у самой территории не хватает значений."
    ),
]


class AmongShown(ResponseModel):
    """Место среди тех, по кому есть данные; не место в рейтинге."""

    label: str = Field(description="Как печатают.", max_length=30)
    of: int = Field(description="По скольким есть данные.", ge=1, le=2**31 - 1)


class NodeShown(ResponseModel):
    """Узел рейтинга у одной территории."""

    score: float | None = Field(description="Рассчитанный балл.")
    place: PlaceShown | None = Field(description="Рассчитанное место.")
    place_note: PlaceNote | None
    among: AmongShown | None = Field(description="Место среди известных при PEERS_MISSING.")
    group_place: PlaceShown | None = Field(description="Место в группе.")
    group_place_note: PlaceNote | None
    group_among: AmongShown | None = Field(
        description="Место среди известных в группе при PEERS_MISSING."
    )
    coverage: float | None = Field(
        description="Доля непосредственно входящих узлов со значением.", ge=0, le=1
    )
    leaves: LeavesShown | None = Field(
        description="Сколько показателей под узлом имеют значение; null — не считалось."
    )
    incomplete: bool | None = Field(
        description="Рассчитано без части показателей; null — не считалось."
    )
    place_if_known: PlaceShown | None = Field(
        description="Лучшее и худшее место среди имеющих балл, которые дали бы недостающие "
        "значения; null — ничего не пропущено или область показателя открыта."
    )
    level: LevelShown | None = Field(description="Уровень.")
    level_note: LevelNote | None = Field(
        description="Почему уровня нет: OUTSIDE_DOMAIN — балл вне шкалы уровней."
    )
    doubts: Doubts
    declared: DeclaredShown = Field(description="Заявленное.")


Missing = Annotated[
    list[Annotated[str, Field(max_length=CODE)]],
    Field(description="Показатели без значения; null — не считалось.", max_length=MAX_LEAVES),
]


class RatingRow(ResponseModel):
    """Строка таблицы: одна территория."""

    territory: str = Field(description="Код ОКТМО.", max_length=20)
    title: str = Field(description="Название.", max_length=TITLE)
    group: str | None = Field(description="Код группы.", max_length=20)
    missing: Missing | None
    nodes: dict[str, NodeShown] = Field(description="Узлы по коду.")


class NodeTitle(ResponseModel):
    """Узел рейтинга."""

    code: str = Field(description="Код узла.", max_length=CODE)
    title: str = Field(description="Название.", max_length=TITLE)
    parent: str | None = Field(description="Код вышестоящего узла.", max_length=CODE)


class RatingTable(ResponseModel):
    """Таблица рейтинга за период."""

    programme: str = Field(description="Код программы.", max_length=40)
    period: str = Field(description="Период.", max_length=9)
    revision: int = Field(description="Номер редакции.", ge=1, le=2**31 - 1)
    status: Literal["published", "preliminary", "withdrawn"] = Field(description="Состояние.")
    methodology: str | None = Field(description="Версия методики.", max_length=CODE)
    source_time: datetime = Field(description="Время данных.")
    citation: Citation
    sources: TableSources
    nodes: list[NodeTitle] = Field(description="Узлы.", max_length=10_000)
    doubts: Doubts
    rows: list[RatingRow] = Field(description="Строки по месту, затем по коду.", max_length=100_000)


class PlaceChangeShown(ResponseModel):
    """Изменение места: промежуток, положительное — лучше."""

    model_config = ConfigDict(populate_by_name=True)

    low: int = Field(alias="from", description="Не меньше.", ge=-(2**31), le=2**31)
    to: int = Field(description="Не больше.", ge=-(2**31), le=2**31)
    label: Literal["improved", "worsened", "unchanged", "overlaps"] = Field(
        description="Что доказано."
    )


class NodeChange(ResponseModel):
    """Изменение узла с прошлого периода."""

    score: float | None = Field(description="Изменение балла.")
    place: PlaceChangeShown | None = Field(description="Изменение места.")
    group_place: PlaceChangeShown | None = Field(description="Изменение места в группе.")


class ChangeShown(ResponseModel):
    """Изменение с прошлого периода."""

    since: str = Field(description="Прошлый период.", max_length=9)
    comparable: bool | None = Field(
        description="Одна ли методика; null — методика одного из периодов неизвестна."
    )
    note: Literal["not_comparable", "METHODOLOGY_UNKNOWN"] | None = Field(
        description="Почему сравнения нет или почему неизвестно, можно ли сравнивать."
    )
    nodes: dict[str, NodeChange] = Field(description="Узлы по коду.")


class ProfilePeriod(ResponseModel):
    """Период профиля."""

    period: str = Field(description="Период.", max_length=9)
    revision: int = Field(description="Номер редакции.", ge=1, le=2**31 - 1)
    methodology: str | None = Field(description="Версия методики.", max_length=CODE)
    source_time: datetime = Field(description="Время данных.")
    missing: Missing | None
    nodes: dict[str, NodeShown] = Field(description="Узлы по коду.")
    change: ChangeShown | None = Field(description="Изменение с прошлого периода.")


class ProfileProgramme(ResponseModel):
    """Программа профиля."""

    programme: str = Field(description="Код программы.", max_length=40)
    periods: list[ProfilePeriod] = Field(description="По порядку.", max_length=1000)


class TerritoryProfile(ResponseModel):
    """Профиль территории по программам и периодам."""

    territory: str = Field(description="Код ОКТМО.", max_length=20)
    title: str = Field(description="Название.", max_length=TITLE)
    programmes: list[ProfileProgramme] = Field(description="Программы.", max_length=1000)


class EngineFindingShown(ResponseModel):
    """Что расчёт нашёл в своих данных."""

    rule: str = Field(description="Правило.", max_length=CODE)
    node: str = Field(description="Узел.", max_length=CODE)
    detail: str = Field(description="Пояснение.", max_length=4000)
    units: list[str] = Field(description="Территории.", max_length=100_000)


class RevisionShown(ResponseModel):
    """Редакция рейтинга: из чего сделана, опубликована ли."""

    programme: str = Field(description="Код программы.", max_length=40)
    period: str = Field(description="Период.", max_length=9)
    revision: int = Field(description="Номер.", ge=1, le=2**31 - 1)
    status: Literal["preliminary", "published", "withdrawn", "tombstone"] = Field(
        description="Состояние."
    )
    methodology: str | None = Field(description="Версия методики.", max_length=CODE)
    engine: str = Field(description="Версия расчёта.", max_length=CODE)
    input_hash: str = Field(description="Отпечаток входных данных.", max_length=64)
    content_hash: str = Field(description="Отпечаток содержания.", max_length=64)
    data_known_at: datetime = Field(description="Момент знания.")
    source_time: datetime = Field(description="Время данных.")
    created_at: datetime = Field(description="Когда рассчитана.")
    published_at: datetime | None = Field(description="Когда опубликована.")
    withdraws: int | None = Field(description="Какую редакцию отзывает.", ge=1, le=2**31 - 1)
    withdrawn_by: int | None = Field(description="Какой редакцией отозвана.", ge=1, le=2**31 - 1)
    reason: str | None = Field(description="Причина отзыва.", max_length=1000)
    findings: list[EngineFindingShown] = Field(description="Находки расчёта.", max_length=100_000)
    citation: str = Field(description="Как ссылаться.", max_length=4000)


class RevisionPage(ResponseModel):
    """Страница редакций."""

    items: list[RevisionShown] = Field(description="Новые первыми.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
