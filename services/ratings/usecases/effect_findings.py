"""What effects and claims about them show: choices by the outcome, no pool, breaks, overclaims."""

from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.domain.effect_claims import PublishedEffect, judge_claim
from services.ratings.store import effects
from services.ratings.store.effects import EffectRow
from shared.figures.rules.finding import Finding, Severity
from shared.ledger import store as ledger
from shared.ledger.claim_rows import effective
from shared.ledger.findings import store_findings

MOST_EFFECTS = 10_000
MOST_STATEMENTS = 100_000
TEXTS: Mapping[str, tuple[Severity, str]] = {
    "selection_on_outcome": (
        Severity.HAZARD,
        "Мера «{title}»: участники выбраны за плохой показатель, он вернулся бы отчасти и сам.",
    ),
    "no_comparison_pool": (
        Severity.INCOMPLETE,
        "Меру «{title}» не с кем сравнить: что она дала, по этим данным сказать нельзя.",
    ),
    "methodology_break": (
        Severity.INCOMPLETE,
        "Между периодами сменилась методика исхода меры «{title}»: прежние периоды не сравнимы.",
    ),
}


async def store_effect_findings(session: AsyncSession, row: EffectRow) -> None:
    """Bring the ledger to what an effect shows, and judge the claims about measures again."""
    await store_findings(
        session, service="ratings", source=f"effect:{row.measure}", findings=list(findings_of(row))
    )
    await judge_statements(session)


def findings_of(row: EffectRow) -> Iterator[Finding]:
    """Return what limits an effect, as findings of its measure."""
    content = row.content
    found = {
        "selection_on_outcome": content["design"] == "selected_on_outcome",
        "no_comparison_pool": content["design"] == "universal"
        or "NO_COMPARISON_POOL" in content["limits"],
        "methodology_break": "METHODOLOGY_BREAK" in content["limits"],
    }
    for rule, holds in found.items():
        if holds:
            severity, told = TEXTS[rule]
            yield Finding(
                rule=rule,
                severity=severity,
                text=told.format(title=content["title"]),
                subject={
                    "programme": content["outcome"]["programme"],
                    "codes": [row.measure],
                },
                claims=(),
                about=(rule, row.measure),
            )


async def judge_statements(session: AsyncSession) -> None:
    """Bring the ledger to what the published effects say of the statements of documents."""
    known = {
        row.measure: published(row) for row in await effects.latest(session, limit=MOST_EFFECTS)
    }
    filters = {"document": None, "territory": None, "concept": "statement", "scope": None}
    rows = await ledger.list_claims(session, filters, None, MOST_STATEMENTS)
    judged = [judge_claim(effective(row), known) for row in rows]
    found = [one for one in judged if one is not None]
    await store_findings(session, service="ratings", source="effect_claims", findings=found)


def published(row: EffectRow) -> PublishedEffect:
    """Return what a claim about the measure is compared with.

    A difference that rounding alone can make is no detected effect, whatever its p.
    """
    content = row.content
    main = content["outcomes"][0]
    codes = {content["outcome"]["indicator"], content["outcome"]["node"]} - {None}
    named = {f"{content['outcome']['programme']} {code}" for code in codes}
    return PublishedEffect(
        row.measure,
        content["title"],
        row.revision,
        content["verdict"],
        None if "ROUNDING_COVERS_ZERO" in content["limits"] else main["adjusted_p"],
        frozenset(codes | named),
    )
