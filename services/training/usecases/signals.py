"""Signals of monitoring: stored by slice; a newer revision outdates the plans made before it.

Events may come twice and in any order: a revision that is not newer than the one heard last is
left aside.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import signals
from services.training.store.signals import Signal
from services.training.usecases.import_types import OUTDATE
from shared.jobs import enqueue

WEIGHT_OF: Mapping[str, int] = {
    "lowest_band": 40,
    "below_target": 30,
    "fallen": 25,
    "bottom_quarter": 20,
}
OTHER_WEIGHT = 20
OLYMPIAD_WEIGHT = 10


async def take_ratings(session: AsyncSession, body: Mapping[str, object]) -> bool:
    """Replace the weak spots of a programme and period; True if they are newer."""
    found: dict[tuple[str, str], int] = {}
    for spot in _rows(body.get("weak_spots")):
        weight = WEIGHT_OF.get(str(spot.get("reason")), OTHER_WEIGHT)
        for topic in _texts(spot.get("topics")):
            key = (topic, str(spot.get("territory")))
            found[key] = max(weight, found.get(key, 0))
    part = f"{body.get('programme')}/{body.get('period')}"
    return await _take(session, "ratings", part, body, found)


async def take_olympiads(session: AsyncSession, body: Mapping[str, object]) -> bool:
    """Replace the weak subjects of a season; True if they are newer."""
    found = {
        (str(row.get("subject")), str(row.get("territory"))): OLYMPIAD_WEIGHT
        for row in _rows(body.get("weak_subjects"))
    }
    return await _take(session, "olympiads", str(body.get("season")), body, found)


async def _take(
    session: AsyncSession,
    source: str,
    part: str,
    body: Mapping[str, object],
    found: Mapping[tuple[str, str], int],
) -> bool:
    revision = int(str(body.get("revision") or 0))
    if not await signals.replace(session, Signal(source, part, revision), found):
        return False
    cause = {"source": source, "slice": part, "revision": revision}
    await enqueue(session, OUTDATE, "plans", {"cause": cause})
    return True


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _texts(value: object) -> Sequence[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
