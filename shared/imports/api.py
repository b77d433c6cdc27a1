"""`/v1/<service>/imports`: templates, sending files, reports, annotated files."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.access_errors import OwnedByAnother
from shared.db import Database
from shared.errors import FieldError, Invalid
from shared.imports import import_runs
from shared.imports.annotated import annotated
from shared.imports.defects import FileRefused
from shared.imports.errors import ImportKindUnknown, ImportUnknown, TemplateUnknown
from shared.imports.import_types import ImportKind
from shared.imports.jobs import PROCESS_IMPORT
from shared.imports.parameters import asked_slice, takes_slices
from shared.imports.parse_task import MEDIA_TYPE_OF, MEDIA_TYPES, Format
from shared.imports.run_import import REPLACE_SLICE, ImportOrder, run_import
from shared.imports.sandbox_client import SandboxClient, process_sandbox
from shared.imports.schemas import ImportList, ImportReport, to_response
from shared.imports.templates import template_csv, template_xlsx
from shared.imports.upload import UploadedBody, forget, row_of
from shared.web import (
    Caller,
    Cursor,
    Idempotency,
    Limit,
    ReadSession,
    WriteSession,
    next_link,
    read_cursor,
    require_scopes,
    requires,
    write_cursor,
)
from shared.web.errors import MediaTypeUnsupported, RepresentationUnknown
from shared.web.sessions import database

MAX_BODY = 200 << 20
OK, ACCEPTED = 200, 202
AT_ONCE = 4
"""Small imports one process works on: imports of a kind wait for each other with a connection in
hand, and must leave some to everybody else."""
WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")
XLSX = MEDIA_TYPE_OF[Format.XLSX]
BINARY = {"type": "string", "format": "binary", "maxLength": MAX_BODY}
# Said in words of JSON Schema, since generated clients take a bare object for an empty one.
ROW = {"type": "object", "additionalProperties": True, "maxProperties": 1000}
REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Файл по шаблону вида данных: CSV (utf-8 или windows-1251, запятая или точка"
        ' с запятой), XLSX, JSON-массив или {"rows": […]}, NDJSON. Не больше 200 МиБ.',
        "content": {
            "text/csv": {"schema": BINARY},
            "application/json": {
                "schema": {
                    "oneOf": [
                        {"type": "array", "items": ROW, "maxItems": 20_000_000},
                        ROW,
                    ]
                }
            },
            "application/x-ndjson": {"schema": BINARY},
            XLSX: {"schema": BINARY},
        },
    }
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Файл.", "content": {m: {"schema": BINARY} for m in ("text/csv", XLSX)}}
}
REJECTED = {
    "type": "object",
    "required": ["rows"],
    "properties": {
        "rows": {"type": "array", "items": ROW, "maxItems": 20_000_000},
    },
}
ANNOTATED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Отклонённые строки.",
        "content": {
            media: {"schema": REJECTED if form is Format.JSON else BINARY}
            for form, media in MEDIA_TYPE_OF.items()
        },
    }
}
LARGE: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Большой файл принят; отчёт — по адресу из Location.",
        "model": ImportReport,
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Отчёт."}},
    }
}

Mode = Literal["merge", "replace_slice"]
RunId = Annotated[UUID, Path(description="Номер загрузки.")]
KindCode = Annotated[
    str, Path(description="Вид данных.", pattern="^[a-z][a-z0-9_]*$", max_length=100)
]
Db = Annotated[Database, Depends(database)]


def imports_router(
    service: str, kinds: Sequence[ImportKind], *, scope: str | None = None
) -> APIRouter:
    """Return the routes of a service's imports; `scope` defaults to `<service>:write`."""
    writer = requires(scope or f"{service}:write")
    router = APIRouter(prefix=f"/v1/{service}/imports", tags=[service], lifespan=_reading)
    _add_templates(router, kinds)
    _add_sending(router, service, kinds, writer)
    _add_reports(router, service, kinds, writer)
    return router


