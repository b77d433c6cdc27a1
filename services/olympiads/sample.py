"""Made-up municipal results as files of the import: `python -m services.olympiads.sample`.

Nobody in them is real. Their ≥ 75 % counts by subject and grade are the programme's, and their
maxima are whole numbers that its scores and per cents allow, so thresholds, quotas and statistics
can be tried at the size of the region or of three million rows:

    python -m services.olympiads.sample maxima > maxima.csv
    python -m services.olympiads.sample results --results 20000 --seed 1 > results.csv
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import polars as pl

from services.olympiads.domain.generator import STEP, Chunk, Group, generate, spread
from services.olympiads.domain.maxima import candidate_maxima, common_maxima, percent_of

DATA = Path(__file__).parent / "data"
SEASON = "2022-2023"
GRADES = (9, 10, 11)
UNKNOWN_MAXIMUM = 100

Cell = tuple[str, int]


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the service's data files."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def declared_performers() -> dict[Cell, int | None]:
    """Return the declared ≥ 75 % counts; null where a dash says that nobody took the task.

    A subject that the programme does not name has none who performed.
    """
    declared: dict[Cell, int | None] = {
        (subject["code"], grade): 0 for subject in rows_of("subjects.csv") for grade in GRADES
    }
    for row in rows_of("declared_performers.csv"):
        count = None if row["count"] == "-" else int(row["count"])
        declared[(row["subject"], int(row["grade"]))] = count
    return declared


def made_maxima() -> Mapping[Cell, int]:
    """Return a maximum of every subject and grade that the programme's figures allow.

    The least one common to the grades of a subject; where there is none, the least of the cell.
    """
    cells: dict[str, dict[int, tuple[int, ...]]] = {}
    for row in rows_of("thresholds_2022_2023.csv"):
        allowed = candidate_maxima(Decimal(row["score"]), percent_of(row["percent"]))
        cells.setdefault(row["subject"], {})[int(row["grade"])] = allowed
    return {
        (subject, grade): _maximum(cells.get(subject, {}), grade)
        for subject, grade in declared_performers()
    }


def _maximum(allowed: Mapping[int, tuple[int, ...]], grade: int) -> int:
    shared = common_maxima(allowed.values()) or allowed.get(grade, ())
    return shared[0] if shared else UNKNOWN_MAXIMUM


def made_groups(results: int, seed: int) -> tuple[Group, ...]:
    """Share `results` out over every subject and grade, the programme's performers retained."""
    return spread(declared_performers(), made_maxima(), results, seed)


def municipalities() -> list[str]:
    """Return the codes of the region's municipalities."""
    return [row["oktmo"] for row in rows_of("municipalities.csv")]


def frame(chunk: Chunk, places: Sequence[str], season: str = SEASON) -> pl.DataFrame:
    """Return a chunk in the columns of the import of results; `places` are by number."""
    return pl.DataFrame(
        {
            "participant": [f"p-{one:016x}" for one in chunk.participant],
            "study_grade": chunk.study_grade,
            "municipality": [places[one] for one in chunk.municipality],
            "school": [f"s-{one}" for one in chunk.school],
            "score": chunk.score_steps / STEP,
            "status": ["void" if one else "participant" for one in chunk.void],
        }
    ).select(
        pl.lit(season).alias("season"),
        pl.lit("municipal").alias("stage"),
        pl.lit(chunk.subject).alias("subject"),
        "participant",
        "study_grade",
        pl.lit(chunk.task_grade).alias("task_grade"),
        "municipality",
        "school",
        "score",
        "status",
        pl.lit("final").alias("state"),
        pl.lit("да").alias("consent"),
    )


def write_results(groups: Sequence[Group], seed: int, out: BinaryIO, season: str = SEASON) -> None:
    """Write the results of these groups as CSV, a chunk at a time."""
    places = municipalities()
    for number, chunk in enumerate(generate(groups, len(places), seed)):
        frame(chunk, places, season).write_csv(out, include_header=number == 0)


def write_maxima(cells: Iterable[tuple[Cell, int]], out: BinaryIO, season: str = SEASON) -> None:
    """Write maxima as CSV of their import."""
    lines = [f"{season},municipal,{s},{g},{m}" for (s, g), m in cells]
    out.write("\n".join(["season,stage,subject,grade,maximum", *lines, ""]).encode())


def main() -> None:
    """Write the asked file to the standard output."""
    parser = argparse.ArgumentParser(description="Made-up olympiad results for trying things out.")
    parser.add_argument("what", choices=("results", "maxima"))
    parser.add_argument("--results", type=int, default=20_000, help="how many results")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--season", default=SEASON)
    asked = parser.parse_args()
    if asked.what == "maxima":
        write_maxima(made_maxima().items(), sys.stdout.buffer, asked.season)
    else:
        groups = made_groups(asked.results, asked.seed)
        write_results(groups, asked.seed, sys.stdout.buffer, asked.season)


if __name__ == "__main__":
    main()
