"""The only module that knows arq and Redis: enqueues to other processes and runs arq's worker.

arq delivers ids and names, defers retries and bounds the time of a call. By itself it
looks every half second; a message on a channel of the queue's name wakes it at once. PostgreSQL is
the source of truth: a lost message costs one reconcile interval, never work.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.exceptions import RedisError

from shared import clock
from shared.log import logger

log = logger(__name__)

UNAVAILABLE = (RedisError, OSError, TimeoutError)
GRACE_SECONDS = 1.0
CONNECT_SECONDS = 1.0
ENQUEUE_SECONDS = 5.0
LONGEST_CALL_SECONDS = 7200


def _dumps(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode()


def queue_name(service: str) -> str:
    """Return the name of a service's queue."""
    return f"kachestvo:{service}"


class Notifier:
    """Sends calls to the workers of this and other services."""

    def __init__(self, redis: ArqRedis) -> None:
        self.redis = redis

    @classmethod
    async def connect(cls, url: str) -> "Notifier":
        """Return the notifier of a Redis-compatible server, which need not answer yet."""
        redis = ArqRedis.from_url(url, encoding="utf8", socket_connect_timeout=CONNECT_SECONDS)
        redis.job_serializer = _dumps
        redis.job_deserializer = json.loads
        redis.expires_extra_ms = 60_000
        return cls(redis)

    async def notify(
        self, service: str, function: str, *args: str, defer_by: float | None = None
    ) -> bool:
        """Enqueue a call of a worker's function; False when the server did not answer."""
        queue = queue_name(service)
        try:
            async with asyncio.timeout(ENQUEUE_SECONDS):
                await self.redis.enqueue_job(function, *args, _queue_name=queue, _defer_by=defer_by)
                if defer_by is None:
                    await self.redis.publish(queue, b"1")
        except UNAVAILABLE as error:
            log.warning("queue_unreachable", error=str(error), to=service)
            return False
        return True

    async def ping(self) -> None:
        """Raise unless the server answers."""
        await self.redis.ping()

    async def close(self) -> None:
        """Close the connections, also those a cancelled call has left in use."""
        await self.redis.aclose(close_connection_pool=True)
        await self.redis.connection_pool.disconnect(inuse_connections=True)


async def _shielded(look: Coroutine[Any, Any, None]) -> None:
    """Await a look at the queue; a cancellation waits for it, so that no connection is torn."""
    looking = asyncio.ensure_future(look)
    try:
        await asyncio.shield(looking)
    except asyncio.CancelledError:
        await asyncio.wait([looking])
        raise


class _WakingWorker(Worker):
    """An arq worker that waits for a wake-up instead of sleeping between its looks."""

    woken: asyncio.Event

    async def main(self) -> None:
        self.woken = asyncio.Event()
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                self.woken.clear()
                try:
                    await _shielded(self._poll_iteration())
                except UNAVAILABLE as error:
                    log.warning("queue_unreachable", error=str(error))
                    await asyncio.sleep(self.poll_delay_s)
                for task in self.tasks.values():
                    task.add_done_callback(lambda _: self.woken.set())
                await clock.wait_for(self.woken, self.poll_delay_s)
        finally:
            listener.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                async with self.pool.pubsub() as channel:
                    await channel.subscribe(self.queue_name)
                    async for _ in channel.listen():
                        self.woken.set()
            except UNAVAILABLE as error:
                log.warning("wake_up_unreachable", error=str(error))
                await asyncio.sleep(1)


async def run_arq_worker(
    notifier: Notifier,
    service: str,
    functions: dict[str, Callable[..., Coroutine[Any, Any, None]]],
    *,
    parallel: int,
    poll_seconds: float,
) -> None:
    """Run the named functions when they are enqueued, until cancelled."""
    worker = _WakingWorker(
        functions=[func(_without_context(call), name=name) for name, call in functions.items()],
        redis_pool=notifier.redis,
        queue_name=queue_name(service),
        handle_signals=False,
        max_jobs=parallel * 4,
        job_timeout=LONGEST_CALL_SECONDS,
        keep_result=0,
        max_tries=1,
        retry_jobs=False,
        poll_delay=poll_seconds,
        health_check_interval=60,
        job_serializer=_dumps,
        job_deserializer=json.loads,
        log_results=False,
    )
    try:
        await worker.async_run()
    finally:
        await _finish_tasks(list(worker.tasks.values()))


async def _finish_tasks(tasks: list[asyncio.Task[Any]]) -> None:
    """Give running calls a moment to end, then cancel them and wait until they have."""
    if tasks:
        await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _without_context(
    call: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., Coroutine[Any, Any, None]]:
    async def called(_context: dict[str, Any], *args: str) -> None:
        await call(*args)

    return called
