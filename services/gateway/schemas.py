"""Wire shapes of the gateway's own answers."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from shared.web import ResponseModel

Oktmo = Annotated[
    str,
    Field(description="Код ОКТМО.", min_length=2, max_length=11, pattern=r"^[0-9a-z]+$"),
]


class TerritoryRow(ResponseModel):
    """Территория."""

    oktmo: Oktmo
    title: str = Field(description="Официальное название.", max_length=300)
    kind: str = Field(description="Вид территории.", max_length=50)
    parent: str | None = Field(description="ОКТМО объемлющей территории.", max_length=11)


class TerritoryList(ResponseModel):
    """Список территорий."""

    items: list[TerritoryRow] = Field(description="Территории по коду.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class PassportTerritory(ResponseModel):
    """Территория паспорта."""

    oktmo: Oktmo
    title: str = Field(description="Официальное название.", max_length=300)
    synthetic: bool | None = Field(None, description="Учебная территория: её числа вымышлены.")


class PassportPart(ResponseModel):
    """Часть паспорта одного сервиса: своя редакция и своё время источника."""

    revision: int | None = Field(
        description="Редакция части, в которой данные территории изменились последний раз.",
        ge=0,
        le=2**53,
    )
    source_time: datetime | None = Field(description="Время источника этой редакции.")
    data: dict[str, JsonValue] | None = Field(
        description="Данные части; null, если по территории их нет."
    )


class FindingCard(ResponseModel):
    """Находка: что в опубликованных числах противоречит, сомнительно или неполно."""

    id: str = Field(description="Постоянный номер находки.", max_length=100)
    service: str = Field(description="Сервис.", max_length=50)
    rule: str = Field(description="Правило.", max_length=100)
    severity: str = Field(description="Тяжесть.", max_length=50)
    subject: dict[str, JsonValue] = Field(description="О чём находка.")
    declared: JsonValue = Field(description="Что объявлено.")
    recomputed: JsonValue = Field(description="Что получилось при пересчёте.")
    tolerance: JsonValue = Field(description="Допуск сравнения.")
    repairs: list[dict[str, JsonValue]] = Field(
        description="Возможные исправления.", max_length=1000
    )
    evidence: list[dict[str, JsonValue]] = Field(
        description="Где это напечатано.", max_length=10000
    )
    status: str = Field(description="open, acknowledged или resolved.", max_length=50)
    comment: str | None = Field(description="Пояснение.", max_length=10000)
    detected_at: datetime | None = Field(description="Когда обнаружено.")
    revision: int | None = Field(description="Редакция находок.", ge=0, le=2**53)
    shared_cause: str | None = Field(
        default=None, description="Находка с той же причиной, говорящая и за эту.", max_length=32
    )

    model_config = ConfigDict(extra="allow", frozen=True)


class DocumentCheck(ResponseModel):
    """Проверка документа: «не проверен» и «противоречий нет» — разное."""

    service: str = Field(description="Сервис.", max_length=50)
    document: str = Field(description="Код документа.", max_length=100)
    state: str = Field(description="pending, done или failed.", max_length=20)
    at: datetime | None = Field(description="Когда завершена последняя проверка.")
    revision: int | None = Field(description="Редакция находок при ней.", ge=0, le=2**53)
    rules_failed: list[Annotated[str, Field(max_length=100)]] = Field(
        description="Правила, которые не удалось выполнить.", max_length=100
    )


class PassportFindings(ResponseModel):
    """Находки документов, числа которых показывает паспорт."""

    counts: dict[str, int] = Field(description="Сколько находок каждой тяжести.")
    checks: list[DocumentCheck] = Field(
        description="Проверены ли эти документы.", max_length=100_000
    )
    top: list[FindingCard] = Field(description="Самые сильные открытые находки.", max_length=5)
    revisions: dict[str, int | None] = Field(
        description="Редакция находок каждого сервиса, когда они здесь изменились последний раз."
    )


class PassportParts(ResponseModel):
    """Части паспорта."""

    ratings: PassportPart
    ege: PassportPart
    effects: PassportPart
    olympiads: PassportPart
    training: PassportPart
    findings: PassportFindings


class StalePart(ResponseModel):
    """Часть, сервис которой давно не отвечал."""

    part: str = Field(description="Часть паспорта.", max_length=50)
    since: datetime = Field(description="Время последнего ответа сервиса.")


class Passport(ResponseModel):
    """Паспорт территории."""

    territory: PassportTerritory
    revision: int = Field(
        description="Редакция паспорта; 0, пока о территории ничего не опубликовано.",
        ge=0,
        le=2**53,
    )
    parts: PassportParts
    unreachable: list[str] = Field(
        description="Части, сервисы которых ещё ни разу не ответили.", max_length=10
    )
    stale: list[StalePart] = Field(description="Устаревшие части.", max_length=10)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "territory": {"oktmo": "08000000", "title": "Хабаровский край"},
                "revision": 7,
                "parts": {
                    "ratings": {
                        "revision": 3,
                        "source_time": "2022-12-01T00:00:00Z",
                        "data": {"rum": {"2022": {"total": {"score": 79.375}}}},
                    },
                    "ege": {"revision": None, "source_time": None, "data": None},
                    "effects": {"revision": None, "source_time": None, "data": None},
                    "olympiads": {"revision": None, "source_time": None, "data": None},
                    "training": {"revision": None, "source_time": None, "data": None},
                    "findings": {
                        "counts": {"contradiction": 1, "hazard": 1},
                        "top": [],
                        "checks": [],
                        "revisions": {"ratings": 2, "olympiads": None, "training": None},
                    },
                },
                "unreachable": ["olympiads", "training"],
                "stale": [],
            }
        }
    )


class HomeRegion(ResponseModel):
    """Регион, чья это система, и как выглядит её страница."""

    territory: str = Field(description="ОКТМО региона.", max_length=11)
    title: str = Field(description="Название региона.", max_length=200)
    whole: str = Field(description="Как названы числа региона в его части.", max_length=200)
    time_zone: str = Field(description="Часовой пояс, имя базы IANA.", max_length=100)
    site_title: str = Field(description="Заголовок страницы.", max_length=200)
    publisher: str = Field(description="Издатель, называемый в цитатах.", max_length=200)
    accent: str = Field(description="Цвет столбцов днём.", max_length=7)
    accent_dark: str = Field(description="Цвет столбцов в темноте.", max_length=7)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "territory": "08000000",
                "title": "Хабаровский край",
                "whole": "по краю в целом",
                "time_zone": "Asia/Vladivostok",
                "site_title": "Качество образования",
                "publisher": "Система оценки качества образования",
                "accent": "#2f6cad",
                "accent_dark": "#6fa5e0",
            }
        }
    )


class FindingList(ResponseModel):
    """Страница находок всех сервисов."""

    items: list[FindingCard] = Field(description="Находки, сильные первыми.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)
    checks: list[DocumentCheck] = Field(
        description="Проверка названного документа, без фильтра — каждого.", max_length=3000
    )


class TokenAnswer(ResponseModel):
    """Токен доступа."""

    access_token: str = Field(description="Токен (JWT, ES256).", max_length=8192)
    token_type: str = Field(description="Вид токена: Bearer.", max_length=20)
    expires_in: int = Field(description="Сколько секунд действует.", ge=1, le=900)
    scope: str = Field(description="Области доступа через пробел.", max_length=1000)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl",
                "token_type": "Bearer",
                "expires_in": 600,
                "scope": "ratings:read ratings:write",
            }
        }
    )


class JsonWebKeySet(ResponseModel):
    """Открытые ключи подписи (RFC 7517)."""

    keys: list[dict[str, Any]] = Field(description="Ключи.", max_length=100)


class CloudEvent(ResponseModel):
    """Тело вебхука: событие CloudEvents 1.0."""

    specversion: str = Field(description="Версия CloudEvents.", max_length=10)
    id: str = Field(description="Номер события.", max_length=100)
    source: str = Field(description="Источник.", max_length=200)
    type: str = Field(description="Вид события.", max_length=200)
    subject: str = Field(description="О чём событие.", max_length=1000)
    time: datetime | None = Field(description="Когда произошло.")
    datacontenttype: str = Field(description="Тип данных.", max_length=100)
    data: dict[str, JsonValue] = Field(description="Данные события.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "specversion": "1.0",
                "id": "1f0c9a52-6f0e-4d59-b7f9-2d6f9d8f7a10",
                "source": "urn:kachestvo:ratings",
                "type": "ratings.revision_published.v1",
                "subject": "rum/2022",
                "time": "2022-12-01T00:00:00Z",
                "datacontenttype": "application/json",
                "data": {"seq": 12, "revision": 3, "documents": ["/v1/ratings/rum/2022"]},
            }
        }
    )
