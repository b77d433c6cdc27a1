"""Figures that are each of a whole of its own are not added up, averaged or put on one scale."""

import pytest

from shared.figures.checks import check_document
from shared.figures.claims import Claim
from shared.figures.document import SourceDocument
from shared.figures.rules.finding import Severity
from tests.shared.figures.claim_builders import claim

CONSISTENT, HAZARD = [Severity.CONSISTENT], [Severity.HAZARD]
DOUBT = [Severity.IMPLAUSIBLE]


def severities(rule: str, *claims: Claim) -> list[Severity]:
    return [f.severity for f in check_document(SourceDocument("d", claims)) if f.rule == rule]


def of_indicator(concept: str, code: str, raw: object, territory: str = "08000000") -> Claim:
    return claim(concept, str(raw), territory=territory, indicator=code, period="2022")


def test_pairs_with_different_printed_maxima_are_on_no_common_scale() -> None:
    cells = [
        of_indicator(concept, "total", raw, territory)
        for territory, score, maximum, index in (
            ("05000000", 10, 20, 50),
            ("08000000", 10, 40, 25),
        )
        for concept, raw in (("score", score), ("max", maximum), ("index", index))
    ]
    assert severities("score_index_scale", *cells) == []
    assert severities("implied_maximum", *cells) == [Severity.CONSISTENT] * 2
    bare = [c for c in cells if c.concept.value != "max"]
    assert severities("score_index_scale", *bare) == []


@pytest.mark.parametrize(
    ("score", "index", "told"),
    [
        (28, 80, CONSISTENT),
        (28, 70, CONSISTENT),
        (29, 80, HAZARD),
        (28, 74, HAZARD),
        (28, 95, DOUBT),
    ],
)
def test_the_per_cent_of_summed_scores_is_no_mean(
    score: int, index: int, told: list[Severity]
) -> None:
    """18 of 20 and 10 of 15 make 28 of 35, which is 80 %; the mean of 90 and 67 is 78.5 %.

    70 % stands for another table, where 50 % is printed for 10 of 20 and the mean is right.
    """
    second = 50 if index == 70 else 67
    cells = [
        of_indicator(concept, code, raw)
        for code, points, per_cent in (("1", score, index), ("1.1", 18, 90), ("1.2", 10, second))
        for concept, raw in (("score", points), ("index", per_cent))
    ]
    found = check_document(SourceDocument("d", tuple(cells)))
    means = [f for f in found if f.rule == "parent_equals_mean" and f.subject["concept"] == "index"]
    assert [f.severity for f in means] == told


def test_shares_measured_in_each_tier_are_of_no_one_whole() -> None:
    measured = [
        claim("share", raw, scope="2023", tier=tier, indicator="coverage")
        for tier, raw in (("profile", "106,7"), ("subject", "63"), ("olympiad", "0"))
    ]
    assert severities("share_sum", *measured) == []
