"""Inputs of `place_sequence`, `place_bounds`, `place_plausibility`, `place_of`; groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from shared.figures.checks.axes import is_region
from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.guessed_groups import one_slip_apart
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import Ranking
from shared.figures.document import SourceDocument
from shared.figures.places import Place
from shared.figures.reading import MidRank, Reading
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.group_bounds import Field, place_bounds, place_plausibility
from shared.figures.rules.place_limits import dangling_reference, peers_differ, place_of
from shared.figures.rules.ranks import ALL_PEERS, Ranked, place_sequence
from shared.figures.rules.tie_conventions import Label, read_ties
from shared.figures.selectors import key_without

GROUP = "group"
"""The part of a key that names the group a place is counted in."""
REGION_ENDING = "00000"
UNREGISTERED = "unregistered"
"""The group that is made of all who have a place inside one."""
ONE_GROUP = Guess(
    "Группа мест не заявлена: ею сочтены все, у кого напечатано место в ней.", "groups"
)
CONVENTIONS = {
    Ranking.RANGE: "равные места напечатаны диапазоном",
    Ranking.COMPETITION: "равные места считаются как 1-2-2-4",
    Ranking.DENSE: "равные места считаются как 1-2-2-3",
    Ranking.FRACTIONAL: "равным участникам напечатано среднее место",
}


@dataclass(frozen=True, slots=True)
class Column:
    """Places of one key: outside groups and inside, how many are ranked, how ties are printed."""

    outside: Mapping[str, Label]
    inside: tuple[Label, ...]
    peers: int | None
    conventions: tuple[Ranking, ...]
    stated: bool


def check_ranks(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check each column of places by itself, and inside each registered group.

    A place whose key names a group is a place inside it, whatever its concept.
    """
    known = document.facts.groups
    memberships: dict[str, list[str]] = {}
    for code, territories in known.items():
        for territory in territories:
            memberships.setdefault(territory, []).append(code)
    registered = readings.assign(document.facts.peers)
    stated = readings.assign(document.facts.rankings)
    placed = readings.of_concept(Concept.PLACE, Concept.GROUP_PLACE)
    columns = group_by(placed, lambda r: (*scope_of(r.claim), key_without(r.claim, GROUP)))
    for members in columns.values():
        column = _column(members, registered, stated, document)
        yield from _beyond(column)
        if column.peers is None:
            yield MissingInput("place_bounds", "не заявлено число участников рейтинга (peers)")
        yield from _all_columns(column)
        yield from _peers_differ([r for r in members if not _in_group(r.claim, document)])
        grouped = [r for r in members if _in_group(r.claim, document)]
        for named, part in group_by(grouped, lambda r: r.claim.about(GROUP)).items():
            yield from _groups_of(named, part, column, known, memberships)


def _column(
    members: Sequence[Reading],
    registered: Mapping[Claim, int],
    stated: Mapping[Claim, Ranking],
    document: SourceDocument,
) -> Column:
    ungrouped = [r for r in members if not _in_group(r.claim, document)]
    grouped = [r for r in members if _in_group(r.claim, document)]
    counts = [registered[r.claim] for r in (*ungrouped, *grouped) if r.claim in registered]
    peers = counts[0] if counts else _printed_peers(ungrouped)
    said = [stated[r.claim] for r in members if r.claim in stated]
    conventions = (said[0],) if said else tuple(Ranking)
    return Column(
        _labels(ungrouped), tuple(_labels(grouped).values()), peers, conventions, bool(said)
    )


def _in_group(claim: Claim, document: SourceDocument) -> bool:
    named = claim.about(GROUP)
    return claim.concept is Concept.GROUP_PLACE or named in document.facts.groups


def _labels(column: Iterable[Reading]) -> dict[str, Label]:
    """Return territory → its printed place, the first one."""
    labels: dict[str, Label] = {}
    for reading in column:
        label = label_of(reading)
        if label is not None and reading.claim.territory is not None:
            labels.setdefault(reading.claim.territory, label)
    return labels


