"""Claims over HTTP: what documents print, and what people answer to it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Caller
from shared.figures.claims import Claim
from shared.ledger import store, usecases
from shared.ledger.check_answer import check_answer
from shared.ledger.check_schemas import CheckAnswer
from shared.ledger.errors import ClaimUnknown
from shared.ledger.readers import ClosedReader, closed_reader
from shared.ledger.schemas import (
    ClaimAnswer,
    ClaimPage,
    ClaimWithCorrections,
    Code,
    Concept,
    CorrectionAnswer,
    CorrectionBody,
    DocumentBody,
    Id,
    InDocument,
    OfTerritory,
)
from shared.ledger.titles import LoadTitles
from shared.web import (
    Idempotency,
    Paging,
    ReadSession,
    WriteSession,
    requires,
)

Corrected = Callable[[AsyncSession, Claim], Awaitable[None]]
"""What a service does, in the transaction of a correction, with the claim as it is now taken."""


def claims_router(service: str, corrected: Corrected, titles: LoadTitles) -> APIRouter:
    """Return the routes of a service's claims, literal ones first."""
    router = APIRouter(prefix=f"/v1/{service}/claims")
    _add_list(router)
    _add_check(router, service, titles)
    _add_reading(router, service)
    _add_correcting(router, service, corrected)
    return router


def _add_list(router: APIRouter) -> None:
    @router.get(
        "",
        summary="Напечатанные числа документов",
        description="Каждое число с местом в документе и действующим исправлением.",
    )
    async def list_claims(
        session: ReadSession,
        page: Paging,
        document: InDocument = None,
        territory: OfTerritory = None,
        concept: Annotated[Concept | None, Query(description="Понятие.")] = None,
        scope: Annotated[Code | None, Query(description="Программа, сезон или год.")] = None,
    ) -> ClaimPage:
        filters = {
            "document": document,
            "territory": territory,
            "concept": concept,
            "scope": scope,
        }
        found = await store.list_claims(session, filters, page.after, page.fetch)
        rows, more = page.cut(found, lambda row: row["id"])
        return ClaimPage(items=[_claim(row) for row in rows], next=more)


def _add_check(router: APIRouter, service: str, titles: LoadTitles) -> None:
    Reader = Annotated[Caller, Depends(requires(f"{service}:read"))]  # noqa: N806 -- a type.

    @router.post(
        "/check",
        summary="Проверить документ, ничего не сохраняя",
        description="Применяет все правила к присланным числам и возвращает выводы, "
        "в том числе подтверждённые (consistent).",
    )
    async def check_claims(body: DocumentBody, session: ReadSession, caller: Reader) -> CheckAnswer:
        document = await usecases.read_whole(session, body)
        named = await titles(session)
        result = await usecases.examine_apart(document, caller.subject, named)
        return CheckAnswer.model_validate(check_answer(service, document.claims, result))


def _add_reading(router: APIRouter, service: str) -> None:
    reader = closed_reader(service)

    @router.get(
        "/{claim_id}",
        summary="Напечатанное число и его исправления",
    )
    async def get_claim(
        claim_id: Id, session: ReadSession, closed: Annotated[ClosedReader, Depends(reader)]
    ) -> ClaimWithCorrections:
        return await _with_corrections(session, claim_id, closed)


def _add_correcting(router: APIRouter, service: str, corrected: Corrected) -> None:
    Writer = Annotated[Caller, Depends(requires(f"{service}:write"))]  # noqa: N806 -- a type.

    @router.post(
        "/{claim_id}/corrections",
        summary="Исправить напечатанное число",
        description="Исправление ставится рядом с напечатанным и требует основания; "
        "выводы документа проверяются заново, напечатанное остаётся.",
        status_code=201,
        response_model=ClaimWithCorrections,
    )
    async def correct_claim(
        claim_id: Id, body: CorrectionBody, session: WriteSession, once: Idempotency, caller: Writer
    ) -> Response:
        async def effect() -> ClaimWithCorrections:
            claim = await usecases.correct_claim(session, claim_id, body.raw, body.basis, caller)
            await corrected(session, claim)
            return await _with_corrections(session, claim_id, ClosedReader(entitled=True))

        return await once(effect)


async def _with_corrections(
    session: ReadSession, claim_id: str, closed: ClosedReader
) -> ClaimWithCorrections:
    row = await store.show_claim(session, claim_id)
    if row is None:
        raise ClaimUnknown
    corrections = await store.corrections(session, claim_id)
    made = [CorrectionAnswer.model_validate(closed.of(row)) for row in corrections]
    return ClaimWithCorrections(**_claim(row).model_dump(), corrections=made)


def _claim(row: Mapping[str, Any]) -> ClaimAnswer:
    kept = ("id", "scope", "territory", "concept", "key", "document", "known_from", "import_id")
    where = {name: row[f"locator_{name}"] for name in ("line", "cell", "table")}
    given = {name: row[name] for name in kept}
    return ClaimAnswer.model_validate(
        {
            **given,
            "raw": row["raw"] or "",
            "locator": where,
            "corrected_raw": None if row["corrected_at"] is None else row["corrected_raw"] or "",
        }
    )
