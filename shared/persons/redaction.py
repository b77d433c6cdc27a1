"""Put a mark in place of a person's reference inside texts and JSON.

A reference ends where a letter, a digit, `_` or `-` does not follow, so that erasing `t-1` leaves
`t-10` as it is; a dot or a colon belongs to it only between two such signs.
"""

import re

from pydantic import JsonValue

MARK = "[стёрто]"
WORD = r"[[:alnum:]_-]"
JOINT = r"[.:]"
SHORTEST = 4
SHORTEST_NUMBER = 9


def is_distinctive(reference: str) -> bool:
    """Tell whether a reference can be searched for inside texts.

    Shorter than four signs, or a number of fewer than nine digits, is also an ordinary figure:
    putting a mark for it would falsify texts about others.
    """
    if reference.isdigit():
        return len(reference) >= SHORTEST_NUMBER
    return len(reference) >= SHORTEST


def sql_pattern(reference: str) -> str:
    """Return the regular expression of PostgreSQL that finds a reference in a text."""
    literal = re.sub(r"([^\w])", r"\\\1", reference)
    before = f"(?<!{WORD})(?<!{WORD}{JOINT})"
    return f"{before}{literal}(?!{WORD})(?!{JOINT}{WORD})"


def python_pattern(reference: str) -> re.Pattern[str]:
    """Return the same expression for Python."""
    word, joint = r"[\w-]", JOINT
    before = f"(?<!{word})(?<!{word}{joint})"
    return re.compile(f"{before}{re.escape(reference)}(?!{word})(?!{joint}{word})")


def redact_json(value: JsonValue, pattern: re.Pattern[str]) -> JsonValue:
    """Return a JSON value with the mark in its strings and names of members; numbers stay."""
    match value:
        case str():
            return pattern.sub(MARK, value)
        case list():
            return [redact_json(item, pattern) for item in value]
        case dict():
            return {
                pattern.sub(MARK, name): redact_json(item, pattern) for name, item in value.items()
            }
        case _:
            return value