def label_of(reading: Reading) -> Label | None:
    """Return the printed place of a reading; None where it prints none."""
    if isinstance(reading.value, MidRank):
        return Label(reading.claim, reading.value.value, reading.value.value)
    place = reading.place
    if place is None:
        return None
    return Label(reading.claim, Fraction(place.low), Fraction(place.high))


def _printed_peers(column: Sequence[Reading]) -> int | None:
    """Return the number of ranked peers that the places themselves print, if it is one."""
    said = {r.peers for r in column if r.peers is not None}
    return said.pop() if len(said) == 1 else None


def _peers_differ(column: Sequence[Reading]) -> Iterator[Finding]:
    """Compare the numbers of ranked printed with the places, of regions apart from others."""
    sized = [r for r in column if r.peers is not None]
    for same in group_by(sized, lambda r: is_region(r.claim.territory or "")).values():
        sizes = {r.peers for r in same if r.peers is not None}
        if len(sizes) > 1:
            yield peers_differ([r.claim for r in same], list(sizes))


def _beyond(column: Column) -> Iterator[Finding]:
    if column.peers is None:
        return
    for label in column.outside.values():
        found = place_of(_ranked(label), column.peers)
        if found is not None:
            yield found


def _ranked(label: Label, place: Place | None = None) -> Ranked:
    """Return a label as a member with the tied range it means; halves are reported as printed."""
    low, high = int(label.low), int(label.high)
    whole = label.low.denominator == 1
    return Ranked(label.claim, place or Place(low, high), "" if whole else label.claim.raw.strip())


def _read(labels: Sequence[Label], convention: Ranking, size: int) -> list[Ranked] | None:
    places = read_ties(labels, convention, size)
    if places is None:
        return None
    return [_ranked(label, place) for label, place in zip(labels, places, strict=True)]


def _all_columns(column: Column) -> Iterator[Finding]:
    """Check the places of regions, and apart from them of all others, as parts of one sequence.

    The places contradict each other only if no admissible way to print ties gives them.
    """
    kinds = group_by(
        column.outside.values(), lambda x: (x.claim.territory or "").endswith(REGION_ENDING)
    )
    for labels in kinds.values():
        found = judge_sequence(ALL_PEERS, column.peers, labels, (), column)
        if found is not None and (len(labels) > 1 or found.severity is Severity.CONTRADICTION):
            yield found


def judge_sequence(
    group: str, size: int | None, inside: Sequence[Label], outside: Sequence[Label], column: Column
) -> Finding | None:
    """Judge places under every admissible convention; the first that holds is named.

    Ties printed by one place are reported as such; where the convention is open, a dense or a mean
    place is a hazard. None where no place can be read under the stated convention.
    """
    findings: list[tuple[Ranking, Finding]] = []
    for convention in column.conventions:
        most = size or len(inside) + max(int(label.high) for label in inside) + 1
        within = _read(inside, convention, most)
        beyond = _read(outside, convention, max(column.peers or 0, most, len(outside)))
        if within is not None and beyond is not None:
            findings.append((convention, place_sequence(group, most, within, beyond)))
    holding = [(c, f) for c, f in findings if f.severity is Severity.CONSISTENT]
    if holding:
        return _with_convention(*holding[0], stated=column.stated)
    if findings:
        return findings[0][1]
    return _mixed(group, size, inside, column)


def _with_convention(convention: Ranking, found: Finding, *, stated: bool) -> Finding:
    if stated or convention is Ranking.RANGE:
        return found
    said = CONVENTIONS[convention]
    open_method = convention in (Ranking.DENSE, Ranking.FRACTIONAL)
    return replace(
        found,
        severity=Severity.HAZARD if open_method else Severity.CONSISTENT,
        text=f"{found.text} Так выходит, если {said}.",
        assumes=(Guess(f"{said[0].upper()}{said[1:]}.", "ranking"),),
    )


