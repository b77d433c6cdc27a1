"""No input crashes a rule, and every claim is in a finding or is told to be unchecked."""

import pytest

from shared.figures.checks.run import run_checks
from shared.figures.document import SourceDocument
from tests.shared.figures.checks.grammar import random_document


def assert_total(document: SourceDocument) -> None:
    result = run_checks(document)
    assert not result.failures, result.failures[0].trace
    told = {claim for finding in result.findings for claim in finding.claims}
    assert told | {one.claim for one in result.unchecked} == set(document.claims)
    for finding in result.findings:
        finding.wire()


@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_random_documents_never_break_a_rule(start: int) -> None:
    for seed in range(start, start + 250):
        assert_total(random_document(seed))
