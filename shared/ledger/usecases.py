"""What people do with the ledger: acknowledge a finding, answer a claim, check a document."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.access_errors import TerritoryForbidden
from shared.auth import Caller
from shared.db import lock
from shared.errors import FieldError
from shared.figures.checks import CheckResult, examine_document
from shared.figures.claims import Claim, Concept, Locator, key_of
from shared.figures.document import Facts, SourceDocument, merge_facts
from shared.figures.naming import Titles, in_words
from shared.figures.parse import Defect
from shared.figures.reading import read_claim
from shared.ledger import store
from shared.ledger.claim_rows import effective
from shared.ledger.errors import (
    ClaimUnchanged,
    ClaimUnknown,
    DocumentInvalid,
    FigureUnreadable,
    FindingResolved,
)
from shared.ledger.facts import facts_of
from shared.ledger.findings import ACKNOWLEDGED, LOCK, RESOLVED, announce, territories_of
from shared.ledger.inline_facts import read_assumptions, read_facts
from shared.ledger.layouts import claim_of, scope_kind
from shared.ledger.recheck import (
    assumed,
    current_facts,
    enqueue_recheck,
    log_failures,
)
from shared.ledger.schemas import ClaimBody, DocumentBody
from shared.ledger.titles import merge_titles
from shared.persons.pseudonyms import pseudonym_of_actor
from shared.process_pool import request_pool

Row = Mapping[str, Any]


async def acknowledge(
    session: AsyncSession, service: str, finding: Row, comment: str, caller: Caller
) -> None:
    """Note that people saw a finding; a resolved one needs nobody."""
    _require_territories(caller, territories_of(finding["content"]["subject"]))
    if finding["status"] == RESOLVED:
        raise FindingResolved
    await lock(session, LOCK)
    revision = await store.last_revision(session) + 1
    state = {
        "status": ACKNOWLEDGED,
        "comment": comment,
        "revision": revision,
        "subject": caller.subject,
        "actor": await pseudonym_of_actor(session, caller),
    }
    await store.set_status(session, finding, state)
    await announce(session, service, revision, [finding])


async def correct_claim(
    session: AsyncSession, claim_id: str, raw: str | None, basis: str, caller: Caller
) -> Claim:
    """Put a corrected text next to a printed one and have its document checked again.

    Returns the claim as it is now taken.
    """
    row = await store.show_claim(session, claim_id)
    if row is None:
        raise ClaimUnknown
    _require_territories(caller, [row["territory"]] if row["territory"] else [])
    text = (raw or "").strip()
    if effective(row).raw.strip() == text:
        raise ClaimUnchanged
    claim = claim_of({**row, "raw": text})
    _refuse_unreadable(claim)
    correction = {
        "claim_id": claim_id,
        "replaced_raw": row["raw"],
        "raw": text or None,
        "basis": basis,
        "subject": caller.subject,
        "actor": await pseudonym_of_actor(session, caller),
    }
    await store.correct(session, correction)
    await enqueue_recheck(session, row["document"])
    return claim


def _require_territories(caller: Caller, codes: Sequence[str]) -> None:
    """Raise `TerritoryForbidden` where a claim or finding is about territories of others."""
    for code in codes:
        if not caller.territories.allow(code):
            raise TerritoryForbidden(code)


def _refuse_unreadable(claim: Claim) -> None:
    defect = read_claim(claim).value
    if isinstance(defect, Defect):
        raise FigureUnreadable(claim.concept.value, defect.code)


async def read_whole(session: AsyncSession, body: DocumentBody) -> SourceDocument:
    """Return the document of a body with its own facts and those known of every document."""
    code = body.document or body.claims[0].document
    known = Facts() if code is None else await current_facts(session, code)
    return read_document(body, known)


def read_document(body: DocumentBody, known: Facts) -> SourceDocument:
    """Return the document of a body, its own facts first; `DocumentInvalid` with every fault."""
    members = body.model_dump(
        exclude={"claims", "document", "title"}, exclude_none=True, by_alias=True
    )
    rows, faults = read_facts(members)
    stated, more = read_assumptions(members.get("assumptions"))
    code = body.document or body.claims[0].document
    claims, wrong = _claims(body.claims, code)
    if code is None or faults or more or wrong:
        raise DocumentInvalid(errors=[*wrong, *faults, *more])
    assumptions = tuple(assumed(code, statement) for statement in stated)
    return SourceDocument(code, tuple(claims), merge_facts(facts_of(rows), known), assumptions)


async def examine_apart(document: SourceDocument, caller: str, titles: Titles) -> CheckResult:
    """Run the checks of a request in a child process; they may take seconds of processor.

    Texts say the titles in place of codes.

    Raises Unavailable where the queue is full and Invalid where the limits do not suffice.
    """
    result = await request_pool().run(examine_document, document, caller=caller)
    log_failures(document.code, result)
    named = merge_titles(titles)
    return replace(result, findings=tuple(in_words(one, named) for one in result.findings))


def _claims(rows: Sequence[ClaimBody], whole: str | None) -> tuple[list[Claim], list[FieldError]]:
    """Read the claims of a document, `whole` being its code, if known."""
    claims: list[Claim] = []
    faults: list[FieldError] = []
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        named = [str(n) for n in (row.scope, row.programme, row.season, row.year) if n is not None]
        if len(named) != 1:
            told = "Назовите одно из programme, season, year."
            faults.append(FieldError(f"/claims/{i}", "SCOPE_AMBIGUOUS", told))
            continue
        document = row.document or whole
        if document is None:
            told = "Назовите документ: у числа или у всего документа."
            faults.append(FieldError(f"/claims/{i}/document", "REQUIRED", told))
            continue
        claim = _claim(row, named[0], document)
        if claim.identity in seen:
            told = f"Тот же ключ, что у строки {seen[claim.identity]}."
            faults.append(FieldError(f"/claims/{i}", "DUPLICATE_KEY", told))
        seen.setdefault(claim.identity, i)
        claims.append(claim)
    return claims, faults


def _claim(row: ClaimBody, scope: str, document: str) -> Claim:
    where = row.locator
    return Claim(
        scope_kind(scope),
        scope,
        row.territory,
        Concept(row.concept),
        key_of(row.key),
        row.raw or "",
        document,
        Locator() if where is None else Locator(where.line, where.cell, where.table),
    )
