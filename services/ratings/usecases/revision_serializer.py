"""Revisions as people read them."""

from services.ratings.store.revisions import Revision
from services.ratings.usecases.rating_tables import citation
from services.ratings.usecases.serializers import View


def revision_view(revision: Revision) -> View:
    """Return the head of a revision: what it is made from, whether it is public, why withdrawn."""
    return {
        "programme": revision.programme,
        "period": revision.period,
        "revision": revision.number,
        "status": status(revision),
        "methodology": revision.methodology,
        "engine": revision.engine_version,
        "input_hash": revision.input_hash,
        "content_hash": revision.content_hash,
        "data_known_at": revision.data_known_at.isoformat(),
        "source_time": revision.source_time.isoformat(),
        "created_at": revision.created_at.isoformat(),
        "published_at": None
        if revision.published_at is None
        else revision.published_at.isoformat(),
        "withdraws": revision.withdraws,
        "withdrawn_by": revision.withdrawn_by,
        "reason": revision.reason,
        "findings": revision.layout["findings"],
        "citation": citation(revision),
    }


def status(revision: Revision) -> str:
    """Return `preliminary`, `published`, `withdrawn`, or `tombstone` for what withdraws one."""
    return "withdrawn" if revision.withdrawn_by is not None else revision.status
