"""Work done by the real worker code, one queued job after another, until nothing is queued."""

from sqlalchemy import text

from services.training.app import WORKER
from services.training.settings import Settings
from shared.db import Database
from shared.notifier import Notifier
from shared.worker import JobContext, ServiceWorker

QUEUED = text("SELECT id FROM job WHERE state = 'queued' ORDER BY created_at")
ENDED_BADLY = text("SELECT kind, error FROM job WHERE state NOT IN ('done', 'queued')")


async def drain(db: Database, valkey: str) -> None:
    """Run every queued job and those they queue; a job that ends badly fails the test."""
    settings = Settings(database_url="unused://", redis_url=valkey)
    notifier = await Notifier.connect(valkey)
    worker = ServiceWorker(WORKER, JobContext(db, settings, {}, notifier))
    try:
        while queued := await _queued(db):
            for job_id in queued:
                await worker.runner.run_job(job_id)
    finally:
        await notifier.close()


async def _queued(db: Database) -> list[str]:
    async with db.reading() as session:
        ended = [tuple(row) for row in await session.execute(ENDED_BADLY)]
        if ended:
            raise RuntimeError(str(ended))
        return [str(job_id) for job_id in (await session.execute(QUEUED)).scalars()]
