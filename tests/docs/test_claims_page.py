"""Every table of the integrators' page gives the answers that the page names."""

import json
import re
from pathlib import Path

import pytest

from shared.figures.checks import examine_document
from shared.figures.document import Facts
from shared.ledger.schemas import DocumentBody
from shared.ledger.usecases import read_document

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
SECTIONS = re.findall(
    r"^## (\d+\. .+?)\n\n```json\n(.+?)```\n\nОтвет: (.+?)\n\n", PAGE, re.MULTILINE | re.DOTALL
)
ANSWER = re.compile(r"`([a-z_]+)` — ([a-z]+)")


def test_the_page_has_its_layouts() -> None:
    assert len(SECTIONS) >= 8


@pytest.mark.parametrize(("title", "body", "answers"), SECTIONS, ids=[s[0] for s in SECTIONS])
def test_a_layout_is_judged_as_the_page_says(title: str, body: str, answers: str) -> None:
    document = read_document(DocumentBody.model_validate(json.loads(body)), Facts())
    result = examine_document(document)
    found = {(finding.rule, finding.severity.value) for finding in result.findings}
    told = set(ANSWER.findall(answers))
    assert told, title
    assert told <= found
    proved = {rule for rule, severity in found if severity == "contradiction"}
    assert proved == {rule for rule, severity in told if severity == "contradiction"}
