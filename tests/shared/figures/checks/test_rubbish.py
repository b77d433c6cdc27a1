"""Whatever a document holds, it is judged: no text, key or fact makes a check fail."""

import json
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.checks import check_document
from shared.figures.claims import Claim, Concept, Locator, key_of
from shared.figures.document import Facts, SourceDocument
from shared.ledger.facts import facts_of
from shared.ledger.inline_facts import read_facts
from shared.ledger.layouts import scope_kind
from tests.harness.properties import examples
from tests.shared.figures.claim_builders import claim

RAWS = st.sampled_from(
    ["", "-", "0", "1", "85", "99 %", "100", "101", "-5", "68,3", "1 006", "867 - 856", "39-12",
     "28-39 место по РФ", "90 % 10 место", "abc", "80 математиков", "март, октябрь", "до 27.12",
     "1-999999999", "9" * 60, "0,000000000000000000000000001", "31.12.9999", "декабрь-январь 2199"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["indicator", "subject", "grade", "period", "band", "bound", "tier", "part", "of", "window",
     "group", "session", "runs", "stage", "x"]
)  # fmt: skip
VALUES = st.sampled_from(["I", "1.1", "1.2", "total", "9", "10", "spring", "g", "a", "b", "2022"])
CLAIMS = st.builds(
    lambda concept, raw, key, territory, scope, line: Claim(
        scope_kind(scope), scope, territory, Concept(concept), key_of(key), raw, "d",
        Locator(line, 1, None),
    ),
    st.sampled_from([concept.value for concept in Concept]),
    RAWS,
    st.dictionaries(NAMES, VALUES, max_size=3),
    st.sampled_from([None, "01000000", "03000000", "08701000", "ru"]),
    st.sampled_from(["rum", "2022-2023", "2023"]),
    st.integers(1, 400),
)  # fmt: skip
FACTS = facts_of(
    read_facts(
        {
            "groups": {"g": ["01000000", "03000000", "04000000"]},
            "peers": 85,
            "expected": {"subject": ["a", "b"]},
            "benchmarks": [{"concept": "score", "key": {"subject": "a"}, "value": "68,3"}],
            "trees": {"I": ["1.1", "1.2"]},
            "scales": [{"concept": "index", "from": 0, "to": 100, "step": 1}],
            "shared_maxima": [{"code": "m", "key": {"subject": "a"}}],
            "windows": [{"code": "spring", "from": "2023-01-01", "to": "2023-05-31"}],
            "facts": [
                {"fact": "ratio", "code": "subject", "concept": "count", "members": ["of=a"]},
                {"fact": "expectation", "code": "grade", "value": "nondecreasing"},
            ],
        }
    )[0]
)


@examples(60)
@given(st.lists(CLAIMS, max_size=40), st.booleans())
def test_any_claims_are_judged(claims: list[Claim], with_facts: bool) -> None:
    facts = FACTS if with_facts else Facts()
    found = check_document(SourceDocument("d", tuple(claims), facts))
    for finding in found:
        assert json.loads(json.dumps(finding.wire(), allow_nan=False))
        assert finding.text.strip()
        if finding.severity == "contradiction":
            assert finding.claims


@pytest.mark.slow
def test_thousands_of_claims_are_judged_in_seconds() -> None:
    """Thresholds of a hundred territories: far more than a document of this kind prints."""
    claims = tuple(
        claim(concept, raw, scope="2024-2025", territory=f"{t:08d}", subject=s, grade=str(g))
        for t in range(100)
        for s in ("english", "physics", "law")
        for g in (9, 10, 11)
        for concept, raw in (("score", "17"), ("index", "34"))
    )
    began = process_time()
    found = check_document(SourceDocument("d", claims))
    assert process_time() - began < 10
    assert not [f for f in found if f.severity == "contradiction"]
    moved = replace(claims[1], raw="99")
    wrong = check_document(SourceDocument("d", (claims[0], moved, *claims[2:])))
    assert any(moved in f.claims for f in wrong if f.severity == "contradiction")
