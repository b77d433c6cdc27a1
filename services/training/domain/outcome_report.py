"""Outcomes of ended routes by course, mentor, tutor and direction.

The unit is a measured deficit: a teacher and a competency. Next to how many are gone is how
many would be gone without teaching, by the return to the mean; None where that is not known of
every measured deficit of the row.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

By = Literal["course", "mentor", "tutor", "direction"]


@dataclass(frozen=True, slots=True)
class RouteEnding:
    """One measured deficit of an ended route; `competency` is None when nothing was measured."""

    route: UUID
    owner: str
    tutor: str | None
    steps: tuple[str, ...]
    competency: str | None
    closed: bool | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A row of the report; `unmeasured` counts ended routes without a later diagnosis."""

    by: By
    code: str
    finished: int
    closed: int
    expected_without: float | None
    unmeasured: int


def outcome_report(
    endings: Iterable[RouteEnding],
    addressed: Mapping[str, frozenset[str]],
    mentors: Mapping[str, frozenset[str]],
    directions: Mapping[str, frozenset[str]],
) -> tuple[OutcomeRow, ...]:
    """Group the outcomes; rows by kind, then code.

    A course answers for the competencies its programme addresses; an unmeasured route for all its
    courses. Mentors are those confirmed for the teacher, directions those of tutor and mentors.
    """
    groups: dict[tuple[By, str], list[RouteEnding]] = defaultdict(list)
    for ending in endings:
        for key in _keys(ending, addressed, mentors, directions):
            groups[key].append(ending)
    return tuple(_row(by, code, groups[by, code]) for by, code in sorted(groups))


def _keys(
    ending: RouteEnding,
    addressed: Mapping[str, frozenset[str]],
    mentors: Mapping[str, frozenset[str]],
    directions: Mapping[str, frozenset[str]],
) -> set[tuple[By, str]]:
    people = mentors.get(ending.owner, frozenset())
    keys: set[tuple[By, str]] = {("mentor", ref) for ref in people}
    if ending.tutor is not None:
        keys.add(("tutor", ending.tutor))
        people |= {ending.tutor}
    keys |= {("direction", code) for ref in people for code in directions.get(ref, ())}
    keys |= {
        ("course", step)
        for step in ending.steps
        if step in addressed and (ending.competency is None or ending.competency in addressed[step])
    }
    return keys


def _row(by: By, code: str, endings: Iterable[RouteEnding]) -> OutcomeRow:
    held = list(endings)
    measured = [ending for ending in held if ending.competency is not None]
    chances = [ending.chance for ending in measured if ending.chance is not None]
    known = bool(measured) and len(chances) == len(measured)
    return OutcomeRow(
        by=by,
        code=code,
        finished=len(measured),
        closed=sum(bool(ending.closed) for ending in measured),
        expected_without=sum(chances) if known else None,
        unmeasured=len(held) - len(measured),
    )
