"""Administration: audit, queues and dead letters of all services, erasure."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field, JsonValue

from services.gateway.api.admin import Admin
from services.gateway.audit_anchors import verify_anchored
from services.gateway.documents.jobs import COMPOSE, SYNC
from services.gateway.domain.audit_chain import Entry
from services.gateway.domain.findings import SERVICES
from services.gateway.errors import RetryRefused
from services.gateway.http.admission import ADMISSION
from services.gateway.store import audit, documents
from shared import inbox, jobs
from shared.errors import Problem
from shared.http import ServiceClient
from shared.web import (
    Paging,
    ReadSession,
    ResponseModel,
    WriteSession,
)
from shared.web.errors import JobNotDead
from shared.worker import RETRY_EVENT

router = APIRouter(prefix="/v1/admin", tags=["admin"], dependencies=ADMISSION)
ServiceName = Annotated[
    Literal["ratings", "olympiads", "training", "gateway"], Path(description="Сервис.")
]
_OK = 200


class AuditEntry(ResponseModel):
    """Запись аудита."""

    seq: int = Field(description="Номер записи.", ge=1, le=2**53)
    at: datetime = Field(description="Когда.")
    client: str = Field(description="Клиент.", max_length=200)
    actor: str | None = Field(description="Псевдоним человека.", max_length=100)
    action: str = Field(description="Действие.", max_length=200)
    target: str = Field(description="Над чем.", max_length=4000)
    detail: dict[str, JsonValue] = Field(description="Подробности.")
    request_id: str | None = Field(description="Номер запроса.", max_length=100)
    previous: str = Field(description="Хеш предыдущей записи.", max_length=64)
    hash: str = Field(description="Хеш записи.", max_length=64)


class AuditList(ResponseModel):
    """Журнал аудита."""

    items: list[AuditEntry] = Field(description="Записи по порядку.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class AuditVerdict(ResponseModel):
    """Итог проверки цепочки аудита."""

    entries: int = Field(description="Сколько записей верны подряд.", ge=0, le=2**53)
    broken_at: int | None = Field(description="Первая нарушенная запись.", ge=1, le=2**53)
    last_hash: str = Field(description="Хеш последней верной записи.", max_length=64)
    fault: Literal["altered", "truncated", "cut_tail", "replaced", "anchor_forged"] | None = Field(
        description="Что не так: запись изменена, журнал опустошён, отрезан конец, подменён "
        "старой копией, подделан якорь."
    )
    anchored: int | None = Field(
        description="Последняя запись, закреплённая вне базы; null — якорей нет.", ge=1, le=2**53
    )


class QueueState(ResponseModel):
    """Очередь одного сервиса."""

    service: str = Field(description="Сервис.", max_length=50)
    reachable: bool = Field(description="Отвечает ли сервис.")
    jobs: dict[str, int] = Field(description="Задания по состояниям.")
    dead_jobs: list[dict[str, JsonValue]] = Field(
        description="Задания, закончившиеся неудачей.", max_length=1000
    )
    dead_events: list[dict[str, JsonValue]] = Field(
        description="События, которые не удалось обработать.", max_length=1000
    )


class QueueList(ResponseModel):
    """Очереди всех сервисов."""

    items: list[QueueState] = Field(description="Очереди.", max_length=10)


class Requeued(ResponseModel):
    """Поставлено снова."""

    id: UUID = Field(description="Номер задания.")
    state: str = Field(description="Состояние.", max_length=50)


class Rebuild(ResponseModel):
    """Пересборка поставлена в очередь."""

    services: list[str] = Field(description="Чьи документы запрашиваются.", max_length=10)


def entry(found: Entry) -> AuditEntry:
    """Return an audit entry as it is answered."""
    return AuditEntry(**{name: getattr(found, name) for name in AuditEntry.model_fields})


@router.get("/audit", summary="Журнал аудита", description="Действия по порядку, цепочкой хешей.")
async def list_audit(
    session: ReadSession,
    _caller: Admin,
    page: Paging,
    client: Annotated[str | None, Query(description="Клиент.", max_length=200)] = None,
    action: Annotated[
        str | None, Query(description="Действие.", max_length=200, pattern=r"^[a-z_]+$")
    ] = None,
) -> AuditList:
    """Return audit entries, oldest first."""
    found = await audit.list_entries(session, int(page.after or 0), page.fetch, client, action)
    entries, following = page.cut(found, lambda row: row.seq)
    return AuditList(items=[entry(row) for row in entries], next=following)


@router.get(
    "/audit/verification",
    summary="Проверить цепочку аудита",
    description="Пересчитывает хеши всех записей и называет первую нарушенную.",
)
async def verify_audit(request: Request, session: ReadSession, _caller: Admin) -> AuditVerdict:
    """Verify the whole chain and its anchors."""
    verdict = await verify_anchored(session, request.app.state.settings)
    return AuditVerdict(
        entries=verdict.entries,
        broken_at=verdict.broken_at,
        last_hash=verdict.last_hash,
        fault=verdict.fault,
        anchored=verdict.anchored,
    )


@router.get(
    "/queues",
    summary="Очереди и неудачи всех сервисов",
    description="Сколько заданий в каждом состоянии, какие задания и события не удались.",
)
async def list_queues(request: Request, session: ReadSession, _caller: Admin) -> QueueList:
    """Return the queues of the four services; one that does not answer is said to."""
    own: dict[str, Any] = {
        "jobs": await jobs.counts(session),
        "dead_jobs": await jobs.list_jobs(session, ["failed", "quarantined"], 200),
        "dead_events": await inbox.dead_letters(session),
    }
    items = [_queue("gateway", own)]
    for name in SERVICES:
        client: ServiceClient = request.app.state.clients[name]
        try:
            items.append(_queue(name, await client.get_json("/internal/queues")))
        except Problem:
            items.append(
                QueueState(service=name, reachable=False, jobs={}, dead_jobs=[], dead_events=[])
            )
    return QueueList(items=items)


def _queue(service: str, found: dict[str, Any]) -> QueueState:
    def plain(rows: list[Any]) -> list[dict[str, Any]]:
        return [
            {key: value if _is_json(value) else str(value) for key, value in row.items()}
            for row in rows
        ]

    return QueueState(
        service=service,
        reachable=True,
        jobs=found["jobs"],
        dead_jobs=plain(found["dead_jobs"]),
        dead_events=plain(found["dead_events"]),
    )


def _is_json(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool | dict | list)


@router.post(
    "/queues/{service}/jobs/{job_id}/retry",
    status_code=202,
    summary="Повторить неудавшееся задание",
    description="Ставит задание в очередь ещё раз с его исходными данными.",
)
async def retry_job(
    request: Request,
    session: WriteSession,
    service: ServiceName,
    job_id: Annotated[UUID, Path(description="Номер задания.")],
    caller: Admin,
) -> Requeued:
    """Queue a dead job again, here or at its service."""
    await audit.record(session, caller, "job_retried", f"{service}/{job_id}")
    if service != "gateway":
        return await _ask(request, service, f"/internal/jobs/{job_id}/retry")
    if not await jobs.retry_dead(session, job_id):
        raise JobNotDead
    return Requeued(id=job_id, state="queued")


@router.post(
    "/queues/{service}/dead-events/{event_id}/retry",
    status_code=202,
    summary="Повторить необработанное событие",
    description="Обрабатывает событие ещё раз.",
)
async def retry_dead_event(
    request: Request,
    session: WriteSession,
    service: ServiceName,
    event_id: Annotated[UUID, Path(description="Номер события.")],
    caller: Admin,
) -> Requeued:
    """Handle a dead event again, here or at its service."""
    await audit.record(session, caller, "dead_event_retried", f"{service}/{event_id}")
    if service != "gateway":
        return await _ask(request, service, f"/internal/dead-events/{event_id}/retry")
    row = str(event_id)
    job_id = await jobs.enqueue(session, RETRY_EVENT, row, {"event_id": row})
    return Requeued(id=job_id, state="queued")


async def _ask(request: Request, service: str, path: str) -> Requeued:
    client: ServiceClient = request.app.state.clients[service]
    answer = await client.request("POST", path)
    if answer.status != _OK:
        raise RetryRefused
    return Requeued(**answer.json())


@router.post(
    "/documents/rebuild",
    status_code=202,
    summary="Пересобрать все документы",
    description="Запрашивает у сервисов всё опубликованное заново и составляет паспорта.",
)
async def rebuild_documents(session: WriteSession, caller: Admin) -> Rebuild:
    """Queue a full comparison with every service, nothing stored being taken for current."""
    await documents.invalidate_all(session)
    for service in SERVICES:
        await jobs.enqueue(session, SYNC, service)
    await jobs.enqueue(session, COMPOSE, "all")
    await audit.record(session, caller, "documents_rebuilt", "all")
    return Rebuild(services=list(SERVICES))
