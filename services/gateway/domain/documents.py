"""The values of a document: variants made once, and what is held in memory about them."""

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from services.gateway.domain.header_fields import Header, parse_fields, render_fields

JSON = "application/json"
IDENTITY, GZIP, BROTLI = "identity", "gzip", "br"
# Above this size the best level costs several times the processor for one part in a hundred.
_BEST_GZIP_BYTES = 256 << 10
_BEST_LEVEL, _QUICK_LEVEL = 9, 6
# Bytes of Python objects a variant costs next to its body: heads, tag, slots (measured).
_OVERHEAD = 800
# Revalidated every time: a 304 costs less than an explanation of a stale figure.
_CACHE_CONTROL = b"public, no-cache"
_VARY = b"Accept, Accept-Encoding"


@dataclass(slots=True)
class Contact:
    """When a service last confirmed that its documents are the current ones.

    `at` is seconds of the epoch, 0 while the service has never answered.
    One object a service is shared by all of its documents, so that `Age` needs no look-up.
    """

    at: int = 0


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """What a service published: the canonical bytes of one path at one version.

    `version` is opaque (compared for equality only); `revision` is the number for people;
    `source_time` is the instant the content was published, aware.
    """

    path: str
    service: str
    version: str
    revision: int | None
    source_time: datetime
    body: bytes
    media: str = JSON


@dataclass(frozen=True, slots=True)
class Variant:
    """One representation in one coding, ready to be sent.

    `head` holds the answer's constant fields as they are sent, `unmodified_head` those of its 304
    (RFC 9110 §15.4.5: what a 200 would have sent except the content's own fields). Kept as bytes,
    ten thousand documents cost 70 MB less than as lists of pairs.
    """

    media: str
    coding: str
    body: bytes
    etag: bytes
    head: bytes
    unmodified_head: bytes

    @property
    def headers(self) -> list[Header]:
        """The constant fields of a 200, one by one."""
        return parse_fields(self.head)

    @property
    def unmodified(self) -> list[Header]:
        """The constant fields of a 304, one by one."""
        return parse_fields(self.unmodified_head)


@dataclass(slots=True)
class CachedDocument:
    """A document held in memory: its variants by media type and coding.

    `tags` are those of its own media type in every coding.
    """

    source: SourceDocument
    contact: Contact
    plain: Variant
    packed: Variant | None
    tags: frozenset[bytes]
    others: dict[tuple[str, str], Variant] = field(default_factory=dict)
    offers: tuple[str, ...] = (JSON,)
    codings: tuple[str, ...] = (BROTLI, GZIP, IDENTITY)
    touched: bool = True

    @property
    def size(self) -> int:
        """Bytes counted against the memory budget: every body and an allowance an object."""
        return _OVERHEAD + sum(len(one.body) + _OVERHEAD for one in self.variants())

    def variants(self) -> Iterable[Variant]:
        """All variants made so far, the plain JSON first."""
        yield self.plain
        if self.packed is not None:
            yield self.packed
        yield from self.others.values()

    def keep(self, variant: Variant) -> None:
        """Add a variant rendered on request."""
        self.others[variant.media, variant.coding] = variant


def entity_tag(body: bytes, coding: str) -> bytes:
    """Strong tag of `body` (the uncoded bytes) in `coding`: digest first, coding after a dash."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    suffix = "" if coding == IDENTITY else f"-{coding}"
    return f'"{digest}{suffix}"'.encode()


def representation_tags(etag: bytes) -> frozenset[bytes]:
    """Return the tags of a representation in every coding, given one of them."""
    digest = etag.strip(b'"').partition(b"-")[0]
    return frozenset((b'"%b"' % digest, b'"%b-gzip"' % digest, b'"%b-br"' % digest))


def http_date(instant: datetime) -> bytes:
    """Return the instant as an HTTP-date (IMF-fixdate, whole seconds)."""
    return format_datetime(instant, usegmt=True).encode()


def make_variant(
    source: SourceDocument,
    media: str,
    coding: str,
    plain: bytes,
    coded: bytes,
    *,
    sent_as: str | None = None,
    name: str | None = None,
    fields: Sequence[Header] = (),
) -> Variant:
    """Build the variant of `source` whose uncoded bytes are `plain` and sent bytes `coded`.

    `sent_as` is the content type if it says more than `media`, `name` the file to save it as,
    `fields` what else a 200 carries.
    """
    etag = entity_tag(plain, coding)
    unmodified: list[Header] = [
        (b"etag", etag),
        (b"last-modified", http_date(source.source_time)),
        (b"cache-control", _CACHE_CONTROL),
        (b"vary", _VARY),
    ]
    if source.revision is not None:
        unmodified.append((b"kachestvo-revision", str(source.revision).encode()))
    headers: list[Header] = [
        (b"content-type", (sent_as or media).encode()),
        (b"content-length", str(len(coded)).encode()),
        *unmodified,
        (b"x-content-type-options", b"nosniff"),
        *fields,
    ]
    if coding != IDENTITY:
        headers.append((b"content-encoding", coding.encode()))
    if name is not None:
        headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
    return Variant(
        media=media,
        coding=coding,
        body=coded,
        etag=etag,
        head=render_fields(headers),
        unmodified_head=render_fields(unmodified),
    )


def make_cached_document(
    source: SourceDocument,
    contact: Contact,
    gzipped: bytes | None = None,
    offers: tuple[str, ...] | None = None,
    fields: Sequence[Header] = (),
) -> CachedDocument:
    """Render JSON and its gzip; gzip is left out where it would not be smaller.

    `offers` are the media types the document can be rendered in (None: its own alone); `fields`
    are further fields of its answers.
    """
    plain = make_variant(source, source.media, IDENTITY, source.body, source.body, fields=fields)
    coded = gzipped if gzipped is not None else compress(source.body)
    packed = None
    if len(coded) < len(source.body):
        packed = make_variant(source, source.media, GZIP, source.body, coded, fields=fields)
    tags = representation_tags(plain.etag)
    own = (source.media.partition(";")[0],)
    return CachedDocument(source, contact, plain, packed, tags, offers=offers or own)


def compress(body: bytes) -> bytes:
    """Gzip without a time stamp: the same content gives the same bytes."""
    level = _BEST_LEVEL if len(body) <= _BEST_GZIP_BYTES else _QUICK_LEVEL
    return gzip.compress(body, level, mtime=0)
