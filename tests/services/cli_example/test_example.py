"""The example is the same on every machine and touches nothing real."""

from random import Random

import pytest

from services.cli.example import olympiads, ratings, training
from shared import synthetic

SEED = 407


def seeded(seed: int = SEED) -> Random:
    return Random(seed)  # noqa: S311 -- made-up figures.


def test_one_seed_makes_the_same_example() -> None:
    for make in (ratings.observations, ratings.municipal_observations, olympiads.results):
        assert make(seeded()) == make(seeded())
        assert make(seeded()) != make(seeded(SEED + 1))


def test_every_row_of_a_rating_is_of_a_made_up_territory_and_programme() -> None:
    rows = ratings.observations(seeded()) + ratings.municipal_observations(seeded())
    assert len(rows) == 25 * 2 * 8 + 12 * 3 * 5
    assert all(synthetic.is_synthetic_territory(str(row["territory"])) for row in rows)
    assert all(synthetic.is_synthetic_programme(str(row["programme"])) for row in rows)
    assert all(0 <= int(str(row["value"])) <= 100 for row in rows)


@pytest.mark.parametrize("code", ["1.3", "2.3"])
def test_the_planned_directions_fall(code: str) -> None:
    values = {
        row["period"]: int(str(row["value"]))
        for row in ratings.observations(seeded())
        if row["territory"] == synthetic.REGION and row["indicator"] == code
    }
    assert values["2025"] < values["2024"]


def test_people_of_the_example_are_opaque_references() -> None:
    teachers = training.teachers(seeded())
    assert len({row["ref"] for row in teachers}) == training.TEACHERS
    assert all(str(row["ref"]).startswith("example-t-") for row in teachers)
    assert all(synthetic.is_synthetic_territory(str(row["municipality"])) for row in teachers)


def test_seasons_and_years_are_the_example_s_own() -> None:
    assert synthetic.is_synthetic_year(olympiads.SEASON)
    assert synthetic.is_synthetic_year(training.YEAR)
    assert {row["year"] for row in training.events()} == {training.YEAR}


def test_no_result_is_above_the_maximum() -> None:
    for row in olympiads.results(seeded()):
        assert float(str(row["score"])) <= olympiads.SUBJECTS[str(row["subject"])]
