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
from shared.bell import Bell, answer
from shared.db import Database
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Unavailable
from shared.events import Event
from shared.http import ServiceClient
from shared.log import attached, bind, logger
from shared.settings import Settings

log = logger(__name__)

FINAL = (Invalid, NotFound, Conflict, Forbidden)
PULL_PAGE = 200
PULL_EVERY = 5.0
PRUNE_EVERY = 3600.0
RETRY_EVENT = "retry_event"
BROKEN = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Work:
    """What a job or a listener works with."""

    db: Database
    settings: Settings
    clients: Mapping[str, ServiceClient]
    bell: Bell
    job: jobs.Leased | None = None
    done: int = 0
    total: int | None = None

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the job is; people see it at the next heartbeat."""
        self.done, self.total = done, total

    async def in_thread(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a computation beside the loop, so that the lease is renewed meanwhile."""
        return await asyncio.to_thread(call, *args, **kwargs)


JobHandler = Callable[[Work, Mapping[str, Any]], Awaitable[Mapping[str, object] | None]]
Listener = Callable[[AsyncSession, Event, Work], Awaitable[None]]
Periodic = Callable[[Work], Awaitable[None]]


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

    def __init__(self, spec: WorkerSpec, work: Work) -> None:
        self.spec = spec
        self.work = work
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._slots = asyncio.Semaphore(work.settings.job_parallel)
        self._stir = asyncio.Event()
        self._unrung: set[asyncio.Task[None]] = set()
        self._pulling = {source: asyncio.Lock() for source in spec.sources}

    async def run(self) -> None:
        """Work until cancelled; a lost database or queue is waited for, never fatal."""
        try:
            await self._loops()
        finally:
            for task in self._unrung:
                task.cancel()
            await asyncio.gather(*self._unrung, return_exceptions=True)

    async def _loops(self) -> None:
        functions = {"work": self.run_job, "pull": self.pull}
        settings = self.work.settings
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._rounds())
            group.create_task(
                self._every(PULL_EVERY, self._pull_all) if self.spec.sources else asyncio.sleep(0)
            )
            group.create_task(self._every(PRUNE_EVERY, self._prune))
            for seconds, call in self.spec.periodic:
                group.create_task(self._every(seconds, partial(call, self.work)))
            group.create_task(
                answer(
                    self.work.bell,
                    self.spec.service,
                    functions,
                    parallel=settings.job_parallel,
                    poll_seconds=settings.poll_seconds,
                )
            )

    async def _listen(self) -> None:
        channel = f"kachestvo_{self.work.db.schema}"
        while True:
            try:
                await self.work.db.hear(channel, lambda _: self._stir.set())
            except BROKEN as error:
                log.warning("listen_lost", error=str(error))
            self._stir.set()
            await asyncio.sleep(0.5)

    async def _rounds(self) -> None:
        while True:
            try:
                await self.round()
                self._beat()
            except BROKEN as error:
                log.warning("round_failed", error=str(error))
                await asyncio.sleep(0.5)
            await clock.wait_for(self._stir, self.work.settings.poll_seconds)
            self._stir.clear()

    def _beat(self) -> None:
        """Show whoever watches this process that its rounds go on."""
        file = self.work.settings.heartbeat_file
        if file is not None:
            file.touch()

    async def round(self) -> None:
        """Ring for what is due, place new events and ring who reads them, take back dead jobs."""
        await self._ring_due()
        async with self.work.db.transaction() as session:
            placed = await outbox.place(session)
        if placed:
            for consumer in self.spec.consumers:
                await self.work.bell.ring(consumer, "pull", self.spec.service)
        async with self.work.db.transaction() as session:
            reclaimed = await jobs.reclaim(session)
        for job_id, state in reclaimed:
            log.warning("job_reclaimed", job=str(job_id), state=state)
        if reclaimed:
            await self._ring_due()

    async def _ring_due(self) -> None:
        async with self.work.db.transaction() as session:
            due = await jobs.to_ring(session)
        answered = True
        for job_id in due:
            ring = self.work.bell.ring
            answered = answered and await ring(self.spec.service, "work", str(job_id))
            if not answered:
                self._run_unrung(str(job_id))

    def _run_unrung(self, job_id: str) -> None:
        """Run a due job although the queue is silent: it is only a doorbell."""
        if len(self._unrung) < self.work.settings.job_parallel:
            running = asyncio.create_task(self._run_quietly(job_id))
            self._unrung.add(running)
            running.add_done_callback(self._unrung.discard)

    async def _run_quietly(self, job_id: str) -> None:
        try:
            await self.run_job(job_id)
        except BROKEN as error:
            log.warning("job_not_run", job=job_id, error=str(error))

    async def _every(self, seconds: float, call: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await call()
            except (*BROKEN, Problem) as error:
                log.warning("periodic_failed", error=str(error))
            await asyncio.sleep(seconds)

    async def _prune(self) -> None:
        async with self.work.db.transaction() as session:
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
            except (Unavailable, *BROKEN) as error:
                log.warning("pull_failed", source=source, error=str(error))

    async def _pull_page(self, source: str) -> bool:
        async with self.work.db.transaction() as session:
            after = await inbox.position_of(session, source)
        client = self.work.clients[source]
        page = await client.get_json(f"/internal/events?after={after}&limit={PULL_PAGE}")
        try:
            taken = await self._take_all(source, page["items"])
        finally:
            async with self.work.db.transaction() as session:
                await inbox.contacted(session, source)
        return taken and len(page["items"]) == PULL_PAGE

    async def _take_all(self, source: str, items: Sequence[Mapping[str, Any]]) -> bool:
        """Handle events in their order; False when one has to be tried again later."""
        for item in items:
            if not await self._take(inbox.event_of({**item, "source": source})):
                return False
        return True

    async def _take(self, event: Event) -> bool:
        """Handle one event; False when it has to be tried again later."""
        async with self.work.db.transaction() as session:
            attempts = await inbox.begin(session, event)
        if attempts is None:
            return True
        if attempts > inbox.MAX_ATTEMPTS:
            return await self._set_aside(event, "The process died while handling it.")
        try:
            async with self.work.db.transaction() as session:
                if await inbox.claim(session, event):
                    await self._dispatch(session, event)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("listener_failed", topic=event.topic, event_id=str(event.id))
            return await self._set_aside(event, repr(error))
        return True

    async def _dispatch(self, session: AsyncSession, event: Event) -> None:
        """Handle an event on behalf of the request that caused it."""
        listener = self.spec.listeners.get(event.topic)
        if listener is not None:
            with attached(request_id=event.request_id):
                await listener(session, event, self.work)

    async def _set_aside(self, event: Event, error: str) -> bool:
        async with self.work.db.transaction() as session:
            dead = await inbox.fail(session, event, error)
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
            work = Work(self.work.db, self.work.settings, self.work.clients, self.work.bell, leased)
            await self._run_leased(work, leased)
            self._stir.set()

    async def _lease(self, job_id: UUID) -> jobs.Leased | None:
        try:
            async with self.work.db.transaction() as session:
                return await jobs.lease(session, job_id, self.owner)
        except SQLAlchemyError as error:
            log.info("lease_lost_race", job=str(job_id), error=str(error.__class__.__name__))
            return None

    async def _run_leased(self, work: Work, leased: jobs.Leased) -> None:
        handler = {RETRY_EVENT: self._retry_event, **self.spec.jobs}.get(leased.kind)
        if handler is None:
            await self._end(work, leased, "failed", error=_error("UNKNOWN_JOB", leased.kind))
            return
        task = asyncio.create_task(_bounded(handler(work, leased.args)))
        heartbeat = asyncio.create_task(self._heartbeat(work, leased, task))
        try:
            result = await task
        except asyncio.CancelledError:
            if not task.cancelled() or not heartbeat.done():
                task.cancel()
                await asyncio.shield(self._give_back(leased))
                raise
            await self._end(work, leased, "cancelled")
        except FINAL as error:
            await self._end(work, leased, "failed", error=_error(error.code, error.detail))
        except Exception as error:
            log.exception("job_failed", kind=leased.kind, attempt=leased.attempt)
            await self._retry(work, leased, error)
        else:
            await self._end(work, leased, "done", result=result)
        finally:
            heartbeat.cancel()

    async def _give_back(self, leased: jobs.Leased) -> None:
        """Let another worker go on at once; without a database the lease runs out by itself."""
        try:
            async with self.work.db.transaction() as session:
                await jobs.give_back(session, leased)
        except BROKEN as error:
            log.warning("job_not_given_back", job=str(leased.id), error=str(error))

    async def _heartbeat(
        self, work: Work, leased: jobs.Leased, task: "asyncio.Future[Any]"
    ) -> None:
        while True:
            await asyncio.sleep(jobs.HEARTBEAT_SECONDS)
            try:
                async with work.db.transaction() as session:
                    stop = await jobs.renew(session, leased, work.done, work.total)
            except BROKEN as error:
                log.warning("heartbeat_failed", error=str(error))
                continue
            if stop is not False:
                task.cancel()
                return

    async def _retry_event(self, work: Work, args: Mapping[str, Any]) -> None:
        async with work.db.transaction() as session:
            event = await inbox.take_dead(session, UUID(args["event_id"]))
            if event is not None:
                await self._dispatch(session, event)

    async def _retry(self, work: Work, leased: jobs.Leased, error: Exception) -> None:
        told = _error("JOB_FAILED", repr(error)[:2000])
        if leased.attempt >= jobs.MAX_ATTEMPTS:
            await self._end(work, leased, "failed", error=told)
            return
        pause = min(60.0, 0.5 * 2**leased.attempt)
        async with work.db.transaction() as session:
            await jobs.retry_later(session, leased, told, pause)

    async def _end(
        self,
        work: Work,
        leased: jobs.Leased,
        state: str,
        *,
        result: Mapping[str, object] | None = None,
        error: Mapping[str, object] | None = None,
    ) -> None:
        async with work.db.transaction() as session:
            await jobs.finish(
                session,
                leased,
                state,
                progress=(work.done, work.total),
                result=result,
                error=error,
            )


async def _bounded(running: Awaitable[R]) -> R:
    async with asyncio.timeout(jobs.LONGEST_RUN_SECONDS):
        return await running


def _error(code: str, detail: str) -> Mapping[str, object]:
    return {"code": code, "detail": detail}
