"""What the gateway listens to: every fact of every service, whatever its topic."""

from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event
from shared.worker import JobContext, Listener


class EveryTopic(Mapping[str, Listener]):
    """Answers every topic with one listener, so that a new topic needs no word here.

    `further` listeners hear, besides, the topics `<service>.<fact>.v<n>` of their fact.
    """

    def __init__(self, listener: Listener, further: Mapping[str, Listener]) -> None:
        self._listener = listener
        self._further = further

    def __getitem__(self, topic: str) -> Listener:
        further = self._further.get(topic.split(".")[1])
        if further is None:
            return self._listener

        async def both(session: AsyncSession, event: Event, work: JobContext) -> None:
            await further(session, event, work)
            await self._listener(session, event, work)

        return both

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
