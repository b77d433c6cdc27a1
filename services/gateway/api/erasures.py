"""Erasure of a person in every service, and its report."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ConfigDict, Field

from services.gateway.api.admin import Admin
from services.gateway.erasures import demand_erasure
from services.gateway.errors import ErasureUnknown
from services.gateway.http.admission import ADMISSION
from services.gateway.store import audit, erasures
from shared.persons.api import MOST_COLUMNS, Reference, RemovedValues
from shared.secret_key import Sealer
from shared.web import ReadSession, ResponseModel, WriteSession, requires

router = APIRouter(prefix="/v1/admin", tags=["admin"], dependencies=ADMISSION)
internal = APIRouter(include_in_schema=False)
ErasureId = Annotated[UUID, Path(description="Номер стирания.")]


class Erasure(ResponseModel):
    """Стирание начато."""

    erased: bool = Field(description="Были ли данные о человеке у самого шлюза.")
    id: UUID = Field(description="Номер стирания: по нему читается отчёт.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"erased": True, "id": "7a4f4f0c-9d55-4b3a-8f0e-2f2c5d1c9b1a"}
        }
    )


class ServiceErasure(ResponseModel):
    """Что стёр один сервис."""

    service: str = Field(description="Сервис.", max_length=50)
    complete: bool = Field(
        description="Закончил ли: false, пока идут загрузки и задания, начатые раньше."
    )
    removed: list[RemovedValues] = Field(
        description="Удалённое по столбцам.", max_length=MOST_COLUMNS
    )
    unsearched: list[str] = Field(
        description="Столбцы свободного текста, в которых короткую ссылку искать нельзя.",
        max_length=MOST_COLUMNS,
    )


class ErasureReport(ResponseModel):
    """Отчёт о стирании; ссылка на человека в него не входит."""

    id: UUID = Field(description="Номер стирания.")
    requested_at: datetime = Field(description="Когда потребовано.")
    completed_at: datetime | None = Field(description="Когда закончено во всех сервисах.")
    services: list[ServiceErasure] = Field(
        description="Отчёты по сервисам; кого нет, тот ещё не ответил.", max_length=10
    )


@router.post(
    "/persons/{ref}/erase",
    summary="Стереть сведения о человеке во всех сервисах",
    description=(
        "Уничтожает ключ псевдонима и всё, что известно о человеке (152-ФЗ): в шлюзе сразу, в "
        "сервисах — по событию без ссылки на человека. Записи аудита и опубликованные итоги "
        "остаются. Отчёт: GET /v1/admin/erasures/{id}."
    ),
)
async def erase_person(
    request: Request, response: Response, session: WriteSession, ref: Reference, caller: Admin
) -> Erasure:
    """Erase a person; only the act is logged, not whom it was about."""
    erasure, report = await demand_erasure(session, ref, Sealer(request.app.state.settings))
    detail = {"found": report.found, "erasure": str(erasure)}
    await audit.record(session, caller, "person_erased", "person", detail)
    response.headers["Location"] = f"/v1/admin/erasures/{erasure}"
    return Erasure(erased=report.found, id=erasure)


@router.get(
    "/erasures/{erasure_id}",
    summary="Отчёт о стирании",
    description="Что удалено в каждом сервисе, по столбцам.",
)
async def get_erasure(erasure_id: ErasureId, session: ReadSession, _caller: Admin) -> ErasureReport:
    """Return what an erasure has removed so far."""
    demand = await erasures.find(session, erasure_id)
    if demand is None:
        raise ErasureUnknown
    return ErasureReport(
        id=demand.id,
        requested_at=demand.requested_at,
        completed_at=demand.completed_at,
        services=[
            ServiceErasure(
                service=name,
                complete=report["complete"],
                removed=[RemovedValues(column=c, count=n) for c, n in report["removed"].items()],
                unsearched=report["unsearched"],
            )
            for name, report in sorted(demand.reports.items())
        ],
    )


@internal.get("/internal/erasures/{erasure_id}", dependencies=[Depends(requires("internal:read"))])
async def get_reference(
    request: Request, response: Response, erasure_id: UUID, session: ReadSession
) -> dict[str, Any]:
    """Tell a service whom a demand is about; null once it is fulfilled."""
    response.headers["Cache-Control"] = "no-store"
    demand = await erasures.find(session, erasure_id)
    if demand is None or demand.reference is None:
        return {"reference": None}
    sealer = Sealer(request.app.state.settings)
    return {"reference": sealer.open(demand.reference, erasures.place(demand.id))}
