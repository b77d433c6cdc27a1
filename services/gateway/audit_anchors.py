"""The file of anchors: written by the worker, read by the verifier of the audit."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.audit_anchor import (
    AnchorForged,
    Fault,
    read_anchors,
    sign_anchor,
    to_line,
)
from services.gateway.domain.audit_chain import Verdict
from services.gateway.settings import Settings
from services.gateway.store import audit
from shared import clock
from shared.log import logger
from shared.secret_key import derive, root_key
from shared.worker import JobContext

log = logger(__name__)

PURPOSE = "audit-anchor"


async def anchor_audit(context: JobContext) -> None:
    """Write the last entry's number and hash into the file and the log, if it is a new one.

    Without AUDIT_ANCHOR_FILE and SECRET_KEY_FILE nothing is anchored.
    """
    settings = context.settings
    root = root_key(settings)
    if not isinstance(settings, Settings) or settings.audit_anchor_file is None or root is None:
        return
    async with context.db.reading() as session:
        last = await audit.last_entry(session)
    if last is None:
        return
    await asyncio.to_thread(append_anchor, settings.audit_anchor_file, derive(root, PURPOSE), *last)


def append_anchor(path: Path, key: bytes, seq: int, entry_hash: str) -> None:
    """Append the anchor of an entry unless it is there; the file is its owner's alone."""
    if path.exists() and seq in known_anchors(path, key):
        return
    anchor = sign_anchor(key, seq, entry_hash, clock.now().isoformat())
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(to_line(anchor))
        file.flush()
        os.fsync(file.fileno())
    log.info("audit_anchored", seq=seq, hash=entry_hash, mac=anchor.mac)


def known_anchors(path: Path, key: bytes) -> dict[int, str]:
    """Return the anchored hashes by number; AnchorForged where the key did not sign a line."""
    with path.open(encoding="utf-8") as file:
        return read_anchors(file, key)


async def verify_anchored(session: AsyncSession, settings: Settings) -> Verdict:
    """Verify the chain with the anchors of the settings; where there are none, the chain alone."""
    root, path = root_key(settings), settings.audit_anchor_file
    if root is None or path is None:
        return await audit.verify(session)
    return await verify_with(session, path, derive(root, PURPOSE))


async def verify_with(session: AsyncSession, path: Path, key: bytes) -> Verdict:
    """Verify the chain with a file of anchors; a missing file anchors nothing."""
    try:
        anchors = await asyncio.to_thread(known_anchors, path, key)
    except FileNotFoundError:
        return await audit.verify(session)
    except AnchorForged:
        verdict = await audit.verify(session)
        return replace(verdict, fault=verdict.fault or Fault.ANCHOR_FORGED)
    return await audit.verify(session, anchors)
