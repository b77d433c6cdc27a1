"""The web process' side of documents: memory follows the store by LISTEN, with a poll as a net."""

import asyncio
from typing import Any

import msgspec

from services.gateway.documents.cache import DocumentCache
from services.gateway.domain.composition import (
    FindingsPart,
    answered_in,
    decode_parts,
    findings_in,
)
from services.gateway.domain.documents import (
    CachedDocument,
    SourceDocument,
    make_cached_document,
)
from services.gateway.domain.findings import SERVICES, FindingIndex
from services.gateway.domain.header_fields import Header
from services.gateway.domain.routing import Routing
from services.gateway.representations.kinds import is_paged, offers_of
from services.gateway.store import documents
from services.gateway.store.documents import Stored, StoredPart
from shared.db import Database
from shared.notified_loop import NotifiedLoop

_PAGE = 100


class Catalogue:
    """Parsed parts a gateway process answers from: territories, findings, OpenAPI of services.

    `territories` are in the order of their OKTMO.
    """

    def __init__(self) -> None:
        self.territories: dict[str, dict[str, Any]] = {}
        self.findings = FindingIndex()
        self.openapi: dict[str, dict[str, Any]] = {}
        self.openapi_digests: dict[str, str] = {}
        self.routings: dict[str, Routing] = {}
        self._names: set[str] = set()
        self._findings: dict[str, FindingsPart] = {}
        self._mentioned: dict[str, frozenset[str]] = {}

    def take(self, part: StoredPart) -> None:
        """Replace one part and what is derived of it."""
        self._names.add(part.name)
        if part.name.startswith("passport:"):
            parts = decode_parts(part.content).parts.values()
            self._mentioned[part.name] = frozenset(
                code for one in parts for code in one.territories
            )
            return
        content = msgspec.json.decode(part.content)
        if part.name.startswith("openapi:"):
            self.openapi[part.service] = content
            self.openapi_digests[part.service] = part.digest
            self.routings[part.service] = Routing(content)
        elif part.name == "territories":
            items = sorted(content["items"], key=lambda item: str(item["oktmo"]))
            self.territories = {item["oktmo"]: item for item in items}
        elif part.name.startswith("findings:"):
            self._findings[part.service] = msgspec.json.decode(part.content, type=FindingsPart)
            self.findings = findings_in(self._findings)

    def holds(self, prefix: str) -> bool:
        """Tell whether any part whose name begins so has ever been loaded."""
        return any(name.startswith(prefix) for name in self._names)

    @property
    def answered(self) -> frozenset[str]:
        """Services whose passport parts have been loaded."""
        return answered_in(self._names)

    def mention(self, oktmo: str) -> bool:
        """Tell whether any part or finding says something of the territory."""
        said = any(oktmo in codes for codes in self._mentioned.values())
        return said or self.findings.mention(oktmo)


class CacheSync:
    """Keeps `memory` and `catalogue` equal to the store."""

    def __init__(self, db: Database, memory: DocumentCache, poll_seconds: float) -> None:
        self.db = db
        self.memory = memory
        self.catalogue = Catalogue()
        self.seq = 0
        self.loaded = asyncio.Event()
        self._poll = poll_seconds
        self._reading: dict[str, asyncio.Future[CachedDocument | None]] = {}

    async def run(self) -> None:
        """Follow the store until cancelled; a lost database is waited for."""
        await NotifiedLoop(self.db, documents.CHANNEL, self._follow, self._poll).run()

    async def _follow(self) -> None:
        await self.catch_up()
        self.loaded.set()

    async def catch_up(self) -> None:
        """Load everything written since the last look, and the instants of contact."""
        while True:
            async with self.db.reading() as session:
                page = await documents.after(session, self.seq, _PAGE)
                parts = await documents.parts(session, self.seq)
                contacts = await documents.contacts(session)
            for service, at in contacts.items():
                self.memory.contact(service).at = int(at.timestamp())
            known = [self.memory.contact(service).at for service in SERVICES]
            self.memory.contact("gateway").at = min((at for at in known if at), default=0)
            full = len(page) == _PAGE
            # While documents are still coming, parts beyond the page wait for the next look.
            reached = page[-1].seq if full else None
            for part in parts:
                if reached is None or part.seq <= reached:
                    self.catalogue.take(part)
                    self.seq = max(self.seq, part.seq)
            for stored in page:
                self.take(stored)
                self.seq = max(self.seq, stored.seq)
            if not full:
                return

    def take(self, stored: Stored) -> None:
        """Hold a document in memory, or forget a withdrawn one."""
        if stored.source is None:
            self.memory.evict(stored.path)
            return
        contact = self.memory.contact(stored.source.service)
        offers = offers_of(stored.source.path, stored.source.media)
        fields = next_page_field(stored.source)
        self.memory.put(make_cached_document(stored.source, contact, stored.gzip, offers, fields))

    async def read_again(self, path: str) -> CachedDocument | None:
        """Bring an evicted document back; requests for the same path share one reading."""
        reading = self._reading.get(path)
        if reading is None:
            reading = asyncio.ensure_future(self._read(path))
            self._reading[path] = reading
            reading.add_done_callback(lambda _: self._reading.pop(path, None))
        return await asyncio.shield(reading)

    async def _read(self, path: str) -> CachedDocument | None:
        async with self.db.reading() as session:
            stored = await documents.read(session, path)
        if stored is None or stored.source is None:
            return None
        standing = self.memory.residents.get(path)
        if standing is not None:
            return standing
        self.take(stored)
        return self.memory.residents.get(path)


class _Page(msgspec.Struct):
    next: str | None = None


def next_page_field(source: SourceDocument) -> tuple[Header, ...]:
    """Return the `Link` to the second page of a list whose first page the document is."""
    if not is_paged(source.path):
        return ()
    cursor = msgspec.json.decode(source.body, type=_Page).next
    if cursor is None:
        return ()
    return ((b"link", f'<{source.path}?cursor={cursor}>; rel="next"'.encode()),)
