"""What several stored documents print of one thing, judged whenever one of them is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.checks.across import restated_across_documents
from shared.figures.checks.run import bound_findings
from shared.figures.naming import Titles, in_words
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding
from shared.ledger import store
from shared.ledger.claim_rows import effective
from shared.ledger.document_store import scopes_of
from shared.ledger.findings import replace_findings

PREFIX = "across:"


async def recheck_across(
    session: AsyncSession, service: str, document: str, titles: Titles, paths: Sequence[str]
) -> bool:
    """Compare the scopes of a document over all documents; tell whether findings changed.

    Every scope that the document speaks of, or did when last compared, has findings of its own.
    """
    before = await store.origins_naming(session, PREFIX, document)
    scopes = {*await scopes_of(session, document), *(name.removeprefix(PREFIX) for name in before)}
    found = await _findings(session, sorted(scopes))
    changed = False
    for scope in sorted(scopes):
        named = [in_words(one, titles) for one in found.get(scope, ())]
        changed |= await replace_findings(session, service, f"{PREFIX}{scope}", named, paths)
    return changed


async def _findings(
    session: AsyncSession, scopes: Sequence[str]
) -> Mapping[str, Sequence[Finding]]:
    claims = [effective(row) for row in await store.restated_claims(session, scopes)]
    revised = await store.revised_documents(session) if claims else {}
    found: dict[str, list[Finding]] = {}
    for scope in {claim.scope for claim in claims}:
        readings = [read_claim(claim) for claim in claims if claim.scope == scope]
        findings = sorted(restated_across_documents(readings, revised), key=lambda one: one.id)
        found[scope] = [_of_scope(scope, one) for one in bound_findings(findings)]
    return found


def _of_scope(scope: str, finding: Finding) -> Finding:
    """Give what is beyond the bound an identity of its own in each scope."""
    return replace(finding, about=(scope, "more")) if finding.about else finding
