"""What one gateway process holds in memory: documents within a budget of bytes.

Every known path stays known; the bytes of those not read lately are dropped once the budget is
spent and read again from the store on the next request (second-chance eviction: one pass of a
hand over the circular list of entries, so that a read costs one assignment).
"""

from collections import deque
from collections.abc import Iterator

from services.gateway.domain.documents import CachedDocument, Contact


class DocumentCache:
    """Residents by path, the set of known paths, and contacts by service."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self.evicted = 0
        self.residents: dict[str, CachedDocument] = {}
        self.known: dict[str, str] = {}
        self.contacts: dict[str, Contact] = {}
        self._ring: deque[str] = deque()

    def contact(self, service: str) -> Contact:
        """Return the shared contact of a service, made on first mention."""
        return self.contacts.setdefault(service, Contact())

    def put(self, resident: CachedDocument) -> None:
        """Put a document in memory in place of its former self, then evict down to the budget."""
        path = resident.source.path
        former = self.residents.get(path)
        if former is None:
            self._ring.append(path)
        else:
            self.used -= former.size
        self.residents[path] = resident
        self.known[path] = resident.source.version
        self.used += resident.size
        self._evict(keep=path)

    def resize(self, resident: CachedDocument, before: int) -> None:
        """Account for variants added to a document whose size was `before`."""
        if self.residents.get(resident.source.path) is resident:
            self.used += resident.size - before
            self._evict(keep=resident.source.path)

    def evict(self, path: str) -> None:
        """Drop a document that is no longer published."""
        self.known.pop(path, None)
        former = self.residents.pop(path, None)
        if former is not None:
            self.used -= former.size
            self._ring.remove(path)

    def invalidate(self, path: str, version: str) -> None:
        """Note a new version whose bytes are read on the next request."""
        self.evict(path)
        self.known[path] = version

    def _evict(self, keep: str) -> None:
        """Turn the hand: a touched document gets a second chance, the next untouched one goes.

        `keep` is never evicted, so a document larger than the budget is still answered.
        """
        while self.used > self.budget and len(self._ring) > 1:
            path = self._ring.popleft()
            resident = self.residents[path]
            if path == keep or resident.touched:
                resident.touched = False
                self._ring.append(path)
                if path == keep and len(self._ring) == 1:
                    return
                continue
            del self.residents[path]
            self.used -= resident.size
            self.evicted += 1

    def __iter__(self) -> Iterator[CachedDocument]:
        return iter(self.residents.values())
