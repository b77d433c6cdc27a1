"""The newest revision of a published document, without its content."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PublishedHead:
    """A public document by its path; `version` changes whenever its bytes do."""

    path: str
    version: str
    source_time: datetime
