"""Reading one JSON object member by member, noting every fault at its pointer instead of stopping.

A faulty member reads as its fallback, so that one pass reports all faults of a document; nobody
uses what was read once `faults` is not empty.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import TypeVar

from shared.errors import FieldError

MAX_TEXT = 500
MAX_NUMBER = 1e100

Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The members of one JSON object; `finish` names those nobody asked for."""

    def __init__(self, value: object, pointer: str, faults: list[FieldError]) -> None:
        self.pointer = pointer
        self.faults = faults
        self._asked: set[str] = set()
        self._members: Mapping[str, object] = {}
        self._readable = isinstance(value, Mapping)
        if isinstance(value, Mapping):
            self._members = {_printable(str(name)): member for name, member in value.items()}
        else:
            self.fault("", "TYPE", "ожидается объект JSON")

    def at(self, name: str) -> str:
        """Return the JSON pointer of a member."""
        return f"{self.pointer}/{escape(name)}"

    def fault(self, name: str, code: str, detail: str) -> None:
        """Note a fault of a member, or of the object itself for an empty name."""
        self.faults.append(FieldError(self.at(name) if name else self.pointer, code, detail))

    def take(self, name: str, *, required: bool = True) -> object:
        """Return a member as it is; None, with a fault if it is required, where it is absent."""
        self._asked.add(name)
        value = self._members.get(name)
        if value is None and required and self._readable:
            self.fault(name, "REQUIRED", "обязательное поле")
        return value

    def has(self, name: str) -> bool:
        """Say whether the member is there and is not null; to ask is to know its name."""
        self._asked.add(name)
        return self._members.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Read a non-blank text without control characters; `default` makes it optional."""
        value = self.take(name, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.fault(name, "TYPE", "ожидается строка")
            return ""
        if not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
            self.fault(name, "TEXT", f"ожидается печатная непустая строка до {MAX_TEXT} знаков")
        return value

    def optional_text(self, name: str) -> str | None:
        """Read a text that may be absent or null."""
        return self.text(name) if self.has(name) else None

    def number(self, name: str, default: float | None = None) -> float:
        """Read a finite number of reasonable size; `default` makes it optional."""
        value = self.take(name, required=default is None)
        if value is None:
            return 0.0 if default is None else default
        number = finite(value)
        if number is None:
            self.fault(name, "NUMBER", f"ожидается число не больше {MAX_NUMBER:.0e} по модулю")
            return 0.0 if default is None else default
        return number

    def decimal(self, name: str) -> Decimal | None:
        """Read an optional number exactly as it was printed."""
        return exact_decimal(self.number(name, 0.0)) if self.has(name) else None

    def whole(self, name: str, low: int, high: int) -> int:
        """Read a whole number between `low` and `high`."""
        value = self.take(name)
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(name, "WHOLE_NUMBER", f"ожидается целое число от {low} до {high}")
            return low
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Read an optional true or false."""
        value = self.take(name, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(name, "TYPE", "ожидается true или false")
            return default
        return value

    def choice(self, name: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Read one of the codes of `kind`; `default` makes it optional."""
        fallback = next(iter(kind)) if default is None else default
        value = self.take(name, required=default is None)
        if value is None:
            return fallback
        if isinstance(value, str) and value in {item.value for item in kind}:
            return kind(value)
        known = ", ".join(item.value for item in kind)
        self.fault(name, "UNKNOWN_VALUE", f"ожидается одно из: {known}")
        return fallback

    def sequence(self, name: str, *, required: bool = True) -> Sequence[object]:
        """Read an array; empty where it is absent."""
        value = self.take(name, required=required)
        if value is None:
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fault(name, "TYPE", "ожидается массив")
            return ()
        return value

    def members(self, name: str, *, required: bool = True) -> "Fields | None":
        """Read a member that is an object itself; None where it is absent."""
        value = self.take(name, required=required)
        return None if value is None else Fields(value, self.at(name), self.faults)

    def finish(self) -> None:
        """Note each member that nobody asked for."""
        for name in self._members:
            if name not in self._asked:
                self.fault(name, "UNKNOWN_FIELD", "неизвестное поле")


def _printable(name: str) -> str:
    """Write what no text can hold (lone surrogates) by its escape; cut what no name is."""
    return name[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def escape(name: str) -> str:
    """Escape a member's name for a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def finite(value: object) -> float | None:
    """Return a JSON number as a float, or None for what is no number, not finite or absurd."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) and abs(number) <= MAX_NUMBER else None


def exact_decimal(number: float) -> Decimal:
    """Return the shortest decimal that reads back as this float, which is how it was printed."""
    return Decimal(int(number)) if number.is_integer() else Decimal(repr(number))


def texts(fields: Fields, name: str, check: Callable[[str], bool]) -> tuple[str, ...]:
    """Read an optional array of texts that pass `check`, without repetitions."""
    found: list[str] = []
    for index, value in enumerate(fields.sequence(name, required=False)):
        if not isinstance(value, str) or not check(value) or value in found:
            fields.fault(name, "TEXT", f"элемент {index}: ожидается новая непустая строка")
        else:
            found.append(value)
    return tuple(found)