@asynccontextmanager
async def _reading(_app: object) -> AsyncIterator[None]:
    """Keep a reading child warm while the application runs, so that small files are quick."""
    reader = process_sandbox()
    await reader.keep_warm()
    yield
    await reader.close()


def _kind_of(kinds: Sequence[ImportKind], code: str, *, found: bool) -> ImportKind:
    for kind in kinds:
        if kind.code == code:
            return kind
    known = [kind.code for kind in kinds]
    raise TemplateUnknown(known) if found else ImportKindUnknown(known)


def _add_templates(router: APIRouter, kinds: Sequence[ImportKind]) -> None:
    @router.get(
        "/templates/{kind}",
        summary="Шаблон файла для загрузки",
        description="CSV или XLSX по заголовку Accept: заголовки колонок, пояснения и примеры в"
        " строках, которые начинаются с «# » и при загрузке пропускаются.",
        response_class=Response,
        responses=FILES,
    )
    async def get_import_template(
        kind: KindCode,
        accept: Annotated[str, Header(max_length=1000)] = "*/*",
        excel: Annotated[bool, Query(description="Начать CSV меткой UTF-8 для Excel.")] = False,
    ) -> Response:
        layout = _kind_of(kinds, kind, found=True).layout
        wanted = accepted(accept)
        name = f"attachment; filename={kind}.{wanted.value}"
        content = (
            template_xlsx(layout) if wanted is Format.XLSX else template_csv(layout, excel=excel)
        )
        media = MEDIA_TYPE_OF[wanted] + ("; charset=utf-8" if wanted is Format.CSV else "")
        headers = {"Content-Disposition": name, "Vary": "Accept"}
        return Response(content, media_type=media, headers=headers)


def accepted(accept: str) -> Format:
    """Return CSV or XLSX, whichever an `Accept` header likes better; else `NOT_ACCEPTABLE`."""
    wanted = [_liked(part) for part in accept.split(",")]
    for media, _ in sorted((one for one in wanted if one[1] > 0), key=lambda one: -one[1]):
        if media in (XLSX, "application/*"):
            return Format.XLSX
        if media in ("text/csv", "text/*", "*/*"):
            return Format.CSV
    raise RepresentationUnknown("Шаблон есть в text/csv и в формате XLSX.")


def _liked(part: str) -> tuple[str, float]:
    """Return a media range of an `Accept` header and its weight, 1 unless `q` says less."""
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    given = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    return media, float(given) if WEIGHT.fullmatch(given) else 0.0


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


def _add_sending(router: APIRouter, service: str, kinds: Sequence[ImportKind], writer: Any) -> None:
    reader = process_sandbox()
    turns = asyncio.Semaphore(AT_ONCE)

    async def create_import(
        request: Request,
        db: Db,
        session: WriteSession,
        once: Idempotency,
        caller: Annotated[Caller, Depends(writer)],
        kind: Annotated[str, Query(description="Вид данных.", max_length=100)],
        mode: Annotated[
            Mode,
            Query(description="merge — добавить и изменить, replace_slice — заменить срез."),
        ] = "merge",
        dry_run: Annotated[bool, Query(description="Только проверить.")] = False,
        atomic: Annotated[bool, Query(description="Не сохранять ничего, если есть ошибки.")] = True,
        **given: str | None,
    ) -> Response:
        wanted = _kind_of(kinds, kind, found=False)
        require_scopes(caller, wanted.scopes)
        part = asked_slice(wanted, given, whole=mode == REPLACE_SLICE)
        order = _order(request, caller, part, mode=mode, dry_run=dry_run, atomic=atomic)
        body = UploadedBody()
        await body.receive(request, db, order, wanted.code)
        fingerprint = f"{request.url.query}\n{body.sha256}"
        if body.small is None:
            return await _later(once, session, db, service, wanted, order, body, fingerprint)

        async def effect() -> Response:
            return await _now(session, service, wanted, order, body, reader)

        async with turns:
            return await once(effect, fingerprint=fingerprint)

    router.post(
        "",
        summary="Загрузить данные",
        description="До 1 МиБ отчёт приходит сразу; больше — 202 и адрес отчёта в Location."
        " Предел тела — 200 МиБ (209 715 200 байт).",
        response_model=ImportReport,
        responses=LARGE,
        max_body_size=MAX_BODY,
        openapi_extra=REQUEST_BODY,
    )(takes_slices(create_import, kinds))


