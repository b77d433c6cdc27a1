"""Every state × verb × relation, written out as the table the rules must equal."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.route_states import (
    Relation,
    State,
    Step,
    Verb,
    WrongRelation,
    WrongState,
    completes_itself,
    difference,
    move,
    rate,
    verbs_of,
)

STATES: tuple[State, ...] = get_args(State)
VERBS: tuple[Verb, ...] = get_args(Verb)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
ALLOWED = """
draft               submit        owner,tutor    waiting_for_review
waiting_for_review  cancel        owner,tutor    draft
waiting_for_review  start_review  tutor,manager  in_review
in_review           return        tutor,manager  draft
in_review           approve       tutor,manager  active
active              unapprove     manager        draft
active              complete      tutor,manager  completed
completed           reopen        manager        active
completed_without_result  reopen  manager        active
"""
TABLE = {
    (state, verb, relation): target
    for state, verb, relations, target in map(str.split, ALLOWED.strip().splitlines())
    for relation in relations.split(",")
}


@pytest.mark.parametrize(("state", "verb", "relation"), list(product(STATES, VERBS, RELATIONS)))
def test_the_rules_are_the_table(state: State, verb: Verb, relation: Relation) -> None:
    if (state, verb, relation) in TABLE:
        assert move(state, verb, [relation]) == TABLE[state, verb, relation]
        assert verb in verbs_of(state, [relation])
        return
    related = any((other, verb, relation) in TABLE for other in STATES)
    with pytest.raises(WrongState if related else WrongRelation):
        move(state, verb, [relation])
    assert verb not in verbs_of(state, [relation])


@pytest.mark.parametrize(("state", "verb"), list(product(STATES, VERBS)))
def test_a_stranger_has_no_verb(state: State, verb: Verb) -> None:
    with pytest.raises(WrongRelation):
        move(state, verb, [])


@pytest.mark.parametrize("other", ["tutor", "manager"])
def test_nobody_decides_on_the_own_route(other: Relation) -> None:
    for verb in ("start_review", "return", "approve", "unapprove", "complete", "reopen"):
        for state in STATES:
            with pytest.raises(WrongRelation):
                move(state, verb, ["owner", other])
    assert move("draft", "submit", ["owner", other]) == "waiting_for_review"


def test_a_machine_never_rates_over_a_person() -> None:
    human = rate(Step("a"), 4, "person")
    assert rate(human, 1, "machine") == human
    assert rate(human, 2, "person").rating == 2
    assert rate(rate(Step("a"), 1, "machine"), 3, "machine").rating == 3


def test_only_an_active_route_with_all_steps_done_ends_itself() -> None:
    done, open_step = Step("a", done=True), Step("b")
    assert completes_itself("active", [done])
    assert not completes_itself("active", [done, open_step])
    assert not completes_itself("active", [])
    assert not completes_itself("in_review", [done])


codes = st.lists(st.sampled_from("abcdef"), unique=True)


@given(codes, codes)
def test_a_difference_leads_from_the_old_to_the_new(old: list[str], new: list[str]) -> None:
    found = difference(old, new)
    assert bool(found) == (old != new)
    assert (set(old) - set(found.dropped)) | set(found.added) == set(new)
    assert not set(found.added) & set(found.dropped)
