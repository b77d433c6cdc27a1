"""The published schemas of the what-if calculation hold its real questions and answers."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

from services.ratings.domain.methodology import (
    Direction,
    Mean,
    Method,
    MissingPolicy,
    Publication,
    RankOn,
)
from services.ratings.domain.preview import preview
from services.ratings.schemas.preview import PreviewAnswer, PreviewQuestion
from shared.errors import Invalid
from shared.figures.intervals import RoundingMode
from shared.figures.levels import LevelOn
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import (
    EVERY_NORMALISATION,
    body,
    document,
    group,
    leaf,
    problems,
)

QUESTION = jsonschema_rs.validator_for(PreviewQuestion.model_json_schema())
ANSWER = jsonschema_rs.validator_for(PreviewAnswer.model_json_schema(mode="serialization"))
LEVELS = {
    "node": "total",
    "on": "unrounded",
    "domain": [0, 100],
    "bands": [
        {"code": "low", "title": "Низкий", "colour": "#c00", "from": 0, "to": 50},
        {"code": "high", "from": 50, "to": 100},
    ],
}
WHOLE: dict[str, Any] = {
    "unit": "percent",
    "digits": 0,
    "domain": [0, None],
    "topics": ["subject:physics"],
    "target": 60,
    "definition": "Доля",
    "responsible": "Министерство",
    "source": "Отчёт",
}
INNER = group("inner", [leaf(f"x{n}", rule) for n, rule in enumerate(EVERY_NORMALISATION)])
TREE = group(
    "total", [leaf("y", **WHOLE), INNER, group("p", [leaf("z")], {"method": "power", "p": 2})]
)
FULL = body(
    document(TREE, levels=LEVELS, publication="manual"),
    [[float(row + column) for column in range(16)] for row in range(3)],
    "aa",
)


def accepted(question: Any) -> bool:
    try:
        preview(question)
    except Invalid:
        return False
    return True


@examples(150)
@given(problems())
def test_every_question_and_its_answer_fit_their_schemas(problem: Any) -> None:
    source, rows = problem
    question = body(source, rows, "abab ab")
    QUESTION.validate(question)
    if accepted(question):
        ANSWER.validate(preview(question))


def test_levels_and_their_nulls_fit() -> None:
    answer: Any = preview(FULL | {"values": [[None] * 16, *FULL["values"][1:]]})
    ANSWER.validate(answer)
    nothing, something = (answer["units"][row]["nodes"]["total"] for row in (0, 1))
    assert (nothing["score"], nothing["place"], nothing["level"]) == (None, None, None)
    assert (something["level"]["code"], something["level"]["title"]) == ("low", "Низкий")


def test_no_units_fit() -> None:
    empty = FULL | {"units": [], "values": []}
    QUESTION.validate(empty)
    ANSWER.validate(preview(empty))


@pytest.mark.parametrize(
    "change",
    [
        {"place": 1},
        {"score": "1"},
        {"coverage": None},
        {"coverage": 2},
        {"place_note": None},
        {"level": {"code": "low"}},
    ],
)
def test_another_answer_does_not_fit(change: dict[str, Any]) -> None:
    answer: Any = preview(FULL)
    assert ANSWER.is_valid(answer)
    answer["units"][0]["nodes"]["total"] |= change
    assert not ANSWER.is_valid(answer)


def test_an_answer_without_a_member_does_not_fit() -> None:
    answer: Any = preview(FULL)
    del answer["units"][0]["nodes"]["total"]["level"]
    assert not ANSWER.is_valid(answer)


Path = tuple[str | int, ...]


def members(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give the path of every member of every object inside a question."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(value, dict):
            yield (*path, key)
        if isinstance(inner, dict | list):
            yield from members(inner, (*path, key))


def at(question: Any, path: Path) -> Any:
    for key in path:
        question = question[key]
    return question


PATHS = [path for path in members(FULL) if path[0] != "values"]


def test_the_full_question_is_taken_and_fits() -> None:
    assert len(PATHS) > 120
    assert accepted(FULL)
    QUESTION.validate(FULL)


AGREEING = {("units",), ("indicators",)}
"""Members whose lengths must agree with others, which a schema cannot say."""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join(map(str, path)))
def test_a_member_may_be_absent_null_or_odd_only_where_the_schema_says_so(path: Path) -> None:
    changes: tuple[Any, ...] = ("absent", None, True, {"surprise": 1}, [])
    for change in changes:
        question = deepcopy(FULL)
        holder = at(question, path[:-1])
        if change == "absent":
            del holder[path[-1]]
        else:
            holder[path[-1]] = change
        fits, taken = QUESTION.is_valid(question), accepted(question)
        assert fits == taken or (fits and path in AGREEING), change


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "/".join(map(str, path)))
def test_unknown_members_do_not_fit(path: Path) -> None:
    question = deepcopy(FULL)
    at(question, path[:-1])["surprise"] = 1
    assert not QUESTION.is_valid(question)
    assert not accepted(question)


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        (("methodology", "tree", "children", 0, "direction"), Direction),
        (("methodology", "missing", "policy"), MissingPolicy),
        (("methodology", "rounding", "mode"), RoundingMode),
        (("methodology", "rank_on"), RankOn),
        (("methodology", "publication"), Publication),
        (("methodology", "levels", "on"), LevelOn),
    ],
)
def test_the_schema_knows_every_code_and_no_other(path: Path, codes: Any) -> None:
    for code in [*codes, "unheard-of"]:
        question = deepcopy(FULL)
        at(question, path[:-1])[path[-1]] = str(code)
        assert QUESTION.is_valid(question) is (code != "unheard-of"), code


def test_the_schema_knows_every_rule() -> None:
    used = {rule["method"] for rule in EVERY_NORMALISATION}
    assert used == set(Method)
    for mean in Mean:
        question = deepcopy(FULL)
        more = {"p": -1} if mean is Mean.POWER else {}
        question["methodology"]["tree"]["aggregate"] = {"method": mean.value, **more}
        QUESTION.validate(question)


@pytest.mark.parametrize(
    "mean", [{"method": "power"}, {"method": "power", "p": 0}, {"method": "sum", "p": 1}]
)
def test_a_mean_takes_its_own_parameters_only(mean: dict[str, Any]) -> None:
    question = deepcopy(FULL)
    question["methodology"]["tree"]["aggregate"] = mean
    assert not QUESTION.is_valid(question)
    assert not accepted(question)
