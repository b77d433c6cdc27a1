"""Which findings rest on a number: the doubts that tables carry next to it.

A row of a table, passport or coverage tells `doubts`: the ids of every finding, whatever its
territory, that has a cell of the row as evidence or is of an assumption that gave its default.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.rules.finding import Severity
from shared.ledger.findings import RESOLVED
from shared.ledger.layouts import claim_of

Parts = frozenset[tuple[str, str]]

DOUBTFUL = (
    Severity.CONTRADICTION,
    Severity.IMPLAUSIBLE,
    Severity.INCOMPLETE,
    Severity.HAZARD,
)
# What a subject may say besides the cells that a finding is about.
ABOUT_NO_CELL = frozenset({"document", "concept", "assumption", "more", "rules"})

STANDING = text("""
    SELECT id, claims, content->'subject' AS subject FROM finding
    WHERE status <> :resolved AND severity = ANY(:severities)
    AND (CAST(:document AS text) IS NULL OR document = :document)
    ORDER BY rank, rule, id
""")
CELLS = text("""
    SELECT c.id, c.scope, c.territory, c.concept, c.key, c.raw, c.document,
        c.locator_line, c.locator_cell, c.locator_table
    FROM claim AS c
    WHERE c.known_to = 'infinity' AND c.id = ANY(:claims)
""")


@dataclass(frozen=True, slots=True)
class Basis:
    """A finding without stored cells, and the parts of a key that its subject names.

    `territories` are those it is about; empty, it is about every territory.
    """

    finding: str
    parts: Parts
    territories: frozenset[str]


@dataclass(frozen=True)
class Doubts:
    """Ids of findings in force, gravest first, by claim id and by what the claim is about."""

    by_claim: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: Mapping[str, Parts] = field(default_factory=dict)
    bases: tuple[Basis, ...] = ()

    @cached_property
    def _claims_by_part(self) -> Mapping[tuple[str, str], frozenset[str]]:
        index: dict[tuple[str, str], set[str]] = {}
        for claim, about in self.cells.items():
            for part in about:
                index.setdefault(part, set()).add(claim)
        return {part: frozenset(claims) for part, claims in index.items()}

    def of_claims(self, claims: Iterable[str]) -> list[str]:
        """Return the findings of several claims, each once; of one claim gravest first."""
        found = (finding for claim in claims for finding in self.by_claim.get(claim, ()))
        return list(dict.fromkeys(found))

    def of_row(self, **parts: str | int) -> list[str]:
        """Return the findings of the claims that have all these parts of the key.

        Parts are names of the key, `territory`, `programme`, `season`, `year`, `concept`.
        """
        wanted = [(name, str(value)) for name, value in parts.items()]
        matching = [self._claims_by_part.get(part, frozenset()) for part in wanted]
        if not matching:
            return []
        return self.of_claims(sorted(frozenset.intersection(*matching)))

    def cells_by(
        self, names: Sequence[str], **given: str | int
    ) -> Mapping[tuple[str | None, ...], tuple[str, ...]]:
        """Return the findings on the cells that have the given parts, by some other parts.

        A cell without one of the names is under None there.
        """
        wanted = {(name, str(value)) for name, value in given.items()}
        found: dict[tuple[str | None, ...], list[str]] = {}
        for claim, about in self.cells.items():
            if wanted <= about:
                parts = dict(about)
                claims = found.setdefault(tuple(parts.get(name) for name in names), [])
                claims += self.by_claim.get(claim, ())
        return {where: tuple(dict.fromkeys(ids)) for where, ids in found.items()}

    def bases_by(
        self, names: Sequence[str], **given: str | int
    ) -> Mapping[tuple[str | None, ...], tuple[str, ...]]:
        """Return the findings of defaults and inputs, by what their subject names of a row.

        A subject that names anything but the given parts and these names is left out; one that
        names none of them, under only None, is about the whole table.
        """
        wanted = {name: str(value) for name, value in given.items()}
        found: dict[tuple[str | None, ...], list[str]] = {}
        for basis in self.bases:
            parts = dict(basis.parts)
            agrees = all(
                name in names or wanted.get(name) == value for name, value in parts.items()
            )
            for territory in (basis.territories or (None,)) if agrees else ():
                named = parts if territory is None else {**parts, "territory": territory}
                if set(named) <= {*names, *wanted}:
                    found.setdefault(tuple(named.get(n) for n in names), []).append(basis.finding)
        return {where: tuple(ids) for where, ids in found.items()}


async def load_doubts(session: AsyncSession, document: str | None = None) -> Doubts:
    """Return what is doubted of one document, or of all documents of the service."""
    asked = {
        "resolved": RESOLVED,
        "severities": [severity.value for severity in DOUBTFUL],
        "document": document,
    }
    standing = list((await session.execute(STANDING, asked)).mappings())
    by_claim: dict[str, list[str]] = {}
    for row in standing:
        for claim in row["claims"]:
            by_claim.setdefault(claim, []).append(row["id"])
    cells = await _cells(session, list(by_claim))
    bases = tuple(
        basis
        for row in standing
        if not any(claim in cells for claim in row["claims"])
        and (basis := _basis(row["id"], row["subject"])).parts
    )
    return Doubts({c: tuple(found) for c, found in by_claim.items()}, cells, bases)


async def _cells(session: AsyncSession, claims: list[str]) -> dict[str, Parts]:
    if not claims:
        return {}
    rows = await session.execute(CELLS, {"claims": claims})
    return {row["id"]: _about(dict(row)) for row in rows.mappings()}


def _about(row: Mapping[str, object]) -> Parts:
    claim = claim_of(row)
    about = [*claim.key, (claim.scope_kind.value, claim.scope), ("concept", claim.concept.value)]
    return frozenset([*about, *([("territory", claim.territory)] if claim.territory else [])])


def _basis(finding: str, subject: Mapping[str, object]) -> Basis:
    several = subject.get("territories")
    named = [subject.get("territory"), *(several if isinstance(several, list) else [])]
    parts = frozenset(
        (name, str(value))
        for name, value in subject.items()
        if isinstance(value, str | int) and name not in ABOUT_NO_CELL and name != "territory"
    )
    return Basis(finding, parts, frozenset(code for code in named if isinstance(code, str)))
