"""The tables that are published together, judged together."""

from services.olympiads.domain.public_counts import public_counts, recall
from tests.services.olympiads.domain.test_suppression import assert_safe

PEOPLE = {("physics", 9): 40, ("physics", 10): 2, ("english", 9): 30, ("english", 10): 25}
STRONG = {("physics", 9): 2, ("physics", 10): 1, ("english", 9): 8, ("english", 10): 9}
PLACES = {("08701000", 9): 60, ("08701000", 10): 25, ("08634000", 9): 10, ("08634000", 10): 2}


def test_every_table_and_their_shared_margins_are_safe() -> None:
    counts = public_counts(PEOPLE, STRONG, PLACES, 3, [])
    assert not counts.withheld
    assert_safe([recall(counts.remembered())])
    assert counts.shown(("n", "physics", "10")) is None
    assert counts.is_hidden(("a", "physics", "9"))
    assert counts.shown(("n", "*", "*")) == 97
    assert counts.shown(("n", "history", "9")) is None
    assert not counts.is_hidden(("n", "history", "9"))


def test_a_later_revision_is_safe_together_with_the_first() -> None:
    first = recall(public_counts(PEOPLE, STRONG, PLACES, 3, []).remembered())
    corrected = {**STRONG, ("physics", 9): 3}
    second = public_counts(PEOPLE, corrected, PLACES, 3, [first])
    assert not second.withheld
    assert_safe([first, recall(second.remembered())])


def test_performers_are_summed_only_where_every_maximum_is_known() -> None:
    partial = {cell: count for cell, count in STRONG.items() if cell != ("english", 10)}
    counts = public_counts(PEOPLE, partial, PLACES, 3, [])
    assert ("a", "english", "*") not in counts.values
    assert ("a", "*", "10") not in counts.values
    assert ("a", "*", "*") not in counts.values
    assert counts.values[("a", "physics", "*")] == 3


def test_what_cannot_be_hidden_is_withheld() -> None:
    first = recall(public_counts({("a", 9): 3, ("b", 9): 0}, {}, {}, 3, []).remembered())
    second = public_counts({("a", 9): 1, ("b", 9): 2}, {}, {}, 3, [first])
    assert not second.withheld or second.hidden
    stuck = recall(
        public_counts({("a", 9): 3, ("b", 9): 0, ("c", 9): 0}, {}, {}, 3, []).remembered()
    )
    third = public_counts({("a", 9): 1, ("b", 9): 1, ("c", 9): 1}, {}, {}, 3, [stuck])
    assert third.withheld
    assert third.shown(("n", "a", "9")) is None
