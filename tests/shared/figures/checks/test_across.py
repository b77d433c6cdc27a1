from collections.abc import Mapping
from dataclasses import replace

import pytest

from shared.figures.checks.across import restated_across_documents
from shared.figures.claims import Claim
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding, Severity
from tests.shared.figures.claim_builders import claim

ABOUT = {"indicator": "1.1", "period": "2022"}


def printed(document: str, raw: str, concept: str = "index", **key: str) -> Claim:
    said = claim(concept, raw, territory="08000000", **(key or ABOUT))
    return replace(said, document=document)


def judged(*claims: Claim, revises: Mapping[str, frozenset[str]] | None = None) -> list[Finding]:
    return list(restated_across_documents([read_claim(one) for one in claims], revises or {}))


HOLDS, ODD, NEVER = Severity.CONSISTENT, Severity.IMPLAUSIBLE, Severity.CONTRADICTION


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        ("79", "79", HOLDS),
        ("79,4", "79", HOLDS),
        ("79,5", "79", HOLDS),
        ("79,5", "80", HOLDS),
        # 79.5 is behind both only where one document rounds down and the other up.
        ("79", "80", ODD),
        ("79", "81", NEVER),
        ("79,6", "78", NEVER),
        ("68,3", "86,3", NEVER),
    ],
)
def test_figures_contradict_where_no_rounding_reconciles_them(
    first: str, second: str, severity: Severity
) -> None:
    (found,) = judged(printed("a", first), printed("b", second))
    assert found.severity is severity
    assert found.subject["documents"] == ["a", "b"]
    assert {one.document for one in found.claims} == {"a", "b"}
    assert bool(found.assumes) is (severity is ODD)


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [("12", "13", False), ("28-39", "28", True), ("28-39", "40", False), ("12", "12", True)],
)
def test_places_contradict_where_their_ranges_do_not_meet(
    first: str, second: str, agree: bool
) -> None:
    (found,) = judged(printed("a", first, "place"), printed("b", second, "place"))
    assert (found.severity is Severity.CONSISTENT) is agree


def test_a_registered_revision_replaces_what_it_revises() -> None:
    old, new, other = printed("old", "79"), printed("new", "82"), printed("other", "82")
    assert judged(old, new, revises={"new": frozenset({"old"})}) == []
    (found,) = judged(old, new, other, revises={"new": frozenset({"old"})})
    assert found.severity is Severity.CONSISTENT
    (against,) = judged(old, new, revises={"another": frozenset({"old"})})
    assert against.severity is Severity.CONTRADICTION


def test_the_evidence_is_of_the_documents_in_dispute() -> None:
    (found,) = judged(printed("a", "79"), printed("b", "79"), printed("c", "90"))
    assert {one.document for one in found.claims} == {"a", "b", "c"}
    (alike,) = judged(printed("a", "79"), printed("a", "90"), printed("b", "90"))
    assert alike.severity is Severity.CONSISTENT


@pytest.mark.parametrize(
    ("concept", "key", "raw"),
    [
        ("index", {"row": "1"}, "79"),
        ("index", {"indicator": "1.1", "row": "1"}, "79"),
        ("count", ABOUT, "79"),
        ("index", ABOUT, "—"),
        ("index", ABOUT, "около 79"),
        ("index", ABOUT, "чепуха"),
        ("index", {"indicator": "1.1", "band": "optimal"}, "79"),
    ],
)
def test_what_another_document_may_mean_otherwise_is_not_compared(
    concept: str, key: dict[str, str], raw: str
) -> None:
    assert judged(printed("a", raw, concept, **key), printed("b", "12", concept, **key)) == []


def test_other_periods_territories_and_scopes_are_other_things() -> None:
    there = printed("b", "12", **{**ABOUT, "period": "2021"})
    elsewhere = replace(printed("c", "13"), territory="05000000")
    apart = replace(printed("d", "14"), scope="motivating")
    assert judged(printed("a", "79"), there, elsewhere, apart) == []
