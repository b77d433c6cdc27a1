"""The job `recheck_findings`: everything known of a document, judged by every rule, stored.

Its scope is a document. It reads claims, corrections, facts and assumptions as they are now, so
running it again, or once for several imports, comes to the same.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.checks import CheckResult, examine_document
from shared.figures.claims import Claim, Concept, Locator
from shared.figures.document import Facts, SourceDocument, merge_facts
from shared.figures.naming import in_words
from shared.figures.rules.finding import claim_id
from shared.figures.rules.gaps import Assumption
from shared.jobs import enqueue
from shared.ledger import store
from shared.ledger.claim_rows import effective
from shared.ledger.document_store import RECHECK, save_check, show_check
from shared.ledger.facts import facts_of
from shared.ledger.findings import announce, replace_findings
from shared.ledger.inline_facts import StatedAssumption, read_assumptions, read_facts
from shared.ledger.layouts import fact_of, scope_kind
from shared.ledger.restated import recheck_across
from shared.ledger.titles import LoadTitles, merge_titles, no_titles
from shared.log import logger
from shared.process_pool import job_pool
from shared.worker import JobContext

log = logger(__name__)


AfterCheck = Callable[[AsyncSession, str], Awaitable[Sequence[str]]]
"""What a service does about a checked document, in the transaction of its findings.

Returns the public paths whose doubts may have changed.
"""


async def no_paths(_session: AsyncSession, _document: str) -> Sequence[str]:
    """Name no public document: nothing shows the doubts of this service."""
    return ()


async def recheck_findings(
    context: JobContext,
    args: Mapping[str, Any],
    *,
    titles: LoadTitles = no_titles,
    after: AfterCheck = no_paths,
) -> None:
    """Check one document and store what changed; texts say titles in place of codes."""
    document = str(args["document"])
    async with context.db.reading() as session:
        known = await load_document(session, document)
        named = merge_titles(await titles(session))
    result = await job_pool().run(examine_document, known)
    log_failures(document, result)
    findings = [in_words(finding, named) for finding in result.findings]
    async with context.effect() as session:
        service = context.settings.service
        origin = f"document:{document}"
        paths = await after(session, document)
        changed = await replace_findings(session, service, origin, findings, paths)
        changed |= await recheck_across(session, service, document, named, paths)
        if await _record_check(session, document, result) and not changed:
            revision = await store.last_revision(session)
            await announce(session, service, revision, (), paths)
        context.result = {"document": document, "findings": len(findings), "changed": changed}


async def _record_check(session: AsyncSession, document: str, result: CheckResult) -> bool:
    """Store the state of a completed check; tell whether readers see anything new in it."""
    before = await show_check(session, document)
    await save_check(
        session,
        document,
        revision=await store.last_revision(session),
        rules_failed=result.failed,
        rules=[rule.wire() for rule in result.rules],
        unchecked=[{"claim": claim_id(one.claim), "why": one.why} for one in result.unchecked],
    )
    return before is None or list(before["rules_failed"]) != list(result.failed)


def log_failures(document: str, result: CheckResult) -> None:
    """Log every rule that raised; its finding says so to people."""
    for failure in result.failures:
        log.error("rule_failed", document=document, rules=failure.rules, trace=failure.trace)


async def enqueue_recheck(session: AsyncSession, document: str) -> None:
    """Queue the check of a document in the caller's transaction."""
    await enqueue(session, RECHECK, document, {"document": document})


async def load_document(session: AsyncSession, document: str) -> SourceDocument:
    """Read a document as it is: corrected claims in place of the printed ones."""
    claims = [effective(row) for row in await store.claims_of(session, document)]
    context = await store.context_of(session, document)
    stated, _ = read_assumptions(context.get("assumptions"))
    recorded = [_stated(row) for row in await store.assumptions_of(session, document)]
    return SourceDocument(
        document,
        tuple(claims),
        await current_facts(session, document),
        tuple(assumed(document, statement) for statement in [*stated, *recorded]),
    )


async def current_claims(session: AsyncSession, scope: str) -> list[Claim]:
    """Return the claims of a programme, season or year, corrected texts in force."""
    return [effective(row) for row in await store.claims_in_scope(session, scope)]


async def current_facts(session: AsyncSession, document: str) -> Facts:
    """Return the facts registered for a document, with those for all documents."""
    beside, _ = read_facts(await store.context_of(session, document))
    rows = await store.facts_of_document(session, document)
    own = [fact_of(row) for row in rows if row["document"] is not None]
    general = [fact_of(row) for row in rows if row["document"] is None]
    return merge_facts(facts_of([*own, *beside]), facts_of(general))


def assumed(document: str, statement: StatedAssumption) -> Assumption:
    """Return the assumption a rule records, placed where its question arises."""
    parts = dict(statement.subject)
    scope = next((parts[name] for name in ("programme", "season", "year") if name in parts), "")
    locator = Locator(statement.line, statement.cell, statement.table)
    claim = Claim(
        scope_kind(scope),
        scope,
        parts.get("territory"),
        Concept.LABEL,
        statement.subject,
        "",
        document,
        locator,
    )
    return Assumption(
        statement.code, dict(statement.subject), statement.default, statement.text, claim
    )


def _stated(row: Mapping[str, Any]) -> StatedAssumption:
    return StatedAssumption(
        row["code"],
        row["default"],
        row["text"],
        tuple(sorted((row["subject"] or {}).items())),
        row["locator_line"],
        row["locator_cell"],
        row["locator_table"],
    )
