"""The working half of a service: answers rings, runs jobs, pulls events, keeps the books.

Four loops run side by side: arq answers the rings; a LISTEN connection hears this schema's
commits; the round gives outbox rows their positions, rings for what is due (and does it itself
while the queue is silent) and takes back the jobs of dead workers; and every source is pulled now
and then even if nobody rang.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock, inbox, jobs, outbox
from shared.db import Database
from shared.errors import FINAL_KINDS, Problem, Unavailable
from shared.events import Event
from shared.http import ServiceClient
from shared.log import attached, bind, logger
from shared.notifier import Notifier, run_arq_worker
from shared.settings import Settings

log = logger(__name__)

PULL_PAGE = 200
PULL_EVERY = 5.0
PRUNE_EVERY = 3600.0
RETRY_EVENT = "retry_event"
TRANSIENT_ERRORS = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class JobContext:
    """What a job or a listener works with."""

    db: Database
    settings: Settings
    clients: Mapping[str, ServiceClient]
    notifier: Notifier
    job: jobs.LeasedJob | None = None
    done: int = 0
    total: int | None = None

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job is; people see it at the next heartbeat."""
        self.done, self.total = done, total

    async def run_in_thread(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a computation beside the loop, so that the lease is renewed meanwhile."""
        return await asyncio.to_thread(call, *args, **kwargs)


JobHandler = Callable[[JobContext, Mapping[str, Any]], Awaitable[Mapping[str, object] | None]]
Listener = Callable[[AsyncSession, Event, JobContext], Awaitable[None]]
Periodic = Callable[[JobContext], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """What a service does in the background.

    `listeners` maps topics of other services to their handlers, `sources` names the services whose
    events are pulled, `consumers` those to ring when this service has new events, `periodic` what
    to run every so many seconds.
    """

    service: str
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    sources: Sequence[str] = ()
    consumers: Sequence[str] = ()
    periodic: Sequence[tuple[float, Periodic]] = ()


class ServiceWorker:
    """One worker process of a service."""

    def __init__(self, spec: WorkerSpec, context: JobContext) -> None:
        self.spec = spec
        self.context = context
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._slots = asyncio.Semaphore(context.settings.job_parallel)
        self._wakeup = asyncio.Event()
        self._local_runs: set[asyncio.Task[None]] = set()
        self._pulling = {source: asyncio.Lock() for source in spec.sources}

    async def run(self) -> None:
        """Work until cancelled; a lost database or queue is waited for, never fatal."""
        try:
            await self._loops()
        finally:
            for task in self._local_runs:
                task.cancel()
            await asyncio.gather(*self._local_runs, return_exceptions=True)

    async def _loops(self) -> None:
        functions = {"work": self.run_job, "pull": self.pull}
        settings = self.context.settings
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._reconcile_loop())
            group.create_task(
                self._every(PULL_EVERY, self._pull_all) if self.spec.sources else asyncio.sleep(0)
            )
            group.create_task(self._every(PRUNE_EVERY, self._prune))
            for seconds, call in self.spec.periodic:
                group.create_task(self._every(seconds, partial(call, self.context)))
            group.create_task(
                run_arq_worker(
                    self.context.notifier,
                    self.spec.service,
                    functions,
                    parallel=settings.job_parallel,
                    poll_seconds=settings.poll_seconds,
                )
            )

    async def _listen(self) -> None:
        channel = f"kachestvo_{self.context.db.schema}"
        while True:
            try:
                await self.context.db.listen(channel, lambda _: self._wakeup.set())
            except TRANSIENT_ERRORS as error:
                log.warning("listen_lost", error=str(error))
            self._wakeup.set()
            await asyncio.sleep(0.5)

    async def _reconcile_loop(self) -> None:
        while True:
            try:
                await self.reconcile()
                self._touch_liveness()
            except TRANSIENT_ERRORS as error:
                log.warning("round_failed", error=str(error))
                await asyncio.sleep(0.5)
            await clock.wait_for(self._wakeup, self.context.settings.poll_seconds)
            self._wakeup.clear()

    def _touch_liveness(self) -> None:
        """Show whoever watches this process that its rounds go on."""
        file = self.context.settings.heartbeat_file
        if file is not None:
            file.touch()

    async def reconcile(self) -> None:
        """Ring for what is due, place new events and ring who reads them, take back dead jobs."""
        await self._notify_due()
        async with self.context.db.transaction() as session:
            placed = await outbox.assign_positions(session)
        if placed:
            for consumer in self.spec.consumers:
                await self.context.notifier.notify(consumer, "pull", self.spec.service)
        async with self.context.db.transaction() as session:
            reclaimed = await jobs.requeue_expired(session)
        for job_id, state in reclaimed:
            log.warning("job_reclaimed", job=str(job_id), state=state)
        if reclaimed:
            await self._notify_due()

    async def _notify_due(self) -> None:
        async with self.context.db.transaction() as session:
            due = await jobs.due_jobs(session)
        answered = True
        for job_id in due:
            ring = self.context.notifier.notify
            answered = answered and await ring(self.spec.service, "work", str(job_id))
            if not answered:
                self._run_locally(str(job_id))

    def _run_locally(self, job_id: str) -> None:
        """Run a due job although the queue is silent: it is only a doorbell."""
        if len(self._local_runs) < self.context.settings.job_parallel:
            running = asyncio.create_task(self._run_quietly(job_id))
            self._local_runs.add(running)
            running.add_done_callback(self._local_runs.discard)

    async def _run_quietly(self, job_id: str) -> None:
        try:
            await self.run_job(job_id)
        except TRANSIENT_ERRORS as error:
            log.warning("job_not_run", job=job_id, error=str(error))

    async def _every(self, seconds: float, call: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await call()
            except (*TRANSIENT_ERRORS, Problem) as error:
                log.warning("periodic_failed", error=str(error))
            await asyncio.sleep(seconds)

    async def _prune(self) -> None:
        async with self.context.db.transaction() as session:
            await outbox.prune(session)
            await jobs.prune(session)

    async def _pull_all(self) -> None:
        for source in self.spec.sources:
            await self.pull(source)

    async def pull(self, source: str) -> None:
        """Take every event of a source that this service has not seen yet."""
        if source not in self._pulling:
            return
        async with self._pulling[source]:
            try:
                while await self._pull_page(source):
                    pass
            except (Unavailable, *TRANSIENT_ERRORS) as error:
                log.warning("pull_failed", source=source, error=str(error))

    async def _pull_page(self, source: str) -> bool:
        async with self.context.db.transaction() as session:
            after = await inbox.position_of(session, source)
        client = self.context.clients[source]
        page = await client.get_json(f"/internal/events?after={after}&limit={PULL_PAGE}")
        try:
            taken = await self._handle_all(source, page["items"])
        finally:
            async with self.context.db.transaction() as session:
                await inbox.record_poll(session, source)
        return taken and len(page["items"]) == PULL_PAGE

    async def _handle_all(self, source: str, items: Sequence[Mapping[str, Any]]) -> bool:
        """Handle events in their order; False when one has to be tried again later."""
        for item in items:
            if not await self._handle(inbox.event_of({**item, "source": source})):
                return False
        return True

    async def _handle(self, event: Event) -> bool:
        """Handle one event; False when it has to be tried again later."""
        async with self.context.db.transaction() as session:
            attempts = await inbox.begin_attempt(session, event)
        if attempts is None:
            return True
        if attempts > inbox.MAX_ATTEMPTS:
            return await self._dead_letter(event, "The process died while handling it.")
        try:
            async with self.context.db.transaction() as session:
                if await inbox.claim(session, event):
                    await self._dispatch(session, event)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("listener_failed", topic=event.topic, event_id=str(event.id))
            return await self._dead_letter(event, repr(error))
        return True

    async def _dispatch(self, session: AsyncSession, event: Event) -> None:
        """Handle an event on behalf of the request that caused it."""
        listener = self.spec.listeners.get(event.topic)
        if listener is not None:
            with attached(request_id=event.request_id):
                await listener(session, event, self.context)

    async def _dead_letter(self, event: Event, error: str) -> bool:
        async with self.context.db.transaction() as session:
            dead = await inbox.record_failure(session, event, error)
            if dead:
                await inbox.advance(session, event)
        return dead

    async def run_job(self, job_id: str) -> None:
        """Run one job under a lease."""
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
            await self._run_leased(context, leased)
            self._wakeup.set()

    async def _lease(self, job_id: UUID) -> jobs.LeasedJob | None:
        try:
            async with self.context.db.transaction() as session:
                return await jobs.lease(session, job_id, self.owner)
        except SQLAlchemyError as error:
            log.info("lease_lost_race", job=str(job_id), error=str(error.__class__.__name__))
            return None

    async def _run_leased(self, context: JobContext, leased: jobs.LeasedJob) -> None:
        handler = {RETRY_EVENT: self._retry_event, **self.spec.jobs}.get(leased.kind)
        if handler is None:
            await self._end(context, leased, "failed", error=_error("UNKNOWN_JOB", leased.kind))
            return
        task = asyncio.create_task(_with_deadline(handler(context, leased.args)))
        heartbeat = asyncio.create_task(self._heartbeat(context, leased, task))
        try:
            result = await task
        except asyncio.CancelledError:
            if not task.cancelled() or not heartbeat.done():
                task.cancel()
                await asyncio.shield(self._release(leased))
                raise
            await self._end(context, leased, "cancelled")
        except FINAL_KINDS as error:
            await self._end(context, leased, "failed", error=_error(error.code, error.detail))
        except Exception as error:
            log.exception("job_failed", kind=leased.kind, attempt=leased.attempt)
            await self._retry(context, leased, error)
        else:
            await self._end(context, leased, "done", result=result)
        finally:
            heartbeat.cancel()

    async def _release(self, leased: jobs.LeasedJob) -> None:
        """Let another worker go on at once; without a database the lease runs out by itself."""
        try:
            async with self.context.db.transaction() as session:
                await jobs.release(session, leased)
        except TRANSIENT_ERRORS as error:
            log.warning("job_not_given_back", job=str(leased.id), error=str(error))

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

    async def _retry_event(self, context: JobContext, args: Mapping[str, Any]) -> None:
        async with context.db.transaction() as session:
            event = await inbox.retry_dead_letter(session, UUID(args["event_id"]))
            if event is not None:
                await self._dispatch(session, event)

    async def _retry(self, context: JobContext, leased: jobs.LeasedJob, error: Exception) -> None:
        told = _error("JOB_FAILED", repr(error)[:2000])
        if leased.attempt >= jobs.MAX_ATTEMPTS:
            await self._end(context, leased, "failed", error=told)
            return
        pause = min(60.0, 0.5 * 2**leased.attempt)
        async with context.db.transaction() as session:
            await jobs.retry_later(session, leased, told, pause)

    async def _end(
        self,
        context: JobContext,
        leased: jobs.LeasedJob,
        state: str,
        *,
        result: Mapping[str, object] | None = None,
        error: Mapping[str, object] | None = None,
    ) -> None:
        async with context.db.transaction() as session:
            await jobs.finish(
                session,
                leased,
                state,
                progress=(context.done, context.total),
                result=result,
                error=error,
            )


async def _with_deadline(running: Awaitable[R]) -> R:
    async with asyncio.timeout(jobs.LONGEST_RUN_SECONDS):
        return await running


def _error(code: str, detail: str) -> Mapping[str, object]:
    return {"code": code, "detail": detail}
