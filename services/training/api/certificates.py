"""Certificates of completed courses; they name holders, so they need the scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.training.schemas.certificates import (
    CertificatePage,
    IssuedCredential,
    PublicKey,
    RevocationList,
    certificate_row,
    register_file,
)
from services.training.store.certificates import issued
from services.training.usecases import credentials
from shared.limit_errors import RequestTooLarge
from shared.web import Paging, ReadSession, requires

MOST_REGISTERED = 100_000

router = APIRouter(
    prefix="/v1/training/certificates",
    tags=["training"],
    dependencies=[Depends(requires("training:read"))],
)
open_router = APIRouter(prefix="/v1/training/certificates", tags=["training"])
Course = Annotated[
    str, Path(min_length=1, max_length=200, description="Код курсов.", examples=["kpk-2023-01"])
]
Holder = Annotated[
    str,
    Path(min_length=1, max_length=200, description="Ссылка получателя.", examples=["t-2041"]),
]
Event = Annotated[str | None, Query(max_length=200, description="Только этих курсов.")]


@router.get(
    "",
    summary="Удостоверения",
    description="Завершённые курсы с номером документа, по курсам и получателям.",
)
async def list_certificates(
    session: ReadSession, page: Paging, event: Event = None
) -> CertificatePage:
    """List a page of certificates."""
    found = await issued(session, event, page.after, page.fetch)
    rows, following = page.cut(found, lambda row: [row.event, row.holder])
    return CertificatePage(items=[certificate_row(row) for row in rows], next=following)


@router.get(
    "/frdo",
    summary="Файл для ФИС ФРДО",
    description="CSV для Excel. Состав столбцов взят из шаблона поставки и с действующей формой "
    "реестра не сверен; имён система не хранит, получатель — ссылка исходной системы.",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_register_file(session: ReadSession, event: Event = None) -> Response:
    """Answer with the register of certificates; never with a part of it."""
    rows = await issued(session, event, None, MOST_REGISTERED + 1)
    if len(rows) > MOST_REGISTERED:
        raise RequestTooLarge(
            f"Больше {MOST_REGISTERED} удостоверений: запросите по курсам, event."
        )
    headers = {"Content-Disposition": 'attachment; filename="frdo.csv"'}
    return Response(register_file(rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/{event}/{holder}/credential",
    summary="Удостоверение как цифровая награда",
    description="Open Badges 3.0: проверяемое удостоверение и его подпись (VC-JWT, ES256). "
    "Получатель — солёный хеш ссылки исходной системы.",
)
async def get_credential(
    request: Request, session: ReadSession, event: Course, holder: Holder
) -> IssuedCredential:
    """Answer with the signed credential of a certificate."""
    found = await credentials.issue(session, request.app.state.settings, event, holder)
    return IssuedCredential.model_validate(found)


@open_router.get(
    "/key",
    summary="Открытый ключ удостоверений",
    description="JWK, которым проверяется подпись; на него указывает kid.",
)
async def get_credential_key(request: Request) -> PublicKey:
    """Answer with the public key of credentials."""
    return PublicKey.model_validate(credentials.public_key(request.app.state.settings))


@open_router.get(
    "/revocations",
    summary="Отозванные удостоверения",
    description="Список отзыва Open Badges 3.0 (1EdTechRevocationList): удостоверения, которых "
    "больше нет в реестре. Идентификаторы ничего не говорят о получателе.",
)
async def list_revocations(request: Request, session: ReadSession) -> RevocationList:
    """Answer with the credentials that are revoked."""
    return RevocationList.model_validate(
        await credentials.revoked(session, request.app.state.settings)
    )
