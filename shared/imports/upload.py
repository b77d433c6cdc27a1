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
from shared.imports.errors import BodyIncomplete, StoredBodiesExceeded
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
        """Take the whole body in; a body that is not taken leaves nothing behind."""
        storage = _PartStorage(db, order, kind, request.app.state.settings.import_stored_bytes)
        held: list[bytes] = []
        waiting = 0
        try:
            async for chunk in request.stream():
                self._digest.update(chunk)
                self.size += len(chunk)
                held.append(chunk)
                waiting += len(chunk)
                if waiting >= PART:
                    await storage.add(b"".join(held))
                    held, waiting = [], 0
            if self.size <= SMALL:
                self.small = b"".join(held)
            elif held:
                await storage.add(b"".join(held))
        except StoredBodiesExceeded:
            await storage.forget()
            raise
        except (ClientDisconnect, Problem) as error:
            await storage.forget()
            raise BodyIncomplete from error
        except BaseException:
            await storage.forget()
            raise

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield a small body."""
        if self.small:
            yield self.small


class _PartStorage:
    """The stored parts of one body; no client's waiting bodies exceed `most` bytes."""

    def __init__(self, db: Database, order: ImportOrder, kind: str, most: int) -> None:
        self.db, self.order, self.kind, self.most = db, order, kind, most
        self.parts = 0

    async def add(self, content: bytes) -> None:
        """Store the next part in a transaction of its own."""
        async with self.db.transaction() as session:
            stored = await import_runs.stored_bytes(session, self.order.subject)
            if stored + len(content) > self.most:
                raise StoredBodiesExceeded
            if self.parts == 0:
                await import_runs.create(
                    session, row_of(self.order, self.kind, import_runs.RECEIVING)
                )
            await import_runs.keep_part(session, "import_body", self.order.id, self.parts, content)
        self.parts += 1

    async def forget(self) -> None:
        """Remove what has been stored."""
        if self.parts:
            await forget(self.db, self.order)


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
