"""Making a revision public, telling the others, and taking a mistaken one back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import (
    NotPreliminary,
    RevisionNotPublished,
    Superseded,
)
from services.ratings.store import revisions
from services.ratings.store.revisions import NewRevision, Revision
from services.ratings.topics import REVISION_PUBLISHED
from services.ratings.usecases.effect_queue import queue_programme
from services.ratings.usecases.serializers import View, shown_at_once
from shared.db import lock
from shared.outbox import emit
from shared.publication.errors import RevisionUnknown


async def announce(
    session: AsyncSession,
    programme: str,
    period: str,
    number: int,
    layout: Mapping[str, Any],
    weak_spots: Sequence[View] = (),
) -> None:
    """Tell that a slice has a new public revision; a table read by groups is no document.

    The effects of measures that look at the programme are found again.
    """
    documents = [f"/v1/ratings/{programme}/{period}"] if shown_at_once(layout) else []
    body = {
        "programme": programme,
        "period": period,
        "revision": number,
        "weak_spots": list(weak_spots),
        "documents": documents,
    }
    await emit(session, REVISION_PUBLISHED, f"{programme}/{period}", body)
    await queue_programme(session, programme)


async def find_locked(session: AsyncSession, programme: str, period: str, number: int) -> Revision:
    """Return a revision under its slice's lock; NotFound if there is none."""
    await lock(session, f"rating:{programme}/{period}")
    found = await revisions.numbered(session, programme, period, number)
    if found is None:
        raise RevisionUnknown(f"Редакции {number} у {programme} за {period} нет.")
    return found


async def publish(
    session: AsyncSession, revision: Revision, by: str, weak_spots: Sequence[View] = ()
) -> Revision:
    """Make a held revision public; Conflict if it is not held or a newer one exists."""
    if revision.status != "preliminary":
        raise NotPreliminary(revision.number)
    last = await revisions.latest(session, revision.slice_id)
    if last is not None and last.number > revision.number:
        raise Superseded(f"Есть более новая редакция {last.number}.")
    await revisions.publish(session, revision.id, by)
    await announce(
        session,
        revision.programme,
        revision.period,
        revision.number,
        revision.layout,
        weak_spots,
    )
    return await find_locked(session, revision.programme, revision.period, revision.number)


async def withdraw(session: AsyncSession, revision: Revision, reason: str, by: str) -> Revision:
    """Take a public revision back by a tombstone, a revision that says what is withdrawn and why.

    Conflict if it is not public, is withdrawn already, or has been superseded.
    """
    if revision.status != "published" or revision.withdrawn_by is not None:
        raise RevisionNotPublished(revision.number)
    public = await revisions.public(session, revision.programme, revision.period)
    if public is None or public.number != revision.number:
        raise Superseded("Отозвать можно только действующую редакцию.")
    empty: View = {
        "nodes": [],
        "declared_nodes": [],
        "aggregates": [],
        "levels": None,
        "findings": [],
    }
    nobody = {"of": [], "group_of": {}, "registered": {"peers": 0, "groups": {}}}
    tombstone = NewRevision(
        slice_id=revision.slice_id,
        status="tombstone",
        input_hash=revision.input_hash,
        content_hash=revision.content_hash,
        engine_version=revision.engine_version,
        methodology_id=revision.methodology_id,
        data_known_at=revision.data_known_at,
        source_time=revision.source_time,
        layout={**empty, **nobody},
        published_by=by,
        withdraws=revision.number,
        reason=reason,
    )
    _, number = await revisions.add(session, tombstone)
    await announce(session, revision.programme, revision.period, number, revision.layout)
    return await find_locked(session, revision.programme, revision.period, number)
