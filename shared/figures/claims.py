"""What a document says: one claim is one printed figure with what it is about and where it is.

Claims are never edited; a wrong one is answered by a corrected claim with its basis.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Concept(StrEnum):
    """What a printed figure is said to be."""

    SCORE = "score"
    INDEX = "index"
    PLACE = "place"
    GROUP_PLACE = "group_place"
    COUNT = "count"
    SEATS = "seats"
    MAX = "max"
    SHARE = "share"
    LABEL = "label"
    DATE = "date"
    CHANGE = "change"
    STATEMENT = "statement"


class ScopeKind(StrEnum):
    """Which service's document a claim belongs to: a programme, a season or a year."""

    PROGRAMME = "programme"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a figure is printed: line and tab-separated cell of the text, 1-based; the table."""

    line: int | None = None
    cell: int | None = None
    table: str | None = None

    def wire(self) -> dict[str, int | str | None]:
        """Return `{"line", "cell", "table"}`."""
        return {"line": self.line, "cell": self.cell, "table": self.table}


@dataclass(frozen=True, slots=True)
class Claim:
    """One printed figure. `key` says what it is about, as sorted (name, value) pairs."""

    scope_kind: ScopeKind
    scope: str
    territory: str | None
    concept: Concept
    key: tuple[tuple[str, str], ...]
    raw: str
    document: str
    locator: Locator = Locator()
    _identity: str = field(default="", init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        """Hash the identity, which is made once; equal claims have it in common."""
        return hash(self.identity)

    def about(self, name: str) -> str | None:
        """Return one part of the key («indicator», «subject», «period»…), or None."""
        for known, value in self.key:
            if known == name:
                return value
        return None

    @property
    def identity(self) -> str:
        """The stable key of the claim: everything but the printed text itself; made once."""
        if not self._identity:
            object.__setattr__(self, "_identity", self._make_identity())
        return self._identity

    def _make_identity(self) -> str:
        about = "&".join(f"{name}={value}" for name, value in self.key)
        where = f"{self.locator.line or ''}:{self.locator.cell or ''}"
        scope = f"{self.scope_kind.value}={self.scope}"
        parts = (self.document, where, scope, self.territory or "", self.concept.value, about)
        return "|".join(part.replace("|", "¦") for part in parts)

    def wire(self) -> dict[str, object]:
        """Return the claim row of `docs/rules/wire.md`."""
        return {
            self.scope_kind.value: self.scope,
            "territory": self.territory,
            "concept": self.concept.value,
            "key": dict(self.key),
            "raw": self.raw,
            "document": self.document,
            "locator": self.locator.wire(),
        }


def key_of(parts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the sorted key of a claim; numbers are stored as their text, nulls left out."""
    return tuple(sorted((name, str(value)) for name, value in parts.items() if value is not None))
