"""The tables that are published together, judged together."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.olympiads.domain.count_tables import Release
from services.olympiads.domain.public_counts import PublicCounts, public_counts, recall
from tests.harness.properties import examples
from tests.services.olympiads.domain.test_suppression import assert_safe

PEOPLE = {("physics", 9): 40, ("physics", 10): 2, ("english", 9): 30, ("english", 10): 25}
STRONG = {("physics", 9): 2, ("physics", 10): 1, ("english", 9): 8, ("english", 10): 9}
PLACES = {("08701000", 9): 60, ("08701000", 10): 25, ("08634000", 9): 10, ("08634000", 10): 2}
STRONG_PLACES = {"08701000": 18, "08634000": 2}


def test_every_table_and_their_shared_margins_are_safe() -> None:
    counts = public_counts(PEOPLE, STRONG, PLACES, STRONG_PLACES, 3, [])
    assert not counts.withheld
    assert_safe([recall(counts.remembered())])
    assert counts.shown(("n", "physics", "10")) is None
    assert counts.is_hidden(("a", "physics", "9"))
    assert counts.is_hidden(("b", "08634000", "*"))
    assert counts.is_hidden(("b", "08701000", "*"))
    assert counts.shown(("n", "*", "*")) == 97
    assert counts.shown(("a", "*", "*")) == 20
    assert counts.shown(("n", "history", "9")) is None
    assert not counts.is_hidden(("n", "history", "9"))


def test_a_later_revision_is_safe_together_with_the_first() -> None:
    first = recall(public_counts(PEOPLE, STRONG, PLACES, STRONG_PLACES, 3, []).remembered())
    corrected = {**STRONG, ("physics", 9): 3}
    second = public_counts(PEOPLE, corrected, PLACES, STRONG_PLACES, 3, [first])
    assert not second.withheld
    assert_safe([first, recall(second.remembered())])


def test_performers_are_summed_only_where_every_maximum_is_known() -> None:
    partial = {cell: count for cell, count in STRONG.items() if cell != ("english", 10)}
    counts = public_counts(PEOPLE, partial, PLACES, STRONG_PLACES, 3, [])
    assert ("a", "english", "*") not in counts.values
    assert ("a", "*", "10") not in counts.values
    assert ("a", "*", "*") not in counts.values
    assert counts.values[("a", "physics", "*")] == 3


def test_what_cannot_be_hidden_is_withheld() -> None:
    first = recall(public_counts({("a", 9): 3, ("b", 9): 0}, {}, {}, {}, 3, []).remembered())
    second = public_counts({("a", 9): 1, ("b", 9): 2}, {}, {}, {}, 3, [first])
    assert not second.withheld or second.hidden
    stuck = recall(
        public_counts({("a", 9): 3, ("b", 9): 0, ("c", 9): 0}, {}, {}, {}, 3, []).remembered()
    )
    third = public_counts({("a", 9): 1, ("b", 9): 1, ("c", 9): 1}, {}, {}, {}, 3, [stuck])
    assert third.withheld
    assert third.shown(("n", "a", "9")) is None


def test_after_a_withheld_revision_the_next_ones_are_shown_again() -> None:
    def release(counts: Sequence[int], history: Sequence[Release]) -> PublicCounts:
        cells = {(name, 9): n for name, n in zip("abcd", counts, strict=False)}
        return public_counts(cells, {}, {}, {}, 3, history)

    history: list[Release] = []
    for counts, withheld in (
        ((3, 0, 0, 9), False),
        ((1, 1, 1, 9), True),
        ((1, 1, 1, 12), False),
        ((5, 6, 7, 9), False),
    ):
        made = release(counts, history)
        assert made.withheld is withheld, counts
        history.append(recall(made.remembered()))
    assert not history[-1].hidden
    assert {("n", name, "9") for name in "abc"} <= history[2].hidden


people = st.lists(
    st.tuples(
        st.sampled_from(["physics", "english", "law"]),
        st.sampled_from([9, 10, 11]),
        st.sampled_from(["08701000", "08634000", "08655000"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)
Person = tuple[str, int, str, bool]


def counted(everybody: Sequence[Person], history: Sequence[Release]) -> PublicCounts:
    cells = Counter((subject, grade) for subject, grade, _, _ in everybody)
    strong = Counter((s, g) for s, g, _, performed in everybody if performed)
    places = Counter((place, grade) for _, grade, place, _ in everybody)
    performers = Counter(place for *_, place, performed in everybody if performed)
    return public_counts(
        cells,
        {cell: strong[cell] for cell in cells},
        places,
        {place: performers[place] for place, _ in places},
        3,
        history,
    )


@examples(8)
@given(people, people)
def test_whoever_took_part_all_tables_of_two_revisions_are_safe(
    first: list[Person], joined: list[Person]
) -> None:
    before = counted(first, [])
    history = [] if before.withheld else [recall(before.remembered())]
    assert_safe(history)
    after = counted([*first, *joined[:3]], history)
    if not after.withheld:
        assert_safe([*history, recall(after.remembered())])


def test_the_performers_of_municipalities_add_up_to_those_of_subjects() -> None:
    everybody = [("physics", 9, place, True) for place in ("a", "a", "a", "a", "b", "b", "b")]
    counts = counted([*everybody, ("law", 9, "c", False)], [])
    table = recall(counts.remembered()).table
    grand = next(
        parts for margin, parts in table.sums if margin == ("a", "*", "*") and parts[0][0] == "b"
    )
    assert {cell: table.values[cell] for cell in grand} == {
        ("b", "a", "*"): 4,
        ("b", "b", "*"): 3,
        ("b", "c", "*"): 0,
    }
