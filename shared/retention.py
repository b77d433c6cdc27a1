"""How long rows are stored: rules of a service, applied in bounded batches.

Every batch is a transaction of its own that skips rows in use, so pruning never blocks a request;
what one pass does not reach is removed by the next. Rows go in the order of `order_by`: a feed that
is pruned has no gaps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Interval, TextClause, bindparam, text

from shared.db import Database

BATCH_ROWS = 1000
MOST_BATCHES = 200


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows of `table` for which `expired` holds are removed.

    `expired` is SQL that compares with `:age`, an interval of `kept`. `batch` is smaller where
    rows are large.
    """

    table: str
    name: str
    kept: timedelta
    expired: str
    order_by: str
    batch: int = BATCH_ROWS

    def statement(self) -> TextClause:
        """Return the removal of one batch, which returns how many rows went."""
        return text(
            f"WITH expired AS (SELECT ctid FROM {self.table} WHERE {self.expired}"  # noqa: S608 -- constants of this code.
            f" ORDER BY {self.order_by} LIMIT :batch FOR UPDATE SKIP LOCKED)"
            f" DELETE FROM {self.table} WHERE ctid IN (SELECT ctid FROM expired)"
        ).bindparams(bindparam("age", type_=Interval))


PLUMBING_RETENTION = (
    Retention(
        "outbox",
        "events sent",
        timedelta(days=40),
        "occurred_at < clock_timestamp() - :age AND position < (SELECT max(position) FROM outbox)",
        "position",
    ),
    Retention(
        "inbox",
        "events handled",
        timedelta(days=7),
        "state = 'handled' AND handled_at < clock_timestamp() - :age",
        "handled_at",
    ),
    Retention(
        "job",
        "jobs done or cancelled",
        timedelta(days=7),
        "state IN ('done', 'cancelled') AND finished_at < clock_timestamp() - :age",
        "finished_at",
    ),
    Retention(
        "job",
        "jobs failed or quarantined",
        timedelta(days=365),
        "state IN ('failed', 'quarantined') AND finished_at < clock_timestamp() - :age",
        "finished_at",
    ),
    Retention(
        "idempotency",
        "answers of idempotency keys",
        timedelta(hours=24),
        "created_at <= clock_timestamp() - :age",
        "created_at",
    ),
)
"""What every service keeps for a time only. Dead events stay until somebody retries them."""


async def prune(db: Database, rules: Sequence[Retention]) -> Mapping[str, int]:
    """Remove expired rows; return how many by the rule's name, without rules that removed none."""
    removed: dict[str, int] = {}
    for rule in rules:
        rows = await _prune_rule(db, rule)
        if rows:
            removed[rule.name] = rows
    return removed


async def _prune_rule(db: Database, rule: Retention) -> int:
    statement, removed = rule.statement(), 0
    for _ in range(MOST_BATCHES):
        async with db.transaction() as session:
            result = await session.execute(statement, {"age": rule.kept, "batch": rule.batch})
        rows = int(getattr(result, "rowcount", 0))
        removed += rows
        if rows < rule.batch:
            break
    return removed
