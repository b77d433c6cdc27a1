"""Run background jobs under a lease, each ended in the transaction of its effect."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.db import TRANSIENT_ERRORS, Database, is_outage
from shared.dispatch import RUN_JOB
from shared.errors import FINAL_KINDS, RETRYABLE_KINDS
from shared.http import ServiceClient
from shared.log import bind, logger
from shared.metrics import JOB_ENDS, JOB_SECONDS
from shared.notifier import Notifier
from shared.process_pool import job_pool
from shared.settings import Settings
from shared.tracing import Span, SpanKind, root_span

log = logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class LeaseLost(Exception):  # noqa: N818 -- the name states the fact.
    """Another worker has taken the job over: the effect of this run is rolled back."""


@dataclass(slots=True)
class JobContext:
    """What a job or a listener works with.

    `job` is None for listeners and periodic calls. A handler sets `result` inside `effect`.
    """

    db: Database
    settings: Settings
    clients: Mapping[str, ServiceClient]
    notifier: Notifier
    job: jobs.LeasedJob | None = None
    result: Mapping[str, object] | None = None
    done: int = 0
    total: int | None = None
    ended: bool = False

    def progress(self, done: int, total: int | None = None) -> None:
        """Report how far the job is; visible at the next heartbeat."""
        self.done, self.total = done, total

    @asynccontextmanager
    async def effect(self) -> AsyncIterator[AsyncSession]:
        """Open the transaction of the job's effect; the job ends with its commit.

        Effect and end are one: a worker that is killed leaves both or neither, and one that lost
        its lease raises LeaseLost, which rolls the effect back.
        """
        async with self.db.transaction() as session:
            yield session
            if self.job is not None and not await jobs.finish(
                session, self.job, "done", progress=(self.done, self.total), result=self.result
            ):
                raise LeaseLost(str(self.job.id))
        self.ended = True

    async def run_in_thread(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run CPU-bound work in a thread, so that heartbeats continue."""
        return await asyncio.to_thread(call, *args, **kwargs)

    async def run_in_process(self, call: Callable[..., R], *args: object) -> R:
        """Run a module-level function of values in a child process that dies with the job."""
        return await job_pool().run(call, *args)


JobHandler = Callable[[JobContext, Mapping[str, Any]], Awaitable[None]]


