"""Which revision of a published document a reader asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from shared.publication.errors import RevisionAndAsOf

MAX_REVISION = 2**31 - 1

RevisionNumber = Annotated[
    int | None,
    Query(
        description="Номер редакции; по умолчанию действующая.",
        ge=1,
        le=MAX_REVISION,
        examples=[1],
    ),
]
AsOf = Annotated[
    AwareDatetime | None,
    Query(
        description="Что было опубликовано в этот момент (RFC 3339 с часовым поясом); "
        "вместе с revision — 422.",
        examples=["2022-12-31T00:00:00Z"],
    ),
]


@dataclass(frozen=True, slots=True)
class AskedRevision:
    """A revision by its number, or the one of an instant; neither: the present one."""

    number: int | None = None
    as_of: datetime | None = None


async def asked_revision(revision: RevisionNumber = None, as_of: AsOf = None) -> AskedRevision:
    """Return the revision asked for; raise `RevisionAndAsOf` for a question that names both."""
    if revision is not None and as_of is not None:
        raise RevisionAndAsOf
    return AskedRevision(revision, as_of)


Asked = Annotated[AskedRevision, Depends(asked_revision)]
PRESENT = AskedRevision()
