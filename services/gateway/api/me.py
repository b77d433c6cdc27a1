"""What a caller may know about itself."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from services.gateway.http.admission import ADMISSION
from services.gateway.settings import Settings
from services.gateway.store import clients
from shared.territories import MOST
from shared.web import Caller, ReadSession, ResponseModel, requires

router = APIRouter(prefix="/v1/clients", tags=["identity"], dependencies=ADMISSION)


class OwnQuota(ResponseModel):
    """Сколько запросов в минуту разрешено."""

    documents_per_minute: int = Field(description="Чтений документов.", ge=1, le=2**53)
    forwards_per_minute: int = Field(description="Остальных чтений и записей.", ge=1, le=2**53)
    tokens_per_minute: int = Field(description="Запросов токена.", ge=1, le=2**53)


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
    quota: OwnQuota = Field(description="Пределы частоты запросов.")


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
        ),
    )
