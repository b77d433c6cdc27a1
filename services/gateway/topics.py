"""What the gateway itself sends."""

from shared.events import Topic

PING = Topic("gateway.ping", 1, "Проверка доставки")
