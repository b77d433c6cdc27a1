"""Spans of requests, calls and jobs, one trace by request id; nothing is done without a recorder.

The trace id is the request id where that is one of W3C Trace Context, else its hash: everything
that one request causes is one trace, jobs and events included. Spans name routes and kinds, never
paths, people or values.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

TRACE_ID = re.compile(r"^(?!0{32})[0-9a-f]{32}$")


class SpanKind(IntEnum):
    """The kinds of OpenTelemetry, by their numbers in its protocol."""

    SERVER = 2
    CLIENT = 3
    CONSUMER = 5


@dataclass(slots=True)
class Span:
    """A piece of work; times in nanoseconds of the epoch, `end` 0 while it runs."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: SpanKind
    start: int
    end: int = 0
    failed: bool = False
    attributes: dict[str, str | int] = field(default_factory=dict)


class _Recording:
    """Where ended spans go; None while nobody collects them."""

    to: Callable[[Span], None] | None = None


_current: ContextVar[Span | None] = ContextVar("span", default=None)


def record_to(recorder: Callable[[Span], None] | None) -> None:
    """Pass every span that ends from now on to a function; None records nothing."""
    _Recording.to = recorder


def is_recording() -> bool:
    """Tell whether spans are collected."""
    return _Recording.to is not None


@contextmanager
def root_span(
    name: str, kind: SpanKind, request_id: str, parent_id: str | None = None
) -> Iterator[Span | None]:
    """Measure work that begins in this process for a request; None while nothing is recorded.

    An exception that leaves the block marks the span as failed.
    """
    if _Recording.to is None:
        yield None
        return
    with _running(Span(trace_id_of(request_id), _new_id(), parent_id, name, kind, 0)) as span:
        yield span


@contextmanager
def child_span(
    name: str, kind: SpanKind, attributes: Mapping[str, str | int]
) -> Iterator[Span | None]:
    """Measure a part of the span that runs; None outside of any."""
    parent = _current.get()
    if parent is None or _Recording.to is None:
        yield None
        return
    span = Span(parent.trace_id, _new_id(), parent.span_id, name, kind, 0)
    span.attributes.update(attributes)
    with _running(span):
        yield span


@contextmanager
def _running(span: Span) -> Iterator[Span]:
    before = _current.set(span)
    span.start = time.time_ns()
    try:
        yield span
    except BaseException:
        span.failed = True
        raise
    finally:
        _current.reset(before)
        span.end = time.time_ns()
        if _Recording.to is not None:
            _Recording.to(span)


def trace_id_of(request_id: str) -> str:
    """Return the trace of a request: its id, or the hash of one that is no trace id."""
    if TRACE_ID.match(request_id):
        return request_id
    return sha256(request_id.encode()).hexdigest()[:32]


def traceparent(request_id: str) -> str | None:
    """Return the W3C field for a call made now; None where there is neither span nor trace id."""
    span = _current.get()
    if span is not None:
        return f"00-{span.trace_id}-{span.span_id}-01"
    return f"00-{request_id}-{_new_id()}-01" if TRACE_ID.match(request_id) else None


def _new_id() -> str:
    return os.urandom(8).hex()