class JobRunner:
    """Runs the jobs of one worker process, a bounded number at the same time.

    `on_end` is called after each job, so that the next one of its scope can start.
    """

    def __init__(
        self, context: JobContext, handlers: Mapping[str, JobHandler], on_end: Callable[[], None]
    ) -> None:
        self.context = context
        self.handlers = handlers
        self.on_end = on_end
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._slots = asyncio.Semaphore(context.settings.job_parallel)
        self._local_runs: dict[UUID, asyncio.Task[None]] = {}

    @property
    def busy(self) -> int:
        """How many jobs this process has started by itself and not ended."""
        return len(self._local_runs)

    def start(self, job_ids: Sequence[UUID]) -> None:
        """Run jobs in this process while it has free slots; the reconcile pass finds the rest."""
        for job_id in job_ids:
            free = self.busy < self.context.settings.job_parallel
            if free and job_id not in self._local_runs:
                running = asyncio.create_task(self._run_quietly(str(job_id)))
                self._local_runs[job_id] = running
                running.add_done_callback(partial(self._forget, job_id))

    def _forget(self, job_id: UUID, _ended: asyncio.Task[None]) -> None:
        del self._local_runs[job_id]
        self.on_end()

    async def close(self) -> None:
        """Cancel the jobs that this process started; each releases its lease."""
        running = list(self._local_runs.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run_quietly(self, job_id: str) -> None:
        try:
            await self.run_job(job_id)
        except TRANSIENT_ERRORS as error:
            log.warning("job_not_run", job=job_id, error=str(error))

    async def run_job(self, job_id: str) -> None:
        """Run one job under a lease; nothing happens when another worker holds it."""
        async with self._slots:
            leased = await self._lease(UUID(job_id))
            if leased is None:
                return
            bind(job=job_id, request_id=leased.request_id)
            context = JobContext(
                self.context.db,
                self.context.settings,
                self.context.clients,
                self.context.notifier,
                leased,
            )
            with JOB_SECONDS.labels(leased.kind).time(), _span_of(leased) as span:
                await self._run_leased(context, leased)
                if span is not None:
                    span.failed = not context.ended
            if context.ended:
                JOB_ENDS.labels(leased.kind, "done").inc()
            self.on_end()

    async def _lease(self, job_id: UUID) -> jobs.LeasedJob | None:
        try:
            async with self.context.db.transaction() as session:
                return await jobs.lease(session, job_id, self.owner)
        except SQLAlchemyError as error:
            log.info("lease_lost_race", job=str(job_id), error=str(error.__class__.__name__))
            return None

    async def _run_leased(self, context: JobContext, leased: jobs.LeasedJob) -> None:
        handler = self.handlers.get(leased.kind)
        if handler is None:
            await self._end(context, leased, "failed", error=_error("UNKNOWN_JOB", leased.kind))
            return
        task = asyncio.create_task(_with_deadline(handler, context, leased.args))
        heartbeat = asyncio.create_task(self._heartbeat(context, leased, task))
        try:
            await task
        except asyncio.CancelledError:
            if context.ended:
                return
            if not task.cancelled() or not heartbeat.done():
                task.cancel()
                await asyncio.shield(self._release(leased))
                raise
            await self._end(context, leased, "cancelled")
        except LeaseLost:
            log.warning("lease_lost", job=str(leased.id), kind=leased.kind)
        except FINAL_KINDS as error:
            await self._end(context, leased, "failed", error=_error(error.code, error.detail))
        except Exception as error:
            log.exception("job_failed", kind=leased.kind, attempt=leased.attempt)
            await self._retry(context, leased, error)
        else:
            if not context.ended:
                fault = _error("NO_EFFECT", f"{leased.kind} returned without context.effect().")
                await self._end(context, leased, "failed", error=fault)
        finally:
            heartbeat.cancel()

    async def _release(self, leased: jobs.LeasedJob) -> None:
        """Requeue at once on SIGTERM; without a database the lease expires by itself."""
        try:
            async with self.context.db.transaction() as session:
                await jobs.release(session, leased)
        except TRANSIENT_ERRORS as error:
            log.warning("job_not_released", job=str(leased.id), error=str(error))

    async def _heartbeat(
        self, context: JobContext, leased: jobs.LeasedJob, task: "asyncio.Future[Any]"
    ) -> None:
        while True:
            await asyncio.sleep(jobs.HEARTBEAT_SECONDS)
            try:
                async with context.db.transaction() as session:
                    stop = await jobs.renew(session, leased, context.done, context.total)
            except TRANSIENT_ERRORS as error:
                log.warning("heartbeat_failed", error=str(error))
                continue
            if stop is not False:
                task.cancel()
                return

    async def _retry(self, context: JobContext, leased: jobs.LeasedJob, error: Exception) -> None:
        message = _error("JOB_FAILED", repr(error)[:2000])
        limited = not isinstance(error, RETRYABLE_KINDS) and not is_outage(error)
        if limited and leased.attempt >= jobs.MAX_ATTEMPTS:
            await self._end(context, leased, "failed", error=message)
            return
        JOB_ENDS.labels(leased.kind, "retried").inc()
        pause = min(60.0, 0.5 * 2**leased.attempt)
        async with context.db.transaction() as session:
            await jobs.retry_later(session, leased, message, pause)
        await context.notifier.notify(context.db.schema, RUN_JOB, str(leased.id), defer_by=pause)

    async def _end(
        self,
        context: JobContext,
        leased: jobs.LeasedJob,
        state: str,
        *,
        error: Mapping[str, object] | None = None,
    ) -> None:
        async with context.db.transaction() as session:
            progress = (context.done, context.total)
            await jobs.finish(session, leased, state, progress=progress, error=error)
        JOB_ENDS.labels(leased.kind, state).inc()


async def _with_deadline(handler: JobHandler, context: JobContext, args: Mapping[str, Any]) -> None:
    async with asyncio.timeout(jobs.LONGEST_RUN_SECONDS):
        await handler(context, args)


def _span_of(leased: jobs.LeasedJob) -> AbstractContextManager[Span | None]:
    """Measure a run of a job in the trace of the request that queued it."""
    return root_span(f"job {leased.kind}", SpanKind.CONSUMER, leased.request_id or leased.id.hex)


def _error(code: str, detail: str) -> Mapping[str, object]:
    return {"code": code, "detail": detail}
