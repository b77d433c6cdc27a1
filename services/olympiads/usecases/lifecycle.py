"""The steps a person takes with a threshold, each under the tag of the version they saw."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads import errors
from services.olympiads.domain.distribution import percentile_rank
from services.olympiads.domain.thresholds import (
    BasisMissing,
    Key,
    Status,
    StepForbidden,
    check_publication,
    check_step,
    stage_before,
)
from services.olympiads.store import declared, registry, results, thresholds
from services.olympiads.store.thresholds import Draft, Threshold
from shared.db import lock
from shared.errors import FieldError, Invalid
from shared.jobs import enqueue

HUNDRED = 100

CheckTag = Callable[[str], None]
"""Raises unless the caller named this entity tag."""


async def draft_threshold(session: AsyncSession, draft: Draft, at: datetime, by: str) -> Threshold:
    """Store a draft and return it.

    Refuses an unknown subject, a per cent outside 0…100, a score below zero or above the given
    maximum of the stage before.
    """
    errors = await _faults(session, draft)
    if errors:
        raise Invalid(errors[0].code, errors[0].detail, errors=errors)
    threshold_id = await thresholds.add_draft(session, draft, at, by)
    return await find_threshold(session, draft.key.season, threshold_id)


async def _faults(session: AsyncSession, draft: Draft) -> list[FieldError]:
    key, errors = draft.key, []
    if key.subject not in await registry.load_subjects(session):
        told = f"Предмет «{key.subject}» не зарегистрирован."
        errors.append(FieldError("/body/subject", "SUBJECT_UNKNOWN", told))
    if draft.percent is not None and not 0 <= draft.percent <= HUNDRED:
        told = "Процент — от 0 до 100."
        errors.append(FieldError("/body/percent", "PERCENT_OUT_OF_RANGE", told))
    maxima = await declared.given_maxima(session, key.season, stage_before(key.stage))
    maximum = maxima.get((key.subject, key.grade))
    if draft.score < 0:
        told = "Балл не может быть меньше нуля."
        errors.append(FieldError("/body/score", "SCORE_NEGATIVE", told))
    elif maximum is not None and draft.score > maximum:
        told = f"Балл больше максимального ({maximum:f})."
        errors.append(FieldError("/body/score", "SCORE_ABOVE_MAXIMUM", told))
    return errors


async def lock_key(session: AsyncSession, key: Key) -> None:
    """Let one transaction at a time publish for a key, so that one threshold is published.

    The key is locked before any of its thresholds, by everybody: otherwise two could wait for each
    other for ever.
    """
    await lock(session, f"threshold {key.season} {key.stage} {key.subject} {key.grade}")


async def find_threshold(session: AsyncSession, season: str, threshold_id: UUID) -> Threshold:
    """Return a threshold locked for the transaction, or refuse."""
    found = await thresholds.lock_threshold(session, season, threshold_id)
    if found is None:
        raise errors.ThresholdUnknown
    return found


async def show_threshold(session: AsyncSession, season: str, threshold_id: UUID) -> Threshold:
    """Return a threshold as it is, or refuse."""
    found = await thresholds.read_threshold(session, season, threshold_id)
    if found is None:
        raise errors.ThresholdUnknown
    return found


async def approve_threshold(
    session: AsyncSession, season: str, threshold_id: UUID, check: CheckTag, at: datetime, by: str
) -> Threshold:
    """Approve a draft. Of two who approve the same version one wins, the other's tag is stale."""
    threshold = await find_threshold(session, season, threshold_id)
    check(threshold.etag)
    _refuse_step(threshold, Status.APPROVED)
    await thresholds.take_step(session, threshold_id, Status.APPROVED, at, by)
    return await find_threshold(session, season, threshold_id)


async def publish_threshold(
    session: AsyncSession,
    season: str,
    threshold_id: UUID,
    check: CheckTag,
    basis: tuple[str | None, date | None],
    at: datetime,
    by: str,
) -> Threshold:
    """Publish an approved threshold; the published one of its key becomes superseded.

    Superseding needs a basis: here or in the draft. The public table follows by a job.
    """
    await lock_key(session, (await show_threshold(session, season, threshold_id)).key)
    threshold = await find_threshold(session, season, threshold_id)
    check(threshold.etag)
    old = await thresholds.lock_published(session, threshold.key)
    _refuse_publication(threshold, old, basis[0])
    await make_public(session, threshold, old, basis, at, by)
    return await find_threshold(session, season, threshold_id)


async def make_public(
    session: AsyncSession,
    threshold: Threshold,
    old: Threshold | None,
    basis: tuple[str | None, date | None],
    at: datetime,
    by: str,
) -> None:
    """Take the steps of a publication that was found right, and queue the public table."""
    if old is not None:
        why = basis[0] or threshold.basis_document
        await thresholds.take_step(session, old.id, Status.SUPERSEDED, at, by)
        await thresholds.take_step(
            session,
            threshold.id,
            Status.PUBLISHED,
            at,
            by,
            basis=(why, basis[1]),
            supersedes=old.id,
        )
    else:
        await thresholds.take_step(session, threshold.id, Status.PUBLISHED, at, by, basis=basis)
    await enqueue(session, "publish_thresholds", threshold.season, {"season": threshold.season})


async def approve_and_publish(
    session: AsyncSession, draft: Draft, old: Threshold | None, at: datetime, by: str
) -> None:
    """Take a threshold that its basis has already made public through every step at once."""
    drafted = await draft_threshold(session, draft, at, by)
    await thresholds.take_step(session, drafted.id, Status.APPROVED, at, by)
    await make_public(session, drafted, old, (draft.basis_document, draft.basis_date), at, by)


def _refuse_step(threshold: Threshold, wanted: Status) -> None:
    try:
        check_step(threshold.status, wanted)
    except StepForbidden as error:
        raise errors.StepForbidden(threshold.status) from error


def _refuse_publication(threshold: Threshold, old: Threshold | None, basis: str | None) -> None:
    try:
        check_publication(
            threshold.status,
            supersedes=old is not None,
            basis=basis or threshold.basis_document,
        )
    except StepForbidden as error:
        raise errors.StepForbidden(threshold.status) from error
    except BasisMissing as error:
        raise errors.BasisRequired from error


async def percentile_of(session: AsyncSession, threshold: Threshold) -> Fraction | None:
    """Return the mid-percentile rank of a threshold among the participants, null without any."""
    return (await percentiles(session, [threshold])).get(threshold.id)


async def percentiles(
    session: AsyncSession, several: Sequence[Threshold]
) -> Mapping[UUID, Fraction | None]:
    """Return the percentile of each threshold among the results that were counted last."""
    places = {(threshold.season, stage_before(threshold.stage)) for threshold in several}
    tallies = {place: await results.kept_tallies(session, *place) for place in places}
    return {
        threshold.id: percentile_rank(
            tallies[(threshold.season, stage_before(threshold.stage))].get(
                (threshold.subject, threshold.grade), {}
            ),
            threshold.score,
        )
        for threshold in several
    }
