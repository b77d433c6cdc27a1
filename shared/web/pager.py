"""One page of a list: its size, the key it continues after, and the way to the next one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response

from shared.web.paging import Cursor, Limit, next_link, read_cursor, write_cursor

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Pager:
    """The page a request asks for, by `limit` and `cursor`."""

    request: Request
    response: Response
    limit: int
    cursor: str | None

    @property
    def after(self) -> Any:
        """Return the key to continue after, None for the first page; may raise `CursorForeign`.

        It is read late: a cursor is bound to its client, who must be known by then.
        """
        return read_cursor(self.request, self.cursor)

    @property
    def fetch(self) -> int:
        """Return how many rows to read: one more than the page tells that there is a next one."""
        return self.limit + 1

    def cut(
        self, rows: Sequence[Row], key: Callable[[Row], object]
    ) -> tuple[Sequence[Row], str | None]:
        """Return the rows of the page and the next cursor; sets the `Link` header.

        `rows` come after the cursor; `key` (any JSON value) is what the next page continues after.
        """
        more = len(rows) > self.limit
        return rows[: self.limit], self.lead_to(key(rows[self.limit - 1]) if more else None)

    def lead_to(self, key: object | None) -> str | None:
        """Return the cursor that continues after a key, None without one; sets `Link`."""
        following = None if key is None else write_cursor(self.request, key)
        self.response.headers.update(next_link(self.request, following))
        return following

    def cut_sorted(
        self, rows: Sequence[Row], key: Callable[[Row], list[Any]]
    ) -> tuple[Sequence[Row], str | None]:
        """Return the page out of all rows, sorted by `key` without ties, and the next cursor."""
        after = self.after
        return self.cut([row for row in rows if after is None or key(row) > after], key)


def creation_key(row: Mapping[Any, Any]) -> list[str]:
    """Return the key of a row in a list that is ordered by `created_at` and `id`."""
    return [row["created_at"].isoformat(), str(row["id"])]


def pager(limit: int) -> Callable[..., Awaitable[Pager]]:
    """Return the dependency that reads a page's parameters, with its default limit."""

    async def ask(
        request: Request, response: Response, limit: Limit = limit, cursor: Cursor = None
    ) -> Pager:
        return Pager(request, response, limit, cursor)

    return ask


Paging = Annotated[Pager, Depends(pager(100))]
"""A page of at most 100 rows unless the caller says otherwise."""

ShortPaging = Annotated[Pager, Depends(pager(50))]
"""A page of at most 50 rows, for rows that are costly to show."""

LongPaging = Annotated[Pager, Depends(pager(1000))]
"""A page of at most 1,000 rows, for lists that were once answered whole."""
