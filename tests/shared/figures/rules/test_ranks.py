import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.places import Place, group_places_exact, places_exact
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.group_bounds import (
    Field,
    feasible_inside,
    place_bounds,
    place_plausibility,
)
from shared.figures.rules.ranks import Ranked, place_sequence, sequence_possible
from tests.shared.figures.claim_builders import changes, ranked

DFO = {
    "Магаданская": ("74", "7"),
    "Сахалинская": ("76", "8"),
    "Саха": ("32", "3"),
    "Хабаровский": ("12", "1"),
    "Бурятия": ("59-60", "5"),
    "Камчатский": ("66", "6"),
    "Амурская": ("55", "4"),
    "Приморский": ("24-25", "2"),
    "Чукотский": ("85", "10"),
    "Забайкальский": ("62", "6"),
    "ЕАО": ("82", "9"),
}


def column(labels: dict[str, str], concept: str = "place") -> list[Ranked]:
    return [ranked(name, label, concept) for name, label in labels.items()]


def sequence(inside: dict[str, str], outside: dict[str, str], size: int | None = None) -> Finding:
    return place_sequence("g", size or len(outside), column(inside, "group_place"), column(outside))


def test_the_district_places_of_2022_are_recomputed() -> None:
    finding = sequence({k: v[1] for k, v in DFO.items()}, {k: v[0] for k, v in DFO.items()})
    assert finding.severity is Severity.CONTRADICTION
    assert isinstance(finding.declared, list)
    assert isinstance(finding.recomputed, list)
    declared = {d["territory"]: d["place"] for d in finding.declared}
    recomputed = {d["territory"]: d["place"] for d in finding.recomputed}
    assert declared == {
        "Камчатский": "6",
        "Магаданская": "7",
        "Сахалинская": "8",
        "ЕАО": "9",
        "Чукотский": "10",
    }
    assert recomputed == {
        "Камчатский": "7",
        "Магаданская": "8",
        "Сахалинская": "9",
        "ЕАО": "10",
        "Чукотский": "11",
    }
    assert finding.tolerance == {"sum": 61, "expected": 66}


def test_with_the_repairs_made_it_agrees() -> None:
    outside = {k: v[0] for k, v in DFO.items()}
    broken = sequence({k: v[1] for k, v in DFO.items()}, outside)
    fixes = {c.claim.territory or "": c.low for c in broken.repairs[0].changes}
    inside = {k: fixes.get(k, v[1]) for k, v in DFO.items()}
    assert sequence(inside, outside).severity is Severity.CONSISTENT


def test_a_tie_outside_is_a_tie_inside_however_it_is_printed() -> None:
    outside = {"a": "3", "b": "5-6", "c": "5-6", "d": "9"}
    for second in ({"b": "2-3", "c": "2-3"}, {"b": "2", "c": "2"}, {"b": "3", "c": "3"}):
        inside = {"a": "1", **second, "d": "4"}
        assert sequence(inside, outside).severity is Severity.CONSISTENT
    dense = {"a": "1", "b": "2", "c": "2", "d": "3"}
    assert sequence(dense, outside).severity is Severity.CONTRADICTION
    apart = {"a": "1", "b": "2", "c": "3", "d": "4"}
    assert sequence(apart, outside).severity is Severity.CONTRADICTION


def test_a_member_unknown_outside_widens_the_places_after_it() -> None:
    outside = {"a": "3", "b": "7", "c": "9"}
    assert sequence({"a": "1", "b": "3", "c": "4"}, outside, 4).severity is Severity.CONSISTENT
    assert sequence({"a": "2", "b": "3", "c": "4"}, outside, 4).severity is Severity.CONSISTENT
    assert sequence({"a": "1", "b": "2", "c": "2"}, outside, 4).severity is Severity.CONTRADICTION
    assert sequence({"a": "3", "b": "3", "c": "4"}, outside, 4).severity is Severity.CONTRADICTION


@pytest.mark.parametrize(
    ("labels", "size", "possible"),
    [
        (["1", "2", "3"], 3, True),
        (["1", "2", "2", "4"], 4, False),
        (["1", "2", "2", "3"], 4, False),
        (["1", "3", "3", "4"], 4, False),
        (["1", "2-3", "2-3", "4"], 4, True),
        (["1", "2-3", "2-3", "4-5"], 4, False),
        (["1", "2-3", "3"], 5, False),
        (["1", "2-3", "4", "4"], 6, False),
        (["2-3", "2-3", "2-3"], 6, False),
        (["28-39", "34-46"], 85, False),
        (["24-25", "59-60", "12"], 85, True),
        (["1", "1", "4"], 3, False),
        (["1-2", "1-2", "4"], 4, True),
        (["5"], 4, False),
        (["2", "2", "2"], 3, False),
        ([], 3, True),
        (["1", "1"], 1, False),
    ],
)
def test_what_can_stand_in_one_ranking(labels: list[str], size: int, possible: bool) -> None:
    places = [r.place for r in column({str(i): label for i, label in enumerate(labels)})]
    assert sequence_possible(places, size) is possible


