"""All public statistics of a season, of every revision, solved as one system: nothing is found.

`ATTACKED_SEASONS` says how many made-up seasons are tried.
"""

import os
from collections.abc import Iterator

import pytest

from services.olympiads.domain.count_tables import Cell
from tests.services.olympiads.domain.season_attack import (
    LEAST,
    K,
    Reader,
    published_season,
    statements,
)

SEASONS = int(os.environ.get("ATTACKED_SEASONS", "20"))
HIDDEN_AT_LEAST = 5


@pytest.mark.parametrize("seed", range(SEASONS))
def test_no_hidden_count_has_one_value_only(seed: int) -> None:
    season = published_season(seed)
    assert Reader(season, K).solved() == []
    for document, _ in season:
        for cell in document["cells"]:
            people = cell["participants"]["value"]
            if people is None or people < LEAST:
                assert (cell["mean"], cell["quartiles"], cell["histogram"]) == (None, None, None)


def test_the_attack_has_something_to_attack_and_would_succeed() -> None:
    season = published_season(3)
    reader = Reader(season, K)
    assert reader.hidden >= HIDDEN_AT_LEAST
    document, truth = season[0]
    hidden = [cell for cell, value in statements(document) if value is None]
    assert hidden

    def told() -> Iterator[tuple[Cell, int | None]]:
        """Give every hidden count away but one: the sums tell it."""
        for cell, value in statements(document):
            yield cell, truth[cell] if cell != hidden[0] else value

    careless = Reader([], K)
    careless.read(dict(told()), truth, {})
    assert careless.solved() == [(hidden[0], 0)]
