from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode
from shared.figures.levels import Band, BandSet, LevelOn
from shared.figures.rules.finding import Severity
from shared.figures.rules.means import method_dependence, parent_equals_mean
from tests.shared.figures.claim_builders import changes, figure, printed_text

I_2022 = ["99", "79", "85", "69"]
II_2022 = ["82", "76", "61", "84"]
BANDS = BandSet(
    "total",
    LevelOn.PUBLISHED,
    Fraction(0),
    Fraction(100),
    Fraction(1),
    (
        Band("critical", None, None, Fraction(0), Fraction(40)),
        Band("third", None, None, Fraction(41), Fraction(60)),
        Band("acceptable", None, None, Fraction(61), Fraction(79)),
        Band("optimal", None, None, Fraction(80), Fraction(100)),
    ),
)


def test_both_printed_blocks_of_2022_are_means_of_their_directions() -> None:
    for block, directions in (("83", I_2022), ("76", II_2022)):
        finding = parent_equals_mean(figure(block), [figure(d) for d in directions])
        assert finding.severity is Severity.CONSISTENT
    assert finding.recomputed == {
        "value": "75.75",
        "modes": ["half_up", "half_even", "ceil", "floor"],
    }


def test_a_parent_no_mode_explains_is_contradicted_with_repairs() -> None:
    finding = parent_equals_mean(figure("85"), [figure(d) for d in I_2022])
    assert finding.severity is Severity.CONTRADICTION
    sets = [change.wire()["set"] for change in changes(finding)]
    assert sets == [
        "83",
        {"from": "84", "to": "90"},
        {"from": "90", "to": "96"},
        {"from": "74", "to": "80"},
    ]


def test_one_unit_aside_is_still_possible_and_more_is_not() -> None:
    children = [figure("75"), figure("76")]
    for parent, severity in (
        ("75", Severity.CONSISTENT),
        ("76", Severity.CONSISTENT),
        ("74", Severity.CONTRADICTION),
        ("77", Severity.CONTRADICTION),
    ):
        assert parent_equals_mean(figure(parent), children).severity is severity


def test_the_domain_takes_part() -> None:
    full = [figure("100"), figure("100")]
    assert parent_equals_mean(figure("100"), full).severity is Severity.CONSISTENT
    assert parent_equals_mean(figure("99"), full).severity is Severity.CONTRADICTION
    assert parent_equals_mean(figure("99"), full, None).severity is Severity.CONTRADICTION
    near = [figure("100"), figure("99")]
    assert parent_equals_mean(figure("99"), near).severity is Severity.CONSISTENT


@given(
    st.lists(st.fractions(0, 100, max_denominator=400), min_size=1, max_size=6),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from(list(RoundingMode)),
)
def test_a_true_mean_printed_under_one_mode_is_never_contradicted(
    values: list[Fraction], digits: int, parent_digits: int, mode: RoundingMode
) -> None:
    children = [figure(printed_text(v, digits, mode)) for v in values]
    average = sum(values, Fraction(0)) / len(values)
    parent = figure(printed_text(average, parent_digits, mode))
    assert parent_equals_mean(parent, children).severity is Severity.CONSISTENT


@given(
    st.lists(st.fractions(0, 100, max_denominator=400), min_size=1, max_size=6),
    st.sampled_from(list(RoundingMode)),
    st.integers(3, 40),
)
def test_a_parent_two_units_off_is_found_and_its_repairs_settle_it(
    values: list[Fraction], mode: RoundingMode, off: int
) -> None:
    children = [figure(printed_text(v, 0, mode)) for v in values]
    average = sum(values, Fraction(0)) / len(values)
    wrong = int(average) + off if average < 50 else int(average) - off
    finding = parent_equals_mean(figure(str(wrong)), children)
    assert finding.severity is Severity.CONTRADICTION
    fix = changes(finding)[0]
    for end in (fix.low, fix.high):
        settled = parent_equals_mean(figure(end), children)
        assert settled.severity is Severity.CONSISTENT


def test_the_mean_of_2022_depends_on_the_order_of_rounding() -> None:
    blocks = [
        (figure("83"), [figure(d) for d in I_2022]),
        (figure("76"), [figure(d) for d in II_2022]),
    ]
    finding = method_dependence(blocks, BANDS)
    assert finding.severity is Severity.HAZARD
    assert finding.recomputed == {
        "by_leaves": {
            "value": "79.375",
            "published": "79",
            "level": "acceptable",
            "possible": ["acceptable", "optimal"],
            "undecidable": True,
        },
        "by_printed_blocks": {
            "value": "79.5",
            "published": "80",
            "level": "optimal",
            "possible": ["optimal"],
            "undecidable": False,
        },
    }
    assert finding.tolerance == {
        "low": "78.875",
        "high": "79.875",
        "low_open": False,
        "high_open": True,
    }


def test_where_both_orders_agree_there_is_no_hazard() -> None:
    blocks = [(figure("80"), [figure("80"), figure("80")]), (figure("60"), [figure("60")] * 2)]
    assert method_dependence(blocks).severity is Severity.CONSISTENT
