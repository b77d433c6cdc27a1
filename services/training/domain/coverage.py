"""Coverage: how many seats meet the need of each subject and tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.training.domain.calendar import Run
from services.training.domain.tiers import TIER_SHARES, tier_sizes
from shared.figures.decimals import RoundingMode, decimal_text, round_to


@dataclass(frozen=True, slots=True)
class Headcount:
    """The declared number of teachers of a subject, with the codes of what was assumed."""

    subject: str
    title: str
    headcount: int
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """One subject and tier. Unknown seats make share and shortage unknown too, never zero.

    `halves` and `venues` divide the known seats: by half-year («2023-1»), by the venues of the
    run as printed («Хабаровск, Комсомольск-на-Амуре»; an empty text where none is named).
    """

    subject: str
    title: str
    tier: str
    headcount: int
    need: int
    seats: int | None
    trained: int | None
    halves: tuple[tuple[str, int], ...]
    venues: tuple[tuple[str, int], ...]
    assumptions: tuple[str, ...]

    @property
    def share(self) -> str | None:
        """Seats per cent of the need, one digit, half up: 80 of 75 is «106.7»."""
        if self.seats is None or not self.need:
            return None
        share = Fraction(self.seats * 100, self.need)
        return decimal_text(round_to(share, 1, RoundingMode.HALF_UP), 1)

    @property
    def shortage(self) -> int | None:
        """Teachers without a seat, 0 where seats suffice."""
        return None if self.seats is None else max(0, self.need - self.seats)


def cover(
    headcounts: Sequence[Headcount],
    runs: Sequence[Run],
    trained: Mapping[tuple[str, str], int],
) -> tuple[Coverage, ...]:
    """Set the seats of courses and camps against the tiers of every subject, in given order.

    A run counts for each of its tiers; one without a subject counts for every subject, and since
    its seats are not divided they stay unknown. A congress trains nobody and does not count.
    `trained` holds completions by subject and tier; a pair without any is unknown (None), for
    nothing was reported.
    """
    teaching = [run for run in runs if run.kind in ("kpk", "camp")]
    return tuple(
        _row(count, tier, need, teaching, trained.get((count.subject, tier)))
        for count in headcounts
        for tier, need in zip(TIER_SHARES, tier_sizes(count.headcount).values(), strict=True)
    )


def _row(
    count: Headcount, tier: str, need: int, teaching: Sequence[Run], trained: int | None
) -> Coverage:
    runs = [run for run in teaching if tier in run.tiers and run.subject in (count.subject, None)]
    known = [run.seats for run in runs if run.seats is not None and run.subject is not None]
    halves: dict[str, int] = {}
    venues: dict[str, int] = {}
    for run in runs:
        if run.seats is not None and run.subject is not None:
            halves[run.half] = halves.get(run.half, 0) + run.seats
            place = ", ".join(run.venues)
            venues[place] = venues.get(place, 0) + run.seats
    doubts = {*count.assumptions, *(doubt for run in runs for doubt in run.doubts)}
    return Coverage(
        subject=count.subject,
        title=count.title,
        tier=tier,
        headcount=count.headcount,
        need=need,
        seats=sum(known) if len(known) == len(runs) else None,
        trained=trained,
        halves=tuple(sorted(halves.items())),
        venues=tuple(sorted(venues.items())),
        assumptions=tuple(sorted(doubts)),
    )
