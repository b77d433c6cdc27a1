"""How often a change of the `rum` rating was worked through, counted where it is kept."""

from dataclasses import dataclass

from tests.journeys.live import LiveSystem

REVISIONS = """
    SELECT count(*) FROM ratings.rating_revision r JOIN ratings.slice s ON s.id = r.slice_id
    WHERE s.programme = 'rum' AND s.period = $1
"""
EVENTS = """
    SELECT count(*) FROM ratings.outbox
    WHERE topic = 'ratings.revision_published.v1' AND subject = 'rum/' || $1
"""
HANDLED = """
    SELECT count(*) FROM ratings.outbox o JOIN gateway.inbox i USING (event_id)
    WHERE o.topic = 'ratings.revision_published.v1' AND o.subject = 'rum/' || $1
      AND i.handled_at IS NOT NULL AND i.error IS NULL
"""
ANNOUNCED = """
    SELECT count(*) FROM ratings.outbox o JOIN gateway.change c ON c.id = o.event_id
    WHERE o.topic = 'ratings.revision_published.v1' AND o.subject = 'rum/' || $1
"""
OBSERVED = """
    SELECT count(*) FROM ratings.observation o JOIN ratings.programme p ON p.id = o.programme_id
    WHERE p.code = 'rum' AND o.period = $1::text::int
"""


@dataclass(frozen=True)
class Counts:
    """Rows observed, revisions made, events told, handled and announced."""

    observed: int
    revisions: int
    events: int
    handled: int
    announced: int

    def plus(self, changes: int) -> "Counts":
        """Return what the counts are after so many changes, each worked through once."""
        return Counts(
            self.observed + changes,
            self.revisions + changes,
            self.events + changes,
            self.handled + changes,
            self.announced + changes,
        )


async def counts(live: LiveSystem, period: str = "2022") -> Counts:
    """Count."""
    return Counts(
        *[
            await live.ask(question, period)
            for question in (OBSERVED, REVISIONS, EVENTS, HANDLED, ANNOUNCED)
        ]
    )
