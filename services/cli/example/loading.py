"""Load the example part by part; what is loaded is marked and not sent again."""

import json
from pathlib import Path
from random import Random

from services.cli.example.olympiads import load_olympiads
from services.cli.example.poster import Poster
from services.cli.example.ratings import load_ratings
from services.cli.example.training import load_training
from services.cli.output import Progress
from shared.http import ServiceClient

SEED = 407
# In the order in which a reader meets them on the page; each draws from a seed of its own.
PARTS = {"ratings": load_ratings, "olympiads": load_olympiads, "training": load_training}


async def load_example(gateway: ServiceClient, token: str, marks: Path, steps: Progress) -> None:
    """Send the parts that `marks` does not name. Raises SeedFailed where one is refused."""
    done = _read(marks)
    for number, (part, load) in enumerate(PARTS.items()):
        if part in done:
            continue
        steps.going(f"the example region: {part}")
        await load(Poster(gateway, token), Random(SEED + number))  # noqa: S311 -- made-up figures.
        done.append(part)
        _write(marks, done)
        steps.done(f"the example region: {part}")


def _read(marks: Path) -> list[str]:
    return list(json.loads(marks.read_text())) if marks.exists() else []


def _write(marks: Path, done: list[str]) -> None:
    marks.write_text(json.dumps(done))
