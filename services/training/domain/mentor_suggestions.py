"""Ranked mentors for one teacher, with what speaks for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.training.domain.eligibility import TravelUnknown
from services.training.domain.mentor_profiles import Mentee, Mentor, distance
from services.training.domain.mentoring import obstacle


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mentor who may serve the teacher; `distance` is None where it is not known."""

    mentor: str
    covers: tuple[str, ...]
    load: int
    norm: int
    previous: bool
    distance: int | None


def suggest(
    teacher: Mentee,
    mentors: Sequence[Mentor],
    loads: Mapping[str, int],
    travel: Mapping[tuple[str, str], int],
) -> tuple[Suggestion, ...]:
    """Rank the mentors who may serve the teacher and are below their norm.

    Most deficits covered first, then the least loaded, then the previous mentor, then the nearest
    (an unknown distance is the farthest), then by reference.
    """
    found = [
        Suggestion(
            mentor.ref,
            tuple(sorted(teacher.deficits & mentor.capabilities)),
            loads.get(mentor.ref, 0),
            mentor.norm,
            mentor.ref == teacher.previous,
            _known_distance(teacher, mentor, travel),
        )
        for mentor in mentors
        if loads.get(mentor.ref, 0) < mentor.norm and obstacle(teacher, mentor) is None
    ]
    return tuple(sorted(found, key=_rank))


def _known_distance(
    teacher: Mentee, mentor: Mentor, travel: Mapping[tuple[str, str], int]
) -> int | None:
    try:
        return distance(teacher.zone, mentor.zone, travel)
    except TravelUnknown:
        return None


def _rank(found: Suggestion) -> tuple[int, int, bool, bool, int, str]:
    unknown = found.distance is None
    return (
        -len(found.covers),
        found.load,
        not found.previous,
        unknown,
        found.distance or 0,
        found.mentor,
    )
