"""Withdraw a mistaken publication: what it replaced becomes public again, on that basis."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.thresholds import Status
from services.olympiads.errors import NothingToRestore
from services.olympiads.store import documents, thresholds
from services.olympiads.store.documents import Document, Name
from services.olympiads.store.thresholds import Draft, Threshold
from services.olympiads.usecases.documents import read_document
from services.olympiads.usecases.lifecycle import approve_and_publish, lock_key
from services.olympiads.usecases.seasons import require_season
from shared.db import lock
from shared.jobs import enqueue
from shared.publication import PRESENT


async def withdraw_publication(
    session: AsyncSession,
    season: str,
    reason: str,
    check: Callable[[str], None],
    at: datetime,
    by: str,
) -> int:
    """Withdraw the newest table of thresholds and return its revision.

    Thresholds that it brought are superseded; where one of them had replaced another, a copy of
    that one is published again with the withdrawal as its basis. The worker then publishes the
    table without the mistake; the withdrawn revision stays as a tombstone with its reason.
    """
    await lock(session, f"publish {season}")
    await require_season(session, season)
    newest = await read_document(session, Name("thresholds", season), PRESENT)
    check(newest.etag)
    mistaken = await _brought_by(session, newest)
    if not mistaken:
        raise NothingToRestore
    basis = f"Отзыв публикации № {newest.revision}: {reason}"
    for threshold in mistaken:
        await _undo(session, threshold, basis, at, by)
    await documents.withdraw_edition(session, newest, at, reason)
    await enqueue(session, "publish_thresholds", season, {"season": season})
    return newest.revision


async def _brought_by(session: AsyncSession, newest: Document) -> Sequence[Threshold]:
    before = await documents.find_valid_before(
        session, Name("thresholds", newest.season), newest.revision
    )
    if before is None:
        return await thresholds.list_thresholds(session, newest.season, Status.PUBLISHED)
    return await thresholds.published_after(session, newest.season, before.source_time)


async def _undo(
    session: AsyncSession, mistaken: Threshold, basis: str, at: datetime, by: str
) -> None:
    await lock_key(session, mistaken.key)
    current = await thresholds.lock_threshold(session, mistaken.season, mistaken.id)
    if current is None or current.status is not Status.PUBLISHED:
        return
    await thresholds.take_step(session, mistaken.id, Status.SUPERSEDED, at, by, basis=(basis, None))
    if mistaken.supersedes is None:
        return
    old = await thresholds.lock_threshold(session, mistaken.season, mistaken.supersedes)
    if old is not None:
        restored = Draft(old.key, old.score, old.percent, old.tie_policy, basis, None)
        await approve_and_publish(session, restored, None, at, by)
