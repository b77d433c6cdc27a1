"""Which findings rest on a number: the doubts that tables carry beside it.

A row of a table, passport or coverage tells `doubts`: the ids of every finding, whatever its
territory, that has a cell of the row as evidence or is of an assumption that gave its default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.rules.finding import Severity
from shared.ledger import store
from shared.ledger.findings import RESOLVED
from shared.ledger.layouts import claim_of

DOUBTFUL = frozenset(
    {Severity.CONTRADICTION, Severity.IMPLAUSIBLE, Severity.INCOMPLETE, Severity.HAZARD}
)


@dataclass(frozen=True, slots=True)
class Doubts:
    """Ids of standing findings, gravest first, by claim id and by what the claim is about."""

    by_claim: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def of_claims(self, claims: Iterable[str]) -> list[str]:
        """Return the findings of several claims, gravest first, each once."""
        found = (finding for claim in claims for finding in self.by_claim.get(claim, ()))
        return list(dict.fromkeys(found))

    def of_row(self, **parts: str | int) -> list[str]:
        """Return the findings of the claims that have all these parts of the key.

        Parts are names of the key, `territory`, `programme`, `season`, `year`, `concept`.
        """
        wanted = {(name, str(value)) for name, value in parts.items()}
        matching = (claim for claim, about in self.cells.items() if wanted <= set(about))
        return self.of_claims(matching)


async def load_doubts(session: AsyncSession, document: str | None = None) -> Doubts:
    """Return what is doubted of one document, or of all documents of the service."""
    by_claim: dict[str, list[str]] = {}
    documents: set[str] = set()
    for row in await store.all_findings(session):
        stands = row["status"] != RESOLVED and row["severity"] in DOUBTFUL
        if stands and document in (None, row["document"]):
            for claim in row["claims"]:
                by_claim.setdefault(claim, []).append(row["id"])
            documents |= {row["document"]} if row["document"] else set()
    cells: dict[str, tuple[tuple[str, str], ...]] = {}
    for code in sorted(documents):
        for row in await store.claims_of(session, code):
            if row["id"] in by_claim:
                cells[row["id"]] = _about(row)
    return Doubts({claim: tuple(found) for claim, found in by_claim.items()}, cells)


def _about(row: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    claim = claim_of(row)
    about = [*claim.key, (claim.scope_kind.value, claim.scope), ("concept", claim.concept.value)]
    return (*about, *([("territory", claim.territory)] if claim.territory else []))