def _order(
    request: Request,
    caller: Caller,
    part: Mapping[str, str],
    *,
    mode: str,
    dry_run: bool,
    atomic: bool,
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
        slice=part,
        subject=caller.subject,
        actor=caller.actor,
    )


def _refuse_coding(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeUnsupported("Сжатые тела не принимаются: пришлите файл как есть.")


async def _now(
    session: AsyncSession,
    service: str,
    kind: ImportKind,
    order: ImportOrder,
    body: UploadedBody,
    reader: SandboxClient,
) -> Response:
    await import_runs.create(session, row_of(order, kind.code, import_runs.RUNNING))
    await import_runs.mark_received(
        session, order.id, import_runs.RUNNING, body.sha256, body.size, None
    )
    try:
        await run_import(session, kind, order, body.chunks, reader)
    except FileRefused as error:
        errors = [FieldError(*each) for each in error.fields]
        raise Invalid(error.code, error.detail, errors=errors) from error
    return await _answer(session, service, order.id, OK)


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
    row = await import_runs.get(session, run_id)
    if row is None:
        raise ImportUnknown
    headers = {"Location": f"/v1/{service}/imports/{run_id}"}
    content = to_response(service, row).model_dump_json()
    return Response(content, status, headers=headers, media_type="application/json")


def _add_reports(router: APIRouter, service: str, kinds: Sequence[ImportKind], writer: Any) -> None:
    Writer = Annotated[Caller, Depends(writer)]  # noqa: N806 -- a type.

    @router.get("", summary="Загрузки данных", description="Новые сначала, без списков ошибок.")
    async def list_imports(
        request: Request,
        response: Response,
        session: ReadSession,
        _caller: Writer,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> ImportList:
        rows = await import_runs.list_runs(session, read_cursor(request, cursor), limit + 1)
        items = [to_response(service, row, listed=True) for row in rows[:limit]]
        more = None
        if len(rows) > limit:
            last = rows[limit - 1]
            more = write_cursor(request, [last["created_at"].isoformat(), str(last["id"])])
        response.headers.update(next_link(request, more))
        return ImportList(items=items, next=more)

    @router.get(
        "/{import_id}",
        summary="Отчёт о загрузке",
        description="Отчёт большой загрузки меняется, пока она идёт.",
    )
    async def get_import(import_id: RunId, session: ReadSession, caller: Writer) -> ImportReport:
        return to_response(service, await _own(session, import_id, caller))

    @router.get(
        "/{import_id}/annotated",
        summary="Отклонённые строки с пояснениями",
        description="Файл того же формата, что был прислан, с колонкой ошибок.",
        response_class=StreamingResponse,
        responses=ANNOTATED,
    )
    async def get_annotated_import(import_id: RunId, db: Db, caller: Writer) -> StreamingResponse:
        async with db.reading() as session:
            row = await _own(session, import_id, caller)
        layout = _kind_of(kinds, row["kind"], found=True).layout
        sent = Format(row["format"])
        content = annotated(layout, sent, import_runs.rejected_rows(db, import_id))
        name = f"attachment; filename=rejected-{import_id}.{sent.value}"
        headers = {"Content-Disposition": name}
        return StreamingResponse(content, media_type=MEDIA_TYPE_OF[sent], headers=headers)


async def _own(session: AsyncSession, import_id: UUID, caller: Caller) -> Mapping[str, Any]:
    """Return an import to the one who sent it, and to an administrator."""
    row = await import_runs.get(session, import_id)
    if row is None or row["status"] == import_runs.RECEIVING:
        raise ImportUnknown
    if row["subject"] != caller.subject and "admin" not in caller.scopes:
        raise OwnedByAnother("Эту загрузку прислал другой клиент.")
    return row
