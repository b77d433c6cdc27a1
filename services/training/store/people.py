"""Pseudonyms: history names people by keys that can be destroyed (152-ФЗ)."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KEEP = text("""
    INSERT INTO person (ref, pseudonym)
    SELECT * FROM unnest(CAST(:refs AS text[]), CAST(:keys AS uuid[]))
    ON CONFLICT (ref) DO NOTHING
""")
KEYS = text("SELECT ref, pseudonym FROM person WHERE ref = ANY(:refs)")
REFS = text("SELECT ref, pseudonym FROM person WHERE pseudonym = ANY(CAST(:keys AS uuid[]))")
REGISTERED = text("""
    SELECT EXISTS (SELECT FROM teacher WHERE ref = :ref AND known_to = 'infinity')
    OR EXISTS (SELECT FROM activist WHERE ref = :ref AND known_to = 'infinity')
""")


async def registered(session: AsyncSession, ref: str) -> bool:
    """Tell whether a person is a teacher or one of the active that the transaction may see."""
    return bool((await session.execute(REGISTERED, {"ref": ref})).scalar_one())


async def pseudonyms(session: AsyncSession, refs: Iterable[str]) -> Mapping[str, str]:
    """Return a pseudonym for each reference, made on the first meeting."""
    wanted = sorted(set(refs))
    row = {"refs": wanted, "keys": [uuid4() for _ in wanted]}
    await session.execute(KEEP, row)
    found = await session.execute(KEYS, {"refs": wanted})
    return {r.ref: str(r.pseudonym) for r in found}


async def references(session: AsyncSession, keys: Iterable[str]) -> Mapping[str, str]:
    """Return the references behind pseudonyms; those of the erased are absent."""
    wanted = [UUID(key) for key in set(keys)]
    return {str(r.pseudonym): r.ref for r in await session.execute(REFS, {"keys": wanted})}
