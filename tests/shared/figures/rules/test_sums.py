from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode
from shared.figures.reading import Printed
from shared.figures.rules.capacity import Seats, capacity_vs_demand
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.sums import Proof, parts_of_whole, share_sum
from tests.shared.figures.claim_builders import figure, printed_text


def shares(*values: str) -> Severity:
    return share_sum([figure(value, "share") for value in values], Proof.STATED).severity


def whole_and_parts(
    whole: Printed, parts: list[Printed], *, unread: tuple[str, ...] = (), limit: bool = False
) -> Finding:
    return parts_of_whole(
        "whole_of_parts", whole, parts, proof=Proof.STATED, unread=unread, only_limit=limit
    )


def test_the_tiers_of_the_programme_make_a_whole() -> None:
    assert shares("10", "85", "5") is Severity.CONSISTENT


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        (("33", "33", "33"), Severity.CONSISTENT),
        (("34", "34", "34"), Severity.CONSISTENT),
        (("33", "33", "32"), Severity.CONSISTENT),
        (("33", "32", "32"), Severity.CONTRADICTION),
        (("10", "85", "6"), Severity.CONSISTENT),
        (("10", "85", "8"), Severity.CONTRADICTION),
        (("10,0", "85,0", "5,1"), Severity.CONSISTENT),
        (("10,0", "85,0", "5,3"), Severity.CONTRADICTION),
        (("100",), Severity.CONSISTENT),
        (("100", "1"), Severity.CONSISTENT),
        (("100", "2"), Severity.CONTRADICTION),
    ],
)
def test_shares_within_their_printed_precision(values: tuple[str, ...], severity: Severity) -> None:
    assert shares(*values) is severity


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=7).filter(any),
    st.integers(0, 2),
    st.sampled_from(list(RoundingMode)),
)
def test_true_shares_are_never_contradicted(
    weights: list[int], digits: int, mode: RoundingMode
) -> None:
    total = sum(weights)
    printed = [printed_text(Fraction(100 * w, total), digits, mode) for w in weights]
    assert shares(*printed) is Severity.CONSISTENT


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.integers(8, 60))
def test_a_share_far_off_is_found_and_its_repair_settles_it(weights: list[int], off: int) -> None:
    total = sum(weights)
    printed = [printed_text(Fraction(100 * w, total), 0, RoundingMode.HALF_UP) for w in weights]
    printed[0] = str(int(printed[0]) + off)
    finding = share_sum([figure(value, "share") for value in printed], Proof.STATED)
    assert finding.severity is Severity.CONTRADICTION
    for fix in finding.repairs:
        (change,) = fix.changes
        index = [c.identity for c in finding.claims].index(change.claim.identity)
        mended = [*printed]
        mended[index] = change.high
        assert shares(*mended) is Severity.CONSISTENT


def test_the_active_of_the_programme_adds_up() -> None:
    for whole, parts in (("220", ("110", "110")), ("480", ("70", "410"))):
        finding = whole_and_parts(figure(whole, "count"), [figure(p, "count") for p in parts])
        assert finding.severity is Severity.CONSISTENT


def test_counts_are_exact() -> None:
    finding = whole_and_parts(
        figure("481", "count"), [figure("70", "count"), figure("410", "count")]
    )
    assert finding.severity is Severity.CONTRADICTION
    assert [r.changes[0].low for r in finding.repairs] == ["480", "71", "411"]


def test_an_unread_part_leaves_only_the_bound() -> None:
    parts = [figure("70", "count")]
    inside = whole_and_parts(figure("480", "count"), parts, unread=("school",))
    assert inside.severity is Severity.INCOMPLETE
    over = whole_and_parts(figure("60", "count"), parts, unread=("school",))
    assert over.severity is Severity.CONTRADICTION


def test_parts_printed_with_decimals_have_their_precision() -> None:
    parts = [figure("1,2", "count"), figure("2,3", "count")]
    assert whole_and_parts(figure("3,6", "count"), parts).severity is Severity.CONSISTENT
    assert whole_and_parts(figure("3,8", "count"), parts).severity is Severity.CONTRADICTION


def test_seats_against_the_need_in_both_readings() -> None:
    need = figure("635", "count")
    cases = [
        ("700", 1, Severity.CONSISTENT),
        ("400", 2, Severity.HAZARD),
        ("300", 2, Severity.CONSISTENT),
        ("635", 1, Severity.CONSISTENT),
        ("6400", 1, Severity.IMPLAUSIBLE),
    ]
    for seats, runs, severity in cases:
        finding = capacity_vs_demand(need, [Seats(figure(seats, "seats"), runs)])
        assert finding.severity is severity


def test_the_mathematics_profile_tier_has_seats_enough() -> None:
    finding = capacity_vs_demand(figure("75", "count"), [Seats(figure("80", "seats"))])
    assert finding.recomputed == {
        "in_total": {"seats": "80", "share": "106.7", "shortage": "0"},
        "per_run": {"seats": "80", "share": "106.7", "shortage": "0"},
    }
    finding = capacity_vs_demand(figure("635", "count"), [Seats(figure("400", "seats"))])
    assert isinstance(finding.recomputed, dict)
    assert finding.recomputed["in_total"] == {"seats": "400", "share": "63.0", "shortage": "235"}


def test_parts_that_only_belong_to_their_whole_may_not_exceed_it() -> None:
    parts = [figure("70", "count"), figure("60", "count")]
    assert whole_and_parts(figure("480", "count"), parts, limit=True).severity is (
        Severity.CONSISTENT
    )
    assert whole_and_parts(figure("120", "count"), parts, limit=True).severity is (
        Severity.CONTRADICTION
    )


def test_a_guessed_whole_is_never_contradicted() -> None:
    for proof, severity in (
        (Proof.LIKELY, Severity.IMPLAUSIBLE),
        (Proof.OPEN, Severity.INCOMPLETE),
    ):
        found = parts_of_whole(
            "part_whole_sum", figure("9", "count"), [figure("5", "count")] * 2, proof=proof
        )
        assert found.severity is severity
