"""Long work as people see it: a job with its progress, result and a way to cancel it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field, JsonValue

from shared import jobs
from shared.access_errors import OwnedByAnother
from shared.auth import Caller
from shared.web.authentication import requires
from shared.web.errors import JobEnded, JobUnknown
from shared.web.schemas import ResponseModel
from shared.web.sessions import ReadSession, WriteSession


class JobStatus(ResponseModel):
    """Фоновое задание."""

    id: UUID = Field(description="Номер задания.")
    kind: str = Field(description="Вид задания.", max_length=100)
    scope: str = Field(description="К чему относится.", max_length=1000)
    state: Literal["queued", "running", "done", "failed", "quarantined", "cancelled"] = Field(
        description="Состояние."
    )
    attempt: int = Field(description="Сколько раз начиналось.", ge=0, le=1_000_000)
    progress_done: int = Field(description="Сколько сделано.", ge=0, le=2**62)
    progress_total: int | None = Field(description="Сколько всего.", ge=0, le=2**62)
    result: dict[str, JsonValue] | None = Field(description="Результат, когда готово.")
    error: dict[str, JsonValue] | None = Field(description="Ошибка последней попытки.")
    created_at: datetime = Field(description="Когда поставлено в очередь.")
    started_at: datetime | None = Field(description="Когда начато.")
    finished_at: datetime | None = Field(description="Когда закончено.")


JobId = Annotated[UUID, Path(description="Номер задания из заголовка Location.")]


def jobs_router(service: str) -> APIRouter:
    """Return `/v1/<service>/jobs/{id}` and its cancel verb."""
    router = APIRouter(prefix=f"/v1/{service}/jobs", tags=[service])
    Reader = Annotated[Caller, Depends(requires(f"{service}:read"))]  # noqa: N806 -- a type.
    Writer = Annotated[Caller, Depends(requires(f"{service}:write"))]  # noqa: N806 -- a type.

    @router.get(
        "/{job_id}",
        summary="Состояние фонового задания",
    )
    async def get_job(job_id: JobId, session: ReadSession, caller: Reader) -> JobStatus:
        return await _own_job(session, job_id, caller)

    @router.post(
        "/{job_id}/cancel",
        summary="Отменить фоновое задание",
    )
    async def cancel_job(job_id: JobId, session: WriteSession, caller: Writer) -> JobStatus:
        await _own_job(session, job_id, caller)
        if await jobs.cancel(session, job_id) is None:
            raise JobEnded
        return await _own_job(session, job_id, caller)

    return router


async def _own_job(session: ReadSession, job_id: UUID, caller: Caller) -> JobStatus:
    """Show a job to the one who ordered it, and to an administrator."""
    found = await jobs.get(session, job_id)
    if found is None:
        raise JobUnknown
    if found["caller"] not in (None, caller.subject) and "admin" not in caller.scopes:
        raise OwnedByAnother("Это задание поставил другой клиент.")
    return JobStatus.model_validate({k: found[k] for k in JobStatus.model_fields})
