"""A client acts only for persons of its own territories."""

from services.training.usecases.territory_rights import require_own_person
from shared.web.sessions import Db, KnownCaller


async def check_acting_person(db: Db, caller: KnownCaller) -> None:
    """Refuse a person in `Kachestvo-Actor` who is of none of the client's territories."""
    if caller is None or caller.actor is None or caller.territories.everywhere:
        return
    async with db.reading(caller.territories) as session:
        await require_own_person(session, caller.actor)
