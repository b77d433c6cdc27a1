"""The types of facts people can subscribe to: Russian names, and the scope a personal one needs."""

import csv
from collections.abc import Iterable
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "event_types.csv"
PING = "gateway.ping.v1"


def _read() -> list[dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_ROWS = _read()
EVENT_TYPES = {row["type"]: row["title"] for row in _ROWS}
RESTRICTED = {row["type"]: row["scope"] for row in _ROWS if row["scope"]}


def hidden_from(scopes: Iterable[str]) -> list[str]:
    """Return the types a caller with these scopes may not see."""
    held = set(scopes)
    return sorted(name for name, scope in RESTRICTED.items() if scope not in held)
