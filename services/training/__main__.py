"""Write made-up people of a real shape as files for the imports.

`python -m services.training --seed 1 --folder made-up` writes one NDJSON file a kind;
`--teachers 100000` scales the programme's counts.
"""

import argparse
import json
from fractions import Fraction
from pathlib import Path

from services.training.domain.generator import PROGRAMME_COUNTS, make_world
from services.training.domain.tiers import apportion

MUNICIPALITIES = [
    "08603000",
    "08606000",
    "08609000",
    "08612000",
    "08614000",
    "08617000",
    "08620000",
    "08624000",
    "08628000",
    "08631000",
    "08634000",
    "08637000",
    "08642000",
    "08644000",
    "08646000",
    "08650000",
    "08655000",
    "08701000",
    "08709000",
]


def scaled(teachers: int) -> dict[str, int]:
    """Share a number of teachers over the subjects as the programme's counts are shared."""
    total = sum(PROGRAMME_COUNTS.values())
    return apportion(teachers, {s: Fraction(n, total) for s, n in PROGRAMME_COUNTS.items()})


def main() -> None:
    """Write the files and say nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--teachers", type=int, default=sum(PROGRAMME_COUNTS.values()))
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    world = make_world(given.seed, MUNICIPALITIES, scaled(given.teachers))
    given.folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in world.kinds().items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (given.folder / f"{kind}.ndjson").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
