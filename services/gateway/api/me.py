"""What a caller may know about itself."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from services.gateway.http.admission import ADMISSION
from services.gateway.http.cost_limit import CostLimiter
from services.gateway.settings import Settings
from services.gateway.store import clients, requests
from shared.territories import MOST
from shared.web import Caller, ReadSession, ResponseModel, requires
from shared.web.pager import Paging

router = APIRouter(prefix="/v1/clients", tags=["identity"], dependencies=ADMISSION)


class OwnQuota(ResponseModel):
    """Сколько запросов в минуту разрешено."""

    documents_per_minute: int = Field(description="Чтений документов.", ge=1, le=2**53)
    forwards_per_minute: int = Field(description="Остальных чтений и записей.", ge=1, le=2**53)
    tokens_per_minute: int = Field(description="Запросов токена.", ge=1, le=2**53)
    cost_units_per_minute: int = Field(
        description=(
            "Единиц стоимости: единица — около миллисекунды работы, стоимость операции — в x-cost "
            "описания API, у остальных — 1."
        ),
        ge=1,
        le=2**53,
    )


class OwnCost(ResponseModel):
    """Сколько стоимости запросов осталось в этой минуте."""

    units_left: int = Field(description="Осталось единиц.", ge=0, le=2**53)
    seconds_to_reset: int = Field(description="Через сколько секунд их станет больше.", ge=1, le=60)


class OwnClient(ResponseModel):
    """Кто я: клиент, его области, территории и пределы по предъявленному токену."""

    id: str = Field(description="Клиент.", max_length=300)
    title: str | None = Field(description="Название; null у внешнего издателя.", max_length=200)
    scopes: list[str] = Field(description="Области доступа этого токена.", max_length=50)
    territories: list[str] = Field(
        description="Коды ОКТМО, с которыми разрешено работать; * — все.", max_length=MOST
    )
    actor: str | None = Field(description="За кого действует токен.", max_length=200)
    token_expires_at: datetime = Field(description="До какого времени действует токен.")
    quota: OwnQuota = Field(description="Пределы частоты и стоимости запросов.")
    cost: OwnCost = Field(description="Остаток предела стоимости.")


class OwnRequestRow(ResponseModel):
    """Запрос этого клиента, без параметров и без людей."""

    request_id: str = Field(description="X-Request-Id ответа.", max_length=100)
    at: datetime = Field(description="Когда отвечено.")
    method: str = Field(description="Метод.", max_length=20)
    route: str | None = Field(
        description="Шаблон адреса; null у запросов, записанных раньше.", max_length=4000
    )
    status: int = Field(description="Код ответа.", ge=100, le=599)
    milliseconds: float = Field(description="Сколько занял.", ge=0, le=1e8)
    cost: int = Field(description="Единиц стоимости.", ge=1, le=2**53)
    job: str | None = Field(description="Поставленное задание.", max_length=100)


class OwnRequestList(ResponseModel):
    """Недавние запросы клиента."""

    items: list[OwnRequestRow] = Field(description="Запросы, новые первыми.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


@router.get(
    "/me",
    summary="Сведения о себе",
    description="Что разрешено предъявителю токена: области, территории, пределы частоты.",
)
async def get_own_client(
    request: Request, session: ReadSession, caller: Annotated[Caller, Depends(requires())]
) -> OwnClient:
    """Return what the presented token allows."""
    settings: Settings = request.app.state.settings
    cost_limiter: CostLimiter = request.app.state.cost_limiter
    budget = await cost_limiter.budget(request, caller)
    known = await clients.find(session, caller.subject)
    return OwnClient(
        id=caller.subject,
        title=known.title if known else None,
        scopes=sorted(caller.scopes),
        territories=sorted(caller.territories.codes),
        actor=caller.actor,
        token_expires_at=datetime.fromtimestamp(caller.expires, UTC),
        quota=OwnQuota(
            documents_per_minute=settings.documents_per_minute,
            forwards_per_minute=settings.forwards_per_minute,
            tokens_per_minute=settings.tokens_per_minute,
            cost_units_per_minute=budget.units_per_minute,
        ),
        cost=OwnCost(units_left=budget.left, seconds_to_reset=budget.reset),
    )


@router.get(
    "/me/requests",
    summary="Свои недавние запросы",
    description=(
        "Запросы этого клиента, новые первыми: время, шаблон адреса, код ответа, длительность, "
        "стоимость и номер. Чтения документов из памяти шлюза не записываются; записи появляются "
        "с задержкой до нескольких секунд и хранятся столько же, сколько журнал запросов."
    ),
)
async def list_own_requests(
    session: ReadSession,
    caller: Annotated[Caller, Depends(requires())],
    paging: Paging,
) -> OwnRequestList:
    """Return the caller's answered requests; those of another client are never among them."""
    read = paging.after
    after = None if read is None else (datetime.fromisoformat(read[0]), UUID(read[1]))
    found = await requests.list_of_client(session, caller.subject, after, paging.fetch)
    page, following = paging.cut(found, lambda one: [one.at.isoformat(), str(one.id)])
    rows = [
        OwnRequestRow(**{name: getattr(one, name) for name in OwnRequestRow.model_fields})
        for one in page
    ]
    return OwnRequestList(items=rows, next=following)
