from dataclasses import replace
from decimal import Decimal

from services.olympiads.domain.maxima import percent_of
from services.olympiads.domain.season_findings import (
    Scored,
    percent_findings,
    performers_findings,
)
from services.olympiads.domain.thresholds import Stage
from shared.figures.claims import Claim, Concept, Locator, ScopeKind, key_of
from shared.figures.rules.finding import Repair, Severity

CLAIM = Claim(
    ScopeKind.SEASON,
    "2022-2023",
    "08000000",
    Concept.COUNT,
    key_of({"subject": "physics", "grade": 9, "measure": "at_least_75"}),
    "2",
    "programme-407",
    Locator(172, 2, "Олимпиадное движение в 2022 году"),
)


def test_a_declared_count_is_compared_with_the_public_one_only() -> None:
    declared = {("physics", 9): "2", ("physics", 10): "1", ("french", 10): "-", ("law", 9): "0"}
    counted = {("physics", 9): 5, ("french", 10): 0, ("law", 9): 0}
    alien = replace(CLAIM, raw="3", document="another")
    found = list(performers_findings("2022-2023", declared, counted, [CLAIM, alien]))
    assert [(f.subject["subject"], f.severity) for f in found] == [
        ("law", Severity.CONSISTENT),
        ("physics", Severity.CONTRADICTION),
    ]
    assert found[1].claims == (CLAIM,)
    assert found[1].repairs == (Repair.of(CLAIM, "5", "5"),)
    assert (found[1].declared, found[1].recomputed) == ("2", "5")


def test_only_claims_about_the_very_figure_are_its_evidence() -> None:
    others = [
        replace(CLAIM, key=key_of({"subject": "physics", "grade": 9, "measure": "participants"})),
        replace(CLAIM, key=key_of({"subject": "physics", "grade": 10, "measure": "at_least_75"})),
    ]
    finding = next(
        performers_findings(
            "2022-2023", {("physics", 9): "2"}, {("physics", 9): 5}, [*others, CLAIM]
        )
    )
    assert finding.claims == (CLAIM,)
    shares = [
        replace(
            CLAIM,
            concept=Concept.SHARE,
            raw="28",
            key=key_of({**key, "subject": "physics", "grade": 9}),
        )
        for key in ({"stage": "regional"}, {"stage": "final"}, {})
    ]
    scored = Scored(Stage.FINAL, "physics", 9, Decimal(14), percent_of("28"), Decimal(60))
    final = next(percent_findings("2022-2023", [scored], shares))
    assert final.claims == (shares[1], shares[2])


def test_a_per_cent_contradicts_a_maximum_only_under_every_rounding() -> None:
    def severity(maximum: int) -> Severity:
        scored = Scored(
            Stage.REGIONAL, "physics", 9, Decimal(14), percent_of("28"), Decimal(maximum)
        )
        return next(percent_findings("2022-2023", [scored], [])).severity

    assert severity(50) is Severity.CONSISTENT
    assert severity(49) is Severity.CONSISTENT, "28.57 is 28 when rounded down"
    assert severity(51) is Severity.CONSISTENT, "27.45 is 28 when rounded up"
    assert severity(52) is Severity.CONTRADICTION, "26.92 is 28 under no rule"
    assert severity(48) is Severity.CONTRADICTION, "29.17 is 28 under no rule"
