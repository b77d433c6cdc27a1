"""Plans of evaluation: stated before the data are looked at, then frozen."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import EffectInvalid, PlanFrozen, PlanUnknown
from services.ratings.store import effects, programmes
from services.ratings.store.effects import PlanRow
from services.ratings.usecases.effect_inputs import outcomes_of, pre_registered
from services.ratings.usecases.effect_queue import queue_measure
from shared.db import lock
from shared.errors import FieldError

Document = Mapping[str, Any]


async def find_plan(session: AsyncSession, measure: str) -> PlanRow:
    """Return the plan of a measure; `PlanUnknown` without one."""
    row = await effects.plan(session, measure)
    if row is None:
        raise PlanUnknown(measure)
    return row


async def locked_plan(session: AsyncSession, measure: str) -> PlanRow | None:
    """Return the plan of a measure, locked until the commit; None without one."""
    await lock(session, f"effect:{measure}")
    return await effects.plan(session, measure)


async def put_plan(
    session: AsyncSession, stored: PlanRow | None, measure: str, body: Document
) -> None:
    """Store a plan whose outcomes are known; `PlanFrozen` for a frozen one."""
    if stored is not None and stored.frozen_at is not None:
        raise PlanFrozen
    faults = [fault async for fault in _faults(session, body)]
    if faults:
        raise EffectInvalid(errors=faults)
    programme = body["outcome"]["programme"]
    await effects.save_plan(session, measure, programme, body, digest(measure, body))


async def freeze_plan(session: AsyncSession, stored: PlanRow, by: str) -> None:
    """Freeze a plan and have its effect found; `PlanFrozen` if it is frozen already."""
    if stored.frozen_at is not None:
        raise PlanFrozen
    await effects.freeze(session, stored.measure, by)
    await queue_measure(session, stored.measure)


def digest(measure: str, body: Document) -> str:
    """Return the SHA-256 of a plan in its canonical form."""
    text = json.dumps([measure, body], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


async def plan_view(session: AsyncSession, row: PlanRow) -> dict[str, object]:
    """Return a plan with its digest and when it was frozen."""
    exposures = await effects.exposures(session, row.measure)
    frozen = row.frozen_at
    begun = exposures is not None and any(item["first_exposed"] for item in exposures["items"])
    return {
        "measure": row.measure,
        "plan": row.document,
        "hash": row.hash,
        "frozen_at": None if frozen is None else frozen.isoformat(),
        "frozen_by": row.frozen_by,
        "pre_registered": pre_registered(frozen, exposures) if frozen and begun else None,
    }


async def _faults(session: AsyncSession, body: Document) -> AsyncIterator[FieldError]:
    known = {row.code for row in await programmes.listed(session)}
    for pointer, outcome in _placed(body):
        programme, indicator = outcome["programme"], outcome["indicator"]
        if programme not in known:
            yield FieldError(f"{pointer}/programme", "PROGRAMME_UNKNOWN", "Такой программы нет.")
        elif indicator is not None:
            codes = await programmes.indicator_ids(session, programme)
            if indicator not in codes:
                told = f"Показателя {indicator} у программы {programme} нет."
                yield FieldError(f"{pointer}/indicator", "INDICATOR_UNKNOWN", told)


def _placed(body: Document) -> Iterator[tuple[str, Document]]:
    counts: dict[str, int] = {}
    for role, outcome in outcomes_of(body):
        place = counts.get(role, 0)
        counts[role] = place + 1
        yield ("/body/outcome" if role == "main" else f"/body/{role}/{place}"), outcome
