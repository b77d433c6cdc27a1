"""Whom a measure reached: the first period, the dose, what is too small to publish."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.exposures import (
    Dose,
    dose_view,
    exposures_of,
    merge_doses,
    period_views,
)


def dose(
    unit: str,
    period: str,
    trained: int | None,
    need: int | None = 20,
    *,
    source: str = "attendance",
    exposed: bool = True,
    stratum: str | None = None,
) -> Dose:
    return Dose(unit, period, source, trained, need, None, exposed=exposed, stratum=stratum)


def test_a_unit_is_exposed_from_the_period_its_share_is_reached() -> None:
    doses = [dose("a", "2023", 5), dose("a", "2024", 5), dose("b", "2024", 9)]
    found = {one.unit: one.first_exposed for one in exposures_of(doses, frozenset(), Decimal(50))}
    assert found == {"a": "2024", "b": None}
    free = {one.unit: one.first_exposed for one in exposures_of(doses, frozenset(), None)}
    assert free == {"a": "2023", "b": "2024"}


def test_a_dose_of_nobody_exposes_nobody_even_when_stated() -> None:
    doses = [dose("a", "2023", 0, source="import"), dose("b", "2023", None, source="import")]
    found = {one.unit: one.first_exposed for one in exposures_of(doses, frozenset(), None)}
    assert found == {"a": None, "b": "2023"}


def test_a_unit_of_the_draw_without_the_measure_keeps_its_stratum() -> None:
    doses = [dose("a", "2024", None, source="import", exposed=False, stratum="north")]
    (one,) = exposures_of(doses, frozenset(), None)
    assert (one.first_exposed, one.stratum) == (None, "north")


def test_stated_doses_replace_counted_ones_of_the_same_period() -> None:
    counted = [dose("a", "2023", 4), dose("a", "2024", 7)]
    stated = [dose("a", "2024", 9, source="import")]
    merged = merge_doses(stated, counted)
    assert [(one.period, one.trained, one.source) for one in merged] == [
        ("2023", 4, "attendance"),
        ("2024", 9, "import"),
    ]


def test_only_units_without_the_measure_are_neighbours() -> None:
    found = exposures_of([dose("a", "2023", 4)], frozenset({"a", "b"}), None)
    assert [(one.unit, one.neighbour) for one in found] == [("a", False), ("b", True)]


def test_one_or_two_people_are_published_nowhere() -> None:
    (one,) = exposures_of([dose("a", "2023", 2), dose("a", "2024", 10)], frozenset(), None)
    shown = dose_view(one)
    assert (shown["trained"], shown["share"], shown["suppressed"]) == (None, None, True)
    assert [row["trained"] for row in period_views(one)] == [None, 10]
    (few,) = exposures_of([dose("a", "2023", 0, need=2)], frozenset(), None)
    assert dose_view(few)["need"] is None


def test_a_share_is_rounded_half_up_to_a_tenth() -> None:
    (one,) = exposures_of([dose("a", "2023", 3, need=16)], frozenset(), None)
    assert dose_view(one)["share"] == "18.8"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(2020, 2025), st.integers(0, 30))))
def test_no_published_number_is_one_or_two(rows: list[tuple[str, int, int]]) -> None:
    doses = merge_doses([dose(u, str(p), n, need=30) for u, p, n in rows], [])
    for one in exposures_of(doses, frozenset(), None):
        periods = [row["trained"] for row in period_views(one)]
        assert not {1, 2} & {dose_view(one)["trained"], *periods}
        hidden = sum(value is None for value in periods)
        assert hidden == 0 or dose_view(one)["trained"] is None
