"""What documents claim about measures, against what was found."""

import pytest

from services.ratings.domain.effect_claims import PublishedEffect, judge_claim
from services.ratings.store.effects import EffectRow
from services.ratings.usecases.effect_findings import published
from shared.clock import now
from shared.effects.verdict import Verdict
from shared.figures.claims import Claim, Concept, ScopeKind, key_of
from shared.figures.rules.finding import Severity

OUTCOME = frozenset({"1.3", "rum 1.3"})


def claim(**key: str) -> Claim:
    return Claim(
        ScopeKind.PROGRAMME, "rum", None, Concept.STATEMENT, key_of(key), "помогло", "report"
    )


def effect(verdict: Verdict, p: float | None) -> dict[str, PublishedEffect]:
    return {"tour": PublishedEffect("tour", "Семинар", 2, verdict, p, OUTCOME)}


@pytest.mark.parametrize(
    ("verb", "verdict", "p", "severity"),
    [
        ("caused", "measured", 0.01, Severity.CONSISTENT),
        ("caused", "measured", 0.4, Severity.HAZARD),
        ("caused", "consistent", 0.01, Severity.HAZARD),
        ("agrees", "consistent", 0.01, Severity.CONSISTENT),
        ("agrees", "measured", 0.01, Severity.CONSISTENT),
        ("agrees", "difference", 0.01, Severity.HAZARD),
        ("agrees", "insufficient", None, Severity.HAZARD),
    ],
)
def test_a_verb_needs_its_verdict_and_a_detected_effect(
    verb: str, verdict: Verdict, p: float | None, severity: Severity
) -> None:
    found = judge_claim(claim(measure="tour", outcome="1.3", verb=verb), effect(verdict, p))
    assert found is not None
    assert found.severity is severity
    assert found.rule == "effect_overclaimed"


def test_a_claim_about_what_nobody_evaluated_is_unknown_not_false() -> None:
    for key in ({"measure": "other"}, {"measure": "tour", "outcome": "2.1"}):
        found = judge_claim(claim(verb="caused", **key), effect("measured", 0.01))
        assert found is not None
        assert found.severity is Severity.INCOMPLETE


@pytest.mark.parametrize(
    ("limits", "severity"), [([], Severity.CONSISTENT), (["ROUNDING_COVERS_ZERO"], Severity.HAZARD)]
)
def test_what_rounding_alone_can_make_bears_out_no_verb(
    limits: list[str], severity: Severity
) -> None:
    content = {
        "title": "Семинар",
        "outcome": {"programme": "rum", "indicator": "1.3", "node": None},
        "outcomes": [{"adjusted_p": 0.01}],
        "verdict": "measured",
        "limits": limits,
    }
    row = EffectRow("tour", 2, "", content, (), now(), now())
    found = judge_claim(claim(measure="tour", verb="caused"), {"tour": published(row)})
    assert found is not None
    assert found.severity is severity


def test_other_statements_are_nobodys_business() -> None:
    assert judge_claim(claim(subject="math"), {}) is None
    assert judge_claim(claim(measure="tour", verb="planned"), effect("measured", 0.01)) is None
