"""Erasure of a person (152-ФЗ): the key and the rows go, what was published in sum stays."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.errors import PersonUnknown
from services.training.store import people
from shared.log import logger

log = logger(__name__)


async def erase_person(session: AsyncSession, ref: str, client: str) -> None:
    """Destroy what is known of a person; only the act is logged, not whom it was about.

    History keeps pseudonyms that nobody can resolve any more.
    """
    if not await people.erase(session, ref):
        raise PersonUnknown
    log.info("person_erased", client=client)
