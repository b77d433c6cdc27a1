"""When a computed place may be published: only where every registered peer takes part."""

from dataclasses import dataclass

from shared.figures.places import Place

PEERS_MISSING = "PEERS_MISSING"
INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class GuardedPlace:
    """A place, or the code of why there is none.

    `among` is the place among the peers that are known, where some registered ones are not.
    """

    place: Place | None = None
    note: str | None = None
    among: Place | None = None


def guard_place(
    place: Place | None, registered: int | None, *, left_out: bool = False
) -> GuardedPlace:
    """Return what may be published of a computed place among `registered` peers.

    PEERS_MISSING where another number of peers was ranked (None: nobody knows how many there are).
    `left_out` says that a score has no place because values are missing under it: INCOMPLETE.
    """
    if place is None:
        return GuardedPlace(note=INCOMPLETE if left_out else None)
    if place.of == registered:
        return GuardedPlace(place)
    return GuardedPlace(note=PEERS_MISSING, among=place)
