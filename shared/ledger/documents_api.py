"""Stored source documents over HTTP: whether each was checked, and what was not."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path

from shared.figures.rules.finding import Severity
from shared.ledger import document_store
from shared.ledger.document_schemas import DocumentAnswer, DocumentPage, DocumentWithCheck
from shared.ledger.document_store import StoredDocument
from shared.ledger.errors import SourceDocumentUnknown
from shared.ledger.layouts import CODE
from shared.web import Paging, ReadSession

DocumentPath = Annotated[
    str,
    Path(
        pattern=f"^{CODE}$",
        max_length=100,
        description="Код документа.",
        examples=["programme-407"],
    ),
]


def documents_router(service: str) -> APIRouter:
    """Return the routes of a service's source documents."""
    router = APIRouter(prefix=f"/v1/{service}/claims/documents")
    _add_list(router)
    _add_reading(router)
    return router


def _add_list(router: APIRouter) -> None:
    @router.get(
        "",
        summary="Документы, числа которых хранятся",
        description="Каждый с состоянием проверки: «не проверен» и «противоречий нет» — разное.",
    )
    async def list_documents(session: ReadSession, page: Paging) -> DocumentPage:
        found = await document_store.list_documents(session, after=page.after, limit=page.fetch)
        shown, more = page.cut(found, lambda row: row.document)
        counts = await document_store.count_findings(session, [one.document for one in shown])
        answers = [DocumentAnswer.model_validate(document_wire(one, counts)) for one in shown]
        return DocumentPage(items=answers, next=more)


def _add_reading(router: APIRouter) -> None:
    @router.get(
        "/{document}",
        summary="Документ, его проверка и непроверенные числа",
    )
    async def get_document(document: DocumentPath, session: ReadSession) -> DocumentWithCheck:
        found = await document_store.list_documents(session, document=document, limit=1)
        if not found:
            raise SourceDocumentUnknown
        counts = await document_store.count_findings(session, [document])
        check = await document_store.show_check(session, document) or {}
        said = {name: check.get(name, []) for name in ("unchecked", "rules")}
        return DocumentWithCheck.model_validate({**document_wire(found[0], counts), **said})


def document_wire(
    document: StoredDocument, counts: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Return a document as on the wire, with its counts of every severity."""
    own = counts.get(document.document, {})
    return {
        "document": document.document,
        "title": document.title,
        "territory": document.territory,
        "territories": list(document.territories),
        "claims": document.claims,
        "check": document.check(),
        "counts": {severity.value: own.get(severity.value, 0) for severity in Severity},
    }
