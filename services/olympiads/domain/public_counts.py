"""The counts of a stage that the public may see: by subject, grade, municipality, with margins.

One system of tables is judged as a whole: participants by subject and grade, participants by
municipality and grade (they share the margins of the grades), ≥ 75 % performers by subject and
grade, and by municipality (they share the grand total), each at most its participants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.olympiads.domain.count_tables import Cell, Release, Table
from services.olympiads.domain.suppression import suppress

PARTICIPANTS, PERFORMERS, MUNICIPAL, MUNICIPAL_PERFORMERS = "n", "a", "m", "b"
WHOLE = {PERFORMERS: PARTICIPANTS, MUNICIPAL_PERFORMERS: MUNICIPAL}
ALL = "*"

Counts = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class PublicCounts:
    """Every count with what is hidden; `withheld` when no choice of hidden cells was safe."""

    values: Mapping[Cell, int]
    hidden: frozenset[Cell]
    withheld: bool

    def shown(self, cell: Cell) -> int | None:
        """Return a count the public may see, or null; a cell that is not there is null too."""
        return None if cell in self.hidden else self.values.get(cell)

    def is_hidden(self, cell: Cell) -> bool:
        """Whether the count is there and hidden."""
        return cell in self.hidden

    def remembered(self) -> dict[str, object]:
        """Return what later revisions must know of this one, as JSON values; never public."""
        return {
            "counts": [[list(c), value, c in self.hidden] for c, value in self.values.items()],
            "withheld": self.withheld,
        }


def recall(remembered: Mapping[str, object]) -> Release:
    """Return a stored revision as suppression wants it."""
    counts = remembered["counts"]
    if not isinstance(counts, list):
        raise TypeError("counts is a list")
    values = {tuple(cell): int(value) for cell, value, _ in counts}
    hidden = frozenset(tuple(cell) for cell, _, concealed in counts if concealed)
    return Release(structured(values), hidden, bool(remembered.get("withheld")))


def public_counts(
    participants: Counts,
    performers: Counts,
    municipal: Counts,
    municipal_performers: Mapping[str, int],
    k: int,
    history: Sequence[Release],
) -> PublicCounts:
    """Decide what the public sees of the counts.

    `participants` and `performers` by (subject, grade), `municipal` participants by
    (municipality, grade), `municipal_performers` by municipality; performers are counted only
    where every maximum is known. A combination that does not occur is 0 and published.
    """
    values = _filled(participants, performers, municipal)
    for place, count in sorted(municipal_performers.items()):
        values[(MUNICIPAL_PERFORMERS, place, ALL)] = count
    answer = suppress(structured(values), k, history)
    if answer.unsafe:
        return PublicCounts(values, frozenset(values) - answer.known, withheld=True)
    return PublicCounts(values, answer.hidden, withheld=False)


def _filled(participants: Counts, performers: Counts, municipal: Counts) -> dict[Cell, int]:
    """Cells and margins of all tables."""
    grades = sorted({grade for _, grade in [*participants, *municipal]})
    values: dict[Cell, int] = {}
    for tag, counts in ((PARTICIPANTS, participants), (MUNICIPAL, municipal)):
        for name in sorted({name for name, _ in counts}):
            for grade in grades:
                values[(tag, name, str(grade))] = counts.get((name, grade), 0)
    for (subject, grade), count in sorted(performers.items()):
        values[(PERFORMERS, subject, str(grade))] = count
    return {**values, **_margins(values)}


def _margins(cells: Mapping[Cell, int]) -> dict[Cell, int]:
    margins: dict[Cell, int] = {}
    known = {cell[1:] for cell in cells if cell[0] == PERFORMERS}
    for tag, name, grade in cells:
        if tag == PARTICIPANTS:
            for margin in ((tag, name, ALL), (tag, ALL, grade), (tag, ALL, ALL)):
                margins[margin] = margins.get(margin, 0) + cells[(tag, name, grade)]
        elif tag == MUNICIPAL:
            margins[(tag, name, ALL)] = margins.get((tag, name, ALL), 0) + cells[(tag, name, grade)]
    return margins | _performer_margins(cells, known)


def _performer_margins(cells: Mapping[Cell, int], known: set[tuple[str, ...]]) -> dict[Cell, int]:
    """Margins of performers where every participants' cell of the line has its maximum."""
    margins: dict[Cell, int] = {}
    taken = [cell[1:] for cell, count in cells.items() if cell[0] == PARTICIPANTS and count]
    for place in (0, 1):
        for line in sorted({cell[place] for cell in known}):
            inside = [cell for cell in known if cell[place] == line]
            if all(cell in known for cell in taken if cell[place] == line):
                key = (PERFORMERS, line, ALL) if place == 0 else (PERFORMERS, ALL, line)
                margins[key] = sum(cells[(PERFORMERS, *cell)] for cell in inside)
    if known and all(cell in known for cell in taken):
        margins[(PERFORMERS, ALL, ALL)] = sum(cells[(PERFORMERS, *cell)] for cell in known)
    return margins


def structured(values: Mapping[Cell, int]) -> Table:
    """Return counts with their sums and limits, which the names of the cells tell."""
    lines = _lines(values)
    sums = []
    for margin in values:
        tag, name, grade = margin
        if name == ALL and grade == ALL:
            sums.append((margin, lines.get((tag, None, ALL), ())))
            sums.append((margin, lines.get((tag, ALL, None), ())))
        elif grade == ALL:
            sums.append((margin, lines.get((tag, name, None), ())))
        elif name == ALL:
            sums.append((margin, lines.get((tag, None, grade), ())))
        if tag == PARTICIPANTS and name == ALL:
            sums.append((margin, lines.get((MUNICIPAL, None, grade), ())))
        if (tag, name, grade) == (PERFORMERS, ALL, ALL):
            sums.append((margin, lines.get((MUNICIPAL_PERFORMERS, None, ALL), ())))
    limits = [
        (cell, people)
        for cell in values
        if cell[0] in WHOLE and (people := (WHOLE[cell[0]], *cell[1:])) in values
    ]
    whole = [(margin, parts) for margin, parts in sums if _adds_up(values, margin, parts)]
    return Table(values, whole, limits)


def _lines(
    values: Mapping[Cell, int],
) -> dict[tuple[str, str | None, str | None], tuple[Cell, ...]]:
    """Return the cells of every line: those of a name, or of a grade, but for the margin.

    The end a line runs along is None in its key.
    """
    lines: dict[tuple[str, str | None, str | None], list[Cell]] = {}
    for cell in values:
        tag, name, grade = cell
        if grade != ALL:
            lines.setdefault((tag, name, None), []).append(cell)
        if name != ALL:
            lines.setdefault((tag, None, grade), []).append(cell)
    return {line: tuple(cells) for line, cells in lines.items()}


def _adds_up(values: Mapping[Cell, int], margin: Cell, parts: Iterable[Cell]) -> bool:
    """Whether the line is whole: where maxima are unknown, some margins have missing parts."""
    members = list(parts)
    return bool(members) and sum(values[part] for part in members) == values[margin]
