from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode, round_steps
from shared.figures.rules.candidates import Maxima, Pair, maxima
from shared.figures.rules.finding import Severity
from shared.figures.rules.scales import (
    agreements,
    implied_maximum,
    maximum_conflict,
    score_index_scale,
)
from tests.shared.figures.claim_builders import changes, figure

MODES = list(RoundingMode)
PROGRAMME = ((867, 94), (856, 80), (611, 57), (439, 41), (855, 79), (651, 61), (421, 39), (125, 12))


def pair(score: object, percent: object) -> Pair:
    return Pair(figure(str(score), "score"), figure(str(percent), "index"))


def pairs(*values: tuple[int, int]) -> list[Pair]:
    return [pair(*value) for value in values]


def test_the_programme_excludes_the_pair_867_94() -> None:
    given_pairs = pairs(*PROGRAMME)
    finding = score_index_scale(given_pairs)
    assert finding.severity is Severity.CONTRADICTION
    (half_up,) = agreements(given_pairs, RoundingMode.HALF_UP)
    assert half_up.maximum == Maxima(1076, 1076)
    assert half_up.outliers == (given_pairs[0],)
    score, index = (given_pairs[0].score.claim, given_pairs[0].percent.claim)
    made = [(c.claim, c.low, c.high) for c in changes(finding)]
    assert made[:2] == [(score, "1007", "1016"), (index, "81", "81")]


def test_without_it_the_programme_agrees() -> None:
    assert score_index_scale(pairs(*PROGRAMME[1:])).severity is Severity.CONSISTENT


def test_all_largest_subsets_are_told_on_a_tie() -> None:
    two = pairs((50, 50), (60, 50))
    finding = score_index_scale(two)
    assert finding.severity is Severity.CONTRADICTION
    found = agreements(two, RoundingMode.HALF_UP)
    assert sorted(a.maximum.first for a in found) == [100, 119]
    assert {a.outliers for a in found} == {(two[0],), (two[1],)}
    repaired = {change.claim for change in changes(finding)}
    assert repaired == {p.claim for x in two for p in (x.score, x.percent)}


def test_a_score_of_zero_has_zero_per_cent_of_everything() -> None:
    assert maxima(pair(0, 0), RoundingMode.HALF_UP) == Maxima(1, None)
    assert maxima(pair(0, 5), RoundingMode.HALF_UP).empty
    assert implied_maximum(pair(0, 5)).severity is Severity.CONTRADICTION
    assert maxima(pair(3, 0), RoundingMode.HALF_UP) == Maxima(601, None)
    assert maxima(pair(3, 0), RoundingMode.CEIL).empty


def test_a_maximum_is_never_below_its_score() -> None:
    assert maxima(pair(50, 100), RoundingMode.HALF_UP) == Maxima(50, 50)
    assert maxima(pair(50, 101), RoundingMode.HALF_UP).empty


@given(
    st.integers(0, 300),
    st.integers(0, 104),
    st.integers(1, 900),
    st.sampled_from(MODES),
)
def test_candidates_are_exactly_the_maxima_that_print_so(
    score: int, percent: int, maximum: int, mode: RoundingMode
) -> None:
    prints = score <= maximum and round_steps(Fraction(100 * score, maximum), mode) == percent
    assert maxima(pair(score, percent), mode).holds(maximum) == prints


@given(st.integers(2, 2000), st.data(), st.sampled_from(MODES))
def test_pairs_of_one_maximum_are_never_contradicted(
    maximum: int, data: st.DataObject, mode: RoundingMode
) -> None:
    scores = data.draw(st.lists(st.integers(0, maximum), min_size=2, max_size=8))
    made = pairs(*[(s, round_steps(Fraction(100 * s, maximum), mode)) for s in scores])
    assert score_index_scale(made).severity is Severity.CONSISTENT
    for one in made:
        assert implied_maximum(one).severity is Severity.CONSISTENT
        given_maximum = figure(str(maximum), "max")
        assert implied_maximum(one, given_maximum).severity is Severity.CONSISTENT


