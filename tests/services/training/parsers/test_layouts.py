"""What files of training's kinds may hold, rule by rule."""

import json
import re

import pytest

from services.training.domain.deficits import LevelSetUnusable, read_level_set
from services.training.parsers.people_layouts import PROGRAMMES
from services.training.parsers.programme_layouts import EVENTS, WINDOW, YEAR
from shared.imports.columns import Layout
from shared.imports.dates import read_day_or_month


@pytest.mark.parametrize("year", ["0000", "9999", "1899", "٢٠٢٣", "２０２３", "23", "20233"])
def test_a_year_is_one_people_live_in(year: str) -> None:
    assert re.fullmatch(YEAR, "2023")
    assert read_day_or_month(f"{year}-03") is None
    for pattern, text in ((YEAR, year), (WINDOW, f"{year}-1")):
        assert re.fullmatch(pattern, text) is None


@pytest.mark.parametrize("layout", [EVENTS, PROGRAMMES])
def test_a_tier_is_one_of_the_programme(layout: Layout) -> None:
    row: dict[str, str | None] = dict.fromkeys(column.name for column in layout.columns)
    assert layout.row_rule is not None
    wrong = list(layout.row_rule({**row, "tiers": '["profile", "profil"]'}, {}))
    assert [(defect.column, defect.code) for defect in wrong] == [("tiers", "CHOICE")]
    assert list(layout.row_rule({**row, "tiers": '["profile", "olympiad"]'}, {})) == []


@pytest.mark.parametrize(
    "end", ["1e999999", "1e-999999", "1e10", "0.0000000001", "NaN", "-Infinity"]
)
def test_a_scale_has_plain_numbers(end: str) -> None:
    band = {"code": "base", "from": "0", "to": end}
    with pytest.raises(LevelSetUnusable):
        read_level_set(json.loads(json.dumps({"domain": ["0", end], "bands": [band]})))
