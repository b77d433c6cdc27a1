"""Verify the audit: the chain of its entries, and the anchors outside the database."""

import argparse
import asyncio
import os
from pathlib import Path

from services.cli.database_access import data_path, owner_address
from services.cli.keys import DEPLOYMENT_KEY
from services.cli.output import say
from services.gateway.audit_anchors import PURPOSE, verify_with
from services.gateway.domain.audit_chain import Verdict
from services.gateway.store import audit
from shared.db import Database
from shared.secret_key import derive

ADVICE = {
    "altered": "An entry was changed, or one in the middle removed.",
    "truncated": "Every entry was removed.",
    "cut_tail": "The last entries were removed, or an old copy was restored.",
    "replaced": "An old copy was restored and written on, or the chain was made again.",
    "anchor_forged": "The file of anchors was changed, or belongs to another SECRET_KEY_FILE.",
}


def run(_given: argparse.Namespace) -> int:
    """Print what holds; the exit status is 1 for a fault and for an audit without anchors."""
    data = data_path()
    anchors = Path(os.environ.get("AUDIT_ANCHOR_FILE", data / "audit.anchor"))
    key = Path(os.environ.get("SECRET_KEY_FILE", data / "keys" / DEPLOYMENT_KEY))
    secret = derive(key.read_bytes().strip(), PURPOSE) if key.exists() else None
    with owner_address() as url:
        verdict = asyncio.run(verify(url, anchors, secret))
    say(f"{verdict.entries} entries hold, the last hash is {verdict.last_hash}.")
    if verdict.fault is not None:
        say(f"{verdict.fault} at entry {verdict.broken_at}: {ADVICE[verdict.fault]}")
        return 1
    if verdict.anchored is None:
        say(f"{anchors}: no anchors. Whether the end was cut off cannot be said.")
        return 1
    say(f"Anchored up to entry {verdict.anchored}.")
    return 0


async def verify(url: str, anchors: Path, key: bytes | None) -> Verdict:
    """Return the verdict on the audit of a database; without a key the chain alone is verified."""
    db = Database(url, "gateway", pool_size=1)
    try:
        async with db.reading() as session:
            if key is None:
                return await audit.verify(session)
            return await verify_with(session, anchors, key)
    finally:
        await db.close()
