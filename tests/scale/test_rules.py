"""Rules at a size and at twice it: the work that is counted must not grow as the square."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from services.gateway.domain.composition import StoredParts, compose, difference
from services.gateway.domain.findings import Selection, index_findings, page, rank
from services.olympiads.domain.public_counts import public_counts
from services.ratings.domain.comparison import compare
from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.explain import explain
from services.ratings.domain.weak_spots import weak_spots
from services.training.domain.calendar import Run, Span
from services.training.domain.coverage import Headcount, cover
from services.training.domain.eligibility import Session, Teacher
from services.training.domain.enrolment import enrol
from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.mentoring import match
from shared.figures.checks import examine_document
from shared.figures.claims import Claim, Concept, Locator, ScopeKind, key_of
from shared.figures.document import SourceDocument
from tests.scale.work import MOST, lines_of
from tests.services.ratings.domain.documents import document, group, leaf, methodology

ZONES = [f"z{number}" for number in range(10)]
CODES = [f"c{number}" for number in range(8)]
FLAT = 1.2
"""Work about one unit or one page may grow by a search in the longer list."""


def rating(units: int) -> Result:
    """Return a rating of units by six min-max indicators."""
    tree = group("total", [leaf(f"i{number}") for number in range(6)])
    values = np.random.default_rng(units).random((units, 6)).round(3) * 100
    names = tuple(f"{number:08}" for number in range(units))
    return calculate(methodology(document(tree)), Observed(names, (None,) * units, values))


def calculation(units: int) -> Callable[[], object]:
    return lambda: rating(units)


def comparison(units: int) -> Callable[[], object]:
    before, after = rating(units), rating(units)

    def run() -> None:
        found = compare(before, after)
        found.moves(found.units)

    return run


def spots(units: int) -> Callable[[], object]:
    result = rating(units)
    return lambda: weak_spots(result, None)


def explanations(units: int) -> Callable[[], object]:
    result = rating(units)
    return lambda: [explain(result, row) for row in range(units)]


def passports(territories: int) -> Callable[[], object]:
    parts = stored_parts(territories, findings=territories)

    def run() -> None:
        compose(parts, difference(parts, {}, 1000, 100).changed, {})

    return run


def findings_walk(count: int) -> Callable[[], object]:
    def run() -> None:
        index = index_findings(findings(count))
        after = None
        while True:
            _, after = page(index, Selection(), 50, after)
            if after is None:
                return

    return run


def statistics(municipalities: int) -> Callable[[], object]:
    chance = random.Random(7)  # noqa: S311 -- made-up data.
    subjects = [("s1", 9), ("s1", 10), ("s2", 9)]
    people = dict.fromkeys(subjects, 0)
    places = {}
    for number in range(municipalities):
        for grade in (9, 10):
            places[f"{number:08}", grade] = size = chance.randrange(30, 90)
            own = [cell for cell in subjects if cell[1] == grade]
            for _ in range(size):
                people[chance.choice(own)] += 1
    return lambda: public_counts(people, {}, places, {}, 5, [])


def plan(teachers: int) -> Callable[[], object]:
    chance = random.Random(teachers)  # noqa: S311 -- made-up data.
    people = [
        Teacher(
            f"t{number}", frozenset({"m"}), "subject", chance.choice(ZONES),
            chance.random() < 0.1, chance.randint(1, 100), (),
        )
        for number in range(teachers)
    ]  # fmt: skip
    sessions = [
        Session(
            f"s{number}", "m", frozenset({"subject"}), chance.choice(ZONES),
            date(2023, 2, 1 + number), date(2023, 2, 2 + number), teachers // 20,
        )
        for number in range(10)
    ]  # fmt: skip
    travel = {(one, other): chance.randrange(100) for one in ZONES for other in ZONES}
    return lambda: enrol(people, sessions, travel)


def mentoring(teachers: int) -> Callable[[], object]:
    """Mentors double with teachers: pairs are four times as many, too many to settle ties."""
    chance = random.Random(teachers)  # noqa: S311 -- made-up data.
    mentors = [
        Mentor(f"m{number}", frozenset(chance.sample(CODES, 2)), chance.choice(ZONES),
               chance.random() < 0.1, 9)
        for number in range(teachers // 4)
    ]  # fmt: skip
    mentees = [
        Mentee(f"t{number}", frozenset(chance.sample(CODES, 1)), chance.choice(ZONES))
        for number in range(teachers)
    ]
    travel = {(one, other): chance.randrange(100) for one in ZONES for other in ZONES}
    return lambda: match(mentees, mentors, travel)


def coverage(runs: int) -> Callable[[], object]:
    counts = [Headcount(code, code, 100) for code in CODES]
    items = [
        Run(f"r{number}", "-", "kpk", CODES[number % 8], ("subject",),
            Span(date(2023, 1, 9), date(2023, 1, 9) + timedelta(days=number % 9), "day"), ("-",),
            25, None)
        for number in range(runs)
    ]  # fmt: skip
    return lambda: cover(counts, items, {})


def source_document(territories: int) -> Callable[[], object]:
    def claim(line: int, concept: Concept, raw: str, territory: str) -> Claim:
        key = key_of({"indicator": "total", "period": "2024"})
        scope = (ScopeKind.PROGRAMME, "p")
        return Claim(*scope, territory, concept, key, raw, "d", Locator(line, 1, "t"))

    claims = [
        claim(2 * number + column, concept, raw, f"08{number:09}")
        for number in range(territories)
        for column, concept, raw in (
            (0, Concept.INDEX, f"{number / 200:.3f}"),
            (1, Concept.PLACE, str(territories - number)),
        )
    ]
    checked = SourceDocument("d", tuple(claims))
    return lambda: examine_document(checked)


def findings(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"{number:06}", "service": "ratings", "rule": "r", "severity": "hazard",
            "status": "open", "subject": {"territory": f"{number % 500:08}"}, "evidence": [],
        }
        for number in range(count)
    ]  # fmt: skip


def stored_parts(territories: int, findings: int = 0) -> StoredParts:
    codes = [f"{number:08}" for number in range(territories)]
    said = {code: {"score": number} for number, code in enumerate(codes)}
    ratings = {"revision": 1, "source_time": "2022-12-01T00:00:00Z", "territories": said}
    items = [
        {"id": f"{number:06}", "service": "ratings", "rule": "r", "severity": "hazard",
         "status": "open", "subject": {"territory": codes[number]}, "evidence": []}
        for number in range(findings)
    ]  # fmt: skip
    contents: dict[str, object] = {
        "territories": {"items": [{"oktmo": code, "title": code} for code in codes]},
        "passport:ratings": {"parts": {"ratings": ratings}},
        "findings:ratings": {"revision": 1, "items": items, "documents": []},
    }
    return StoredParts({name: json.dumps(part).encode() for name, part in contents.items()}, {})


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (calculation, 400),
        (comparison, 100),
        (spots, 400),
        (explanations, 40),
        (passports, 300),
        (findings_walk, 1000),
        (statistics, 12),
        (plan, 400),
        (mentoring, 800),
        (coverage, 200),
        (source_document, 40),
    ],
)
def test_twice_the_size_is_about_twice_the_work(
    make: Callable[[int], Callable[[], object]], size: int
) -> None:
    make(10)()
    once, twice = lines_of(make(size)), lines_of(make(2 * size))
    assert twice <= MOST * once, f"{make.__name__}: {once} → {twice} lines"


def test_one_changed_cell_composes_one_passport() -> None:
    """Of twice the register twice as many parts are looked at, one is made."""
    composed = []
    for size in (300, 600):
        parts = stored_parts(size)
        versions = {**difference(parts, {}, 1000, 100).changed, "00000007": "before"}
        changed = difference(parts, versions, 1000, 100).changed
        assert list(changed) == ["00000007"]
        composed.append(lines_of(compose, parts, changed, {}))
    assert composed[1] <= MOST * composed[0]


def test_a_page_costs_what_it_shows() -> None:
    pages, moves = [], []
    for size in (1000, 2000):
        index = index_findings(findings(size))
        middle = rank(index.items[size // 2])
        pages.append(lines_of(page, index, Selection(), 50, middle))
        found = compare(rating(size), rating(size))
        asked = found.units[size // 2 : size // 2 + 50]
        moves.append(lines_of(found.moves, asked))
    assert pages[1] <= FLAT * pages[0]
    assert moves[1] <= FLAT * moves[0]
