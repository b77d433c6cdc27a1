"""Answers that are stored as bytes: the same content always has the same bytes and tag."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True)
class Document:
    """A public answer: its content, the time of its source, the revision it shows."""

    content: object
    source_time: datetime
    revision: str

    @cached_property
    def body(self) -> bytes:
        """Return the bytes of the answer, members in the order of the wire."""
        return encoded(self.content)


def encoded(content: object) -> bytes:
    """Return the compact JSON of an answer; NaN and infinities are refused."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
