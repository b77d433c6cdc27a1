"""Places on scores as printed."""

from typing import Any

from services.ratings.domain.preview import preview
from tests.services.ratings.domain.documents import Document, body, document, group, leaf, printed


def places(source: Document, rows: list[list[float | None]]) -> list[str]:
    answer: Any = preview(body(source, rows))
    return [unit["nodes"]["total"]["place"]["label"] for unit in answer["units"]]


def test_scores_that_differ_in_the_last_printed_digit_are_no_tie() -> None:
    source = document(group("total", [leaf("a")]), **printed("half_up", 9))
    rows: list[list[float | None]] = [[50.123456789], [50.123456788], [50.123456789]]
    assert places(source, rows) == ["1-2", "3", "1-2"]


def test_a_score_that_is_zero_but_for_the_last_bits_is_published_as_zero() -> None:
    children = [leaf(code, {"method": "zscore"}) for code in "abc"]
    source = document(group("total", children), **printed("ceil", 0))
    assert places(source, [[1, 2, 3], [2, 3, 1], [3, 1, 2]]) == ["1-3", "1-3", "1-3"]
