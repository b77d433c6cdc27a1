"""Small documents of many layouts, each with what must and must not be said of it.

`documents.json` holds the claims (`key` as `name=value` pairs) and the facts; `accused` are the
only contradictions and implausible findings allowed, with `cells` among their evidence; `says`
must be there too.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from shared.figures.checks import CheckResult, examine_document
from shared.figures.document import Facts
from shared.figures.rules.finding import Finding, Severity
from shared.ledger.layouts import scope_kind
from shared.ledger.schemas import DocumentBody
from shared.ledger.usecases import read_document

DOCUMENTS = json.loads(Path(__file__).with_name("documents.json").read_text(encoding="utf-8"))
REGION = "08000000"
ACCUSING = (Severity.CONTRADICTION, Severity.IMPLAUSIBLE)


def examine(case: Mapping[str, object]) -> CheckResult:
    claims, facts = case["claims"], case.get("facts", {})
    assert isinstance(claims, list)
    assert isinstance(facts, dict)
    rows = [claim_row(case, row, line) for line, row in enumerate(claims, start=1)]
    body = {"document": "d", **facts, "claims": rows}
    return examine_document(read_document(DocumentBody.model_validate(body), Facts()))


def claim_row(
    case: Mapping[str, object], row: Mapping[str, str], line: int
) -> Mapping[str, object]:
    scope = row.get("scope") or str(case.get("scope", "proba"))
    return {
        scope_kind(scope).value: scope,
        "territory": row.get("territory", REGION),
        "concept": row["concept"],
        "key": dict(pair.split("=", 1) for pair in row["key"].split()),
        "raw": row["raw"],
        "locator": {"line": row.get("line", line), "cell": 1, "table": "Т"},
    }


def named(findings: Sequence[Finding]) -> set[str]:
    return {f"{finding.severity.value} {finding.rule}" for finding in findings}


@pytest.mark.parametrize("case", DOCUMENTS, ids=[case["name"] for case in DOCUMENTS])
def test_a_document_is_told_its_mistakes_and_no_others(case: Mapping[str, Sequence[str]]) -> None:
    result = examine(case)
    assert result.failures == ()
    accusing = [f for f in result.findings if f.severity in ACCUSING]
    assert named(accusing) == set(case.get("accused", ())), [f.text for f in accusing]
    evidence = {claim.raw for finding in accusing for claim in finding.claims}
    assert set(case.get("cells", ())) <= evidence
    assert set(case.get("says", ())) <= named(result.findings)


def test_the_documents_are_of_many_layouts() -> None:
    clean = [case for case in DOCUMENTS if "accused" not in case]
    assert len(clean) >= 60
    assert len(DOCUMENTS) - len(clean) >= 20
