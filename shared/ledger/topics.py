"""The topic every service with a claims register announces."""

from shared.events import Topic


def findings_changed(service: str) -> Topic:
    """Return the topic that tells that findings of a service's documents changed."""
    return Topic(f"{service}.findings_changed", 1, "Изменились находки")
