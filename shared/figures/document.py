"""A source document as the rules see it: its claims, and the facts registered about them.

Facts are not printed figures: which territories form a group, how many peers are ranked, how a
total is made, what the nation's value is. They come with the document or with its service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.figures.claims import Claim
from shared.figures.conventions import Denial, Ranking, Relation, ShareOf, Tree, Whole
from shared.figures.rules.band_domain import Scale
from shared.figures.rules.copies import Benchmark
from shared.figures.rules.gaps import Assumption
from shared.figures.rules.windows import Window
from shared.figures.selectors import Key, Selector, claim_part, key_without

__all__ = ["Facts", "Key", "Selector", "SourceDocument", "claim_part", "key_without", "merge_facts"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything registered for a document; each list may be empty.

    `scales` state that printed bands partition them and bound the figures, `domains` only bound
    them; `score_shares` select scores whose index or share is their per cent of a maximum;
    `revises` are earlier documents that this one replaces; `references` hold the codes of
    registries by the part of the key that names them.
    """

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    peers: tuple[tuple[Selector, int], ...] = ()
    expected: tuple[tuple[Selector, str, tuple[str, ...]], ...] = ()
    benchmarks: tuple[tuple[Selector, Benchmark], ...] = ()
    trees: tuple[Tree, ...] = ()
    scales: tuple[tuple[Selector, Scale], ...] = ()
    domains: tuple[tuple[Selector, Scale], ...] = ()
    shared_maxima: tuple[tuple[Selector, str], ...] = ()
    score_shares: tuple[Selector, ...] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)
    ratios: tuple[tuple[Selector, Selector, str], ...] = ()
    expectations: tuple[tuple[Selector, str, bool], ...] = ()
    relations: tuple[Relation, ...] = ()
    rankings: tuple[tuple[Selector, Ranking], ...] = ()
    wholes: tuple[Whole, ...] = ()
    shares_of: tuple[ShareOf, ...] = ()
    denials: tuple[Denial, ...] = ()
    revises: frozenset[str] = frozenset()
    references: Mapping[str, frozenset[str]] = field(default_factory=dict)


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
        domains=own.domains + general.domains,
        shared_maxima=own.shared_maxima + general.shared_maxima,
        score_shares=own.score_shares + general.score_shares,
        windows={**general.windows, **own.windows},
        ratios=own.ratios + general.ratios,
        expectations=own.expectations + general.expectations,
        relations=own.relations + general.relations,
        rankings=own.rankings + general.rankings,
        wholes=own.wholes + general.wholes,
        shares_of=own.shares_of + general.shares_of,
        denials=own.denials + general.denials,
        revises=own.revises,
        references={**general.references, **own.references},
    )


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document's code, claims, facts and recorded assumptions."""

    code: str
    claims: tuple[Claim, ...]
    facts: Facts = Facts()
    assumptions: tuple[Assumption, ...] = ()
