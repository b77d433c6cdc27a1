"""Start queued jobs right after the commit that queued them.

The process that commits knows what it queued. When it has a worker of its own, that worker starts
the job at once; otherwise arq carries its id to a worker of another process. A start that is lost
is made up for by the workers' reconcile pass.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.engine import URL

from shared.db import Database
from shared.notifier import Notifier

RUN_JOB = "run_job"
StartJobs = Callable[[Sequence[UUID]], None]
_workers: dict[tuple[URL, str], StartJobs] = {}


@contextmanager
def registered_worker(db: Database, start: StartJobs) -> Iterator[None]:
    """Let commits of this process on the same schema start their jobs in this worker."""
    address = (db.url, db.schema)
    _workers[address] = start
    try:
        yield
    finally:
        if _workers.get(address) == start:
            del _workers[address]


class Dispatcher:
    """Starts the jobs that transactions of a database have queued."""

    def __init__(self, db: Database, notifier: Notifier) -> None:
        self._db = db
        self._notifier = notifier
        self._sending: set[asyncio.Task[None]] = set()
        db.on_commit = self.start

    def start(self, job_ids: Sequence[UUID]) -> None:
        """Start jobs in this process's worker, else send them to another's, best effort."""
        start = _workers.get((self._db.url, self._db.schema))
        if start is not None:
            start(job_ids)
            return
        sending = asyncio.create_task(self._send(job_ids))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    async def _send(self, job_ids: Sequence[UUID]) -> None:
        for job_id in job_ids:
            if not await self._notifier.notify(self._db.schema, RUN_JOB, str(job_id)):
                return

    async def close(self) -> None:
        """Let what is being sent arrive."""
        await asyncio.gather(*self._sending, return_exceptions=True)
