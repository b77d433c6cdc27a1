"""From a teacher's deficits and the year's events to the task of building a route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.training.domain.calendar import Span
from services.training.domain.route import Activity, Kind, Task, Window
from services.training.domain.route_states import REDIAGNOSIS, SUPPORT, Step

ANY_TIME_FORMS = ("group", "flipped_class", "master_class")
AFTER_COURSES = (
    Step(SUPPORT, "Посткурсовое сопровождение"),
    Step(REDIAGNOSIS, "Повторная диагностика"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A programme, by the code of one of its events or, for forms without dates, its own."""

    code: str
    title: str
    programme: str
    addresses: frozenset[str]
    hours: int
    span: Span | None
    requires: frozenset[str]


def split_past(offers: Sequence[Offer], today: date) -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """Split offers into those still to be had on a day and those of the past.

    A dated one is past once it has begun, for it could not be taken entirely; one of which only
    the months are known is past when they are over.
    """

    def is_past(span: Span | None) -> bool:
        if span is None:
            return False
        return (span.first if span.precision == "day" else span.last) < today

    past = tuple(offer for offer in offers if is_past(offer.span))
    return tuple(offer for offer in offers if not is_past(offer.span)), past


def task_of(
    deficits: Mapping[str, Kind],
    offers: Sequence[Offer],
    windows: Sequence[Window],
    completed: frozenset[str],
) -> Task:
    """Make the task: offers that address a deficit, with what they require not completed yet.

    A required programme represents its offer that ends first; a programme without an offer
    cannot be met, so what requires it is left with an unknown requirement.
    """
    first_of: dict[str, str] = {}
    for offer in sorted(offers, key=_end):
        first_of.setdefault(offer.programme, offer.code)
    activities = [
        Activity(
            offer.code,
            offer.addresses,
            offer.hours,
            offer.span.first if offer.span else None,
            offer.span.last if offer.span else None,
            frozenset(first_of.get(code, code) for code in offer.requires - completed),
        )
        for offer in offers
        if offer.programme not in completed
    ]
    return Task.of(deficits, activities, windows)


def _end(offer: Offer) -> tuple[bool, str, str]:
    return (offer.span is None, offer.span.last.isoformat() if offer.span else "", offer.code)


def steps_of(codes: Sequence[str], offers: Sequence[Offer]) -> tuple[Step, ...]:
    """Show the chosen offers as steps, then post-course support and a new diagnosis."""
    by_code = {offer.code: offer for offer in offers}
    if not codes:
        return ()
    return (*(_step(by_code[code]) for code in codes), *AFTER_COURSES)


def _step(offer: Offer) -> Step:
    first, last = offer.span.text() if offer.span else (None, None)
    return Step(offer.code, offer.title, offer.hours, first, last)
