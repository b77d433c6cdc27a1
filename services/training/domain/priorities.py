"""Priorities of teachers, 1…100: what monitoring and diagnostics say about urgency.

Each reason adds its weight to a floor of 1, and the sum is capped at 100. Weights are declared
here, once, so that a plan can say how a priority came about.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

FLOOR, CEILING = 1, 100
PER_MISSING_LEVEL, MOST_FOR_DEFICITS = 10, 30
MOST_FOR_WEAK_SPOTS = 40
OLYMPIAD = 10
SHNOR = 10
ATTESTATION = 5
PER_YEAR_WAITING, MOST_FOR_WAITING = 5, 10

Reasons = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """A topic that is weak in a territory (the region counts everywhere), weight 1…40."""

    topic: str
    territory: str
    weight: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a teacher. `missing_levels` sums levels below the required ones."""

    topics: frozenset[str]
    municipality: str
    missing_levels: int = 0
    olympiad_gap: bool = False
    shnor_school: bool = False
    attestation_due: bool = False
    waiting_since: date | None = None


def prioritise(
    situation: Situation, weak_spots: Iterable[WeakSpot], region: str, today: date
) -> tuple[int, Reasons]:
    """Return the priority and the weight of each reason; reasons that do not apply are absent.

    Of several weak spots that touch the teacher (a shared topic, in the own municipality or the
    region) the heaviest counts. Waiting counts by full years.
    """
    touching = [
        spot.weight
        for spot in weak_spots
        if spot.topic in situation.topics and spot.territory in (region, situation.municipality)
    ]
    waited = (today - situation.waiting_since).days // 365 if situation.waiting_since else 0
    reasons = {
        "deficits": min(MOST_FOR_DEFICITS, PER_MISSING_LEVEL * situation.missing_levels),
        "weak_spot": min(MOST_FOR_WEAK_SPOTS, max(touching, default=0)),
        "olympiad": OLYMPIAD * situation.olympiad_gap,
        "shnor": SHNOR * situation.shnor_school,
        "attestation": ATTESTATION * situation.attestation_due,
        "waiting": min(MOST_FOR_WAITING, PER_YEAR_WAITING * max(0, waited)),
    }
    given = {name: weight for name, weight in reasons.items() if weight}
    return min(CEILING, FLOOR + sum(given.values())), given


def topics_of(subjects: Collection[str], deficits: Collection[str]) -> frozenset[str]:
    """Topics that touch a teacher: the subjects taught and the topics of the deficits."""
    return frozenset(subjects) | frozenset(deficits)
