from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.findings import (
    SEVERITIES,
    Selection,
    order,
    page,
    summarise,
)
from tests.harness.properties import examples


def finding(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"f{number:03}",
        "service": "ratings",
        "rule": "place_sequence",
        "severity": "contradiction",
        "status": "open",
        "subject": {"territory": "08000000"},
        "evidence": [{"document": "programme-407"}],
        **changed,
    }


FINDINGS = st.lists(
    st.builds(
        finding,
        st.integers(0, 999),
        severity=st.sampled_from(SEVERITIES),
        service=st.sampled_from(["ratings", "olympiads", "training"]),
    ),
    max_size=40,
    unique_by=lambda one: one["id"],
)


@examples(100)
@given(FINDINGS, st.integers(1, 7), st.sampled_from([None, *SEVERITIES]))
def test_pages_give_every_finding_once_in_order(
    found: list[dict[str, Any]], limit: int, severity: str | None
) -> None:
    ordered = order(found)
    selection = Selection(severity=severity)
    seen: list[Any] = []
    after = None
    while True:
        items, after = page(ordered, selection, limit, after)
        seen += items
        if after is None:
            break
    assert seen == [one for one in ordered if severity in (None, one["severity"])]


def test_a_finding_that_comes_or_goes_between_pages_hides_no_other() -> None:
    ordered = order([finding(n) for n in range(6)])
    first, after = page(ordered, Selection(), 3, None)
    changed = order([one for one in ordered if one["id"] != "f001"] + [finding(7)])
    second, _ = page(changed, Selection(), 10, after)
    assert [one["id"] for one in first] == ["f000", "f001", "f002"]
    assert [one["id"] for one in second] == ["f003", "f004", "f005", "f007"]


@pytest.mark.parametrize(
    ("selection", "holds"),
    [
        (Selection(territory="08000000"), True),
        (Selection(territory="05000000"), False),
        (Selection(document="programme-407"), True),
        (Selection(document="other"), False),
        (Selection(service="training"), False),
        (Selection(status="open", rule="place_sequence"), True),
    ],
)
def test_filters_combine(selection: Selection, holds: bool) -> None:
    assert selection.holds(finding(1)) is holds


def test_a_finding_about_several_territories_belongs_to_each() -> None:
    shared = finding(1, subject={"territories": ["08000000", "05000000"]})
    assert Selection(territory="05000000").holds(shared)
    assert summarise([shared], "05000000")["counts"]["contradiction"] == 1
    assert summarise([shared], "01000000")["counts"]["contradiction"] == 0


def test_the_top_leaves_out_what_holds_and_what_is_closed() -> None:
    found = order(
        [
            finding(1, severity="consistent"),
            finding(2, status="resolved"),
            finding(3, severity="hazard"),
            finding(4),
        ]
    )
    summary = summarise(found, "08000000")
    assert [one["id"] for one in summary["top"]] == ["f004", "f003"]
    assert summary["counts"]["consistent"] == 1


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_closed_finding_counts_no_longer_but_a_check_that_holds_does(severity: str) -> None:
    found = order(
        finding(number, severity=severity, status=status)
        for number, status in enumerate(("open", "acknowledged", "resolved"))
    )
    expected = 3 if severity == "consistent" else 2
    assert summarise(found, "08000000")["counts"] == dict.fromkeys(SEVERITIES, 0) | {
        severity: expected
    }
