"""From registries to an enrolment problem, and back to a plan people can question.

A plan covers one half-year. People may override it: a teacher is placed in a session or left out,
by an author and with a reason; the rest is optimised around that. A second round starts from what
the first one published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.training.domain.calendar import Run
from services.training.domain.deficits import Deficit
from services.training.domain.eligibility import Session, Teacher
from services.training.domain.enrolment import Plan, enrol
from services.training.domain.priorities import Reasons, Situation, WeakSpot, prioritise


@dataclass(frozen=True, slots=True)
class TeacherCard:
    """A teacher as registered; `busy` are closed ranges of days."""

    ref: str
    municipality: str
    subjects: frozenset[str]
    tier: str
    required: bool
    shnor_school: bool
    attestation_due: date | None
    waiting_since: date | None
    busy: tuple[tuple[date, date], ...]
    completed: frozenset[str]


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A run of a course with what its programme asks for; `zone` is where it takes place."""

    run: Run
    zone: str | None
    requires: frozenset[str]
    programme: str | None


@dataclass(frozen=True, slots=True)
class Override:
    """A decision of a person: place the teacher there, or keep the teacher out of this plan."""

    teacher: str
    act: Literal["place", "exclude"]
    session: str | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything one solve depends on; with a `seed` equal teachers are drawn by lot."""

    teachers: Sequence[TeacherCard]
    sessions: Sequence[SessionCard]
    deficits: Mapping[str, Sequence[Deficit]]
    topics: Mapping[str, frozenset[str]]
    weak_spots: Sequence[WeakSpot]
    olympiad_gaps: frozenset[str]
    travel: Mapping[tuple[str, str], int]
    overrides: Sequence[Override]
    taken: Mapping[str, str]
    region: str
    today: date
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The optimum around the overrides; `forced` pairs are next to the placed ones."""

    plan: Plan
    forced: tuple[tuple[str, str], ...]
    excluded: tuple[str, ...]
    priorities: Mapping[str, tuple[int, Reasons]]
    unknown_travel: tuple[tuple[str, str], ...]


class OverrideImpossible(Exception):  # noqa: N818 -- errors name the fact
    """An override names a session that is not planned here or has no seat left for it."""


def propose(inputs: Inputs) -> Proposal:
    """Solve a half-year. Raises `OverrideImpossible` for overrides that contradict each other.

    Pairs of zones without a travel cost cost nothing and are named, so that people can complete
    the table. Sessions without seats or days do not take part. Whom an earlier round placed in a
    session that is no longer held seeks a seat again.
    """
    forced, excluded = _decisions(inputs)
    held = {card.run.code for card in inputs.sessions}
    taken = {ref: code for ref, code in inputs.taken.items() if code in held}
    settled = {*forced, *excluded, *taken}
    priorities = {
        card.ref: _priority(card, inputs) for card in inputs.teachers if card.ref not in settled
    }
    teachers = [
        _teacher(card, priorities[card.ref][0])
        for card in inputs.teachers
        if card.ref not in settled
    ]
    sessions = _sessions(inputs, [*forced.values()], [*taken.values()])
    travel, unknown = _complete(inputs.travel, teachers, sessions)
    return Proposal(
        plan=enrol(teachers, sessions, travel, fair=True, seed=inputs.seed),
        forced=tuple(sorted(forced.items())),
        excluded=tuple(sorted(excluded)),
        priorities=priorities,
        unknown_travel=unknown,
    )


def _decisions(inputs: Inputs) -> tuple[dict[str, str], set[str]]:
    """Return the last decision about each teacher."""
    last = {override.teacher: override for override in inputs.overrides}
    forced = {o.teacher: o.session for o in last.values() if o.act == "place" and o.session}
    return forced, {o.teacher for o in last.values() if o.act == "exclude"}


def _priority(card: TeacherCard, inputs: Inputs) -> tuple[int, Reasons]:
    lacking = inputs.deficits.get(card.ref, ())
    topics = {topic for one in lacking for topic in inputs.topics.get(one.competency, ())}
    due = card.attestation_due
    return prioritise(
        Situation(
            topics=frozenset({*card.subjects, *topics}),
            municipality=card.municipality,
            missing_levels=sum(one.missing_levels for one in lacking),
            olympiad_gap=card.tier == "olympiad" and bool(card.subjects & inputs.olympiad_gaps),
            shnor_school=card.shnor_school,
            attestation_due=due is not None and due.year <= inputs.today.year,
            waiting_since=card.waiting_since,
        ),
        inputs.weak_spots,
        inputs.region,
        inputs.today,
    )


def _teacher(card: TeacherCard, priority: int) -> Teacher:
    return Teacher(
        card.ref,
        card.subjects,
        card.tier,
        card.municipality,
        card.required,
        priority,
        card.busy,
        card.completed,
    )


def _sessions(inputs: Inputs, forced: Sequence[str], taken: Sequence[str]) -> list[Session]:
    """Sessions with the seats that an earlier round and the overrides left."""
    left = {
        card.run.code: card.run.seats
        for card in inputs.sessions
        if card.run.seats is not None and card.run.span is not None
    }
    for code in taken:
        left[code] = max(0, left.get(code, 0) - 1)
    for code in forced:
        left[code] = left.get(code, 0) - 1
        if left[code] < 0:
            raise OverrideImpossible(code)
    return [
        _session(card, left[card.run.code]) for card in inputs.sessions if card.run.code in left
    ]


def _session(card: SessionCard, seats: int) -> Session:
    run = card.run
    if run.span is None or run.subject is None:
        raise ValueError("Only dated sessions of a subject are planned.")
    return Session(
        run.code,
        run.subject,
        frozenset(run.tiers),
        card.zone or "",
        run.span.first,
        run.span.last,
        seats,
        run.span.precision,
        card.requires,
    )


def _complete(
    travel: Mapping[tuple[str, str], int], teachers: Iterable[Teacher], sessions: Iterable[Session]
) -> tuple[dict[tuple[str, str], int], tuple[tuple[str, str], ...]]:
    homes, places = {t.zone for t in teachers}, {s.zone for s in sessions}
    asked = {(home, place) for home in homes for place in places if home != place}
    unknown = tuple(sorted(asked - travel.keys()))
    return {**travel, **dict.fromkeys(unknown, 0)}, unknown
