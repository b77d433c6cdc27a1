from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from sqlalchemy import text

from services.gateway.audit_anchors import append_anchor, verify_with
from services.gateway.domain.audit_chain import GENESIS, Entry, check_chain, entry_hash
from services.gateway.store import audit
from shared.auth import Caller
from shared.db import Database
from shared.persons.pseudonyms import destroy_key
from tests.databases import TestDatabase

ADMIN = Caller("admin-1", frozenset({"admin"}), "person-7")


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        at = datetime(2022, 12, seq, tzinfo=UTC)
        bare = Entry(seq, at, "c", None, "act", "x", {"n": seq}, None, previous, "")
        entries.append(replace(bare, hash=entry_hash(bare)))
        previous = entries[-1].hash
    return entries


def test_an_untouched_chain_holds() -> None:
    assert check_chain(chain(5), GENESIS, 1) is None


def test_every_kind_of_tampering_is_found_where_it_begins() -> None:
    entries = chain(5)
    changed = [replace(one, target="y") if one.seq == 3 else one for one in entries]
    assert check_chain(changed, GENESIS, 1) == 3
    rehashed = [
        replace(one, target="y", hash=entry_hash(replace(one, target="y"))) if one.seq == 3 else one
        for one in entries
    ]
    assert check_chain(rehashed, GENESIS, 1) == 4
    assert check_chain([one for one in entries if one.seq != 2], GENESIS, 1) == 2
    assert check_chain(entries[::-1], GENESIS, 1) == 1


async def test_acts_are_chained_pseudonymous_and_only_ever_added(database: TestDatabase) -> None:
    db = Database(database.url("gateway"), "gateway", pool_size=2)
    async with db.transaction() as session:
        for number in range(3):
            await audit.record(session, ADMIN, "acted", f"t{number}", {"n": number})
    async with db.reading() as session:
        entries = await audit.list_entries(session, 0, 10)
        verdict = await audit.verify(session)
    assert [one.seq for one in entries] == [1, 2, 3]
    assert verdict.broken_at is None
    assert verdict.entries == 3
    assert len({one.actor for one in entries}) == 1
    assert "person-7" not in str(entries)
    for statement in ("UPDATE audit SET target = 'z'", "DELETE FROM audit"):
        refused = False
        try:
            async with db.transaction() as session:
                await session.execute(text(statement))
        except Exception as error:  # noqa: BLE001 -- the driver wraps the server's refusal.
            refused = "permission denied" in str(error)
        assert refused
    await db.close()


async def test_erasing_a_person_unties_the_pseudonym_and_keeps_the_chain(
    database: TestDatabase,
) -> None:
    db = Database(database.url("gateway"), "gateway", pool_size=2)
    async with db.transaction() as session:
        before = (await audit.record(session, ADMIN, "acted", "t")).actor
        assert await destroy_key(session, "person-7") == before
        assert await destroy_key(session, "person-7") is None
    async with db.transaction() as session:
        after = (await audit.record(session, ADMIN, "acted", "t")).actor
        assert (await audit.verify(session)).broken_at is None
    assert after != before
    await db.close()


async def test_a_cut_tail_an_emptied_audit_and_an_old_copy_are_told_apart(
    database: TestDatabase, tmp_path: Path
) -> None:
    key, path = b"k" * 32, tmp_path / "audit.anchor"
    db = Database(database.url("gateway"), "gateway", pool_size=2)
    owner = await asyncpg.connect(database.owner_url)

    async def act(count: int) -> None:
        async with db.transaction() as session:
            for number in range(count):
                await audit.record(session, ADMIN, "acted", f"t{number}")

    async def verdict() -> tuple[str | None, int | None]:
        async with db.reading() as session:
            found = await verify_with(session, path, key)
        return found.fault, found.broken_at

    try:
        await act(5)
        async with db.reading() as session:
            last = await audit.last_entry(session)
        assert last is not None
        append_anchor(path, key, *last)
        assert path.stat().st_mode & 0o777 == 0o600
        assert await verdict() == (None, None)
        await owner.execute("DELETE FROM gateway.audit WHERE seq > 3")
        assert await verdict() == ("cut_tail", 4)
        await act(3)
        assert await verdict() == ("replaced", 5)
        await owner.execute("TRUNCATE gateway.audit")
        assert await verdict() == ("truncated", 1)
        await act(6)
        await owner.execute("UPDATE gateway.audit SET target = 'x' WHERE seq = 2")
        assert await verdict() == ("altered", 2)
        path.write_text(path.read_text().replace('"seq":5', '"seq":1'))
        await owner.execute("TRUNCATE gateway.audit")
        assert (await verdict())[0] == "anchor_forged"
    finally:
        await owner.close()
        await db.close()
