"""Nobody innocent is accused, and every mistake in a stated relation is proved."""

import pytest

from tests.shared.figures.checks.acceptance import Acceptance
from tests.shared.figures.checks.layouts import LAYOUTS

WITHOUT_A_RELATION = {"windows", "weighted_tree"}
"""Layouts whose relation nothing but a fact tells."""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clean_table_is_never_accused_and_a_planted_mistake_is_proved(layout: str) -> None:
    measured = Acceptance()
    measured.measure([layout], range(1))
    assert measured.failures == []
    assert measured.counts["found"] == measured.counts["planted"]
    if measured.counts["planted"]:
        assert measured.counts["restored"] >= 0.5 * measured.counts["planted"]
    if layout not in WITHOUT_A_RELATION:
        assert measured.counts["noticed"] >= 0.5 * measured.counts["unstated"]
