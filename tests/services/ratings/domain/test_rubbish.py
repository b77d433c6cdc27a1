"""Bodies with something replaced by rubbish: an answer or a clear refusal, never a crash."""

import json
import math
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain.methodology_document import read_methodology
from services.ratings.domain.preview import preview
from services.ratings.domain.question_document import USUAL, read_question
from services.ratings.domain.uncertainty import Choices
from shared.errors import Invalid
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import body, problems

LEVELS = {
    "node": "n",
    "on": "published",
    "domain": [0, 100],
    "step": 1,
    "bands": [{"code": "low", "from": 0, "to": 49}, {"code": "high", "from": 50, "to": 100}],
}
RUBBISH = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.sampled_from([math.nan, math.inf, -1e308, 1e-320, 0.0, -0.0]),
    st.text(max_size=4),
    st.sampled_from(["\ud800", "\x00", "n", "a" * 600]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every member of a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        for name, member in value.items():
            found += places(member, (*path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            found += places(member, (*path, index))
    return found


def spoiled(value: Any, path: tuple[Any, ...], rubbish: object) -> Any:
    copy = deepcopy(value)
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = rubbish
    return copy


@examples(100)
@given(problems(), st.data())
def test_a_spoiled_body_is_answered_or_refused(problem: Any, data: st.DataObject) -> None:
    source, rows = problem
    given_body = body(source | {"levels": LEVELS, "rank_on": "published"}, rows, "ab")
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(given_body)))
        given_body = spoiled(given_body, path, data.draw(RUBBISH))
        if not isinstance(given_body, dict):
            break
    try:
        answer = preview(given_body)
    except Invalid as refusal:
        told = [(error.pointer, error.code, error.detail) for error in refusal.errors]
        assert told
        json.dumps(told, ensure_ascii=False).encode()
    else:
        json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()


@examples(100)
@given(problems(), st.data())
def test_a_spoiled_methodology_is_read_or_refused(problem: Any, data: st.DataObject) -> None:
    document = problem[0] | {"levels": LEVELS}
    path = data.draw(st.sampled_from(places(document)))
    read, faults = read_methodology(spoiled(document, path, data.draw(RUBBISH)))
    assert (read is None) == bool(faults)


def test_the_usual_question_asks_for_the_usual_choices() -> None:
    question, faults = read_question({})
    assert faults == ()
    assert question.choices == Choices()


@examples(60)
@given(st.data())
def test_a_spoiled_question_is_read_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(USUAL)))
    question, faults = read_question(spoiled(USUAL, path, data.draw(RUBBISH)))
    if not faults:
        json.dumps(question.document, ensure_ascii=False, allow_nan=False).encode()
        assert question.choices.pairs
