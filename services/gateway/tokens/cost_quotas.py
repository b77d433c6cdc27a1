"""Cost quotas of clients that have one of their own, read from the schema, stored for seconds."""

import time

from services.gateway.store import clients
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import logger

log = logger(__name__)
_STORED_SECONDS = 5.0


class CostQuotas:
    """Tells the units a minute of a client; None for the quota of everybody."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._read_at = float("-inf")
        self._units: dict[str, int] = {}

    async def of(self, client: str) -> int | None:
        """Ask the schema every five seconds; while it does not answer, the last list holds."""
        if time.monotonic() - self._read_at > _STORED_SECONDS:
            self._read_at = time.monotonic()
            try:
                async with self.db.reading() as session:
                    self._units = await clients.cost_quotas(session)
            except TRANSIENT_ERRORS as error:
                log.warning("cost_quotas_unread", error=str(error))
        return self._units.get(client)