def _mixed(group: str, size: int | None, inside: Sequence[Label], column: Column) -> Finding | None:
    """Report labels that no single admissible convention prints: ranges next to mean places."""
    ranked = [_ranked(label) for label in inside]
    found = place_sequence(group, size or column.peers or len(inside), ranked, ())
    wanted = " или ".join(CONVENTIONS[convention] for convention in column.conventions)
    return replace(
        found,
        severity=Severity.INCOMPLETE,
        text=f"Места напечатаны не так, как заявлено или принято: {wanted}.",
        repairs=(),
    )


def _groups_of(
    named: str | None,
    part: Sequence[Reading],
    column: Column,
    known: Mapping[str, frozenset[str]],
    memberships: Mapping[str, Sequence[str]],
) -> Iterator[Note]:
    inside = _labels(part)
    groups = _groups(named, inside, known, memberships)
    if not groups and inside:
        yield MissingInput("place_sequence", "группа мест не заявлена (groups)")
        guessed = guess_group(inside, column)
        yield from [guessed] if guessed is not None else []
    for code, members in groups.items():
        outsiders = [x for t, x in inside.items() if t not in members]
        if named == code:
            for label in outsiders:
                territory = label.claim.territory or ""
                registry = f"группу «{code}»"
                yield dangling_reference("territory", territory, (label.claim,), registry)
        within = {t: x for t, x in inside.items() if t in members}
        if within:
            yield from _group(code, members, within, column)


def _groups(
    named: str | None,
    inside: Mapping[str, Label],
    known: Mapping[str, frozenset[str]],
    memberships: Mapping[str, Sequence[str]],
) -> dict[str, frozenset[str]]:
    """Return the groups these places are counted in; their key may name one.

    Where groups overlap on a ranked territory and the key names none, which is meant is unknown.
    A name nobody registered is another name of the one group that holds all the territories.
    """
    if named is not None and named in known:
        return {named: known[named]}
    of_territory = [memberships.get(territory, ()) for territory in inside]
    groups = {code: known[code] for codes in of_territory for code in codes}
    overlapping = any(len(codes) > 1 for codes in of_territory)
    foreign = named is not None and not any(inside.keys() <= who for who in groups.values())
    return {} if overlapping or foreign else groups


def guess_group(inside: Mapping[str, Label], column: Column) -> Finding | None:
    """Judge places inside a group that nobody registered, as that of all who have one here.

    None where they are not the places of one group but for one slip.
    """
    beyond = {t: label for t, label in column.outside.items() if t in inside}
    if not one_slip_apart(inside, beyond):
        return None
    found = judge_sequence(
        UNREGISTERED, len(inside), list(inside.values()), list(beyond.values()), column
    )
    if found is None:
        return None
    failed = found.severity is Severity.CONTRADICTION
    return replace(
        found,
        severity=Severity.IMPLAUSIBLE if failed else found.severity,
        assumes=(*found.assumes, ONE_GROUP),
    )


def _group(
    code: str, members: frozenset[str], inside: Mapping[str, Label], column: Column
) -> Iterator[Finding]:
    """Check the places of one group: as a sequence, then each against its place outside."""
    beyond = [label for territory, label in column.outside.items() if territory in members]
    found = judge_sequence(code, len(members), list(inside.values()), beyond, column)
    if found is not None and (len(inside) > 1 or found.severity is Severity.CONTRADICTION):
        yield found
    if column.peers is None or column.peers < len(members):
        return
    field = Field(column.peers, len(members))
    for territory, label in inside.items():
        outer = column.outside.get(territory)
        if outer is not None and label.low.denominator == outer.low.denominator == 1:
            bounds = place_bounds(_ranked(label), _ranked(outer), field)
            yield bounds
            if bounds.severity is Severity.CONSISTENT:
                plausible = place_plausibility(_ranked(label), _ranked(outer), field)
                yield from [plausible] if plausible is not None else []
