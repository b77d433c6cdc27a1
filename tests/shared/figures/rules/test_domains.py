from fractions import Fraction

import pytest

from shared.figures.rules.domains import place_order, share_of_whole, value_in_domain
from shared.figures.rules.finding import Severity
from tests.shared.figures.making import figure, ranked

ZERO, HUNDRED = Fraction(0), Fraction(100)


@pytest.mark.parametrize(
    ("raw", "outside"),
    [("100", False), ("101", True), ("100,4", True), ("0", False), ("-1", True), ("100,0", False)],
)
def test_an_index_lies_within_its_domain(raw: str, outside: bool) -> None:
    finding = value_in_domain(figure(raw), ZERO, HUNDRED)
    assert (finding is not None) is outside


def test_a_score_never_exceeds_its_printed_maximum() -> None:
    maximum = figure("50", "max")
    assert value_in_domain(figure("50", "score"), None, None, maximum) is None
    finding = value_in_domain(figure("51", "score"), None, None, maximum)
    assert finding is not None
    assert finding.severity is Severity.CONTRADICTION
    assert maximum.claim in finding.claims


def rows(*values: tuple[str, str]) -> Severity | None:
    found = place_order([(figure(v), ranked(str(i), p)) for i, (v, p) in enumerate(values)])
    return None if found is None else found.severity


def test_places_follow_the_figures_they_rank() -> None:
    assert rows(("90", "1"), ("80", "2"), ("70", "3")) is Severity.CONSISTENT
    assert rows(("90", "3"), ("80", "2"), ("70", "1")) is Severity.CONSISTENT
    assert rows(("90", "1"), ("80", "3"), ("70", "2")) is Severity.CONTRADICTION
    assert rows(("90", "1-2"), ("80", "1-2"), ("70", "3")) is Severity.CONTRADICTION
    assert rows(("80", "1"), ("80", "2"), ("70", "3")) is Severity.CONSISTENT
    assert rows(("80", "2"), ("70", "1")) is None
    assert rows(("80", "2"), ("80", "1"), ("80", "3")) is None


def test_figures_of_different_digits_that_may_be_equal_order_nothing() -> None:
    assert rows(("68,3", "3"), ("68", "2"), ("68", "1")) is None


def test_a_share_follows_from_its_counts() -> None:
    part, whole = figure("110", "count"), figure("220", "count")
    for raw, severity in (("50", Severity.CONSISTENT), ("51", Severity.CONTRADICTION)):
        finding = share_of_whole(figure(raw, "share"), part, whole)
        assert finding is not None
        assert finding.severity is severity
        assert [r.low for r in finding.repairs] == (["50"] if raw == "51" else [])
    assert share_of_whole(figure("50", "share"), part, figure("0", "count")) is None
