"""The bucket of tokens, writes and forwarded reads: in Redis, shared by all gateway processes.

When Redis does not answer, the limit is held in memory by each process (it fails open to that),
and a counter in the metrics says so.
"""

import time
from typing import cast

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string
from prometheus_client import CollectorRegistry, Counter
from starlette.requests import Request

from services.gateway.http.request_context import context_of
from shared.auth import Caller
from shared.limit_errors import RateLimited
from shared.log import logger

log = logger(__name__)
_WINDOW = 60
# How long a Redis that failed is left alone, so that its time-outs do not slow every request.
_REST_SECONDS = 5.0


def redis_storage(url: str) -> Storage:
    """Return the shared bucket at a Redis address (`redis://…` or `unix://…`)."""
    plain = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
    storage = storage_from_string(
        f"async+{plain}", implementation="redispy", wrap_exceptions=True, socket_timeout=0.5
    )
    if not isinstance(storage, Storage):
        raise TypeError("An asynchronous storage was asked for.")
    return storage


async def close_storage(storage: Storage) -> None:
    """Close the connections of a shared bucket."""
    if isinstance(storage, RedisStorage):
        # limits' protocol of the client leaves closing out; the client itself has it.
        client = cast("RedispyBridge", storage.bridge).get_connection()
        await client.aclose()  # type: ignore[attr-defined]  # limits' protocol leaves it out.


class RateLimiter:
    """One named limit a minute, by client or, without a token, by address."""

    def __init__(
        self, name: str, per_minute: int, storage: Storage, registry: CollectorRegistry
    ) -> None:
        self.item: RateLimitItem = RateLimitItemPerMinute(per_minute, namespace=name)
        self.name = name
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._resting_until = 0.0
        self.failed_open = Counter(
            f"gateway_{name}_limit_failed_open",
            "Requests limited in memory because Redis did not answer.",
            registry=registry,
        )
        self.refused = Counter(
            f"gateway_{name}_limit_refused", "Requests refused over the limit.", registry=registry
        )

    async def take(self, request: Request, caller: Caller | None) -> None:
        """Take one request and leave the fields for its answer; over the limit → 429."""
        key = f"client:{caller.subject}" if caller else f"address:{address_of(request)}"
        allowed, left, reset = await self._hit(key)
        policy = f'"{self.name}";q={self.item.amount};w={_WINDOW}'
        context_of(request.scope).fields = [
            (b"ratelimit-policy", policy.encode()),
            (b"ratelimit", f'"{self.name}";r={left};t={reset}'.encode()),
        ]
        if not allowed:
            self.refused.inc()
            raise RateLimited(headers={"Retry-After": str(reset)})

    async def _hit(self, key: str) -> tuple[bool, int, int]:
        if time.monotonic() >= self._resting_until:
            try:
                return await self._ask(self._shared, key)
            except Exception as error:  # noqa: BLE001 -- whatever fails in the bucket fails open.
                log.warning("limit_failed_open", error=str(error))
                self._resting_until = time.monotonic() + _REST_SECONDS
        self.failed_open.inc()
        return await self._ask(self._own, key)

    async def _ask(
        self, limiter: SlidingWindowCounterRateLimiter, key: str
    ) -> tuple[bool, int, int]:
        allowed = await limiter.hit(self.item, key)
        stats = await limiter.get_window_stats(self.item, key)
        reset = max(1, round(stats.reset_time - time.time()))
        return allowed, max(0, stats.remaining), min(reset, _WINDOW)


def address_of(request: Request) -> str:
    """Return the caller's address: the first one that no trusted proxy added."""
    direct = request.client.host if request.client else ""
    trusted = request.app.state.settings.trusted_proxies
    if direct not in trusted:
        return direct
    forwarded = request.headers.get("x-forwarded-for", "")
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if hop not in trusted:
            return hop
    return direct
