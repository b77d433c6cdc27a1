"""`POST /v1/<service>/imports`: sending a file; the routes of templates and reports join it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.access_errors import TerritoryForbidden
from shared.db import Database
from shared.errors import FieldError, Invalid
from shared.imports import import_runs
from shared.imports.contract import MAX_BODY, kind_parameter, request_body
from shared.imports.defects import FileRefused
from shared.imports.errors import (
    ImportKindUnknown,
    ImportUnknown,
    RowsRejected,
    SliceInvalid,
)
from shared.imports.import_order import ImportOrder
from shared.imports.import_types import ImportKind
from shared.imports.jobs import PROCESS_IMPORT
from shared.imports.kinds_api import add_kinds
from shared.imports.parameters import asked_slice, takes_slices
from shared.imports.parse_task import MEDIA_TYPE_OF, MEDIA_TYPES, Format
from shared.imports.reports_api import add_reports
from shared.imports.run_import import REPLACE_SLICE, run_import
from shared.imports.sandbox_client import SandboxClient, process_sandbox
from shared.imports.schemas import ImportRejected, ImportReport, to_response
from shared.imports.upload import UploadedBody, forget, row_of
from shared.persons.pseudonyms import pseudonym
from shared.web import Caller, Idempotency, WriteSession, require_scopes, requires
from shared.web.errors import MediaTypeUnsupported
from shared.web.problems import MEDIA_TYPE, render, status_of
from shared.web.schemas import ProblemDetails
from shared.web.sessions import database

OK, ACCEPTED, REJECTED = 200, 202, 422
AT_ONCE, AT_ONCE_A_CALLER = 4, 2
"""Small imports one process works on at once, and of one caller: each has a connection in hand, and
some must be left to everybody else."""
LARGE: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Большой файл принят; отчёт — по адресу из Location.",
        "model": ImportReport,
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Отчёт."}},
    },
    413: {"description": "Тело больше 200 МиБ.", "model": ProblemDetails},
    422: {
        "description": "Файл не принят, ничего не сохранено: отчёт с ошибками — в поле report;"
        " или запрос неверен, тогда отчёта нет.",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ImportRejected"},
                        {"$ref": "#/components/schemas/ProblemDetails"},
                    ]
                }
            }
        },
    },
}
ROWS_IN_PROBLEM = 100
SENDING = (
    "До 1 МиБ отчёт приходит сразу: 200 — строки сохранены (или были бы, при проверке), 422 — файл"
    " не принят; больше — 202 и адрес отчёта в Location. Предел тела — 200 МиБ (209 715 200 байт)."
    " Строки чужих территорий отклоняются: TERRITORY_FORBIDDEN."
)

Mode = Annotated[
    Literal["merge", "replace_slice"],
    Query(description="merge — добавить и изменить, replace_slice — заменить срез."),
]
DryRun = Annotated[bool, Query(description="Только проверить.")]
Atomic = Annotated[bool, Query(description="Не сохранять ничего, если есть ошибки.")]
Sheet = Annotated[
    str | None,
    Query(
        description="Лист книги: название или номер; без него — единственный подходящий.",
        min_length=1,
        max_length=100,
    ),
]
Territory = Annotated[
    str | None,
    Query(
        description="Только строки этой территории (ОКТМО) и её частей: прочие в файле — ошибка,"
        " прочие в заменяемом срезе остаются.",
        pattern=r"^([0-9]{8}|[0-9]{11})$",
        examples=["08701000"],
    ),
]
Db = Annotated[Database, Depends(database)]


def imports_router(
    service: str, kinds: Sequence[ImportKind], *, scope: str | None = None
) -> APIRouter:
    """Return the routes of a service's imports; `scope` defaults to `<service>:write`."""
    writer = requires(scope or f"{service}:write")
    router = APIRouter(prefix=f"/v1/{service}/imports", tags=[service], lifespan=_reading)
    add_kinds(router, service, kinds)
    _add_sending(router, service, kinds, writer)
    add_reports(router, service, kinds, writer)
    return router


