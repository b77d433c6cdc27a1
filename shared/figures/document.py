"""A whole document as the rules see it: its claims, and the facts registered about them.

Facts are not printed figures: which territories form a group, how many peers are ranked, what a
list should hold, what the nation's value is. They come with the document or with its service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.figures.claims import Claim, Concept
from shared.figures.rules.band_domain import Scale
from shared.figures.rules.copies import Benchmark
from shared.figures.rules.gaps import Assumption
from shared.figures.rules.windows import Window

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """Which claims a fact speaks of: a concept, and parts of the key, scope or territory."""

    concept: Concept | None = None
    key: Key = ()

    def matches(self, claim: Claim) -> bool:
        """Whether the claim has the concept and every part asked for."""
        if self.concept is not None and claim.concept is not self.concept:
            return False
        return all(claim_part(claim, name) == value for name, value in self.key)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything registered for a document; each list may be empty."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    peers: tuple[tuple[Selector, int], ...] = ()
    expected: tuple[tuple[Selector, str, tuple[str, ...]], ...] = ()
    benchmarks: tuple[tuple[Selector, Benchmark], ...] = ()
    trees: tuple[tuple[Selector, str, tuple[str, ...]], ...] = ()
    scales: tuple[tuple[Selector, Scale], ...] = ()
    shared_maxima: tuple[tuple[Selector, str], ...] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)
    ratios: tuple[tuple[Selector, Selector, str], ...] = ()
    expectations: tuple[tuple[Selector, str, bool], ...] = ()


def merge_facts(own: Facts, general: Facts) -> Facts:
    """Join what a document registers with what is true of every document; its own goes first.

    A general group that shares a territory with a group of the document's own is left out: the
    document says itself how it groups that territory.
    """
    grouped = frozenset().union(*own.groups.values()) if own.groups else frozenset()
    apart = {code: who for code, who in general.groups.items() if not who & grouped}
    return Facts(
        groups={**apart, **own.groups},
        peers=own.peers + general.peers,
        expected=own.expected + general.expected,
        benchmarks=own.benchmarks + general.benchmarks,
        trees=own.trees + general.trees,
        scales=own.scales + general.scales,
        shared_maxima=own.shared_maxima + general.shared_maxima,
        windows={**general.windows, **own.windows},
        ratios=own.ratios + general.ratios,
        expectations=own.expectations + general.expectations,
    )


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document's code, claims, facts and recorded assumptions."""

    code: str
    claims: tuple[Claim, ...]
    facts: Facts = Facts()
    assumptions: tuple[Assumption, ...] = ()


def claim_part(claim: Claim, name: str) -> str | None:
    """Return a part of what a claim is about: its scope, its territory, or a part of its key."""
    if name == claim.scope_kind.value:
        return claim.scope
    return claim.territory if name == "territory" else claim.about(name)


def key_without(claim: Claim, *names: str) -> Key:
    """Return the claim's key without some of its parts."""
    return tuple((name, value) for name, value in claim.key if name not in names)
