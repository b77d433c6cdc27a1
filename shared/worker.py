"""Background worker of a service: job runner, event poller, outbox relay, reconcile pass.

arq delivers what other processes enqueue; jobs that this process's own commits queue start at once
(`shared.dispatch`). A LISTEN connection wakes the reconcile pass when this schema has new events;
the pass starts what is due, assigns positions to outbox rows and notifies the consumers, and
requeues the jobs of dead workers. Every source is polled periodically even without a notification.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared import jobs, outbox, retention
from shared.db import TRANSIENT_ERRORS
from shared.dispatch import RUN_JOB, registered_worker
from shared.errors import Problem
from shared.event_poller import EventPoller, Listener
from shared.job_runner import JobContext, JobHandler, JobRunner
from shared.log import logger
from shared.metrics import LAST_RECONCILE, PRUNED_ROWS, measure_queues
from shared.notified_loop import NotifiedLoop
from shared.notifier import run_arq_worker
from shared.retention import PLUMBING_RETENTION, Retention

__all__ = ["JobContext", "JobHandler", "Listener", "ServiceWorker", "WorkerSpec"]

log = logger(__name__)

PULL_EVERY = 5.0
LONGEST_RECONCILE_SECONDS = 60.0
PRUNE_EVERY = 3600.0
MEASURE_EVERY = 15.0
FIRST_PRUNE_AFTER = 60.0
PULL_EVENTS = "pull_events"
RETRY_EVENT = "retry_event"

Periodic = Callable[[JobContext], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """What a service does in the background.

    `listeners` maps topics of other services to their handlers, `sources` names the services whose
    events are pulled, `consumers` those to notify when this service has new events, `periodic` what
    to run every so many seconds, `retention` what is removed hourly beyond the plumbing's rows.
    """

    service: str
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    sources: Sequence[str] = ()
    consumers: Sequence[str] = ()
    periodic: Sequence[tuple[float, Periodic]] = ()
    retention: Sequence[Retention] = ()


class ServiceWorker:
    """One worker process of a service."""

    def __init__(self, spec: WorkerSpec, context: JobContext) -> None:
        self.spec = spec
        self.context = context
        channel = f"kachestvo_{context.db.schema}"
        poll_seconds = context.settings.poll_seconds
        self.reconciling = NotifiedLoop(context.db, channel, self._reconcile_in_time, poll_seconds)
        self.poller = EventPoller(context, spec.listeners, spec.sources)
        handlers = {RETRY_EVENT: self.poller.retry_dead_letter, **spec.jobs}
        self.runner = JobRunner(context, handlers, self.reconciling.wake)

    async def run(self) -> None:
        """Work until cancelled; a lost database or queue is waited for, never fatal."""
        self.context.db.on_commit = self.runner.start
        try:
            with registered_worker(self.context.db, self.runner.start):
                await self._loops()
        finally:
            await self.runner.close()

    async def _loops(self) -> None:
        functions = {RUN_JOB: self.runner.run_job, PULL_EVENTS: self.poller.pull}
        settings = self.context.settings
        async with asyncio.TaskGroup() as group:
            group.create_task(self.reconciling.run())
            group.create_task(self._every(PRUNE_EVERY, self.prune, FIRST_PRUNE_AFTER))
            group.create_task(self._every(MEASURE_EVERY, self._measure))
            group.create_task(
                self._every(PULL_EVERY, self.poller.pull_all)
                if self.spec.sources
                else asyncio.sleep(0)
            )
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

    async def _reconcile_in_time(self) -> None:
        async with asyncio.timeout(LONGEST_RECONCILE_SECONDS):
            await self.reconcile()
        LAST_RECONCILE.set_to_current_time()
        self._touch_liveness()

    def _touch_liveness(self) -> None:
        """Touch the liveness file after each reconcile pass."""
        file = self.context.settings.heartbeat_file
        if file is not None:
            file.touch()

    async def reconcile(self) -> None:
        """Start what is due, relay new events to their consumers, requeue expired jobs."""
        await self._start_due()
        async with self.context.db.transaction() as session:
            assigned = await outbox.assign_positions(session)
        if assigned:
            for consumer in self.spec.consumers:
                await self.context.notifier.notify(consumer, PULL_EVENTS, self.spec.service)
        async with self.context.db.transaction() as session:
            requeued = await jobs.requeue_expired(session)
        for job_id, state in requeued:
            log.warning("job_requeued", job=str(job_id), state=state)
        if requeued:
            await self._start_due()

    async def _start_due(self) -> None:
        parallel = self.context.settings.job_parallel
        if self.runner.busy < parallel:
            async with self.context.db.reading() as session:
                self.runner.start(await jobs.due_jobs(session, parallel + self.runner.busy))

    async def _every(
        self, seconds: float, call: Callable[[], Awaitable[None]], after: float = 0
    ) -> None:
        await asyncio.sleep(after)
        while True:
            try:
                await call()
            except (*TRANSIENT_ERRORS, Problem) as error:
                log.warning("periodic_failed", error=str(error))
            await asyncio.sleep(seconds)

    async def prune(self) -> None:
        """Remove the rows that are older than promised."""
        rules = (*PLUMBING_RETENTION, *self.spec.retention)
        removed = await retention.prune(self.context.db, rules)
        for rule, rows in removed.items():
            PRUNED_ROWS.labels(rule).inc(rows)
        if removed:
            log.info("pruned", rows=removed)

    async def _measure(self) -> None:
        async with self.context.db.reading() as session:
            await measure_queues(session)
