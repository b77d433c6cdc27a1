"""Training's part of a territory's passport: the region's coverage and cyclogram by year."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import documents
from services.training.usecases.exposures import PREFIX
from services.training.usecases.publish_year import path_of
from shared.synthetic import region_of


async def passport_parts(session: AsyncSession, region: str) -> dict[str, object]:
    """Return `{"training": {revision, source_time, territories}}`; no part at first."""
    latest = {
        path: (number, time)
        for path, number, time in await documents.current(session)
        if not path.startswith(PREFIX)
    }
    if not latest:
        return {}
    years = sorted({path.split("/")[3] for path in latest})
    territories: dict[str, dict[str, object]] = {}
    for year in years:
        found = {
            name: await documents.find(session, path_of(year, name))
            for name in ("coverage", "cyclogram")
        }
        territories.setdefault(region_of(year, region), {})[year] = {
            "coverage": json.loads(one.body)["rows"] if (one := found["coverage"]) else [],
            "cyclogram": json.loads(one.body)["items"] if (one := found["cyclogram"]) else [],
        }
    return {
        "training": {
            "revision": max(number for number, _ in latest.values()),
            "source_time": max(time for _, time in latest.values()).isoformat(),
            "territories": territories,
        }
    }
