"""`POST /v1/<service>/persons/{ref}/erase`: erasure in one service."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import ConfigDict, Field

from shared.auth import Caller
from shared.log import logger
from shared.persons.eraser import Eraser, count_unfinished, current_instant
from shared.persons.erasure import ErasureReport
from shared.persons.errors import PersonUnknown
from shared.web.authentication import requires
from shared.web.schemas import ResponseModel
from shared.web.sessions import WriteSession

log = logger(__name__)

MOST_COLUMNS = 1000
Reference = Annotated[
    str,
    Path(
        description="Непрозрачная ссылка на человека.",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        examples=["t-7f3a"],
    ),
]


class RemovedValues(ResponseModel):
    """Сколько значений удалено или заменено в одном столбце."""

    column: str = Field(description="Таблица и столбец.", max_length=200)
    count: int = Field(description="Сколько значений.", ge=1, le=2**53)


class PersonErasure(ResponseModel):
    """Что стёрто в сервисе; ссылка на человека в отчёт не входит."""

    service: str = Field(description="Сервис.", max_length=50)
    removed: list[RemovedValues] = Field(
        description="Удалённое по столбцам.", max_length=MOST_COLUMNS
    )
    unsearched: list[str] = Field(
        description="Столбцы свободного текста, в которых короткую ссылку искать нельзя.",
        max_length=MOST_COLUMNS,
    )
    unfinished: int = Field(
        description="Загрузки и задания, начатые раньше и ещё не законченные: после них повторите.",
        ge=0,
        le=2**53,
    )

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "service": "ratings",
                "removed": [{"column": "claim_correction.basis", "count": 1}],
                "unsearched": [],
                "unfinished": 0,
            }
        }
    )


def erasure_router(eraser: Eraser) -> APIRouter:
    """Return the route of a service's erasure."""
    router = APIRouter(prefix=f"/v1/{eraser.service}/persons", tags=[eraser.service])
    Eraser_ = Annotated[Caller, Depends(requires(f"{eraser.service}:write", "admin"))]  # noqa: N806 -- a type.

    @router.post(
        "/{ref}/erase",
        summary="Стереть сведения о человеке в этом сервисе",
        description="Удаляет строки, стирает ссылку в текстах, отчётах и сохранённых ответах, "
        "уничтожает ключ псевдонима. Опубликованные итоги остаются. Во всех сервисах сразу: "
        "POST /v1/admin/persons/{ref}/erase.",
    )
    async def erase_person(ref: Reference, session: WriteSession, caller: Eraser_) -> PersonErasure:
        await eraser.require_own(session, ref)
        report = await eraser.erase(session, ref)
        unfinished = await count_unfinished(session, await current_instant(session), None)
        if not report.found:
            raise PersonUnknown
        log.info("person_erased", client=caller.subject)
        return _answer(eraser.service, report, unfinished)

    return router


def _answer(service: str, report: ErasureReport, unfinished: int) -> PersonErasure:
    removed = [RemovedValues(column=name, count=n) for name, n in report.removed.items()]
    return PersonErasure(
        service=service,
        removed=removed,
        unsearched=list(report.unsearched),
        unfinished=unfinished,
    )
