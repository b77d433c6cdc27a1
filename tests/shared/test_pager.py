"""A page of a list: how many rows, where it goes on, whose cursor it takes."""

import string
from types import SimpleNamespace

import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from shared.web import Pager
from shared.web.errors import CursorForeign

LETTERS = string.ascii_lowercase


def make_pager(limit: int, cursor: str | None = None, client: str = "", path: str = "/x") -> Pager:
    app = SimpleNamespace(state=SimpleNamespace(cursor_key=b"k" * 32))
    scope = {"type": "http", "app": app, "path": path, "headers": [], "state": {}}
    query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
    request = Request({**scope, "query_string": query.encode(), "server": ("t", 80)})
    request.state.client = client
    return Pager(request, Response(), limit, cursor)


def read_all(letters: str, limit: int) -> list[str]:
    pages, cursor = [], None
    while True:
        page = make_pager(limit, cursor)
        rows, cursor = page.cut_sorted(letters, lambda letter: [letter])
        pages.append("".join(rows))
        if cursor is None:
            return pages


@given(size=st.integers(0, 26), limit=st.integers(1, 30))
def test_pages_give_every_row_once_in_order(size: int, limit: int) -> None:
    pages = read_all(LETTERS[:size], limit)
    assert "".join(pages) == LETTERS[:size]
    assert all(len(page) == limit for page in pages[:-1])


def test_a_page_of_exactly_the_rows_has_no_next_one() -> None:
    page = make_pager(3)
    rows, following = page.cut("abc", str)
    assert ("".join(rows), following) == ("abc", None)
    assert "link" not in page.response.headers


def test_the_link_leads_where_next_does() -> None:
    page = make_pager(2)
    rows, following = page.cut("abc", str)
    assert "".join(rows) == "ab"
    assert page.fetch == 3
    assert page.response.headers["link"] == f'</x?limit=2&cursor={following}>; rel="next"'
    assert make_pager(2, following).after == "b"


@pytest.mark.parametrize(
    "other", [{"limit": 3}, {"limit": 2, "client": "b"}, {"limit": 2, "path": "/y"}]
)
def test_a_cursor_of_another_question_is_foreign(other: dict[str, object]) -> None:
    _, following = make_pager(2, client="a").cut("abc", str)
    continued = make_pager(**{"client": "a", **other, "cursor": following})  # type: ignore[arg-type]  # a table of cases.
    with pytest.raises(CursorForeign):
        continued.after  # noqa: B018 -- reading it is what fails.
