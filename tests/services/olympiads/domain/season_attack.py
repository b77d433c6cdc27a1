"""Made-up seasons of small municipalities, and a reader who solves all their public statistics.

The reader has the published JSON alone, of every revision, and writes all of it down as one system
of equations over whole numbers. It also knows what the rules of suppression say: which counts are
sums, that performers are participants, that a hidden cell below k is 1…k−1, and which counts
stayed as they were between revisions. Of a withheld revision, which hides all that was not public
before, it knows neither of the last two.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ortools.sat.python import cp_model

from services.olympiads.domain.count_tables import Cell, Release
from services.olympiads.domain.performers import count_performers, performed
from services.olympiads.domain.public_counts import ALL, public_counts, recall
from services.olympiads.domain.statistics_table import Stage, statistics

K, LEAST = 3, 10
MAXIMUM = Decimal(50)
PLACES = ("08701000", "08709000", "08624000", "08628000")
SUBJECTS, GRADES = ("physics", "history", "biology"), (9, 10)
REVISIONS = 3
MOST = 1000


@dataclass(frozen=True, slots=True)
class Pupil:
    """A participant with a score in steps of half a point."""

    place: str
    subject: str
    grade: int
    score: Decimal


def made_up_season(seed: int) -> Iterator[list[Pupil]]:
    """Yield the pupils of each revision; a few of them come, go or are corrected in between."""
    chance = random.Random(seed)  # noqa: S311 -- made-up data.
    places = PLACES[: chance.randint(2, 4)]
    subjects = SUBJECTS[: chance.randint(2, 3)]

    def pupil() -> Pupil:
        score = Decimal(chance.randint(0, 100)) / 2
        return Pupil(chance.choice(places), chance.choice(subjects), chance.choice(GRADES), score)

    pupils = [pupil() for _ in range(chance.randint(10, 60))]
    for _ in range(REVISIONS):
        yield pupils
        pupils = list(pupils)
        for _ in range(chance.randint(1, 3)):
            pupils[chance.randrange(len(pupils))] = pupil()
        pupils += [pupil() for _ in range(chance.randint(0, 2))]


def counts_of(pupils: Sequence[Pupil], k: int, history: Sequence[Release]) -> Any:
    """Return what the public may see of the counts, and the tallies of the scores."""
    tallies: dict[tuple[str, int], Counter[Decimal]] = {}
    for one in pupils:
        tallies.setdefault((one.subject, one.grade), Counter())[one.score] += 1
    strong = [one for one in pupils if performed(one.score, MAXIMUM)]
    counts = public_counts(
        {cell: sum(tally.values()) for cell, tally in tallies.items()},
        {cell: count_performers(tally, MAXIMUM) or 0 for cell, tally in tallies.items()},
        Counter((one.place, one.grade) for one in pupils),
        {one.place: sum(s.place == one.place for s in strong) for one in pupils},
        k,
        history,
    )
    return counts, tallies


def published_season(seed: int, k: int = K) -> list[tuple[Mapping[str, Any], Mapping[Cell, int]]]:
    """Return the public document of each revision, and the true counts to compare with."""
    history: list[Release] = []
    shown: list[dict[Any, Any]] = []
    found: list[tuple[Mapping[str, Any], Mapping[Cell, int]]] = []
    for pupils in made_up_season(seed):
        counts, tallies = counts_of(pupils, k, history)
        stage = Stage(
            titles={name: name for name in SUBJECTS},
            sort={name: number for number, name in enumerate(SUBJECTS)},
            maxima=dict.fromkeys(tallies, MAXIMUM),
            declared={},
            tallies=tallies,
            k=k,
            least=LEAST,
            earlier={cell: [one[cell] for one in shown if cell in one] for cell in tallies},
        )
        document: Mapping[str, Any] = statistics(counts, stage)
        found.append((document, dict(counts.values)))
        history.append(recall(counts.remembered()))
        shown.append({c: t for c, t in tallies.items() if _has_distribution(document, c)})
    return found


def _has_distribution(document: Mapping[str, Any], cell: tuple[str, int]) -> bool:
    cells = document["cells"]
    return any((c["subject"], c["grade"]) == cell and c["mean"] is not None for c in cells)


def statements(document: Mapping[str, Any]) -> Iterator[tuple[Cell, int | None]]:
    """Yield every count that a document names; None for a hidden one."""
    lines = [((ALL, ALL), document["total"])]
    lines += [((ALL, str(one["grade"])), one) for one in document["by_grade"]]
    lines += [((one["subject"], ALL), one) for one in document["by_subject"]]
    lines += [((one["subject"], str(one["grade"])), one) for one in document["cells"]]
    for key, line in lines:
        yield ("n", *key), line["participants"]["value"]
        strong = line["at_least_75"]
        value = strong["value"] if "value" in strong else strong["counted"]
        if value is not None or strong["suppressed"]:
            yield ("a", *key), value
    for line in document["by_municipality"]:
        place = line["territory"]
        yield ("m", place, ALL), line["participants"]["value"]
        yield ("b", place, ALL), line["at_least_75"]["value"]
        for one in line["by_grade"]:
            yield ("m", place, str(one["grade"])), one["participants"]["value"]


class Reader:
    """The system of equations of all revisions, and which numbers it leaves open."""

    def __init__(
        self, season: Sequence[tuple[Mapping[str, Any], Mapping[Cell, int]]], k: int
    ) -> None:
        self._model = cp_model.CpModel()
        self._k = k
        self._variables: dict[tuple[Cell, int], cp_model.IntVar] = {}
        self._truth: dict[tuple[Cell, int], int] = {}
        self._hidden: set[tuple[Cell, int]] = set()
        self._shown: set[tuple[Cell, int]] = set()
        changes: dict[Cell, tuple[int, int]] = {}
        for revision, (document, truth) in enumerate(season):
            withheld = revision if document["withheld"] else None
            self.read(dict(statements(document)), truth, changes, withheld)

    def read(
        self,
        told: Mapping[Cell, int | None],
        truth: Mapping[Cell, int],
        changes: dict[Cell, tuple[int, int]],
        withheld: int | None = None,
    ) -> None:
        """Add a revision to the system; `withheld` is its number where it was withheld."""
        names: dict[Cell, tuple[Cell, int]] = {}
        for cell in told:
            number, value = changes.get(cell, (0, truth[cell]))
            number += value != truth[cell]
            changes[cell] = number, truth[cell]
            names[cell] = cell, number
            if withheld is not None and told[cell] is None:
                names[cell] = cell, -1 - withheld
        here = {cell: self._variable(name, truth[cell]) for cell, name in names.items()}
        for cell, public in told.items():
            if public is not None:
                assert public == truth[cell], (cell, public)
                self._model.add(here[cell] == public)
                self._shown.add(names[cell])
                continue
            small = 0 < truth[cell] < self._k
            if small or withheld is None:
                self._hidden.add(names[cell])
            if ALL not in cell and small and withheld is None:
                self._model.add_linear_constraint(here[cell], 1, self._k - 1)
        self._add_up(here)

    def _variable(self, name: tuple[Cell, int], value: int) -> cp_model.IntVar:
        if name not in self._variables:
            self._variables[name] = self._model.new_int_var(0, MOST, str(name))
            self._truth[name] = value
        return self._variables[name]

    def _add_up(self, here: Mapping[Cell, cp_model.IntVar]) -> None:
        for (tag, name, grade), margin in here.items():
            if name == ALL:
                for parts in (tag, {"n": "m", "a": "b"}.get(tag)):
                    inside = [
                        v for (t, n, g), v in here.items() if t == parts and n != ALL and g == grade
                    ]
                    if inside:
                        self._model.add(sum(inside) == margin)
            if grade == ALL:
                inside = [v for (t, n, g), v in here.items() if (t, n) == (tag, name) and g != ALL]
                if inside:
                    self._model.add(sum(inside) == margin)
            people = here.get(({"a": "n", "b": "m"}.get(tag, ""), name, grade))
            if people is not None:
                self._model.add(margin <= people)

    def solved(self) -> list[tuple[Cell, int]]:
        """Return the hidden numbers that have one value only."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        left, alone = self._hidden - self._shown, list[tuple[Cell, int]]()
        while left:
            target = min(left)
            model = self._model.clone()
            variable = model.get_int_var_from_proto_index(self._variables[target].index)
            model.add(variable != self._truth[target])
            status = solver.solve(model)
            assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
            if status == cp_model.INFEASIBLE:
                alone.append(target)
                left.discard(target)
                continue
            left -= {
                one
                for one in left
                if solver.value(model.get_int_var_from_proto_index(self._variables[one].index))
                != self._truth[one]
            }
        return alone

    @property
    def hidden(self) -> int:
        """How many numbers some revision hides."""
        return len(self._hidden)
