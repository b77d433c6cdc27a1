import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.imports.kinds_api import format_accepted
from shared.imports.parse_task import Format
from shared.negotiation import choose_coding, choose_media, tag_matches
from shared.web.errors import RepresentationUnknown

JSON, CSV, XLSX = "application/json", "text/csv", "application/vnd.x"
OFFERS = (JSON, CSV, XLSX)
CODINGS = ("br", "gzip", "identity")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/*", CSV),
        ("text/csv, application/json;q=0.5", CSV),
        ("text/csv;q=0.5, application/json", JSON),
        ("text/csv;q=0.5, */*;q=0.1", CSV),
        ("application/json;q=0, */*", CSV),
        ("TEXT/CSV", CSV),
        ("text/csv; header=present", CSV),
        ("image/png", None),
        ("*/*;q=0", None),
        ("application/json;q=rubbish", JSON),
    ],
)
def test_the_media_type_of_greatest_weight_is_chosen(accept: str | None, chosen: str) -> None:
    assert choose_media(accept, OFFERS) == chosen


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("deflate", "identity"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0", "identity"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip", "gzip"),
    ],
)
def test_the_coding_of_greatest_weight_is_chosen(accepted: str | None, chosen: str) -> None:
    assert choose_coding(accepted, CODINGS) == chosen


@given(st.text(max_size=60))
def test_no_field_however_odd_breaks_negotiation(field: str) -> None:
    assert choose_media(field, OFFERS) in (*OFFERS, None)
    assert choose_coding(field, CODINGS) in CODINGS


TAGS = frozenset({b'"a"', b'"a-gzip"'})


@pytest.mark.parametrize(
    ("field", "matches"),
    [
        (b'"a"', True),
        (b'W/"a"', True),
        (b'"x", "a-gzip"', True),
        (b'"x" , W/"a"', True),
        (b"*", True),
        (b'"b"', False),
        (b"a", False),
        (b"", False),
    ],
)
def test_any_variants_tag_matches(field: bytes, matches: bool) -> None:
    assert tag_matches(field, TAGS) is matches


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", Format.CSV),
        ("", Format.CSV),
        ("application/*", Format.XLSX),
        ("text/csv;q=x", Format.CSV),
        ("text/csv;q=1.0000", Format.CSV),
        ("text/csv;q=0, */*;q=0.1", Format.XLSX),
    ],
)
def test_a_template_is_negotiated_as_a_table_is(accept: str, form: Format) -> None:
    assert format_accepted(accept) is form


def test_a_template_of_no_acceptable_format_is_406() -> None:
    with pytest.raises(RepresentationUnknown):
        format_accepted("text/csv;q=0, application/json")
