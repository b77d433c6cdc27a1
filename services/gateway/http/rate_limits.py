"""The bucket of tokens, writes and forwarded reads: in Redis, shared by all gateway processes.

When Redis does not answer, the limit is held in memory by each process (it fails open to that),
and a counter in the metrics says so.
"""

import time
from dataclasses import dataclass
from typing import cast

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import (
    MemoryStorage,
    RedisStorage,
    SlidingWindowCounterSupport,
    Storage,
)
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string
from prometheus_client import CollectorRegistry, Counter
from starlette.requests import Request

from services.gateway.domain.request_cost import SlidingWindow
from services.gateway.http.request_context import context_of
from shared.auth import Caller
from shared.errors import TooMany
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a request was taken; `reset` and `retry_after` are in seconds."""

    allowed: bool
    left: int
    reset: int
    retry_after: int


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

    async def take(
        self,
        request: Request,
        caller: Caller | None,
        *,
        cost: int = 1,
        amount: int | None = None,
        refusal: type[TooMany] = RateLimited,
    ) -> None:
        """Take a request's cost and leave the fields for its answer; over the limit → 429.

        `amount` is the caller's own limit, of which `cost` is no more. Refused requests take
        nothing, so a caller who waits the stated time and asks for nothing else succeeds.
        """
        item = self._item(amount)
        outcome = await self._hit(item, key_of(request, caller), cost)
        policy = f'"{self.name}";q={item.amount};w={_WINDOW}'
        context = context_of(request.scope)
        context.fields = [
            *context.fields,
            (b"ratelimit-policy", policy.encode()),
            (b"ratelimit", f'"{self.name}";r={outcome.left};t={outcome.reset}'.encode()),
        ]
        if not outcome.allowed:
            self.refused.inc()
            raise refusal(headers={"Retry-After": str(outcome.retry_after)})

    async def left(self, request: Request, caller: Caller, amount: int) -> tuple[int, int]:
        """Return what is left of a caller's limit, and after how many seconds more will be."""
        outcome = await self._hit(self._item(amount), key_of(request, caller), 0)
        return outcome.left, outcome.reset

    def _item(self, amount: int | None) -> RateLimitItem:
        if amount is None:
            return self.item
        return RateLimitItemPerMinute(amount, namespace=self.name)

    async def _hit(self, item: RateLimitItem, key: str, cost: int) -> Outcome:
        if time.monotonic() >= self._resting_until:
            try:
                return await self._ask(self._shared, item, key, cost)
            except Exception as error:  # noqa: BLE001 -- whatever fails in the bucket fails open.
                log.warning("limit_failed_open", error=str(error))
                self._resting_until = time.monotonic() + _REST_SECONDS
        self.failed_open.inc()
        return await self._ask(self._own, item, key, cost)

    async def _ask(
        self, limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, key: str, cost: int
    ) -> Outcome:
        allowed = not cost or await limiter.hit(item, key, cost=cost)
        stats = await limiter.get_window_stats(item, key)
        reset = min(max(1, round(stats.reset_time - time.time())), _WINDOW)
        left = max(0, stats.remaining)
        if allowed or cost == 1:
            return Outcome(allowed, left, reset, reset)
        storage = cast("SlidingWindowCounterSupport", limiter.storage)
        window = SlidingWindow(*await storage.get_sliding_window(item.key_for(key), _WINDOW))
        return Outcome(allowed, left, reset, window.seconds_until(cost, item.amount, _WINDOW))


def key_of(request: Request, caller: Caller | None) -> str:
    """Return whose bucket a request takes from: its client's, without a token its address'."""
    return f"client:{caller.subject}" if caller else f"address:{address_of(request)}"


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
