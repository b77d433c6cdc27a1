"""Findings over HTTP: what the rules prove, and who has seen it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from shared.auth import Caller
from shared.ledger import store, usecases
from shared.ledger.document_schemas import MOST_DOCUMENTS, DocumentCheck, FindingsWithChecks
from shared.ledger.document_store import list_documents
from shared.ledger.errors import FindingUnknown
from shared.ledger.findings import wire_of
from shared.ledger.readers import ClosedReader, closed_reader
from shared.ledger.schemas import (
    AcknowledgementBody,
    FindingAnswer,
    FindingWithHistory,
    Id,
    InDocument,
    OfTerritory,
    Severity,
    Status,
)
from shared.web import (
    Paging,
    ReadSession,
    WriteSession,
    if_match,
    requires,
    strong_etag,
)
from shared.web.folded_filter import Folded
from shared.web.problems import documented


def findings_router(service: str) -> APIRouter:
    """Return the routes of a service's findings."""
    router = APIRouter(prefix=f"/v1/{service}/findings")
    _add_list(router, service)
    _add_reading(router, service)
    _add_acknowledging(router, service)
    return router


def _add_list(router: APIRouter, service: str) -> None:
    reader = closed_reader(service)

    @router.get(
        "",
        summary="Выводы о напечатанных числах",
        description="Противоречия, неправдоподобное, неполное, зависящее от метода и "
        "подтверждённое — с доказательством; начиная с самых тяжёлых.",
    )
    async def list_findings(
        session: ReadSession,
        closed: Annotated[ClosedReader, Depends(reader)],
        page: Paging,
        severity: Annotated[Severity | None, Query(description="Тяжесть.")] = None,
        rule: Annotated[
            str | None, Query(description="Правило.", pattern="^[a-z_]{1,100}$", max_length=100)
        ] = None,
        status: Annotated[Status | None, Query(description="Состояние.")] = None,
        territory: OfTerritory = None,
        document: InDocument = None,
        folded: Folded = "false",
    ) -> FindingsWithChecks:
        filters = {
            "severity": severity,
            "rule": rule,
            "status": status,
            "territory": territory,
            "document": document,
            "folded": folded == "true",
        }
        after = page.after
        place = None if after is None else (int(after[0]), str(after[1]), str(after[2]))
        found = await store.list_findings(session, filters, place, page.fetch)
        rows, more = page.cut(found, lambda row: [row["rank"], row["rule"], row["id"]])
        items = [_finding(service, row, closed) for row in rows]
        checks = await _checks(session, document)
        return FindingsWithChecks(items=items, next=more, checks=checks)


async def _checks(session: ReadSession, document: str | None) -> list[DocumentCheck]:
    found = await list_documents(session, document=document, limit=MOST_DOCUMENTS)
    return [DocumentCheck(document=one.document, **one.check()) for one in found]


def _add_reading(router: APIRouter, service: str) -> None:
    reader = closed_reader(service)

    @router.get(
        "/{finding_id}",
        summary="Вывод и его история",
    )
    async def get_finding(
        finding_id: Id,
        session: ReadSession,
        response: Response,
        closed: Annotated[ClosedReader, Depends(reader)],
    ) -> FindingWithHistory:
        row = await store.show_finding(session, finding_id)
        if row is None:
            raise FindingUnknown
        response.headers["ETag"] = _etag(service, row)
        history = [closed.of(line) for line in await store.history(session, finding_id)]
        known = _finding(service, row, closed).model_dump()
        return FindingWithHistory.model_validate({**known, "history": history})


def _add_acknowledging(router: APIRouter, service: str) -> None:
    Writer = Annotated[Caller, Depends(requires(f"{service}:write"))]  # noqa: N806 -- a type.

    @router.post(
        "/{finding_id}/acknowledge",
        summary="Принять вывод к сведению",
        description="Требует If-Match с ETag вывода и комментария.",
        responses=documented(412, 428),
    )
    async def acknowledge_finding(
        finding_id: Id,
        body: AcknowledgementBody,
        request: Request,
        response: Response,
        session: WriteSession,
        caller: Writer,
    ) -> FindingAnswer:
        row = await store.show_finding(session, finding_id, for_update=True)
        if row is None:
            raise FindingUnknown
        if_match(request, _etag(service, row))
        await usecases.acknowledge(session, service, row, body.comment, caller)
        changed = await store.show_finding(session, finding_id)
        if changed is None:
            raise FindingUnknown
        response.headers["ETag"] = _etag(service, changed)
        return _finding(service, changed, ClosedReader(entitled=True))


def _finding(service: str, row: Mapping[str, Any], closed: ClosedReader) -> FindingAnswer:
    said = closed.of({"comment": row["comment"]})
    return FindingAnswer.model_validate({**wire_of(service, row), **said})


def _etag(service: str, row: Mapping[str, Any]) -> str:
    whole = _finding(service, row, ClosedReader(entitled=True))
    return strong_etag(whole.model_dump_json().encode())
