"""The body of an import as it comes in: small ones stay in memory, large ones go to the database.

A large body is stored in parts, each committed at once, so that any worker can take it up and a
crash keeps it; memory stays flat whatever the size. A body that stops halfway leaves nothing.
"""

from collections.abc import AsyncIterator
from hashlib import sha256

from starlette.requests import ClientDisconnect, Request

from shared.db import Database
from shared.errors import Problem
from shared.imports import import_runs
from shared.imports.errors import BodyIncomplete
from shared.imports.import_order import ImportOrder

SMALL = 1 << 20
PART = 4 << 20


class UploadedBody:
    """What was received: its bytes when small, else the fact that its parts are stored."""

    def __init__(self) -> None:
        self.size = 0
        self.small: bytes | None = None
        self._digest = sha256()

    @property
    def sha256(self) -> str:
        """Return the hash of all bytes, in hexadecimal."""
        return self._digest.hexdigest()

    async def receive(self, request: Request, db: Database, order: ImportOrder, kind: str) -> None:
        """Take the whole body in; a sender who goes away leaves nothing behind."""
        held: list[bytes] = []
        waiting, part = 0, 0
        try:
            async for chunk in request.stream():
                self._digest.update(chunk)
                self.size += len(chunk)
                held.append(chunk)
                waiting += len(chunk)
                if waiting >= PART:
                    await _keep(db, order, kind, part, b"".join(held))
                    held, waiting, part = [], 0, part + 1
        except (ClientDisconnect, Problem) as error:
            await self._forget(db, order, stored=part > 0)
            raise BodyIncomplete from error
        except BaseException:
            await self._forget(db, order, stored=part > 0)
            raise
        rest = b"".join(held)
        if part == 0 and self.size <= SMALL:
            self.small = rest
        elif rest:
            await _keep(db, order, kind, part, rest)

    @staticmethod
    async def _forget(db: Database, order: ImportOrder, *, stored: bool) -> None:
        if stored:
            await forget(db, order)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield a small body."""
        if self.small:
            yield self.small


async def _keep(db: Database, order: ImportOrder, kind: str, part: int, content: bytes) -> None:
    async with db.transaction() as session:
        if part == 0:
            await import_runs.create(session, row_of(order, kind, import_runs.RECEIVING))
        await import_runs.keep_part(session, "import_body", order.id, part, content)


async def forget(db: Database, order: ImportOrder) -> None:
    """Remove a stored body that will not be imported."""
    async with db.transaction() as session:
        await import_runs.delete(session, order.id)


def row_of(order: ImportOrder, kind: str, status: str) -> dict[str, object]:
    """Return the row of an import that begins."""
    return {
        "id": order.id,
        "kind": kind,
        "mode": order.mode,
        "slice": dict(order.slice),
        "dry_run": order.dry_run,
        "atomic": order.atomic,
        "format": order.format.value,
        "charset": order.charset,
        "sheet": order.sheet,
        "subject": order.subject,
        "actor": order.actor,
        "territories": sorted(order.territories.codes),
        "territory": order.territory,
        "status": status,
    }
