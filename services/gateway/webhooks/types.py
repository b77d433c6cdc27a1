"""The types of facts people can subscribe to: Russian names, and the scope a personal one needs."""

from collections.abc import Iterable

from services.catalogue import topics
from services.gateway.domain.event_reader import EventReader
from services.gateway.topics import PING as PING_TOPIC
from shared.auth import Caller

PING = str(PING_TOPIC)
# A type that no service's `topics` module states is delivered to nobody.
NOBODY = "internal:read"
EVENT_TYPES = {code: topic.title for code, topic in topics().items()}
RESTRICTED = {code: topic.audience for code, topic in topics().items() if topic.audience}


def audience_of(code: str) -> str:
    """Return the scope that readers of a type must hold, "" for an open one."""
    topic = topics().get(code)
    return NOBODY if topic is None else topic.audience or ""


def hidden_from(scopes: Iterable[str]) -> list[str]:
    """Return the known types a caller with these scopes may not see."""
    held = set(scopes)
    return sorted(name for name, scope in RESTRICTED.items() if scope not in held)


def reader_of(caller: Caller | None) -> EventReader:
    """Return what a caller may be reported; open types only without a token."""
    if caller is None:
        return EventReader(hidden=frozenset(RESTRICTED))
    return EventReader(
        hidden=frozenset(hidden_from(caller.scopes)),
        bound=frozenset(RESTRICTED),
        territories=caller.territories,
    )
