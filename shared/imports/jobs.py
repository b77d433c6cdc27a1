"""The background half: large imports, taken from their stored parts."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from shared.access_errors import TerritoryForbidden
from shared.imports import import_runs
from shared.imports.defects import FileRefused
from shared.imports.errors import ImportUnknown
from shared.imports.import_order import ImportOrder
from shared.imports.import_types import ImportKind
from shared.imports.parse_task import Format
from shared.imports.run_import import run_import
from shared.imports.sandbox_client import SandboxClient, process_sandbox
from shared.territories import Territories
from shared.worker import JobContext, JobHandler

PROCESS_IMPORT = "process_import"
TIDY_SECONDS = 900.0


def import_jobs(kinds: Sequence[ImportKind]) -> dict[str, JobHandler]:
    """Return the job handlers of a service's imports, for its `WorkerSpec.jobs`."""
    by_code = {kind.code: kind for kind in kinds}

    async def process_import(context: JobContext, args: Mapping[str, Any]) -> None:
        await _process(context, by_code, UUID(args["id"]), process_sandbox())

    return {PROCESS_IMPORT: process_import}


async def tidy_imports(context: JobContext) -> None:
    """Forget the bodies of cancelled imports; for `WorkerSpec.periodic`."""
    async with context.db.transaction() as session:
        await import_runs.end_cancelled(session)


async def _process(
    context: JobContext, kinds: Mapping[str, ImportKind], run_id: UUID, reader: SandboxClient
) -> None:
    async with context.db.transaction() as session:
        row = await import_runs.get(session, run_id)
        if row is None:
            raise ImportUnknown
        if row["status"] not in import_runs.FINAL:
            await import_runs.begin(session, run_id)
    if row["status"] in import_runs.FINAL:
        async with context.effect():
            context.result = {"import": str(run_id), "status": row["status"]}
        return
    order, size = order_of(row), row["size"]

    async def source() -> AsyncIterator[bytes]:
        done = 0
        async with aclosing(import_runs.parts(context.db, "import_body", run_id)) as parts:
            async for part in parts:
                yield part
                done += len(part)
                context.progress(done, size)

    try:
        async with context.effect() as session:
            outcome = await run_import(session, kinds[row["kind"]], order, source, reader)
            counts: Mapping[str, object] = outcome.report["counts"]
            context.result = {"import": str(run_id), "status": outcome.status, "counts": counts}
    except FileRefused as error:
        await _refuse(context, run_id, error)
    except TerritoryForbidden as error:
        await _refuse(context, run_id, FileRefused(error.code, error.detail))


async def _refuse(context: JobContext, run_id: UUID, error: FileRefused) -> None:
    async with context.effect() as session:
        await import_runs.finish(session, run_id, import_runs.FAILED, problem=error.as_problem())
        context.result = {
            "import": str(run_id),
            "status": import_runs.FAILED,
            "code": error.code,
        }


def order_of(row: Mapping[str, Any]) -> ImportOrder:
    """Return the order of a stored import."""
    return ImportOrder(
        id=row["id"],
        mode=row["mode"],
        dry_run=row["dry_run"],
        atomic=row["atomic"],
        format=Format(row["format"]),
        charset=row["charset"],
        sheet=row["sheet"],
        slice=row["slice"],
        subject=row["subject"],
        actor=row["actor"],
        territories=Territories.of(row["territories"]),
        territory=row["territory"],
    )
