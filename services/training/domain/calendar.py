"""Runs of courses, congresses, camps and milestones, with dates as precise as they are known."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["kpk", "congress", "camp", "master_class", "milestone"]
Precision = Literal["day", "month"]


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day of an aware instant in a time zone."""
    return instant.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range of days. With month precision only its months are known."""

    first: date
    last: date
    precision: Precision

    @classmethod
    def parse(cls, first: str, last: str) -> "Span":
        """Read `2023-03-01` (days) or `2023-03` (months, both ends); ValueError otherwise.

        A month represents all its days. Both ends must have the same precision and be in order.
        """
        months = len("2023-03")
        if (len(first) == months) != (len(last) == months):
            raise ValueError("Both ends must be days or both months.")
        precision: Precision = "month" if len(first) == months else "day"
        span = cls(_first_day(first), _last_day(last), precision)
        if span.first > span.last:
            raise ValueError("The range ends before it starts.")
        return span

    def text(self) -> tuple[str, str]:
        """Both ends as they are written on the wire."""
        length = len("2023-03") if self.precision == "month" else len("2023-03-01")
        return self.first.isoformat()[:length], self.last.isoformat()[:length]

    def meets(self, other: "Span") -> bool:
        """Tell whether some day is shared, both ends counted."""
        return self.first <= other.last and other.first <= self.last


def _first_day(text: str) -> date:
    return date.fromisoformat(text if len(text) > len("2023-03") else f"{text}-01")


def _last_day(text: str) -> date:
    first = _first_day(text)
    if len(text) > len("2023-03"):
        return first
    return first.replace(day=monthrange(first.year, first.month)[1])


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the cyclogram. Unknown dates, seats or subject are None, never a guess."""

    code: str
    title: str
    kind: Kind
    subject: str | None
    tiers: tuple[str, ...]
    span: Span | None
    venues: tuple[str, ...]
    seats: int | None
    window: str | None
    doubts: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """Half-year the run starts in, «2022-2»; its window where it has no dates; else empty.

        Months up to June belong to the first half, so that summer runs are not lost.
        """
        if self.span is None:
            return self.window or ""
        return f"{self.span.first.year}-{1 if self.span.first.month <= 6 else 2}"  # noqa: PLR2004 -- June ends the half


def window_of(code: str) -> Span:
    """Return the days of a window of the cyclogram: «2023-1» January–May, «2023-2» autumn."""
    year, half = code.split("-")
    ends = {"1": ("01", "05"), "2": ("09", "12")}[half]
    return Span.parse(f"{year}-{ends[0]}", f"{year}-{ends[1]}")


def in_order(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Sort by first day (a run without dates by its window, else last), then by code."""

    def key(run: Run) -> tuple[date, str]:
        span = run.span or (window_of(run.window) if run.window else None)
        return (span.first if span else date.max, run.code)

    return tuple(sorted(runs, key=key))
