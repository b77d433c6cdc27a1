"""What people ask about one territory's rating: explanation, growth points, weak spots."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.ratings.schemas.observations import ObservationShown
from services.ratings.schemas.tables import CODE, TITLE, AmongShown, PlaceNote, PlaceShown
from shared.web import ResponseModel

MOST = 100_000
PRINTED = r"^-?\d+(\.\d+)?$"

PrintedNumber = Annotated[str, Field(pattern=PRINTED, max_length=1000)]


class Calculated(ResponseModel):
    """Редакция рейтинга, о которой ответ."""

    programme: str = Field(description="Код программы.", max_length=40)
    period: str = Field(description="Период.", max_length=9)
    revision: int = Field(description="Номер редакции.", ge=1, le=2**31 - 1)
    methodology: str = Field(description="Версия методики.", max_length=CODE)
    source_time: datetime = Field(description="Время данных.")


class OfTerritory(Calculated):
    """Редакция рейтинга и территория, о которых ответ."""

    territory: str = Field(description="Код ОКТМО.", max_length=20)


class ContributionShown(ResponseModel):
    """Что показатель даёт баллу."""

    indicator: str = Field(description="Код показателя.", max_length=CODE)
    title: str = Field(description="Название.", max_length=TITLE)
    weight: float | None = Field(
        description="Действующий вес показателя у территории; null — значения нет.", ge=0
    )
    normalised: float | None = Field(description="Нормированное значение; null — значения нет.")
    contribution: float = Field(description="Вклад; вклады в сумме дают балл.")


class IndicatorGap(ResponseModel):
    """Часть разрыва, которая приходится на показатель."""

    indicator: str = Field(description="Код показателя.", max_length=CODE)
    gap: float = Field(description="Часть разрыва.")


class NodePart(ResponseModel):
    """Часть разрыва узла, которая приходится на входящий в него узел."""

    node: str = Field(description="Код узла.", max_length=CODE)
    gap: float = Field(description="Значение Шепли.")


class NodeGapShown(ResponseModel):
    """Разрыв в одной группе дерева."""

    node: str = Field(description="Код узла.", max_length=CODE)
    gap: float | None = Field(description="Разрыв; null — балла нет у одного из двоих.")
    parts: list[NodePart] | None = Field(
        description="По входящим узлам; null — не делится.", max_length=MOST
    )


class GapShown(ResponseModel):
    """Разрыв с одним из тех, с кем сравнивают."""

    rival: Literal["next", "leader", "group_median"] = Field(description="С кем.")
    units: list[Annotated[str, Field(max_length=20)]] = Field(
        description="Коды территорий; у чётной группы в середине двое.", min_length=1, max_length=2
    )
    score: float = Field(description="Их балл.")
    gap: float = Field(description="Насколько он больше балла территории.")
    indicators: list[IndicatorGap] | None = Field(
        description="По показателям, если балл — среднее арифметическое или сумма.",
        max_length=MOST,
    )
    nodes: list[NodeGapShown] | None = Field(
        description="По узлам сверху вниз при других средних.", max_length=MOST
    )


class ExplanationAnswer(OfTerritory):
    """Из чего складывается балл территории."""

    score: float | None = Field(description="Балл с полной точностью.")
    place: PlaceShown | None = Field(description="Место.")
    place_note: PlaceNote | None
    among: AmongShown | None = Field(description="Место среди известных при PEERS_MISSING.")
    contributions: list[ContributionShown] | None = Field(
        description="Вклады показателей; null — балла нет или он на них не делится.",
        max_length=MOST,
    )
    gaps: list[GapShown] = Field(
        description="До следующего места, лидера и медианы группы — если они есть и это не сама "
        "территория; при PEERS_MISSING — среди тех, по кому есть данные.",
        max_length=3,
    )
    observations: list[ObservationShown] = Field(
        description="Наблюдения территории, на которых стоит расчёт, с источниками.",
        max_length=MOST,
    )


class GainShown(ResponseModel):
    """Ближайшее значение, которое что-то даёт."""

    value: PrintedNumber = Field(description="Значение.")
    change: PrintedNumber = Field(description="Насколько оно дальше нынешнего.")
    place: PlaceShown | None = Field(description="Какое будет место.")
    place_note: PlaceNote | None
    among: AmongShown | None = Field(description="Место среди известных при PEERS_MISSING.")
    level: str | None = Field(description="Какой будет уровень.", max_length=CODE)


class GrowthPointShown(ResponseModel):
    """Точка роста: один показатель, остальные территории не меняются."""

    indicator: str = Field(description="Код показателя.", max_length=CODE)
    value: PrintedNumber | None = Field(description="Нынешнее значение.")
    unit: PrintedNumber = Field(description="Единица печати.")
    place: GainShown | None = Field(description="Чтобы подняться на место; null — невозможно.")
    level: GainShown | None = Field(description="Чтобы подняться на уровень; null — невозможно.")
    exhausted: bool = Field(description="Поиск прекращён, ответ неизвестен.")


class GrowthAnswer(OfTerritory):
    """Точки роста территории."""

    items: list[GrowthPointShown] = Field(description="Показатели по дереву.", max_length=MOST)


class WeakSpotShown(ResponseModel):
    """Слабое место и почему оно слабое."""

    territory: str = Field(description="Код ОКТМО.", max_length=20)
    indicator: str = Field(description="Код показателя.", max_length=CODE)
    topics: list[str] = Field(description="Темы показателя.", max_length=MOST)
    reason: Literal["lowest_band", "below_target", "fallen", "bottom_quarter"] = Field(
        description="Нижний уровень, ниже цели, упал или худшая четверть."
    )


class WeakSpotsAnswer(OfTerritory):
    """Слабые места территории."""

    items: list[WeakSpotShown] = Field(
        description="По показателю, затем по причине.", max_length=MOST
    )
