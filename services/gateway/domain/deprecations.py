"""Operations on their way out: said by `Deprecation` (RFC 9745), `Sunset` (RFC 8594), `Link`.

An operation is named by its method and path template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from services.gateway.domain.header_fields import Header
from services.gateway.domain.routing import METHODS

_PARAMETER = re.compile(r"\{[^{}/]+\}")


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The announced end of one operation, named by its method and its path template.

    Instants are midnights in UTC. `sunset` (None: not decided) is never before `since`;
    `successor` is a path whose parameters are whole segments and are among the template's.
    """

    method: str
    template: str
    since: date
    sunset: date | None = None
    successor: str | None = None

    def __post_init__(self) -> None:
        """Refuse a row that would announce nonsense."""
        if self.method.lower() not in METHODS or not self.template.startswith("/"):
            raise ValueError(f"not an operation: {self.method} {self.template}")
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError(f"{self.template} ends before it is deprecated")
        if self.successor is not None:
            unknown = _parameters(self.successor) - _parameters(self.template)
            if unknown or not self.successor.startswith("/"):
                raise ValueError(f"{self.successor} cannot be made out of {self.template}")

    def fields(self, path: str) -> list[Header]:
        """Return the header fields of an answer at `path`, which the template matches."""
        found = [(b"deprecation", b"@%d" % int(_midnight(self.since).timestamp()))]
        if self.sunset is not None:
            found.append((b"sunset", format_datetime(_midnight(self.sunset), usegmt=True).encode()))
        if self.successor is not None:
            target = self._successor_of(path)
            found.append((b"link", f'<{target}>; rel="successor-version"'.encode()))
        return found

    def _successor_of(self, path: str) -> str:
        given = dict(zip(self.template.split("/"), path.split("/"), strict=True))
        segments = (self.successor or "").split("/")
        return "/".join(
            quote(given[one], safe="") if _PARAMETER.fullmatch(one) else one for one in segments
        )


Registry = Mapping[tuple[str, str], Deprecation]


def _parameters(template: str) -> set[str]:
    return {segment for segment in template.split("/") if "{" in segment}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
