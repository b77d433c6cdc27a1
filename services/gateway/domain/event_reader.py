"""What a reader of events receives: open types for all, closed ones within territories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.territories import Territories

TERRITORY = "territory"
"""The member of an event's body that names the territory it concerns."""


@dataclass(frozen=True, slots=True)
class EventReader:
    """A reader: the closed types that are hidden from them, and those bound to territories.

    An event of a bound type that names no territory is for readers of every territory only.
    """

    hidden: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    territories: Territories = field(default_factory=Territories)

    def may_see(self, event_type: str, body: Mapping[str, Any]) -> bool:
        """Tell whether an event is reported to the reader."""
        if event_type in self.hidden:
            return False
        return event_type not in self.bound or self.territories.allow(territory_of(body))


def territory_of(body: Mapping[str, Any]) -> str | None:
    """Return the code of the territory an event concerns, or None."""
    code = body.get(TERRITORY)
    return code if isinstance(code, str) else None
