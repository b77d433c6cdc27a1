"""Refusals by size and by pace: of a body, of a computation, of a caller's share."""

from shared.errors import TooLarge, TooMany, Unavailable


class RequestTooLarge(TooLarge):
    """The body, what it asks for or what it costs is larger than the stated bound."""

    code = "TOO_LARGE"
    title = "Слишком большой запрос"
    detail = "Тело запроса больше допустимого."


class RateLimited(TooMany):
    """The caller's bucket is empty; `Retry-After` says when to go on."""

    code = "RATE_LIMITED"
    title = "Слишком много запросов"
    detail = "Слишком много запросов. Повторите позже."


class Overloaded(Unavailable):
    """The queue of computations is full, or the caller's share of it."""

    code = "OVERLOADED"
    title = "Очередь вычислений полна"
    detail = "Слишком много вычислений ждут очереди. Повторите запрос позже."

    def __init__(self, retry_after: str) -> None:
        super().__init__(headers={"Retry-After": retry_after})
