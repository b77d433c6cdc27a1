"""The public revision of a rating that the path and `revision` or `as_of` name."""

from typing import Annotated

from fastapi import Depends

from services.ratings.api.parameters import Period, Programme
from services.ratings.store.revisions import Revision
from services.ratings.usecases.rating_tables import revision_asked
from shared.publication import Asked
from shared.web import ReadSession


async def public_revision(
    session: ReadSession, programme: Programme, period: Period, asked: Asked
) -> Revision:
    """Return the revision; raise what `revision_asked` does."""
    return await revision_asked(session, programme, period, asked)


PublicRevision = Annotated[Revision, Depends(public_revision)]
