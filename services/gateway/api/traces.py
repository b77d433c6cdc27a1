"""A request found again by its id: who asked, with what rights, and all that came of it."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import Field

from services.gateway.api.admin import Admin
from services.gateway.api.operations import AuditEntry, entry
from services.gateway.domain.findings import SERVICES
from services.gateway.errors import RequestUnknown
from services.gateway.http.admission import ADMISSION
from services.gateway.store import audit, changes, requests
from shared import jobs
from shared.errors import Problem
from shared.http import ServiceClient
from shared.web import ReadSession, ResponseModel

router = APIRouter(prefix="/v1/admin", tags=["admin"], dependencies=ADMISSION)


class SeenRequest(ResponseModel):
    """Запрос, прошедший через шлюз."""

    request_id: str = Field(description="Номер запроса.", max_length=100)
    at: datetime = Field(description="Когда.")
    client: str | None = Field(description="Клиент.", max_length=200)
    actor: str | None = Field(description="Псевдоним человека.", max_length=100)
    scopes: list[str] = Field(description="Области доступа.", max_length=50)
    method: str = Field(description="Метод.", max_length=20)
    path: str = Field(description="Путь.", max_length=4000)
    status: int = Field(description="Ответ.", ge=100, le=599)
    milliseconds: float = Field(description="Сколько занял.", ge=0, le=1e8)
    service: str | None = Field(description="Сервис.", max_length=50)
    job: str | None = Field(description="Поставленное задание.", max_length=100)


class CausedEvent(ResponseModel):
    """Событие, которое породил запрос: сам или через свои задания."""

    id: UUID = Field(description="Номер события, как в ленте изменений.")
    source: str = Field(description="Сервис, в котором оно произошло.", max_length=50)
    type: str = Field(description="Вид события.", max_length=200)
    subject: str = Field(description="О чём.", max_length=1000)
    revision: int | None = Field(description="Редакция.", ge=0, le=2**53)
    occurred_at: datetime = Field(description="Когда произошло.")
    announced_at: datetime | None = Field(
        description="Когда объявлено; null — ждёт, пока шлюз получит новые документы."
    )


class CausedJob(ResponseModel):
    """Задание, которое породил запрос: сам или через свои задания."""

    service: str = Field(description="Сервис, который его выполняет.", max_length=50)
    id: UUID = Field(description="Номер задания.")
    kind: str = Field(description="Вид задания.", max_length=100)
    scope: str = Field(description="К чему относится.", max_length=1000)
    state: Literal["queued", "running", "done", "failed", "quarantined", "cancelled"] = Field(
        description="Состояние."
    )
    created_at: datetime = Field(description="Когда поставлено в очередь.")
    finished_at: datetime | None = Field(description="Когда закончено.")


class RequestTrace(ResponseModel):
    """Что известно о запросе: сам запрос, записи аудита, вызванные им задания и события."""

    requests: list[SeenRequest] = Field(description="Запросы.", max_length=100)
    audit: list[AuditEntry] = Field(description="Записи аудита.", max_length=1000)
    jobs: list[CausedJob] = Field(
        description="Задания запроса по времени; успешно законченные хранятся 7 дней.",
        max_length=1000,
    )
    unreachable: list[str] = Field(
        description="Сервисы, которые не ответили о своих заданиях.", max_length=10
    )
    events: list[CausedEvent] = Field(
        description=(
            "События запроса и его заданий по времени. Если одно задание выполнено сразу "
            "по нескольким запросам, его события стоят под номером первого из них."
        ),
        max_length=1000,
    )


@router.get(
    "/requests/{request_id}",
    summary="Найти запрос по номеру",
    description="Кто, с какими правами, что сделал, сколько это заняло и что породило.",
)
async def get_request(
    request: Request,
    session: ReadSession,
    _caller: Admin,
    request_id: Annotated[
        str, Path(description="X-Request-Id.", max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
    ],
) -> RequestTrace:
    """Return what is known of a request and of what it caused."""
    clients = [request.app.state.clients[name] for name in SERVICES]
    told = await asyncio.gather(*(_jobs_at(client, request_id) for client in clients))
    own = [{"service": "gateway", **job} for job in await jobs.of_request(session, request_id)]
    queued = [CausedJob(**job) for found in (own, *told) for job in found or ()]
    seen = await requests.find(session, request_id)
    acts = await audit.of_request(session, request_id)
    caused = await changes.of_request(session, request_id)
    if not (seen or acts or caused or queued):
        raise RequestUnknown
    return RequestTrace(
        requests=[SeenRequest(**one) for one in seen],
        audit=[entry(one) for one in acts],
        jobs=sorted(queued, key=lambda job: job.created_at),
        unreachable=[name for name, found in zip(SERVICES, told, strict=True) if found is None],
        events=[CausedEvent(**one) for one in caused],
    )


async def _jobs_at(client: ServiceClient, request_id: str) -> list[dict[str, Any]] | None:
    """Return a service's jobs of a request, None where it does not answer."""
    try:
        found = await client.get_json(f"/internal/jobs?request_id={request_id}")
    except Problem:
        return None
    return [{"service": client.service, **job} for job in found["items"]]
