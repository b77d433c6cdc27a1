import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.persons.redaction import MARK, is_distinctive, python_pattern, redact_json

REFERENCES = st.from_regex(r"[A-Za-z0-9_.:\-]{4,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("t-1", MARK),
        ("/people/t-1/erase", f"/people/{MARK}/erase"),
        ('{"teacher":"t-1"}', f'{{"teacher":"{MARK}"}}'),
        ("Учитель t-1.", f"Учитель {MARK}."),
        ("t-1, t-1", f"{MARK}, {MARK}"),
        ("t-10 и xt-1", "t-10 и xt-1"),
        ("t-1.5", "t-1.5"),
        ("school:t-1", "school:t-1"),
        ("T-1", "T-1"),
    ],
)
def test_only_the_whole_reference_is_marked(before: str, after: str) -> None:
    assert python_pattern("t-1").sub(MARK, before) == after


def test_numbers_of_json_are_never_touched() -> None:
    value: JsonValue = {"1234567890": [1234567890, "1234567890", {"n": 1.5}]}
    redacted = redact_json(value, python_pattern("1234567890"))
    assert redacted == {MARK: [1234567890, MARK, {"n": 1.5}]}


def test_short_references_are_not_searched_for() -> None:
    searched = {ref: is_distinctive(ref) for ref in ("12", "abc", "08701000", "t-12", "123456789")}
    assert searched == {
        "12": False,
        "abc": False,
        "08701000": False,
        "t-12": True,
        "123456789": True,
    }


@given(REFERENCES, REFERENCES)
def test_another_reference_stays_as_it_is(erased: str, other: str) -> None:
    written = f"«{other}» и «{erased}»"
    redacted = python_pattern(erased).sub(MARK, written)
    assert redacted.endswith(f"«{MARK}»")
    if re.fullmatch(r"[\w-]+", erased) and re.fullmatch(r"[\w-]+", other) and other != erased:
        assert redacted.startswith(f"«{other}»")
