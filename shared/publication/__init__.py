"""Published documents as every service serves them: which revision is asked for, what is refused.

A reader names a revision, or an instant, or neither for the present one. Both at once, an instant
without a zone and a number out of bounds are 422; what was never published is 404
`NOT_PUBLISHED`; what was withdrawn is 410 `REVISION_WITHDRAWN`, whichever way it is asked for.
"""

from shared.publication.errors import NotPublished, RevisionAndAsOf, RevisionWithdrawn
from shared.publication.heads import PublishedHead
from shared.publication.selection import MAX_REVISION, PRESENT, Asked, AskedRevision

__all__ = [
    "MAX_REVISION",
    "PRESENT",
    "Asked",
    "AskedRevision",
    "NotPublished",
    "PublishedHead",
    "RevisionAndAsOf",
    "RevisionWithdrawn",
]