@given(
    st.lists(st.integers(0, 15), min_size=2, max_size=25),
    st.integers(2, 12),
    st.sampled_from(["range", "first", "last"]),
    st.randoms(use_true_random=False),
    st.integers(0, 4),
)
def test_places_of_true_values_are_never_contradicted(
    values: list[int], members: int, convention: str, luck: random.Random, hidden: int
) -> None:
    groups = [0 if i < members else 1 for i in range(len(values))]
    luck.shuffle(groups)
    whole, within = places_exact(values), group_places_exact(values, groups)
    group = [i for i, g in enumerate(groups) if g == 0]

    def label(place: Place | None) -> str:
        assert place is not None
        return {"range": place.label, "first": str(place.low), "last": str(place.high)}[convention]

    shown = (group[hidden:] or group) if convention == "range" else group
    outside = {str(i): places_exact(values)[i] for i in shown}
    finding = place_sequence(
        "g",
        len(group),
        column({str(i): label(within[i]) for i in group}, "group_place"),
        column({name: place.label for name, place in outside.items() if place is not None}),
    )
    assert finding.severity is Severity.CONSISTENT, finding.text
    field = Field(len(values), len(group))
    for i in group:
        bounds = place_bounds(
            ranked(str(i), label(within[i]), "group_place"), ranked(str(i), label(whole[i])), field
        )
        if convention == "range":
            assert bounds.severity is Severity.CONSISTENT, bounds.text


@given(st.integers(4, 20), st.data())
def test_two_places_of_distinct_members_swapped_are_found(size: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(size)))
    a = data.draw(st.integers(0, size - 2))
    outside = {str(m): str(2 * i + 1) for i, m in enumerate(order)}
    inside = {str(m): str(i + 1) for i, m in enumerate(order)}
    first, second = str(order[a]), str(order[a + 1])
    inside[first], inside[second] = inside[second], inside[first]
    finding = sequence(inside, outside)
    assert finding.severity is Severity.CONTRADICTION
    assert {c.claim.territory for c in finding.repairs[0].changes} == {first, second}


@given(size=st.integers(3, 12), data=st.data())
def test_a_repeated_place_names_who_shares_it_and_the_place_nobody_has(
    size: int, data: st.DataObject
) -> None:
    first, second = data.draw(
        st.lists(st.integers(1, size), min_size=2, max_size=2, unique=True), "repeated, its copy"
    )
    labels = {f"t{place}": str(place) for place in range(1, size + 1)}
    labels[f"t{second}"] = str(first)
    finding = place_sequence("all", size, column(labels), ())
    assert finding.severity is Severity.CONTRADICTION
    assert finding.declared == [
        {"territory": name, "place": str(first)} for name in sorted((f"t{first}", f"t{second}"))
    ]
    assert {c.claim.territory for c in changes(finding) if c.low == str(second)} == {
        f"t{first}",
        f"t{second}",
    }
    for change in changes(finding):
        if change.low == str(second):
            mended = labels | {str(change.claim.territory): change.low}
            assert place_sequence("all", size, column(mended), ()).severity is Severity.CONSISTENT


def test_the_last_of_all_is_the_last_of_its_group() -> None:
    begins, ends = feasible_inside(Place(85, 85), Field(85, 11))
    assert (list(begins), list(ends)) == ([11], [11])
    finding = place_bounds(ranked("x", "10", "group_place"), ranked("x", "85"), Field(85, 11))
    assert finding.severity is Severity.CONTRADICTION
    assert [c.wire()["set"] for c in changes(finding)] == ["11"]


def test_nobody_stands_lower_inside_than_outside() -> None:
    finding = place_bounds(ranked("x", "4", "group_place"), ranked("x", "3"), Field(85, 11))
    assert finding.severity is Severity.CONTRADICTION
    finding = place_bounds(ranked("x", "3", "group_place"), ranked("x", "90"), Field(85, 11))
    assert (finding.severity, finding.recomputed) == (Severity.CONTRADICTION, None)
    assert finding.repairs == ()


def test_the_feasible_places_by_trying_every_group() -> None:
    from itertools import combinations  # noqa: PLC0415 -- used by this test alone.

    values = [9, 7, 7, 4, 4, 4, 1]
    whole = places_exact(values)
    for me in range(len(values)):
        seen_low, seen_high = set(), set()
        for rest in combinations([i for i in range(len(values)) if i != me], 2):
            groups = [0 if i == me or i in rest else 1 for i in range(len(values))]
            place = group_places_exact(values, groups)[me]
            assert place is not None
            seen_low.add(place.low)
            seen_high.add(place.high)
        outside = whole[me]
        assert outside is not None
        begins, ends = feasible_inside(outside, Field(len(values), 3))
        assert seen_low <= set(begins)
        assert seen_high <= set(ends)
        assert (min(seen_low), max(seen_high)) == (begins[0], ends[-1])


def test_the_implausible_places_of_2021() -> None:
    field = Field(85, 11)
    for place, group_place, extreme in (
        ("75-81 место по РФ", "6 место по ДФО", True),
        ("17-18 место по РФ", "7 место по ДФО", True),
        ("33-34 место по РФ", "1 место по ДФО", False),
        ("28-39 место по РФ", "4 место по ДФО", False),
    ):
        finding = place_plausibility(
            ranked("x", group_place, "group_place"), ranked("x", place), field
        )
        assert finding is not None
        assert (finding.severity is Severity.IMPLAUSIBLE) is extreme


def probability(group_place: str, place: str, field: Field) -> object:
    finding = place_plausibility(ranked("x", group_place, "group_place"), ranked("x", place), field)
    return None if finding is None else finding.recomputed


def test_the_tail_against_a_hand_count() -> None:
    field = Field(4, 2)
    assert probability("1", "4", field) == {"probability": 0.0}
    assert probability("1", "2", field) == {"probability": 1.0}
    assert probability("2", "2", field) == {"probability": round(2 / 3, 6)}


def test_a_field_too_wide_to_count_gets_no_verdict() -> None:
    assert probability("1-900", "1-900000", Field(1_000_000, 1000)) is None
