"""What stands beside the claims of a whole document, in the shapes people give it."""

import pytest

from shared.figures.document import Facts
from shared.ledger.facts import FactRow, facts_of
from shared.ledger.inline_facts import axis_of, read_assumptions, read_facts
from shared.ledger.schemas import FACT_EXAMPLES, DocumentBody

REGIONS = ("05000000", "08000000")


def read(member: str, given: object) -> FactRow:
    rows, faults = read_facts({member: given})
    assert faults == []
    (row,) = rows
    return row


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"dfo": list(REGIONS)}, "dfo"),
        ({"dfo": {"title": "ДФО", "territories": list(REGIONS)}}, "dfo"),
        ([{"code": "dfo", "territories": list(REGIONS)}], "dfo"),
        ([{"id": "dfo", "members": list(REGIONS)}], "dfo"),
        ([list(REGIONS)], "1"),
        (list(REGIONS), "group"),
    ],
)
def test_a_group_is_a_name_and_its_territories(given: object, code: str) -> None:
    assert read("groups", given) == FactRow("group", code, members=REGIONS)


@pytest.mark.parametrize(
    "given",
    [
        {"territories": list(REGIONS)},
        {"territory": list(REGIONS)},
        {"regions": list(REGIONS)},
        [{"territories": list(REGIONS)}],
        [{"key": "territory", "values": list(REGIONS)}],
        list(REGIONS),
        [list(REGIONS)],
    ],
)
def test_a_list_of_territories_is_known_by_its_codes(given: object) -> None:
    assert read("expected", given) == FactRow("expected", "territory", members=REGIONS)


def test_a_list_may_say_which_claims_it_is_of() -> None:
    about = {"concept": "place", "key": {"indicator": "total"}, "period": "2022"}
    key = (("indicator", "total"), ("period", "2022"))
    expected = FactRow("expected", "territory", "place", key, REGIONS)
    assert read("expected", [{**about, "territories": list(REGIONS)}]) == expected
    by_concept = FactRow("expected", "territory", "place", (), REGIONS)
    assert read("expected", {"place": list(REGIONS)}) == by_concept
    grades = FactRow("expected", "grade", None, (), ("9", "10", "11"))
    assert read("expected", {"grades": [9, 10, 11]}) == grades


@pytest.mark.parametrize(
    "given",
    [
        {"russian": "68,3"},
        {"russian": {"value": "68,3"}},
        [{"subject": "russian", "value": "68,3"}],
        [{"key": {"subject": "russian"}, "raw": "68,3"}],
        [{"key": {"subject": "russian"}, "territory": "ru", "raw": "68,3"}],
        [{"subject": "russian", "value": {"raw": "68,3", "value": "68.3", "digits": 1}}],
    ],
)
def test_a_benchmark_is_a_national_value_of_something(given: object) -> None:
    assert read("benchmarks", given) == FactRow(
        "benchmark", key=(("subject", "russian"),), value="68,3"
    )


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (85, ()),
        ({"2022": 85}, (("period", "2022"),)),
        ({"rum": 85}, (("programme", "rum"),)),
        ([{"period": "2022", "count": 85}], (("period", "2022"),)),
        ({"rum": {"2022": 85}}, (("period", "2022"), ("programme", "rum"))),
    ],
)
def test_peers_are_counted_by_period_or_programme(
    given: object, key: tuple[tuple[str, str], ...]
) -> None:
    assert read("peers", given) == FactRow("peers", key=key, value="85")


@pytest.mark.parametrize(
    "given",
    [
        {"w": ["2023-01-01", "2023-05-31"]},
        {"w": {"from": "2023-01", "to": "2023-05"}},
        [{"code": "w", "first": "01.01.2023", "last": "31.05.2023"}],
        [{"name": "w", "start": "январь 2023", "end": "май 2023"}],
    ],
)
def test_a_window_runs_from_its_first_day_to_its_last(given: object) -> None:
    assert read("windows", given) == FactRow("window", "w", value="2023-01-01;2023-05-31")


@pytest.mark.parametrize("member", ["shared_maxima", "shared_maximum"])
@pytest.mark.parametrize(
    "given",
    [[{"code": "law", "key": {"subject": "law"}}], [{"subject": "law"}], {"law": {}}],
)
def test_the_grades_of_a_subject_may_share_a_maximum(member: str, given: object) -> None:
    assert read(member, given) == FactRow("shared_maximum", "law", key=(("subject", "law"),))


@pytest.mark.parametrize(
    ("codes", "axis"),
    [
        (("08000000", "08701000"), "territory"),
        (("9", "10", "11"), "grade"),
        (("I", "1.1", "total"), "indicator"),
        (("russian.mean",), "indicator"),
        (("russian", "physics"), "subject"),
        (("9", "physics"), "subject"),
    ],
)
def test_codes_say_what_they_are_codes_of(codes: tuple[str, ...], axis: str) -> None:
    assert axis_of(codes) == axis


@pytest.mark.parametrize(
    ("member", "given"),
    [
        ("groups", {"dfo": "08000000"}),
        ("groups", {"dfo": []}),
        ("expected", {"territories": 5}),
        ("benchmarks", {"russian": "высокий"}),
        ("peers", {"rum": {"2022": "много"}}),
        ("windows", {"w": ["2023-01-01"]}),
        ("windows", {"w": ["2023-05-31", "2023-01-01"]}),
        ("shared_maxima", ["law"]),
    ],
)
def test_what_cannot_be_meant_is_a_fault_with_its_place(member: str, given: object) -> None:
    rows, faults = read_facts({member: given})
    assert rows == []
    assert [fault.pointer.split("/")[1] for fault in faults] == [member]


@pytest.mark.parametrize("member", [name for name in FACT_EXAMPLES if name != "assumptions"])
def test_the_example_of_every_kind_of_fact_is_read(member: str) -> None:
    rows, faults = read_facts({member: FACT_EXAMPLES[member]})
    assert faults == []
    assert rows
    assert facts_of(rows) != Facts()


def test_every_fact_of_a_document_has_an_example() -> None:
    names = {field.alias or name for name, field in DocumentBody.model_fields.items()}
    assert names - {"document", "title", "claims"} == FACT_EXAMPLES.keys()
    stated, faults = read_assumptions(FACT_EXAMPLES["assumptions"])
    assert (len(stated), faults) == (1, [])
