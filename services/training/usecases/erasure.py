"""Erasure of a person (152-ФЗ): the key and the rows go, what was published in sum stays."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.errors import PersonUnknown
from services.training.store import people
from services.training.usecases.territory_rights import require_own_person
from shared.log import logger
from shared.row_access import whole_region

log = logger(__name__)


async def erase_person(session: AsyncSession, ref: str, client: str) -> None:
    """Destroy what is known of a person; only the act is logged, not whom it was about.

    History keeps pseudonyms that nobody can resolve any more.
    """
    await require_own_person(session, ref)
    async with whole_region(session):
        erased = await people.erase(session, ref)
    if not erased:
        raise PersonUnknown
    log.info("person_erased", client=client)