@given(st.integers(400, 2000), st.data())
def test_one_wrong_index_among_many_is_the_outlier(maximum: int, data: st.DataObject) -> None:
    low = maximum // 2
    scores = data.draw(st.lists(st.integers(low, maximum), min_size=6, max_size=9, unique=True))
    made = [(s, round_steps(Fraction(100 * s, maximum), RoundingMode.HALF_UP)) for s in scores]
    wrong = (made[0][0], made[0][1] - 10)
    given_pairs = pairs(wrong, *made[1:])
    finding = score_index_scale(given_pairs)
    assert finding.severity is Severity.CONTRADICTION
    assert {c.claim for c in changes(finding)} == {
        given_pairs[0].score.claim,
        given_pairs[0].percent.claim,
    }
    by_claim = {c.claim: c for c in changes(finding)}
    index = by_claim[given_pairs[0].percent.claim]
    settled = pairs((wrong[0], int(index.low)), *made[1:])
    # The least index may need a maximum in half-points, which is a hazard and no contradiction.
    assert score_index_scale(settled).severity in {Severity.CONSISTENT, Severity.HAZARD}


def test_the_derived_maxima_of_the_olympiads() -> None:
    english = [pair(51, 60)] * 3
    assert maxima(english[0], RoundingMode.HALF_UP) == Maxima(85, 85)
    economics = [pair(31, 34), pair(34, 38), pair(30, 33)]
    finding = maximum_conflict(economics)
    assert finding.severity is Severity.CONSISTENT
    assert isinstance(finding.recomputed, dict)
    assert finding.recomputed["common"]["half_up"] == {"from": 90, "to": 90, "list": [90]}


def test_equal_scores_with_different_per_cents_are_the_strongest_conflict() -> None:
    physics = maximum_conflict([pair(14, 28), pair(14, 24), pair(14, 28)])
    biology = maximum_conflict([pair(25, 58), pair(34, 53), pair(38, 52)])
    assert [f.severity for f in (physics, biology)] == [Severity.IMPLAUSIBLE] * 2
    strengths = [
        f.recomputed["strength"] for f in (physics, biology) if isinstance(f.recomputed, dict)
    ]
    assert strengths == ["strong", "ordinary"]


def test_a_registered_group_makes_the_conflict_a_contradiction() -> None:
    finding = maximum_conflict([pair(14, 28), pair(14, 24), pair(14, 28)], "physics_2022")
    assert finding.severity is Severity.CONTRADICTION
    assert finding.subject["shared_maximum"] == "physics_2022"
    assert [c.low for c in changes(finding)][:2] == ["12", "28"]


def test_a_printed_maximum_decides() -> None:
    assert implied_maximum(pair(14, 28), figure("50", "max")).severity is Severity.CONSISTENT
    finding = implied_maximum(pair(14, 28), figure("60", "max"))
    assert finding.severity is Severity.CONTRADICTION
    sets = [c.wire()["set"] for c in changes(finding)]
    assert sets == ["17", "23", "50"]


def test_a_per_cent_between_two_maxima_has_none() -> None:
    assert implied_maximum(pair(3, 68)).severity is Severity.CONTRADICTION
    assert implied_maximum(pair(3, 67)).severity is Severity.CONSISTENT
    assert implied_maximum(pair(3, 75)).severity is Severity.CONSISTENT


def test_scores_with_decimals_are_exact_too() -> None:
    assert maxima(pair("12.5", 25), RoundingMode.HALF_UP) == Maxima(50, 51)


def test_the_id_depends_on_rule_and_claims_only() -> None:
    given_pairs = pairs(*PROGRAMME)
    assert score_index_scale(given_pairs).id == score_index_scale(given_pairs[::-1]).id
    assert score_index_scale(given_pairs).id != score_index_scale(given_pairs[1:]).id
