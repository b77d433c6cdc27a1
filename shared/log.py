"""Structured logs: one JSON object a line on stderr, secrets removed, request ids attached.

A line that cannot be written (the disk is full, the reader of a pipe is gone) is counted and lost;
it never raises in place of what was logged.
"""

import io
import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO, cast

import structlog

SECRET_WORDS = ("secret", "password", "token", "authorization", "assertion", "private_key")
REDACTED = "[redacted]"
# Values that messages of PostgreSQL, SQLAlchemy and Pydantic quote: they may refer to persons.
QUOTED_VALUES = re.compile(
    r"(?<=DETAIL:).*|(?<=\[parameters:)[^\n]*|(?<=input_value=)[^\n]*?(?=, input_type=)"
)


class BestEffortStream(io.TextIOBase):
    """Passes text on to a stream; what that refuses is counted in `lost_writes`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost_writes = 0

    def write(self, text: str) -> int:
        """Write and flush; a refused text counts as written."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self.lost_writes += 1
        return len(text)


def redact(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank every value whose key speaks of a secret."""
    for key in entry:
        if any(word in key.lower() for word in SECRET_WORDS):
            entry[key] = REDACTED
    return entry


def hide_values(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank the values of rows and parameters that errors quote in their messages."""
    for key, value in entry.items():
        if isinstance(value, str):
            entry[key] = QUOTED_VALUES.sub(f" {REDACTED}", value)
    return entry


def named(service: str) -> structlog.typing.Processor:
    """Return what puts the service's name into every line, in whatever task it is written."""

    def name(
        _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        entry["service"] = service
        return entry

    return name


_streams: list[BestEffortStream] = []


def lost_writes() -> int:
    """Return how many log lines of this process could not be written."""
    return sum(stream.lost_writes for stream in _streams)


def configure(service: str, level: str) -> None:
    """Set up the logs of this process; library warnings pass through the same line format."""
    stream = BestEffortStream(sys.stderr)
    _streams[:] = [stream]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        named(service),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            hide_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False),
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info, hide_values],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of a module."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return bound


def begin(**values: object) -> None:
    """Forget what was attached to this task's lines and attach these values."""
    structlog.contextvars.clear_contextvars()
    bind(**values)


def bind(**values: object) -> None:
    """Attach values to every later line of this task."""
    structlog.contextvars.bind_contextvars(**values)


@contextmanager
def attached(**values: object) -> Iterator[None]:
    """Attach values to the lines of this block, what was attached before coming back after it."""
    with structlog.contextvars.bound_contextvars(**values):
        yield


def current(name: str) -> str | None:
    """Return a value attached to this task's lines, or None."""
    value = structlog.contextvars.get_contextvars().get(name)
    return None if value is None else str(value)
