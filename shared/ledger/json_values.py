"""JSON values of facts: texts, lists, whole numbers; anything else is no value."""


def text_of(value: object) -> str:
    """Return text or a number as text; anything else is no value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return str(value).strip()


def list_of(given: object) -> list[object]:
    """Return a list as it is."""
    if not isinstance(given, list):
        raise TypeError
    return given


def whole_number(value: object) -> int | None:
    """Return a whole number, or None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
