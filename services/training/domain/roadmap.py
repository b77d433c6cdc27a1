"""Tasks of the roadmap: overdue by themselves, as an iCalendar feed and as a picture."""

from dataclasses import dataclass
from datetime import date

OPEN_STATES = ("planned", "running")


@dataclass(frozen=True, slots=True)
class RoadmapTask:
    """One task; `term` is its last day, None where none is set."""

    code: str
    title: str
    owner_role: str | None
    term: date | None
    depends: tuple[str, ...]
    indicator: str | None
    expected: str | None
    evidence: tuple[str, ...]
    state: str

    def overdue(self, today: date) -> bool:
        """Tell whether the term is over and the task is not; a task without a term never is."""
        return self.term is not None and self.term < today and self.state in OPEN_STATES
