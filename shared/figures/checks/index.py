"""The readings of a document, found by concept and by the parts of their keys."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

from shared.figures.claims import Claim, Concept
from shared.figures.reading import Printed, Reading
from shared.figures.selectors import ABSENT, Selector

MOST_MATCHES = 2_000_000
"""How many claims the facts of one document may select in all; it bounds the work of a check."""

V = TypeVar("V", bound=Hashable)


class TooManyMatches(ValueError):  # noqa: N818 -- it names the fact.
    """The facts of a document select more claims than can be checked in bounded time."""


class ReadingIndex(Sequence[Reading]):
    """Readings in a fixed order, with postings by concept and by (name, value)."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = tuple(readings)
        self._concepts: dict[Concept, list[int]] = {}
        self._parts: dict[tuple[str, str], list[int]] = {}
        self._matched = 0
        self._gathered: dict[str, Any] = {}
        for place, reading in enumerate(self._readings):
            self._concepts.setdefault(reading.claim.concept, []).append(place)
            for part in _parts(reading.claim):
                self._parts.setdefault(part, []).append(place)

    @overload
    def __getitem__(self, place: int) -> Reading: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Reading]: ...

    def __getitem__(self, place: int | slice) -> Reading | Sequence[Reading]:
        """Return one reading or several by their places."""
        return self._readings[place]

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self._readings)

    def __iter__(self) -> Iterator[Reading]:
        """Iterate in order."""
        return iter(self._readings)

    def of_concept(self, *concepts: Concept) -> list[Reading]:
        """Return the readings of some concepts, in order."""
        if len(concepts) == 1:
            return [self._readings[place] for place in self._concepts.get(concepts[0], ())]
        return [reading for reading in self._readings if reading.claim.concept in concepts]

    def select(self, selector: Selector) -> list[Reading]:
        """Return the readings a fact speaks of, in order.

        TooManyMatches once the facts of the document have selected `MOST_MATCHES` in all.
        """
        candidates = self._shortest(selector)
        self._matched += len(candidates)
        if self._matched > MOST_MATCHES:
            raise TooManyMatches
        readings = (self._readings[place] for place in candidates)
        return [reading for reading in readings if selector.matches(reading.claim)]

    def numbers(self, selector: Selector) -> list[Printed]:
        """Return the numbers of the claims a fact speaks of."""
        printed = (reading.printed for reading in self.select(selector))
        return [number for number in printed if number is not None]

    def assign(self, facts: Iterable[tuple[Selector, V]]) -> dict[Claim, V]:
        """Return for each claim the value of the first fact that speaks of it."""
        found: dict[Claim, V] = {}
        for selector, value in facts:
            for reading in self.select(selector):
                found.setdefault(reading.claim, value)
        return found

    def remember(self, name: str, make: Callable[[], V]) -> V:
        """Return what `make` gathered of this document under a name, gathered once.

        The name represents one way of gathering: nobody else may use it for another.
        """
        if name not in self._gathered:
            self._gathered[name] = make()
        found: V = self._gathered[name]
        return found

    def _shortest(self, selector: Selector) -> Sequence[int]:
        postings: list[Sequence[int]] = [
            self._parts.get(part, ()) for part in selector.key if part[1] != ABSENT
        ]
        if selector.concept is not None:
            postings.append(self._concepts.get(selector.concept, ()))
        return min(postings, key=len, default=range(len(self._readings)))


def as_index(readings: Sequence[Reading]) -> ReadingIndex:
    """Return the readings with their index, made once."""
    return readings if isinstance(readings, ReadingIndex) else ReadingIndex(readings)


def once(make: Callable[[], V]) -> Callable[[], V]:
    """Return a function that makes its value at the first call and keeps it."""
    made: list[V] = []

    def get() -> V:
        if not made:
            made.append(make())
        return made[0]

    return get


def _parts(claim: Claim) -> Iterator[tuple[str, str]]:
    yield from claim.key
    yield claim.scope_kind.value, claim.scope
    if claim.territory is not None:
        yield "territory", claim.territory
