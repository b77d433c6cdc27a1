"""Certificates of completed courses; they name holders, so they need the scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.training.schemas.certificates import (
    CertificatePage,
    certificate_row,
    register_file,
)
from services.training.store.certificates import issued
from shared.web import Paging, ReadSession, requires

MOST_REGISTERED = 100_000

router = APIRouter(
    prefix="/v1/training/certificates",
    tags=["training"],
    dependencies=[Depends(requires("training:read"))],
)
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
    """Answer with the register of certificates."""
    rows = await issued(session, event, None, MOST_REGISTERED)
    headers = {"Content-Disposition": 'attachment; filename="frdo.csv"'}
    return Response(register_file(rows), media_type="text/csv; charset=utf-8", headers=headers)
