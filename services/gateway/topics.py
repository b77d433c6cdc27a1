"""What the gateway itself sends."""

from shared.events import Topic

PERSON_ERASURE_REQUESTED = Topic(
    "gateway.person_erasure_requested",
    1,
    "Запрошено стирание сведений о человеке",
    audience="admin",
)
PING = Topic("gateway.ping", 1, "Проверка доставки")
