"""Revocation as the gateway itself sees it: read from its own schema, stored for a second."""

import time

from services.gateway.store import clients
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import logger

log = logger(__name__)
_KEPT_SECONDS = 1.0


class OwnRevocations:
    """Tells whether tokens of a client issued at an instant are revoked."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._read_at = float("-inf")
        self._until: dict[str, int] = {}

    async def revoked(self, subject: str, issued: int) -> bool:
        """Ask the schema at most once a second; while it does not answer, the last list holds."""
        if time.monotonic() - self._read_at > _KEPT_SECONDS:
            self._read_at = time.monotonic()
            try:
                async with self.db.reading() as session:
                    self._until = await clients.revocations(session)
            except TRANSIENT_ERRORS as error:
                log.warning("revocations_unread", error=str(error))
        return issued <= self._until.get(subject, -1)
