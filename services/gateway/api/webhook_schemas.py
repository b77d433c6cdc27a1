"""What is sent and answered about webhooks: subscriptions, replays, deliveries."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from services.gateway.webhooks.types import EVENT_TYPES, PING
from shared.web import RequestModel, ResponseModel

Url = Annotated[
    str,
    Field(description="Адрес получателя, https.", min_length=8, max_length=2000),
]
Types = Annotated[
    list[
        Annotated[
            str,
            Field(
                max_length=200,
                pattern=r"^[a-z0-9_.]+$",
                json_schema_extra={"enum": sorted(EVENT_TYPES.keys() - {PING})},
            ),
        ]
    ],
    Field(description="Виды событий; пустой список — все открытые.", max_length=50),
]


class WebhookBody(RequestModel):
    """Новая подписка."""

    url: Url
    types: Types = Field([], description="Виды событий; пустой список — все открытые.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "url": "https://example.org/hooks/kachestvo",
                "types": ["ratings.revision_published.v1"],
            }
        }
    )


class WebhookPatch(RequestModel):
    """Изменение подписки; чего нет, то остаётся."""

    url: Url | None = None
    types: Types | None = None
    state: Literal["active", "disabled"] | None = Field(None, description="Состояние.")


class WebhookAnswer(ResponseModel):
    """Подписка на события."""

    id: UUID = Field(description="Номер подписки.")
    client: str = Field(description="Чья подписка.", max_length=200)
    url: str = Field(description="Адрес получателя.", max_length=2000)
    types: list[str] = Field(description="Виды событий; пусто — все открытые.", max_length=50)
    state: Literal["active", "disabled"] = Field(description="Состояние.")
    reason: str | None = Field(description="Почему выключена.", max_length=1000)
    version: int = Field(description="Версия для If-Match.", ge=1, le=2**53)
    created_at: datetime = Field(description="Когда создана.")
    updated_at: datetime = Field(description="Когда изменена.")
    failures: int = Field(description="Неудач доставки подряд.", ge=0, le=2**53)
    paused_until: datetime | None = Field(
        description="До какого времени доставка приостановлена после пяти неудач подряд."
    )
    secret: str | None = Field(
        description="Секрет подписи; показывается один раз, иначе null.", max_length=200
    )
    secret_shown_at: datetime | None = Field(
        description="Когда секрет был показан: в повторе ответа на создание, иначе null."
    )


class WebhookList(ResponseModel):
    """Подписки."""

    items: list[WebhookAnswer] = Field(description="Подписки.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class ReplayBody(RequestModel):
    """Что доставить ещё раз: одно событие либо все за промежуток (не старше 30 дней)."""

    event: UUID | None = Field(None, description="Номер одного события.")
    since: AwareDatetime | None = Field(None, description="Начало промежутка, включительно.")
    until: AwareDatetime | None = Field(None, description="Конец промежутка, исключительно.")


class Queued(ResponseModel):
    """Сколько сообщений поставлено на доставку."""

    queued: int = Field(description="Сообщений.", ge=0, le=10_000)


class AttemptAnswer(ResponseModel):
    """Одна попытка доставки."""

    number: int = Field(description="Номер попытки.", ge=1, le=100)
    at: datetime = Field(description="Когда.")
    status: int | None = Field(description="Ответ получателя.", ge=100, le=999)
    error: str | None = Field(description="Ошибка.", max_length=1000)
    milliseconds: float = Field(description="Сколько заняла.", ge=0, le=1e7)


class DeliveryAnswer(ResponseModel):
    """Доставка одного сообщения."""

    id: UUID = Field(description="Номер доставки.")
    message: str = Field(description="Номер сообщения (webhook-id).", max_length=100)
    type: str = Field(description="Вид события.", max_length=200)
    state: Literal["waiting", "delivered", "failed"] = Field(description="Состояние.")
    attempts: int = Field(description="Попыток сделано.", ge=0, le=100)
    next_at: datetime | None = Field(description="Следующая попытка.")
    delivered_at: datetime | None = Field(description="Когда доставлено.")
    created_at: datetime = Field(description="Когда поставлено.")
    log: list[AttemptAnswer] = Field(description="Попытки по порядку.", max_length=100)


class DeliveryList(ResponseModel):
    """Журнал доставки."""

    items: list[DeliveryAnswer] = Field(description="Доставки, новые первыми.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
