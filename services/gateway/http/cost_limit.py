"""The limit by cost: each request takes the units it costs out of its caller's minute.

Requests of one unit are bounded by the limit by count alone. A request that costs more than a
whole minute of its caller is taken when nothing else was, so that it waits and is not shut out.
"""

from dataclasses import dataclass

from starlette.requests import Request

from services.gateway.domain.request_cost import ORDINARY, OperationCosts
from services.gateway.domain.routing import Operation
from services.gateway.errors import CostLimited
from services.gateway.http.rate_limits import RateLimiter
from services.gateway.http.request_context import context_of
from services.gateway.settings import Settings
from services.gateway.tokens.cost_quotas import CostQuotas
from shared.auth import Caller


@dataclass(frozen=True, slots=True)
class CostBudget:
    """The units a minute of a caller, what is left of them and in how many seconds all are."""

    units_per_minute: int
    left: int
    reset: int


class CostLimiter:
    """Charges the callers of forwarded operations."""

    def __init__(
        self, costs: OperationCosts, limiter: RateLimiter, quotas: CostQuotas, settings: Settings
    ) -> None:
        self._costs = costs
        self._limiter = limiter
        self._quotas = quotas
        self._settings = settings

    async def charge(
        self,
        request: Request,
        caller: Caller | None,
        operation: Operation | None,
        body: object,
    ) -> None:
        """Take what the request costs; over the limit → 429 `COST_LIMITED`."""
        cost = self._cost(request, operation, body)
        context_of(request.scope).cost = cost
        if cost > ORDINARY.units:
            most = await self.units_per_minute(caller)
            await self._limiter.take(
                request, caller, cost=min(cost, most), amount=most, refusal=CostLimited
            )

    async def budget(self, request: Request, caller: Caller) -> CostBudget:
        """Return what a caller may still spend."""
        most = await self.units_per_minute(caller)
        left, reset = await self._limiter.left(request, caller, most)
        return CostBudget(most, left, reset)

    async def units_per_minute(self, caller: Caller | None) -> int:
        """Return the units of a client, of an address without a token."""
        if caller is None:
            return self._settings.anonymous_cost_units_per_minute
        own = await self._quotas.of(caller.subject)
        return self._settings.cost_units_per_minute if own is None else own

    def _cost(self, request: Request, operation: Operation | None, body: object) -> int:
        if operation is None:
            return ORDINARY.units
        cost = self._costs.get((operation.method, operation.template), ORDINARY)
        return cost.of(self._size(request, body))

    def _size(self, request: Request, body: object) -> int:
        """Return the size of a body; one that does not state it counts as the largest."""
        if body is None or isinstance(body, bytes):
            return len(body or b"")
        stated = request.headers.get("content-length", "")
        return int(stated) if stated.isdecimal() else self._settings.import_max_bytes
