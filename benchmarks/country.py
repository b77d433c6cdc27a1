"""CPU seconds of questions about a country: its statistics, passports and growth points.

A made-up country of 2 300 municipalities and 40 000 schools, without a database: what a web process
or a worker calculates for one change or one question. Run: `python -m benchmarks.country`.
"""

import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import numpy as np

from services.gateway.domain.composition import StoredParts, difference
from services.olympiads.domain.public_counts import public_counts, recall
from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.growth import growth_points
from services.ratings.domain.methodology_document import read_methodology

MUNICIPALITIES, SUBJECTS, GRADES, K = 2_300, 24, (7, 8, 9, 10, 11), 5
SCHOOLS, INDICATORS, RATED = 40_000, 100, 2_000
SUPPRESSION_LIMIT, PASSPORTS_LIMIT, GROWTH_LIMIT = 30.0, 0.5, 2.0


def seconds(call: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def suppression() -> tuple[float, float]:
    """Return the seconds of the first statistics of a stage, and of those after a correction."""
    rng = random.Random(1)  # noqa: S311 -- made-up counts.
    cells = [(f"s{subject:02}", grade) for subject in range(SUBJECTS) for grade in GRADES]
    weights = [rng.lognormvariate(0, 1) for _ in cells]
    people, strong = Counter(dict.fromkeys(cells, 0)), Counter(dict.fromkeys(cells, 0))
    places: Counter[tuple[str, int]] = Counter()
    place_strong: Counter[str] = Counter()
    for number in range(MUNICIPALITIES):
        place, size = f"{number:08}", max(1, int(rng.lognormvariate(math.log(60), 1.5)))
        place_strong[place] = 0
        for subject, grade in rng.choices(cells, weights, k=size):
            people[subject, grade] += 1
            places[place, grade] += 1
            if rng.random() < 0.08:
                strong[subject, grade] += 1
                place_strong[place] += 1
    first = []
    made = seconds(lambda: first.append(public_counts(people, strong, places, place_strong, K, [])))
    release = recall(first[0].remembered())
    changed = next(iter(places))
    places[changed] += 1
    people[cells[0][0], changed[1]] += 1
    again = seconds(lambda: public_counts(people, strong, places, place_strong, K, [release]))
    return made, again


def passports() -> float:
    """Return the seconds of finding the one passport that a changed cell touches."""
    codes = [f"{10_000_000 + number}" for number in range(SCHOOLS + MUNICIPALITIES)]
    said = {code: {"schools": {"2022": {"total": {"score": 1.5}}}} for code in codes[:RATED]}
    contents = {
        "territories": {"items": [{"oktmo": code, "title": f"Школа {code}"} for code in codes]},
        "passport:ratings": {
            "parts": {"ratings": {"revision": 1, "source_time": None, "territories": said}}
        },
    }
    parts = StoredParts({name: json.dumps(one).encode() for name, one in contents.items()}, {})
    versions = {**difference(parts, {}, 1000, 100).changed, codes[0]: "before"}
    return seconds(lambda: difference(parts, versions, 1000, 100))


def schools() -> Result:
    """Return a rating of schools by min-max indicators under weighted means."""
    mean, rule = {"method": "arithmetic"}, {"method": "minmax"}
    groups = [
        {
            "code": f"g{group}",
            "title": "-",
            "weight": group + 1,
            "aggregate": mean,
            "children": [
                {
                    "code": f"i{group}x{item}",
                    "title": "-",
                    "weight": item + 1,
                    "digits": 1,
                    "domain": [0, 100],
                    "direction": "higher",
                    "normalise": rule,
                }
                for item in range(10)
            ],
        }
        for group in range(INDICATORS // 10)
    ]
    document = {
        "programme": "schools",
        "version": "1",
        "title": "-",
        "peers": {"kind": "organisation", "group": None},
        "tree": {"code": "total", "title": "-", "aggregate": mean, "children": groups},
        "missing": {"policy": "skip", "min_coverage": 0.5},
        "rounding": {"mode": "half_up", "digits": 1},
        "rank_on": "unrounded",
    }
    methodology, faults = read_methodology(document)
    if methodology is None:
        raise RuntimeError(faults)
    values = np.random.default_rng(1).integers(0, 1000, (SCHOOLS, INDICATORS)) / 10
    units = tuple(f"s{number}" for number in range(SCHOOLS))
    return calculate(methodology, Observed(units, (None,) * SCHOOLS, np.asfortranarray(values)))


def growth() -> float:
    """Return the most seconds of the growth points of a school near the top, middle and end."""
    result = schools()
    order = np.argsort(-result.scores[:, 0])
    rows = [int(order[at]) for at in (100, SCHOOLS // 2, SCHOOLS - 1)]
    return max(seconds(lambda row=row: growth_points(result, row)) for row in rows)  # type: ignore[misc]  # a default.


def main() -> int:
    """Print every figure with its limit; 1 where one is missed."""
    made, again = suppression()
    figures = [
        (f"statistics of {MUNICIPALITIES} municipalities", made, SUPPRESSION_LIMIT),
        ("... after a correction", again, SUPPRESSION_LIMIT),
        (f"one changed passport of {SCHOOLS + MUNICIPALITIES}", passports(), PASSPORTS_LIMIT),
        (f"growth points among {SCHOOLS} x {INDICATORS}", growth(), GROWTH_LIMIT),
    ]
    for title, taken, limit in figures:
        print(f"{title}: {taken:.2f} CPU s (limit {limit}){'' if taken <= limit else ' MISSED'}")
    return int(any(taken > limit for _, taken, limit in figures))


if __name__ == "__main__":
    sys.exit(main())
