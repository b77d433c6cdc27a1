"""Which tests run in one process of a parallel run."""

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


class JourneysTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types.
    """Gives the journeys, which share one live system, to one process; other tests to any.

    The marks of groups that xdist 3.8 reads are lost in pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid
