from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.rules.domains import value_in_domain
from shared.figures.rules.finding import Severity
from shared.figures.rules.place_order import place_order
from shared.figures.rules.precision import true_interval
from shared.figures.rules.shares import Ratio, share_granularity, share_of_whole
from tests.shared.figures.claim_builders import figure, ranked

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
        finding = share_of_whole(figure(raw, "share"), Ratio(part, whole))
        assert finding is not None
        assert finding.severity is severity
        lows = [r.changes[0].low for r in finding.repairs]
        assert lows[:1] == (["50"] if raw == "51" else [])
    assert share_of_whole(figure("50", "share"), Ratio(part, figure("0", "count"))) is None


@pytest.mark.parametrize(
    ("raw", "of", "hundred", "severity"),
    [
        ("33,3", "12", 100, Severity.CONSISTENT),
        ("33,7", "12", 100, Severity.CONTRADICTION),
        ("33,7", "1000", 100, None),
        ("68,33", "7", 1, Severity.CONTRADICTION),
        ("68,29", "7", 1, Severity.CONSISTENT),
        ("68,3", "5687", 1, None),
        ("50", "0", 100, None),
    ],
)
def test_shares_and_means_of_few_have_few_values(
    raw: str, of: str, hundred: int, severity: Severity | None
) -> None:
    found = share_granularity(
        figure(raw, "share"), figure(of, "count"), hundred=hundred, proved=True
    )
    assert (None if found is None else found.severity) is severity


PLACED = st.tuples(
    st.integers(0, 2).flatmap(
        lambda digits: st.integers(0, 20 * 10**digits).map(
            lambda steps: decimal_text(Fraction(steps, 10**digits), digits)
        )
    ),
    st.integers(1, 6),
    st.integers(0, 2),
)


@given(st.lists(PLACED, min_size=3, max_size=8))
def test_only_figures_that_surely_differ_refute_places(drawn: list[tuple[str, int, int]]) -> None:
    """A contradiction has a pair that no rounding lets meet, placed against each direction."""
    table = [
        (figure(value), ranked(str(i), f"{low}-{low + width}"))
        for i, (value, low, width) in enumerate(drawn)
    ]
    above = [
        (a, b)
        for (first, a), (second, b) in permutations(table, 2)
        if first.exact > second.exact
        and all(true_interval(first, m).meet(true_interval(second, m)).empty for m in RoundingMode)
    ]
    falling = any(a.place.high >= b.place.low for a, b in above)
    rising = any(a.place.low <= b.place.high for a, b in above)
    found = place_order(table)
    if found is not None and found.severity is Severity.CONTRADICTION:
        assert falling
        assert rising


@given(st.permutations(range(8)))
def test_every_wrong_order_of_sure_figures_is_found(order: list[int]) -> None:
    table = [(figure(str(10 * (i + 1))), ranked(str(i), str(p + 1))) for i, p in enumerate(order)]
    found = place_order(table)
    monotone = list(order) in ([*range(8)], [*range(8)][::-1])
    assert found is not None
    assert (found.severity is Severity.CONSISTENT) is monotone


def test_thousands_of_territories_are_ordered_at_once() -> None:
    table = [(figure(str(n)), ranked(str(n), str(3001 - n))) for n in range(1, 3001)]
    table[7] = (table[7][0], table[8][1])
    found = place_order(table)
    assert found is not None
    assert isinstance(found.recomputed, dict)
    assert found.recomputed["against"] == 1
