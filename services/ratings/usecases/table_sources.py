"""Source documents of a rating table: those of its claims and of its observations."""

import re
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import observation_sources
from services.ratings.store.revisions import Revision
from shared.ledger.table_sources import (
    TableSource,
    merge_sources,
    source_titles,
    sources_by_place,
)

_LINE = re.compile(r"([1-9][0-9]{0,8})(:[0-9]+)?")


async def slice_sources(session: AsyncSession, revision: Revision) -> tuple[TableSource, ...]:
    """Return the documents that the claims and observations of a slice name today."""
    place = (revision.programme, revision.period)
    titles = await source_titles(session)
    claimed = (await sources_by_place(session, titles, revision.programme)).get(place, ())
    observed = await observation_sources.of_slice(session, *place)
    cited = (
        TableSource(code, titles.get(code), (), *span_of(locators)) for code, locators in observed
    )
    return merge_sources([*claimed, *cited])


def span_of(locators: Iterable[str]) -> tuple[int, int] | tuple[None, None]:
    """Return the first and last line of locators «line» or «line:cell»; None where none is."""
    lines = [int(match[1]) for one in locators if (match := _LINE.fullmatch(one))]
    return (min(lines), max(lines)) if lines else (None, None)
