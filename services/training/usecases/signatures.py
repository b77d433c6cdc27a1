"""Who did it: a person by pseudonym, or the client that acted without naming one."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import people


@dataclass(frozen=True, slots=True)
class Signer:
    """The client of a request and the person it acts for, if any."""

    client: str
    person: str | None


async def sign(session: AsyncSession, signer: Signer) -> str:
    """Return the signature stored in history."""
    if signer.person is None:
        return f"client:{signer.client}"
    keys = await people.pseudonyms(session, [signer.person])
    return f"person:{keys[signer.person]}"
