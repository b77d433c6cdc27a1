from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.findings import (
    SEVERITIES,
    Selection,
    SourceDocumentState,
    index_findings,
    page,
    states_of,
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
    index = index_findings(found)
    selection = Selection(severity=severity)
    seen: list[Any] = []
    after = None
    while True:
        items, after = page(index, selection, limit, after)
        seen += items
        if after is None:
            break
    assert seen == [one for one in index.items if severity in (None, one["severity"])]


def test_a_finding_that_comes_or_goes_between_pages_hides_no_other() -> None:
    index = index_findings([finding(n) for n in range(6)])
    first, after = page(index, Selection(), 3, None)
    changed = index_findings([one for one in index.items if one["id"] != "f001"] + [finding(7)])
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
    index = index_findings([shared])
    assert index.of_territory == {"08000000": [shared], "05000000": [shared]}


CHECK = {"state": "done", "at": "2022-12-02T06:00:00Z", "revision": 4, "rules_failed": []}


def stored(code: str, *territories: str, service: str = "ratings") -> SourceDocumentState:
    return SourceDocumentState(service, code, frozenset(territories), CHECK)


def counted(
    oktmo: str, found: list[dict[str, Any]], *documents: SourceDocumentState
) -> dict[str, int]:
    counts: dict[str, int] = index_findings(found, documents).summarise(oktmo)["counts"]
    return {severity: n for severity, n in counts.items() if n}


def test_a_passport_counts_the_findings_of_the_documents_it_shows() -> None:
    about_the_country = finding(1, subject={"territory": "ru"})
    of_another_service = finding(2, service="training")
    programme = stored("programme-407", "08000000", "05000000")
    found = [about_the_country, of_another_service]
    assert counted("08000000", found, programme) == {"contradiction": 2}
    assert counted("05000000", found, programme) == {"contradiction": 1}
    assert counted("45000000", found, programme) == {}
    there = stored("programme-407", service="training")
    assert counted("08000000", [of_another_service], programme, there) == {}


def test_a_finding_on_two_documents_counts_once() -> None:
    both = finding(1, evidence=[{"document": "a"}, {"document": "b"}])
    documents = stored("a", "08000000"), stored("b", "08000000")
    assert counted("08000000", [both], *documents) == {"contradiction": 1}


def test_a_passport_tells_whether_its_documents_were_checked() -> None:
    index = index_findings([], [stored("a", "08000000"), stored("b", "05000000")])
    told = {"service": "ratings", "document": "a", **CHECK}
    assert index.summarise("08000000")["checks"] == [told]
    assert index.mention("08000000")
    assert not index.mention("45000000")


def test_the_region_of_a_document_is_one_of_its_territories() -> None:
    item = {"document": "a", "territory": "08000000", "territories": ["05000000"], "check": CHECK}
    (state,) = states_of("ratings", [item])
    assert state.territories == {"08000000", "05000000"}
    (nobody,) = states_of("ratings", [{**item, "territory": None, "territories": []}])
    assert nobody.territories == frozenset()


def test_of_equal_strength_what_names_the_territory_comes_first() -> None:
    found = [finding(1, subject={"territory": "ru"}), finding(2)]
    summary = index_findings(found, [stored("programme-407", "08000000")]).summarise("08000000")
    assert [one["id"] for one in summary["top"]] == ["f002", "f001"]


def test_the_top_leaves_out_what_holds_and_what_is_closed() -> None:
    found = index_findings(
        [
            finding(1, severity="consistent"),
            finding(2, status="resolved"),
            finding(3, severity="hazard"),
            finding(4),
        ]
    )
    summary = summarise(found.of_territory["08000000"], "08000000")
    assert [one["id"] for one in summary["top"]] == ["f004", "f003"]
    assert summary["counts"]["consistent"] == 1


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_closed_finding_counts_no_longer_but_a_check_that_holds_does(severity: str) -> None:
    found = index_findings(
        finding(number, severity=severity, status=status)
        for number, status in enumerate(("open", "acknowledged", "resolved"))
    )
    expected = 3 if severity == "consistent" else 2
    assert found.summarise("08000000")["counts"] == dict.fromkeys(SEVERITIES, 0) | {
        severity: expected
    }


def test_a_page_reads_only_what_it_returns() -> None:
    class Counting(dict[str, Any]):
        looked = 0

        def get(self, key: str, default: Any = None) -> Any:
            Counting.looked += 1
            return super().get(key, default)

    looked = []
    for size in (1000, 2000):
        index = index_findings(Counting(finding(n)) for n in range(size))
        Counting.looked = 0
        page(index, Selection(status="open"), 10, index.ranks[size // 2])
        looked.append(Counting.looked)
    assert looked[1] == looked[0] < 200


def test_of_one_cause_the_list_can_show_the_leading_finding_alone() -> None:
    index = index_findings([finding(1), finding(2, shared_cause="f001"), finding(3)])
    folded, _ = page(index, Selection(folded=True), 10, None)
    assert [one["id"] for one in folded] == ["f001", "f003"]
    everything, _ = page(index, Selection(), 10, None)
    assert len(everything) == 3


def test_the_top_shows_a_folded_finding_only_where_its_leader_is_not_there() -> None:
    both = [finding(1), finding(2, shared_cause="f001")]
    summary = summarise(both, "08000000")
    assert [one["id"] for one in summary["top"]] == ["f001"]
    assert summary["counts"]["contradiction"] == 2
    alone = summarise(both[1:], "08000000")
    assert [one["id"] for one in alone["top"]] == ["f002"]