@asynccontextmanager
async def _reading(_app: object) -> AsyncIterator[None]:
    """Keep a sandbox warm while the application runs, so that small files are quick."""
    reader = process_sandbox()
    await reader.keep_warm()
    yield
    await reader.close()


def format_of(content_type: str) -> tuple[Format, str | None]:
    """Return the format a body is sent in and its charset, if it is named."""
    media, _, rest = content_type.partition(";")
    found = MEDIA_TYPES.get(media.strip().lower())
    if found is None:
        known = ", ".join(MEDIA_TYPE_OF.values())
        raise MediaTypeUnsupported(f"Принимаются: {known}.")
    for parameter in rest.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset":
            return found, value.strip('" ') or None
    return found, None


class _Turns:
    """Lets a few small imports run at once, and fewer of one caller."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(AT_ONCE)
        self._of_caller: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, subject: str) -> AsyncIterator[None]:
        """Wait for a turn of the caller, then of all."""
        own = self._of_caller.setdefault(subject, asyncio.Semaphore(AT_ONCE_A_CALLER))
        async with own, self._all:
            yield


def _add_sending(router: APIRouter, service: str, kinds: Sequence[ImportKind], writer: Any) -> None:
    reader, turns = process_sandbox(), _Turns()
    by_code = {kind.code: kind for kind in kinds}
    known_kind = Query(
        description="Вид данных.", max_length=100, json_schema_extra=kind_parameter(kinds)
    )

    async def create_import(
        request: Request,
        db: Db,
        session: WriteSession,
        once: Idempotency,
        caller: Annotated[Caller, Depends(writer)],
        *,
        kind: Annotated[str, known_kind],
        mode: Mode = "merge",
        dry_run: DryRun = False,
        atomic: Atomic = True,
        sheet: Sheet = None,
        territory: Territory = None,
        **given: str | None,
    ) -> Response:
        wanted = _kind_of(by_code, kind)
        require_scopes(caller, wanted.scopes)
        part = asked_slice(wanted, given, whole=mode == REPLACE_SLICE)
        order = _order(
            request, caller, part, mode=mode, dry_run=dry_run, atomic=atomic, sheet=sheet
        )
        order = await _under_pseudonym(db, _narrowed(order, wanted, territory))
        body = UploadedBody()
        await body.receive(request, db, order, wanted.code)
        fingerprint = f"{request.url.query}\n{body.sha256}"
        if body.small is None:
            return await _later(once, session, db, service, wanted, order, body, fingerprint)

        async def effect() -> Response:
            return await _now(request, session, service, wanted, order, body, reader)

        async with turns.turn(caller.subject):
            return await once(effect, fingerprint=fingerprint)

    router.post(
        "",
        summary="Загрузить данные",
        description=SENDING,
        response_model=ImportReport,
        responses=LARGE,
        max_body_size=MAX_BODY,
        openapi_extra=request_body(service, kinds),
    )(takes_slices(create_import, kinds))


def _kind_of(kinds: Mapping[str, ImportKind], code: str) -> ImportKind:
    if code in kinds:
        return kinds[code]
    raise ImportKindUnknown(list(kinds))


def _order(
    request: Request,
    caller: Caller,
    part: Mapping[str, str],
    *,
    mode: str,
    dry_run: bool,
    atomic: bool,
    sheet: str | None,
) -> ImportOrder:
    file_format, charset = format_of(request.headers.get("content-type", ""))
    _refuse_coding(request)
    return ImportOrder(
        id=uuid4(),
        mode=mode,
        dry_run=dry_run,
        atomic=atomic,
        format=file_format,
        charset=charset,
        sheet=sheet,
        slice=part,
        subject=caller.subject,
        actor=caller.actor,
        territories=caller.territories,
    )


async def _under_pseudonym(db: Database, order: ImportOrder) -> ImportOrder:
    """Put a pseudonym in place of the acting person, before the body is received."""
    if order.actor is None:
        return order
    async with db.transaction() as session:
        return replace(order, actor=await pseudonym(session, order.actor))


def _narrowed(order: ImportOrder, kind: ImportKind, territory: str | None) -> ImportOrder:
    """Keep an order to a territory; refuse one that is not the sender's."""
    if territory is None:
        return order
    if kind.territory is None:
        raise SliceInvalid("Строки этого вида данных не относятся к территориям.")
    if not order.territories.allow(territory):
        raise TerritoryForbidden(territory)
    return replace(order, territory=territory)


