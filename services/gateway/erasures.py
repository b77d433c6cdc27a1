"""Erasure of a person everywhere: here at once, in the services on an event that names nobody."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.findings import SERVICES
from services.gateway.store import erasures
from services.gateway.tables import METADATA
from services.gateway.topics import PERSON_ERASURE_REQUESTED
from shared.events import Event
from shared.outbox import emit
from shared.persons.columns import read_columns
from shared.persons.erasure import ErasureReport, erase_person
from shared.secret_key import Sealer
from shared.worker import JobContext

COLUMNS = read_columns(METADATA, Path(__file__).parent / "data" / "person_columns.csv")
ERASED = "person_erased"


async def demand_erasure(
    session: AsyncSession, reference: str, sealer: Sealer
) -> tuple[UUID, ErasureReport]:
    """Erase a person from the gateway's schema and demand it of every service."""
    report = await erase_person(session, METADATA, COLUMNS, reference)
    erasure = uuid4()
    own = {"removed": report.removed, "unsearched": list(report.unsearched), "complete": True}
    await erasures.add(session, erasure, reference, sealer, {"gateway": own})
    body = {"erasure": str(erasure), "documents": []}
    await emit(session, PERSON_ERASURE_REQUESTED, str(erasure), body)
    return erasure, report


async def on_person_erased(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Add up what a service removed; the last complete report ends the demand.

    What a service erased on its own demand, not on ours, is no report of ours.
    """
    erasure = UUID(event.subject)
    reports = await erasures.reports_of(session, erasure)
    if reports is None:
        return
    report = _merged(reports.get(event.source, {}), event.body)
    await erasures.save_report(session, erasure, event.source, report)
    ended = {name for name, known in reports.items() if known["complete"]}
    if report["complete"]:
        ended.add(event.source)
    if ended >= set(SERVICES):
        await erasures.complete(session, erasure)


def _merged(known: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Add the counts of a further pass to those of the passes before."""
    removed = dict(known.get("removed", {}))
    for column, count in body["removed"].items():
        removed[column] = removed.get(column, 0) + count
    return {
        "removed": removed,
        "unsearched": body["unsearched"],
        "complete": body["complete"],
    }
