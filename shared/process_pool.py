"""CPU-bound work of requests and jobs, in bounded child processes.

A thread of a serving process holds the GIL and its memory; a child can be limited and killed.
Children are warm processes of ``anyio.to_process``: the function and its arguments are pickled, so
it must be a module-level function of values. A call that is cancelled, because its caller left or
its time is over, kills its child.
"""

import asyncio
import importlib
import math
import pickle
import resource
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from shared.limit_errors import Overloaded, RequestTooLarge
from shared.log import logger

log = logger(__name__)

T = TypeVar("T")
RETRY_AFTER_SECONDS = "2"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use: memory next to what the child holds already, processor and wall."""

    memory_bytes: int
    processor_seconds: float
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many calls run at once, and how many may wait, in all and of one caller."""

    parallel: int
    waiting: int
    waiting_per_caller: int


REQUEST_LIMITS = Limits(memory_bytes=768 << 20, processor_seconds=20, wall_seconds=25)
REQUEST_CAPACITY = Capacity(parallel=2, waiting=32, waiting_per_caller=8)
JOB_LIMITS = Limits(memory_bytes=4 << 30, processor_seconds=3600, wall_seconds=3600)
JOB_CAPACITY = Capacity(parallel=2, waiting=1000, waiting_per_caller=1000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call returned, or the parts of the exception that it raised."""

    value: Any = None
    error: type[BaseException] | None = None
    arguments: tuple[Any, ...] = ()
    state: dict[str, Any] | None = None
    trace: str = ""


class ProcessPool:
    """Runs functions in child processes within its limits and its capacity."""

    def __init__(self, limits: Limits, capacity: Capacity) -> None:
        self.limits = limits
        self.capacity = capacity
        self._limiter: CapacityLimiter | None = None
        self._callers: Counter[str] = Counter()

    async def run(self, call: Callable[..., T], *args: Any, caller: str = "") -> T:
        """Return ``call(*args)`` computed in a child; its exceptions are raised here.

        Raises `Overloaded` at once when the queue is full, or the caller's share of
        it; `RequestTooLarge` when the call exceeds the memory or time that it may use.
        """
        with self._place_in_queue(caller):
            try:
                async with asyncio.timeout(self.limits.wall_seconds):
                    outcome = await self._outcome(call, args)
            except (TimeoutError, BrokenWorkerProcess) as error:
                log.warning("computation_ended", call=call.__qualname__, error=repr(error))
                raise _over_limits() from error
        return cast("T", _value_of(outcome, call))

    async def _outcome(self, call: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        """Run the call in a child; once more in another, if the first died of whatever cause."""
        for last in (False, True):
            try:
                return await to_process.run_sync(
                    run_limited, self.limits, call, args, cancellable=True, limiter=self._slots()
                )
            except BrokenWorkerProcess as error:
                if last:
                    raise
                log.warning("computation_repeated", call=call.__qualname__, error=repr(error))
        raise AssertionError("The loop returns or raises.")

    async def warm(self, *modules: str) -> None:
        """Import modules in one child, so that the first call need not wait for them."""
        await self.run(import_modules, modules)

    def _slots(self) -> CapacityLimiter:
        """Return the limiter, made on the running loop."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self.capacity.parallel)
        return self._limiter

    @contextmanager
    def _place_in_queue(self, caller: str) -> Iterator[None]:
        own = self.capacity.waiting_per_caller
        if self._callers.total() >= self.capacity.parallel + self.capacity.waiting or (
            caller and self._callers[caller] >= own
        ):
            raise Overloaded(RETRY_AFTER_SECONDS)
        self._callers[caller] += 1
        try:
            yield
        finally:
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]


@cache
def request_pool() -> ProcessPool:
    """Return the pool of this process's requests."""
    return ProcessPool(REQUEST_LIMITS, REQUEST_CAPACITY)


@cache
def job_pool() -> ProcessPool:
    """Return the pool of this process's background jobs."""
    return ProcessPool(JOB_LIMITS, JOB_CAPACITY)


def run_limited(limits: Limits, call: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    """Run in the child: lower its limits, call, and bring back whatever happened."""
    cap_memory(limits.memory_bytes)
    cap_processor(limits.processor_seconds)
    try:
        return Outcome(call(*args))
    except Exception as error:  # noqa: BLE001 -- every exception is raised again in the parent.
        return _picklable(error)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, _unlimited(resource.RLIMIT_DATA))


def import_modules(modules: tuple[str, ...]) -> None:
    """Import modules by name."""
    for name in modules:
        importlib.import_module(name)


def cap_memory(more: int) -> None:
    """Let this process hold that many bytes of private memory more than it does now."""
    used = _private_bytes()
    if used is not None:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (used + more, hard))


def cap_processor(seconds: float) -> None:
    """Allow this much more processor time; a process beyond it is killed by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _unlimited(limit: int) -> tuple[int, int]:
    hard = resource.getrlimit(limit)[1]
    return hard, hard


def _private_bytes() -> int | None:
    """Return the bytes that RLIMIT_DATA counts; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024


def _picklable(error: Exception) -> Outcome:
    """Return the parts of an exception; one that cannot be pickled is named by its text."""
    trace = "".join(traceback.format_exception(error))
    outcome = Outcome(None, type(error), error.args, dict(error.__dict__), trace)
    try:
        pickle.loads(pickle.dumps(outcome))  # noqa: S301 -- made in the line above.
    except Exception:  # noqa: BLE001 -- pickle raises whatever a class's own code does.
        return Outcome(None, RuntimeError, (repr(error),), {}, trace)
    return outcome


def _value_of(outcome: Outcome, call: Callable[..., Any]) -> Any:
    if outcome.error is None:
        return outcome.value
    if issubclass(outcome.error, MemoryError):
        log.warning("computation_ended", call=call.__qualname__, error="MemoryError")
        raise _over_limits()
    error = outcome.error.__new__(outcome.error)
    error.args = outcome.arguments
    error.__dict__.update(outcome.state or {})
    error.add_note(f"Raised in a child process:\n{outcome.trace}")
    raise error


def _over_limits() -> RequestTooLarge:
    return RequestTooLarge(
        "Вычисление не уложилось в отведённые время и память. Уменьшите объём запроса."
    )
