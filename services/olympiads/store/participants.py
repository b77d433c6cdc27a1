"""Participants as a transaction may see them."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SEEN = text("""
    SELECT EXISTS (SELECT FROM result WHERE participant = :ref AND known_to = 'infinity')
    OR EXISTS (SELECT FROM participant WHERE participant = :ref AND known_to = 'infinity')
""")


async def participant_seen(session: AsyncSession, ref: str) -> bool:
    """Tell whether a participant has a row that the transaction may see."""
    return bool((await session.execute(SEEN, {"ref": ref})).scalar_one())
