"""Members that an object of a JSON body names twice."""

import json
from collections import Counter
from collections.abc import Sequence

Pairs = Sequence[tuple[str, object]]


def repeated_member(content: bytes) -> str | None:
    """Return a member an object names twice; None if none.

    Parsers silently keep one of the values (RFC 8259, section 4). Text that is no JSON has none:
    who reads the body refuses it.
    """
    repeated: list[str] = []

    def collect(pairs: Pairs) -> None:
        if len(pairs) != len(dict(pairs)):
            counts = Counter(name for name, _ in pairs)
            repeated.extend(name for name, count in counts.items() if count > 1)

    try:
        json.loads(content, object_pairs_hook=collect)
    except (ValueError, RecursionError):
        return None
    return repeated[0] if repeated else None
