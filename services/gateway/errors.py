"""What the gateway's own operations can fail with."""

from collections.abc import Sequence

from shared.errors import Conflict, FieldError, Invalid, Malformed, NotFound, TooMany, Unavailable


class ClientUnknown(NotFound):
    """There is no client with this id."""

    code = "CLIENT_UNKNOWN"
    title = "Такого клиента нет"


class ErasureUnknown(NotFound):
    """There is no demand of erasure with this id."""

    code = "ERASURE_UNKNOWN"
    title = "Такого стирания нет"


class ClientInvalid(Invalid):
    """The client names scopes that cannot be granted or keys that are no public JWKS."""

    code = "CLIENT_INVALID"
    title = "Клиент не прошёл проверку"


class TerritoriesRequired(Invalid):
    """A client with access to rows about people names the territories it works with."""

    code = "TERRITORIES_REQUIRED"
    title = "Не названы территории клиента"

    def __init__(self, scopes: Sequence[str]) -> None:
        detail = (
            "Области " + ", ".join(scopes) + " дают доступ к строкам о людях: назовите в "
            "territories коды ОКТМО, с которыми клиент работает, или * для всех."
        )
        super().__init__(detail, errors=[FieldError("/body/territories", "REQUIRED", detail)])


class BodyTooSlow(Malformed):
    """The body arrives below the least rate, or takes longer than any body may."""

    code = "BODY_TOO_SLOW"
    title = "Тело запроса приходит слишком медленно"
    detail = "Тело запроса приходит слишком медленно. Отправьте его одной передачей."


class CallerQueueFull(TooMany):
    """So many requests of this caller to one service wait already that no more are taken."""

    code = "CALLER_QUEUE_FULL"
    title = "Слишком много одновременных запросов"

    def __init__(self) -> None:
        super().__init__(
            "Слишком много ваших запросов ждут ответа этого сервиса. Дождитесь ответов.",
            headers={"Retry-After": "1"},
        )


class ServiceQueueFull(Unavailable):
    """All places for requests to the service are taken, and its queue is full."""

    code = "SERVICE_QUEUE_FULL"
    title = "Сервис перегружен"

    def __init__(self) -> None:
        super().__init__(
            "Сервис перегружен: очередь запросов заполнена. Повторите запрос позже.",
            headers={"Retry-After": "2"},
        )


class BodyBrokenOff(Invalid):
    """The caller left before its body had arrived."""

    code = "BODY_BROKEN_OFF"
    title = "Тело запроса оборвалось"
    detail = "Тело запроса оборвалось на полпути."


class NotLoaded(Unavailable):
    """The gateway has not read this from its store yet, just after a start."""

    code = "NOT_LOADED"
    title = "Данные ещё загружаются"


class WebhookLimit(Conflict):
    """The client has as many subscriptions as one may have."""

    code = "WEBHOOK_LIMIT"
    title = "Слишком много подписок"


class PingWaiting(Conflict):
    """A test message of this subscription is still on its way."""

    code = "PING_WAITING"
    title = "Проверочное сообщение ещё в пути"
