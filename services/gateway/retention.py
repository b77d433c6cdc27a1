"""How long the gateway keeps requests, the feed, deliveries and used client assertions."""

from datetime import timedelta

from shared.retention import Retention

FEED_KEPT = timedelta(days=40)

GATEWAY_RETENTION = (
    Retention(
        "seen_request",
        "answered requests",
        timedelta(days=30),
        "at < clock_timestamp() - :age",
        "at",
    ),
    Retention(
        "change",
        "changes feed",
        FEED_KEPT,
        "announced_at < clock_timestamp() - :age AND seq < (SELECT max(seq) FROM change)",
        "seq",
    ),
    Retention(
        "delivery_attempt",
        "attempts of webhook deliveries",
        FEED_KEPT,
        "at < clock_timestamp() - :age",
        "at",
    ),
    Retention(
        "delivery",
        "webhook deliveries that ended",
        FEED_KEPT,
        "state <> 'waiting' AND created_at < clock_timestamp() - :age",
        "created_at",
    ),
    Retention(
        "used_assertion",
        "used client assertions",
        timedelta(0),
        "expires_at < clock_timestamp() - :age",
        "expires_at",
    ),
)
