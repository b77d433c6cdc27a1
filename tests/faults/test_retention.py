"""Each rule removes what is older than promised, as the service's own role, and nothing else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy import table as table_named

from services.gateway.app import WORKER as GATEWAY
from services.gateway.retention import GATEWAY_RETENTION
from services.olympiads.app import WORKER as OLYMPIADS
from services.ratings.app import WORKER as RATINGS
from services.training.app import WORKER as TRAINING
from shared.db import Database
from shared.imports.retention import IMPORT_RETENTION
from shared.retention import BATCH_ROWS, PLUMBING_RETENTION, Retention, prune
from tests.databases import TestDatabase

RULES = {rule.name: rule for rule in (*PLUMBING_RETENTION, *IMPORT_RETENTION, *GATEWAY_RETENTION)}
DOCUMENT = Path(__file__).parents[2] / "docs" / "retention.md"
ROWS = json.loads(Path(__file__).with_name("expired_rows.json").read_text())
EXPIRING: dict[str, str] = ROWS["expiring"]
"""For each rule the insertion of a row of an age."""
STAYING: dict[str, list[str]] = ROWS["staying"]
"""For a table insertions of rows that no age expires."""
MARGIN = timedelta(minutes=5)


@asynccontextmanager
async def opened(database: TestDatabase, rule: Retention) -> AsyncIterator[Database]:
    schema = "gateway" if rule in GATEWAY_RETENTION else "ratings"
    db = Database(database.url(schema), schema)
    yield db
    await db.close()


async def execute(db: Database, *statements: str, age: timedelta) -> None:
    async with db.transaction() as session:
        for statement in statements:
            await session.execute(text(statement), {"age": age})


async def count(db: Database, table: str) -> int:
    async with db.reading() as session:
        counted = await session.execute(select(func.count()).select_from(table_named(table)))
    number: int = counted.scalar_one()
    return number


async def test_every_rule_keeps_what_is_promised(database: TestDatabase) -> None:
    for name, rule in RULES.items():
        async with opened(database, rule) as db:
            before = await count(db, rule.table)
            await execute(db, EXPIRING[name], EXPIRING[name], age=rule.kept + MARGIN)
            await execute(db, EXPIRING[name], age=rule.kept - MARGIN)
            old = timedelta(days=4000)
            await execute(db, *STAYING.get(rule.table, []), age=old)
            staying = before + len(STAYING.get(rule.table, []))
            assert await prune(db, [rule]) == {name: 2}, name
            assert await count(db, rule.table) == staying + 1, name
            assert await prune(db, [rule]) == {}, name


async def test_more_than_a_batch_goes_in_batches(database: TestDatabase) -> None:
    rule = RULES["answered requests"]
    async with opened(database, rule) as db:
        await execute(
            db,
            f"{EXPIRING[rule.name]} FROM generate_series(1, {2 * BATCH_ROWS + 7})",
            age=timedelta(days=31),
        )
        assert await prune(db, [rule]) == {rule.name: 2 * BATCH_ROWS + 7}


async def test_rows_in_use_are_left_for_the_next_pass(database: TestDatabase) -> None:
    rule = RULES["answered requests"]
    async with opened(database, rule) as db:
        await execute(db, EXPIRING[rule.name], EXPIRING[rule.name], age=timedelta(days=31))
        async with db.transaction() as session:
            await session.execute(text("SELECT FROM seen_request LIMIT 1 FOR UPDATE"))
            assert await prune(db, [rule]) == {rule.name: 1}
        assert await prune(db, [rule]) == {rule.name: 1}


async def test_the_newest_event_and_change_stay_for_ever(database: TestDatabase) -> None:
    for name in ("events sent", "changes feed"):
        rule = RULES[name]
        async with opened(database, rule) as db:
            await execute(db, EXPIRING[name], EXPIRING[name], age=timedelta(days=4000))
            await prune(db, [rule])
            assert await count(db, rule.table) == 1


def test_every_service_prunes_its_imports() -> None:
    assert GATEWAY.retention == GATEWAY_RETENTION
    assert all(one.retention == IMPORT_RETENTION for one in (OLYMPIADS, RATINGS, TRAINING))


def in_words(kept: timedelta) -> str:
    if not kept:
        return "until they expire"
    if kept < timedelta(days=1):
        return f"{kept // timedelta(hours=1)} hours"
    return "1 day" if kept.days == 1 else f"{kept.days} days"


@pytest.mark.parametrize("name", RULES)
def test_the_document_states_every_rule(name: str) -> None:
    assert f"\n| {name} | {in_words(RULES[name].kept)} |\n" in DOCUMENT.read_text()


def test_every_rule_is_tested() -> None:
    assert set(EXPIRING) == set(RULES)
