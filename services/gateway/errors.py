"""What the gateway's own operations can fail with."""

from collections.abc import Sequence

from shared.errors import FieldError, Invalid, NotFound


class ClientUnknown(NotFound):
    """There is no client with this id."""

    code = "CLIENT_UNKNOWN"
    title = "Такого клиента нет"


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
