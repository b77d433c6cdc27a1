"""What a call of another service fails with."""

from shared.errors import Unavailable


class ServiceUnavailable(Unavailable):
    """The service does not answer, or its circuit breaker is open."""

    code = "SERVICE_UNAVAILABLE"
    title = "Сервис не отвечает"

    def __init__(self, service: str) -> None:
        super().__init__(
            f"Сервис {service} сейчас не отвечает. Повторите запрос позже.",
            headers={"Retry-After": "5"},
        )


class UpstreamRefused(Unavailable):
    """The service answered a call that must succeed with something else than 200."""

    code = "UPSTREAM_REFUSED"
    title = "Сервис отказал"


class UpstreamTimeout(Unavailable):
    """The service did not answer within the time a request may take."""

    code = "UPSTREAM_TIMEOUT"
    title = "Сервис не ответил вовремя"

    def __init__(self, service: str) -> None:
        super().__init__(
            f"Сервис {service} не ответил вовремя. Повторите запрос позже.",
            headers={"Retry-After": "5"},
        )
