"""What is learnt of a request on its way through the gateway, for its answer and its register."""

from dataclasses import dataclass, field
from time import perf_counter

from starlette.types import Scope

from services.gateway.domain.header_fields import Header
from shared.auth import Caller

_KEY = "kachestvo.request_context"


@dataclass(slots=True)
class RequestContext:
    """One request: the fields of the quota it was counted against, and who asked for what.

    `path` is None while nobody has been let in; it refers to no person. `actor` is a pseudonym,
    `route` the template of the operation, `cost` in units of `OperationCost`.
    """

    started: float = field(default_factory=perf_counter)
    fields: list[Header] = field(default_factory=list)
    caller: Caller | None = None
    path: str | None = None
    service: str | None = None
    actor: str | None = None
    route: str | None = None
    cost: int = 1


def begin(scope: Scope) -> tuple[Scope, RequestContext]:
    """Return the scope a request is answered in, and its context."""
    context = RequestContext()
    return {**scope, _KEY: context}, context


def context_of(scope: Scope) -> RequestContext:
    """Return the context of a request that has begun one."""
    found: RequestContext = scope[_KEY]
    return found
