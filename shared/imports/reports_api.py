"""What became of imports: reports, rejected rows, changes, and taking an import back."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access_errors import OwnedByAnother, TerritoryForbidden
from shared.db import Database
from shared.imports import import_runs
from shared.imports.annotated import annotated
from shared.imports.changes import read_changes
from shared.imports.contract import BINARY, MAX_ITEMS
from shared.imports.errors import ImportUnknown, RejectedRowsExpired, TemplateUnknown
from shared.imports.import_types import ImportKind
from shared.imports.parse_task import MEDIA_TYPE_OF, Format
from shared.imports.retention import REJECTED_ROWS_KEPT
from shared.imports.revert import revert_import
from shared.imports.schemas import (
    ImportChange,
    ImportChanges,
    ImportList,
    ImportReport,
    to_response,
)
from shared.territories import Territories
from shared.web import (
    Caller,
    Idempotency,
    Paging,
    ReadSession,
    WriteSession,
    creation_key,
    require_scopes,
)
from shared.web.sessions import database

ADMIN = "admin"
ROW = {"type": "object", "additionalProperties": True, "maxProperties": 1000}
REJECTED_ROWS = {
    "type": "object",
    "required": ["rows"],
    "properties": {"rows": {"type": "array", "items": ROW, "maxItems": MAX_ITEMS}},
}
ANNOTATED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Отклонённые строки.",
        "content": {
            media: {"schema": REJECTED_ROWS if form is Format.JSON else BINARY}
            for form, media in MEDIA_TYPE_OF.items()
        },
    }
}

RunId = Annotated[UUID, Path(description="Номер загрузки.")]
Db = Annotated[Database, Depends(database)]


def add_reports(router: APIRouter, service: str, kinds: Sequence[ImportKind], writer: Any) -> None:
    """Add the routes of reports; each client sees its own imports, an administrator all."""
    by_code = {kind.code: kind for kind in kinds}
    _add_list(router, service, writer)
    _add_one(router, service, by_code, writer)
    _add_changes(router, by_code, writer)
    _add_revert(router, service, by_code, writer)


def _add_list(router: APIRouter, service: str, writer: Any) -> None:
    @router.get(
        "",
        summary="Загрузки данных",
        description="Свои загрузки, новые сначала, без списков ошибок; администратору — все.",
    )
    async def list_imports(
        session: ReadSession, caller: Annotated[Caller, Depends(writer)], page: Paging
    ) -> ImportList:
        subject = None if ADMIN in caller.scopes else caller.subject
        found = await import_runs.list_runs(
            session, page.after, page.fetch, subject, caller.territories
        )
        rows, more = page.cut(found, creation_key)
        items = [to_response(service, row, listed=True) for row in rows]
        return ImportList(items=items, next=more)


def _add_one(
    router: APIRouter, service: str, by_code: Mapping[str, ImportKind], writer: Any
) -> None:
    Writer = Annotated[Caller, Depends(writer)]  # noqa: N806 -- a type.

    @router.get(
        "/{import_id}",
        summary="Отчёт о загрузке",
        description="Отчёт большой загрузки меняется, пока она идёт.",
    )
    async def get_import(import_id: RunId, session: ReadSession, caller: Writer) -> ImportReport:
        return to_response(service, await own_import(session, import_id, caller))

    @router.get(
        "/{import_id}/annotated",
        summary="Отклонённые строки с пояснениями",
        description="Файл того же формата, что был прислан, в порядке его строк: с номером строки"
        " и колонкой ошибок. Хранится 30 дней.",
        response_class=StreamingResponse,
        responses=ANNOTATED,
    )
    async def get_annotated_import(import_id: RunId, db: Db, caller: Writer) -> StreamingResponse:
        async with db.reading() as session:
            row = await own_import(session, import_id, caller)
            now = await import_runs.current_instant(session)
        if row["finished_at"] is not None and row["finished_at"] < now - REJECTED_ROWS_KEPT:
            raise RejectedRowsExpired
        sent = Format(row["format"])
        rejected = import_runs.rejected_rows(db, import_id)
        content = annotated(_kind(by_code, row).layout, sent, rejected)
        name = f"attachment; filename=rejected-{import_id}.{sent.value}"
        headers = {"Content-Disposition": name}
        return StreamingResponse(content, media_type=MEDIA_TYPE_OF[sent], headers=headers)


def _add_changes(router: APIRouter, by_code: Mapping[str, ImportKind], writer: Any) -> None:
    @router.get(
        "/{import_id}/changes",
        summary="Что изменила загрузка",
        description="Каждая изменённая строка: как было и как стало. У проверки без сохранения —"
        " первые 1000 изменений, которые были бы.",
    )
    async def list_import_changes(
        import_id: RunId,
        session: ReadSession,
        caller: Annotated[Caller, Depends(writer)],
        page: Paging,
    ) -> ImportChanges:
        row = await own_import(session, import_id, caller)
        found = await _changes(session, _kind(by_code, row), row, page.after, page.fetch)
        changes, more = page.cut(found, lambda change: [change["position"]])
        items = [
            ImportChange(row=c["row"], old=c["old"], new=c["new"], columns=c["columns"])
            for c in changes
        ]
        return ImportChanges(items=items, next=more)


async def _changes(
    session: AsyncSession,
    kind: ImportKind,
    row: Mapping[str, Any],
    after: Sequence[Any] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the changes of an import from its table, of a dry run from its report."""
    if row["dry_run"]:
        kept: list[dict[str, Any]] = (row["report"] or {}).get("_changes") or []
        rest = [c for c in kept if after is None or c["position"] > after[0]]
        return rest[:limit]
    if row["revision"] is None or row["known_at"] is None:
        return []
    return await read_changes(session, kind, row["id"], row["known_at"], after=after, limit=limit)


def _add_revert(
    router: APIRouter, service: str, by_code: Mapping[str, ImportKind], writer: Any
) -> None:
    @router.post(
        "/{import_id}/revert",
        summary="Отменить загрузку",
        description="Закрывает строки, которые загрузка открыла, и возвращает те, что она закрыла."
        " Это новая загрузка с новой ревизией. 409, если строки с тех пор изменены.",
    )
    async def revert_import_run(
        import_id: RunId,
        session: WriteSession,
        once: Idempotency,
        caller: Annotated[Caller, Depends(writer)],
    ) -> ImportReport:
        async def effect() -> ImportReport:
            row = await own_import(session, import_id, caller)
            kind = _kind(by_code, row)
            require_scopes(caller, kind.scopes)
            run_id = await revert_import(session, kind, row, caller)
            made = await import_runs.get(session, run_id)
            if made is None:
                raise ImportUnknown
            return to_response(service, made)

        return await once(effect, status=200)  # type: ignore[return-value]  # A stored answer.


def _kind(by_code: Mapping[str, ImportKind], row: Mapping[str, Any]) -> ImportKind:
    kind = by_code.get(row["kind"])
    if kind is None:
        raise TemplateUnknown("Этот вид данных больше не принимается.")
    return kind


async def own_import(session: AsyncSession, import_id: UUID, caller: Caller) -> Mapping[str, Any]:
    """Return an import to the one who sent it, and to an administrator.

    It must keep within the caller's territories: what the sender was bound to may be more.
    """
    row = await import_runs.get(session, import_id)
    if row is None or row["status"] == import_runs.RECEIVING:
        raise ImportUnknown
    if row["subject"] != caller.subject and ADMIN not in caller.scopes:
        raise OwnedByAnother("Эту загрузку прислал другой клиент.")
    if not caller.territories.cover(Territories.of(row["territories"])):
        raise TerritoryForbidden
    return row
