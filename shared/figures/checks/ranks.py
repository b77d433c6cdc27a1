"""Inputs of `place_sequence`, `place_bounds` and `place_plausibility`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.figures.checks.grouping import group_by, of_concept, scope_of
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument, key_without
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.group_bounds import Field, place_bounds, place_plausibility
from shared.figures.rules.ranks import ALL_PEERS, Ranked, place_sequence

GROUP = "group"
"""The part of a key that names the group a place is counted in."""
REGION_ENDING = "00000"


def check_ranks(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check each column of places by itself, and inside each registered group.

    A place whose key names a group is a place inside it, whatever its concept.
    """
    placed = of_concept(readings, Concept.PLACE, Concept.GROUP_PLACE)
    columns = group_by(placed, lambda r: (*scope_of(r.claim), key_without(r.claim, GROUP)))
    for column in columns.values():
        ungrouped = [r for r in column if not _in_group(r.claim, document)]
        outside = _ranked(ungrouped)
        peers = _peers(column[0].claim, document) or _printed_peers(ungrouped)
        yield from _whole_columns(outside, peers)
        grouped = [r for r in column if _in_group(r.claim, document)]
        for named, part in group_by(grouped, lambda r: r.claim.about(GROUP)).items():
            inside = _ranked(part)
            for code, members in _groups(named, inside, document).items():
                yield from _group(code, members, inside, outside, peers)


def _in_group(claim: Claim, document: SourceDocument) -> bool:
    named = claim.about(GROUP)
    return claim.concept is Concept.GROUP_PLACE or named in document.facts.groups


def _ranked(column: Iterable[Reading]) -> dict[str, Ranked]:
    """Return territory → its place, the first printed one."""
    ranked: dict[str, Ranked] = {}
    for reading in column:
        if reading.place is not None and reading.claim.territory is not None:
            ranked.setdefault(reading.claim.territory, Ranked(reading.claim, reading.place))
    return ranked


def _peers(claim: Claim, document: SourceDocument) -> int | None:
    counts = [count for selector, count in document.facts.peers if selector.matches(claim)]
    return counts[0] if counts else None


def _printed_peers(column: Sequence[Reading]) -> int | None:
    """Return the number of ranked peers that the places themselves print, if it is one."""
    said = {r.peers for r in column if r.peers is not None}
    return said.pop() if len(said) == 1 else None


def _groups(
    named: str | None, inside: Mapping[str, Ranked], document: SourceDocument
) -> dict[str, frozenset[str]]:
    """Return the groups these places are counted in; their key may name one.

    Where groups overlap on a ranked territory and the key names none, which is meant is unknown.
    A name nobody registered is another name of the one group that holds all the territories.
    """
    known = document.facts.groups
    if named is not None and named in known:
        return {named: known[named]}
    groups = {
        code: members
        for code, members in known.items()
        if any(territory in members for territory in inside)
    }
    overlapping = any(
        sum(territory in members for members in groups.values()) > 1 for territory in inside
    )
    foreign = named is not None and not any(inside.keys() <= who for who in groups.values())
    return {} if overlapping or foreign else groups


def _whole_columns(outside: Mapping[str, Ranked], peers: int | None) -> Iterator[Finding]:
    """Check the places of regions, and apart from them of all others, as parts of one sequence."""
    kinds = group_by(outside.values(), lambda r: r.territory.endswith(REGION_ENDING))
    for column in kinds.values():
        unknown_size = len(column) + max(r.place.high for r in column)
        found = place_sequence(ALL_PEERS, peers or unknown_size, column, ())
        if len(column) > 1 or found.severity is Severity.CONTRADICTION:
            yield found


def _group(
    code: str,
    members: frozenset[str],
    inside: Mapping[str, Ranked],
    outside: Mapping[str, Ranked],
    peers: int | None,
) -> Iterator[Finding]:
    """Check the places of one group: as a sequence, then each against its place outside."""
    within = [ranked for territory, ranked in inside.items() if territory in members]
    beyond = [ranked for territory, ranked in outside.items() if territory in members]
    found = place_sequence(code, len(members), within, beyond)
    if len(within) > 1 or found.severity is Severity.CONTRADICTION:
        yield found
    if peers is None or peers < len(members):
        return
    for ranked in within:
        if ranked.territory in outside:
            field = Field(peers, len(members))
            bounds = place_bounds(ranked, outside[ranked.territory], field)
            yield bounds
            if bounds.severity is Severity.CONSISTENT:
                plausible = place_plausibility(ranked, outside[ranked.territory], field)
                yield from [plausible] if plausible is not None else []
