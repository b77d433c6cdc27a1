"""Certificates of completed courses; they name holders, so they need the scope."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.training.schemas.certificates import (
    CertificatePage,
    certificate_row,
    register_file,
)
from services.training.store.certificates import issued
from shared.web import Cursor, Limit, ReadSession, next_link, read_cursor, requires, write_cursor

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
    request: Request,
    response: Response,
    session: ReadSession,
    event: Event = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> CertificatePage:
    """List a page of certificates."""
    found = await issued(session, event, read_cursor(request, cursor), limit + 1)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = write_cursor(request, [last.event, last.holder])
    response.headers.update(next_link(request, following))
    return CertificatePage(items=[certificate_row(row) for row in found[:limit]], next=following)


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
