"""Training's part of a territory's passport: the region's coverage and cyclogram by year."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import documents
from services.training.usecases.publish_year import path_of
from shared.synthetic import REGION as EXAMPLE
from shared.synthetic import is_synthetic_path, synthetic_part


async def passport_part(session: AsyncSession, region: str) -> dict[str, object]:
    """Return `{"parts": {"training": {revision, source_time, territories}}}`; no part at first.

    The example's years are a part of their own, for the example's region.
    """
    latest = {path: (number, time) for path, number, time in await documents.current(session)}
    real = {path: at for path, at in latest.items() if not is_synthetic_path(path)}
    made_up = {path: at for path, at in latest.items() if is_synthetic_path(path)}
    parts = {}
    if real:
        parts["training"] = await _part(session, real, region)
    if made_up:
        parts[synthetic_part("training")] = await _part(session, made_up, EXAMPLE)
    return {"parts": parts}


async def _part(
    session: AsyncSession, latest: Mapping[str, tuple[int, datetime]], region: str
) -> dict[str, object]:
    years = sorted({path.split("/")[3] for path in latest})
    return {
        "revision": max(number for number, _ in latest.values()),
        "source_time": max(time for _, time in latest.values()).isoformat(),
        "territories": {region: {year: await _year(session, year) for year in years}},
    }


async def _year(session: AsyncSession, year: str) -> dict[str, object]:
    coverage = await documents.find(session, path_of(year, "coverage"))
    cyclogram = await documents.find(session, path_of(year, "cyclogram"))
    return {
        "coverage": json.loads(coverage.body)["rows"] if coverage else [],
        "cyclogram": json.loads(cyclogram.body)["items"] if cyclogram else [],
    }
