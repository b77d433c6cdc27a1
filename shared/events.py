"""What the services tell each other: facts in the past tense, with the place to read more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Topic:
    """A type of fact: `<service>.<fact in the past tense>` and the version of its body.

    `title` is Russian; `audience` is the scope a reader must hold, None for open facts. Every
    topic is a constant of its service's `topics` module; readers see no other.
    """

    name: str
    version: int
    title: str
    audience: str | None = None

    def __str__(self) -> str:
        """Return the code that travels: `ratings.revision_published.v1`."""
        return f"{self.name}.v{self.version}"


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of one service, in its order of publication.

    `position` counts the events of the source from 1 without gaps, in the order their
    transactions became visible. `topic` is `<service>.<fact>.v<n>`; `subject` names the thing it
    is about; `body` holds `documents`, the public paths whose answer changed, and the fact's own
    fields. `request_id` names the request that caused the fact, itself or through its jobs; None
    when nobody asked for it.
    """

    id: UUID
    source: str
    topic: str
    subject: str
    body: Mapping[str, object]
    position: int
    occurred_at: datetime
    request_id: str | None = None
