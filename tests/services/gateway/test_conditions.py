from datetime import UTC, datetime

import pytest

from services.gateway.domain.conditions import Conditions, conditions_of
from services.gateway.domain.documents import entity_tag, representation_tags

MODIFIED = datetime(2022, 12, 1, 10, 0, 0, 999, tzinfo=UTC)
TAGS = frozenset({b'"a"', b'"a-gzip"'})
SAME, BEFORE, AFTER = (f"Thu, 01 Dec 2022 {time} GMT" for time in ("10:00:00", "09:59:59", "11:00"))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (Conditions(), None),
        (Conditions(if_none_match='"a"'), 304),
        (Conditions(if_none_match='W/"a-gzip"'), 304),
        (Conditions(if_none_match='"b", "a"'), 304),
        (Conditions(if_none_match="*"), 304),
        (Conditions(if_none_match='"b"'), None),
        (Conditions(if_none_match='"b"', if_modified_since=SAME), None),
        (Conditions(if_modified_since=SAME), 304),
        (Conditions(if_modified_since=AFTER), 304),
        (Conditions(if_modified_since=BEFORE), None),
        (Conditions(if_modified_since="yesterday"), None),
        (Conditions(if_modified_since="Thursday, 01-Dec-22 10:00:00 GMT"), 304),
        (Conditions(if_modified_since="Thu Dec  1 10:00:00 2022"), 304),
        (Conditions(if_match='"a"'), None),
        (Conditions(if_match='W/"a"'), 412),
        (Conditions(if_match="*"), None),
        (Conditions(if_match='"b"'), 412),
        (Conditions(if_match='"b"', if_none_match='"a"'), 412),
        (Conditions(if_match='"a"', if_none_match='"a"'), 304),
        (Conditions(if_match='"a"', if_unmodified_since=BEFORE), None),
        (Conditions(if_unmodified_since=BEFORE), 412),
        (Conditions(if_unmodified_since=SAME), None),
        (Conditions(if_unmodified_since="nonsense"), None),
    ],
)
def test_conditions_are_evaluated_in_the_order_of_the_rfc(
    conditions: Conditions, expected: int | None
) -> None:
    assert conditions.outcome(TAGS, MODIFIED) == expected


def test_a_date_decides_nothing_where_the_source_has_none() -> None:
    assert Conditions(if_modified_since=SAME).outcome(TAGS, None) is None
    assert Conditions(if_unmodified_since=BEFORE).outcome(TAGS, None) is None


def test_the_lines_of_a_field_are_joined() -> None:
    lines = {"if-none-match": ['"b"', '"a"']}
    assert conditions_of(lambda name: lines.get(name, [])).outcome(TAGS, MODIFIED) == 304


def test_the_tags_of_a_representation_are_those_of_its_codings() -> None:
    codings = ("identity", "gzip", "br")
    made = {entity_tag(b"table", coding) for coding in codings}
    assert all(representation_tags(entity_tag(b"table", coding)) == made for coding in codings)
    assert made.isdisjoint(representation_tags(entity_tag(b"sheet", "identity")))
