"""Programmes, indicators and territories on the wire."""

from datetime import date

from pydantic import ConfigDict, Field

from shared.web import RequestModel, ResponseModel

PROGRAMME_CODE = r"^[a-z][a-z0-9_-]{0,39}$"
PERIOD = r"^\d{4}(-\d{4})?$"


class PeersBody(RequestModel):
    """Сколько участников сравнивается за период."""

    period: str = Field(description="Период.", pattern=PERIOD, max_length=9)
    peers: int = Field(description="Число участников.", ge=1, le=1_000_000)


class ProgrammeBody(RequestModel):
    """Новая программа мониторинга."""

    code: str = Field(description="Код программы.", pattern=PROGRAMME_CODE, max_length=40)
    title: str = Field(description="Название.", min_length=1, max_length=500)
    description: str = Field("", description="Пояснение.", max_length=4000)
    peers: list[PeersBody] = Field(
        default=[], description="Число участников по периодам.", max_length=200
    )

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "schools",
                "title": "Рейтинг школ региона",
                "description": "",
                "peers": [{"period": "2022", "peers": 410}],
            }
        }
    )


class Peers(ResponseModel):
    """Зарегистрированное число участников."""

    period: str = Field(description="Период.", max_length=9)
    peers: int = Field(description="Число участников.", ge=1, le=1_000_000)


class Programme(ResponseModel):
    """Программа мониторинга."""

    code: str = Field(description="Код программы.", max_length=40)
    title: str = Field(description="Название.", max_length=500)
    description: str = Field(description="Пояснение.", max_length=4000)
    computed: bool = Field(description="Есть ли у программы расчёт по методике.")
    periods: list[str] = Field(description="Периоды, за которые есть данные.", max_length=1000)
    peers: list[Peers] = Field(description="Число участников по периодам.", max_length=1000)


class Programmes(ResponseModel):
    """Программы мониторинга."""

    items: list[Programme] = Field(description="Программы по коду.", max_length=10000)


class Indicator(ResponseModel):
    """Паспорт показателя."""

    code: str = Field(description="Код показателя.", max_length=64)
    title: str = Field(description="Название.", max_length=1000)
    definition: str = Field(description="Определение.", max_length=4000)
    unit: str = Field(description="Единица измерения.", max_length=100)
    digits: int = Field(description="Знаков после запятой в печати.", ge=0, le=9)
    domain: list[str | None] = Field(
        description="Наименьшее и наибольшее возможное значение.", min_length=2, max_length=2
    )
    topics: list[str] = Field(description="Темы.", max_length=100)
    responsible: str | None = Field(description="Кто отвечает за показатель.", max_length=500)
    source: str | None = Field(description="Источник данных.", max_length=500)


class Indicators(ResponseModel):
    """Паспорта показателей программы."""

    items: list[Indicator] = Field(description="Показатели.", max_length=10000)


class Territory(ResponseModel):
    """Территория реестра."""

    oktmo: str = Field(description="Код ОКТМО.", max_length=20)
    title: str = Field(description="Официальное название.", max_length=500)
    kind: str = Field(description="Вид территории.", max_length=40)
    parent: str | None = Field(description="Код вышестоящей территории.", max_length=20)
    register_name: str | None = Field(description="Название в адресном реестре.", max_length=500)
    okato: str | None = Field(description="Код ОКАТО.", max_length=20)
    code_confirmed: bool = Field(description="Подтверждён ли код.")
    valid_from: date | None = Field(description="С какого дня существует.")
    valid_to: date | None = Field(description="По какой день существует.")
    aliases: list[str] = Field(description="Другие названия.", max_length=1000)
    successors: list[str] = Field(description="Коды преемников.", max_length=1000)


class Territories(ResponseModel):
    """Страница реестра территорий."""

    items: list[Territory] = Field(description="Территории по коду.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
