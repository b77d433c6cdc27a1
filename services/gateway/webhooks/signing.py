"""Signatures of Standard Webhooks: one by every living secret, so that a secret can be rotated."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from shared.secret_key import Sealer

PREFIX = "whsec_"
OVERLAP = timedelta(hours=24)


def new_secret(made_at: datetime) -> dict[str, Any]:
    """Return a record with a fresh secret of 256 bits, living until it is rotated away."""
    value = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    return {"secret": value, "made_at": made_at.isoformat(), "ends_at": None}


def rotated(kept: Sequence[Mapping[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Return the records after a rotation: a new one first, the living old one ending in a day."""
    ends = (at + OVERLAP).isoformat()
    old = [{**record, "ends_at": record["ends_at"] or ends} for record in living(kept, at)]
    return [new_secret(at), *old[:1]]


def living(kept: Sequence[Mapping[str, Any]], at: datetime) -> list[Mapping[str, Any]]:
    """Return the records that still sign."""
    return [
        record
        for record in kept
        if record["ends_at"] is None or datetime.fromisoformat(record["ends_at"]) > at
    ]


def seal_secrets(
    sealer: Sealer, webhook: UUID, kept: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the records as they are stored; sealed ones stay as they are."""
    return [
        {**one, "secret": sealer.seal(sealer.open(one["secret"], _place(webhook)), _place(webhook))}
        for one in kept
    ]


def open_secrets(
    sealer: Sealer, webhook: UUID, kept: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the records of a stored subscription, ready to sign."""
    return [{**one, "secret": sealer.open(one["secret"], _place(webhook))} for one in kept]


def _place(webhook: UUID) -> str:
    return f"webhook.secrets {webhook}"


def sign(
    kept: Sequence[Mapping[str, Any]], message: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the three header fields of a message sent at `at` (UTC)."""
    signatures = [
        Webhook(record["secret"]).sign(message, at, body.decode()) for record in living(kept, at)
    ]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
