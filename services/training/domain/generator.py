"""Made-up people and courses of a real shape, for trying the system and for benchmarks.

A seed decides everything; references are opaque; nothing describes a real person. Counts are the
programme's (1 567 teachers of five subjects, its tiers and sessions) or any number of teachers.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.training.domain.tiers import tier_sizes

PROGRAMME_COUNTS: Mapping[str, int] = {
    "mathematics": 747,
    "physics": 218,
    "informatics": 211,
    "biology": 230,
    "chemistry": 161,
}
Row = dict[str, object]

YOUNG, SHNOR, REQUIRED, BUSY = 0.1, 0.15, 0.1, 0.2
TESTED, REMOTE, CONSENT = 0.5, 0.3, 0.95
METHODICAL_OF_700 = 220


@dataclass(frozen=True, slots=True)
class World:
    """Rows by import kind, as `POST …/imports` takes them."""

    teachers: Sequence[Row]
    competencies: Sequence[Row]
    diagnostics: Sequence[Row]
    results: Sequence[Row]
    activists: Sequence[Row]
    travel: Sequence[Row]

    def kinds(self) -> Mapping[str, Sequence[Row]]:
        """Return the rows by kind in the order they have to be imported."""
        return {
            "teachers": self.teachers,
            "competencies": self.competencies,
            "diagnostics": self.diagnostics,
            "results": self.results,
            "activists": self.activists,
            "travel": self.travel,
        }


def make_world(
    seed: int,
    municipalities: Sequence[str],
    counts: Mapping[str, int] = PROGRAMME_COUNTS,
    activists: int = 700,
) -> World:
    """Make a region: teachers by subject and tier, two deficit areas a subject, mentors, travel."""
    chance = random.Random(seed)  # noqa: S311 -- made-up data, no secret
    teachers = list(_teachers(chance, municipalities, counts))
    competencies = list(_competencies(counts))
    diagnostics = [_diagnostic(str(row["code"])) for row in competencies if row["parent"]]
    return World(
        teachers=teachers,
        competencies=competencies,
        diagnostics=diagnostics,
        results=list(_results(chance, teachers, diagnostics)),
        activists=list(_activists(chance, municipalities, competencies, activists)),
        travel=list(_travel(chance, municipalities)),
    )


def _teachers(
    chance: random.Random, municipalities: Sequence[str], counts: Mapping[str, int]
) -> Iterator[Row]:
    number = 0
    for subject, count in counts.items():
        for tier, size in tier_sizes(count).items():
            for _ in range(size):
                number += 1
                start = date(2023, 1, 9) + timedelta(days=chance.randrange(300))
                yield {
                    "ref": f"t-{number:06d}",
                    "municipality": chance.choice(municipalities),
                    "school": f"s-{chance.randrange(400):04d}",
                    "subjects": [subject],
                    "tier": tier,
                    "experience": chance.randrange(41),
                    "young_specialist": chance.random() < YOUNG,
                    "shnor_school": chance.random() < SHNOR,
                    "attestation_due": None,
                    "required": chance.random() < REQUIRED,
                    "superior": None,
                    "waiting_since": None,
                    "busy": [f"{start}..{start + timedelta(days=chance.randrange(1, 15))}"]
                    if chance.random() < BUSY
                    else [],
                }


def _competencies(counts: Mapping[str, int]) -> Iterator[Row]:
    for subject in counts:
        yield _competency(subject, None, "subject", subject)
        for area in ("content", "practice"):
            yield _competency(f"{subject}.{area}", subject, "subject", subject)
    yield _competency("methods", None, "methodical", None)
    yield _competency("methods.assessment", "methods", "methodical", None)


def _competency(code: str, parent: str | None, kind: str, subject: str | None) -> Row:
    return {
        "code": code,
        "title": code,
        "parent": parent,
        "kind": kind,
        "subject": subject,
        "topics": [subject] if subject else [],
    }


def _diagnostic(competency: str) -> Row:
    return {
        "code": f"{competency}-2023",
        "title": competency,
        "competency": competency,
        "level_set": {
            "domain": ["0", "100"],
            "step": "1",
            "bands": [
                {"code": "low", "from": "0", "to": "39"},
                {"code": "base", "from": "40", "to": "69"},
                {"code": "high", "from": "70", "to": "100"},
            ],
        },
        "required": "base",
    }


def _results(
    chance: random.Random, teachers: Sequence[Row], diagnostics: Sequence[Row]
) -> Iterator[Row]:
    for teacher in teachers:
        subject = str(teacher["subjects"][0])  # type: ignore[index]  # A list, made above.
        for diagnostic in diagnostics:
            code = str(diagnostic["competency"])
            if code.startswith((subject, "methods")) and chance.random() < TESTED:
                yield {
                    "teacher": teacher["ref"],
                    "diagnostic": diagnostic["code"],
                    "taken_on": str(date(2022, 9, 1) + timedelta(days=chance.randrange(90))),
                    "score": str(chance.randrange(101)),
                }


def _activists(
    chance: random.Random,
    municipalities: Sequence[str],
    competencies: Sequence[Row],
    count: int,
) -> Iterator[Row]:
    codes = [str(row["code"]) for row in competencies if row["parent"]]
    for number in range(count):
        methodical = number < count * METHODICAL_OF_700 // 700
        yield {
            "ref": f"m-{number + 1:04d}",
            "part": "methodical.subject" if methodical else "managerial.school",
            "municipality": chance.choice(municipalities),
            "role": "mentor" if methodical else "tutor",
            "capabilities": sorted(chance.sample(codes, min(3, len(codes)))),
            "functions": [],
            "directions": [],
            "norm": chance.randint(2, 6),
            "remote": chance.random() < REMOTE,
            "consent": chance.random() < CONSENT,
        }


def _travel(chance: random.Random, municipalities: Sequence[str]) -> Iterator[Row]:
    for origin in municipalities:
        for destination in municipalities:
            if origin != destination:
                yield {
                    "origin": origin,
                    "destination": destination,
                    "cost": chance.randrange(10, 2000),
                }