def _refuse_coding(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeUnsupported("Сжатые тела не принимаются: пришлите файл как есть.")


async def _now(
    request: Request,
    session: AsyncSession,
    service: str,
    kind: ImportKind,
    order: ImportOrder,
    body: UploadedBody,
    reader: SandboxClient,
) -> Response:
    """Import a small file; a rejected one is a problem that is stored all the same."""
    running = import_runs.RUNNING
    await import_runs.create(session, row_of(order, kind.code, running))
    await import_runs.mark_received(session, order.id, running, body.sha256, body.size, None)
    try:
        outcome = await run_import(session, kind, order, body.chunks, reader)
    except FileRefused as error:
        await import_runs.finish(session, order.id, import_runs.FAILED, problem=error.as_problem())
        errors = [FieldError(*each) for each in error.fields]
        refusal = Invalid(error.code, error.detail, errors=errors)
        return await _rejected(request, session, service, order.id, refusal)
    if outcome.status != import_runs.REJECTED:
        return await _answer(session, service, order.id, OK)
    refusal = _refusal_of(outcome.report)
    return await _rejected(request, session, service, order.id, refusal)


def _refusal_of(report: Mapping[str, Any]) -> Invalid:
    """Return the problem of a file with rejected rows: the first of them by their pointers."""
    counts = report["counts"]
    errors = [
        FieldError(f"/rows/{e['row']}/{e['column'] or ''}".rstrip("/"), e["code"], e["detail"])
        for e in report["errors"][:ROWS_IN_PROBLEM]
    ]
    detail = (
        f"Файл не принят, ничего не сохранено: строк с ошибками {counts['rejected']}"
        f" из {counts['received']}. Ошибки перечислены в report.errors."
    )
    return RowsRejected(detail, errors=errors)


async def _rejected(
    request: Request, session: AsyncSession, service: str, run_id: UUID, refusal: Invalid
) -> Response:
    report = await _report(session, service, run_id)
    plain = render(
        request,
        status_of(refusal),
        refusal.code,
        refusal.detail,
        refusal.errors,
        _place(service, run_id),
        title=refusal.title if refusal.code == type(refusal).code else None,
    )
    content = ImportRejected.of(bytes(plain.body), report)
    headers = _place(service, run_id)
    return Response(content, plain.status_code, headers=headers, media_type=MEDIA_TYPE)


async def _later(
    once: Idempotency,
    session: AsyncSession,
    db: Database,
    service: str,
    kind: ImportKind,
    order: ImportOrder,
    body: UploadedBody,
    fingerprint: str,
) -> Response:
    queued = False

    async def effect() -> Response:
        nonlocal queued
        args = {"id": str(order.id)}
        scope = f"{kind.code}:{order.id}"
        job = await jobs.enqueue(session, PROCESS_IMPORT, scope, args, caller=order.subject)
        await import_runs.mark_received(
            session, order.id, import_runs.ACCEPTED, body.sha256, body.size, job
        )
        queued = True
        return await _answer(session, service, order.id, ACCEPTED)

    try:
        return await once(effect, fingerprint=fingerprint)
    finally:
        if not queued:
            await forget(db, order)


async def _answer(session: AsyncSession, service: str, run_id: UUID, status: int) -> Response:
    content = (await _report(session, service, run_id)).model_dump_json()
    headers = _place(service, run_id)
    return Response(content, status, headers=headers, media_type="application/json")


def _place(service: str, run_id: UUID) -> dict[str, str]:
    return {"Location": f"/v1/{service}/imports/{run_id}"}


async def _report(session: AsyncSession, service: str, run_id: UUID) -> ImportReport:
    row = await import_runs.get(session, run_id)
    if row is None:
        raise ImportUnknown
    return to_response(service, row)
