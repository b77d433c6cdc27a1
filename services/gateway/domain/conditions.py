"""Conditional requests in the order of RFC 9110 §13.2.2, for one selected representation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from shared.negotiation import tag_matches

NOT_MODIFIED, PRECONDITION_FAILED = 304, 412
FIELDS = ("if-match", "if-unmodified-since", "if-none-match", "if-modified-since")


@dataclass(frozen=True, slots=True)
class Conditions:
    """The four conditional fields of a read, each joined over its lines; None where absent."""

    if_match: str | None = None
    if_unmodified_since: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None

    def outcome(self, tags: frozenset[bytes], modified: datetime | None) -> int | None:
        """Return 412, 304, or None where the representation is to be sent.

        `tags` are those of the selected representation in every coding; `modified` (aware) is
        compared in whole seconds. A date that is no HTTP-date is ignored.
        """
        if self._fails(tags, modified):
            return PRECONDITION_FAILED
        if self.if_none_match is not None:
            known = tag_matches(self.if_none_match.encode("latin-1"), tags)
        else:
            since = _date(self.if_modified_since)
            known = since is not None and modified is not None and _whole(modified) <= since
        return NOT_MODIFIED if known else None

    def _fails(self, tags: frozenset[bytes], modified: datetime | None) -> bool:
        if self.if_match is not None:
            return not strongly_matches(self.if_match.encode("latin-1"), tags)
        since = _date(self.if_unmodified_since)
        return since is not None and modified is not None and _whole(modified) > since


def conditions_of(lines: Callable[[str], list[str]]) -> Conditions:
    """Return the conditions of a request; `lines` gives all lines of a field by its name."""
    return Conditions(*(", ".join(found) if (found := lines(name)) else None for name in FIELDS))


def strongly_matches(field: bytes, tags: frozenset[bytes]) -> bool:
    """Whether `If-Match` names one of the tags (strong comparison) or is `*`."""
    return field.strip() == b"*" or any(tag.strip() in tags for tag in field.split(b","))


def _date(field: str | None) -> datetime | None:
    """Return an HTTP-date, None for anything else; a date without a zone is in UTC."""
    if field is None:
        return None
    try:
        found = parsedate_to_datetime(field)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
