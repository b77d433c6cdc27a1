"""Refusals of a caller: not known, without the scope, without the person, without the territory."""

from shared.errors import Forbidden, Unauthenticated

REALM = 'Bearer realm="kachestvo"'


class TokenMissing(Unauthenticated):
    """No token came with a request that needs one, or the one that came is not good."""

    code = "UNAUTHENTICATED"
    title = "Требуется токен доступа"
    detail = "Нужен токен доступа."

    def __init__(self, detail: str = detail, challenge: str = REALM) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": challenge})


class TokenRejected(TokenMissing):
    """The token is forged, expired, revoked or meant for another system."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, f'{REALM}, error="invalid_token"')


class ClocksDisagree(TokenMissing):
    """The token of a service was issued in the future or has expired before it was used."""

    code = "CLOCK_SKEW"
    title = "Часы сервисов расходятся"

    def __init__(self, service: str, seconds: int) -> None:
        super().__init__(
            f"Часы сервиса «{service}» расходятся с часами этого сервера не меньше чем на"
            f" {seconds} с. Проверьте синхронизацию времени на обеих машинах.",
            f'{REALM}, error="invalid_token"',
        )


class ScopeMissing(Forbidden):
    """The caller's token does not carry the scope of the operation."""

    code = "INSUFFICIENT_SCOPE"
    title = "Не хватает области доступа"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"Для этого действия нужна область доступа «{scope}».",
            headers={
                "WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"',
            },
        )


class ActorRequired(Forbidden):
    """The right belongs to a person, and none acts or the reference is not well-formed."""

    code = "ACTOR_REQUIRED"
    title = "Не назван действующий человек"
    remedy = (
        "Назовите человека в заголовке Kachestvo-Actor: непрозрачная ссылка до 128 знаков; "
        "клиенту нужна область training:act_as."
    )
    detail = "Это право принадлежит человеку: назовите его в Kachestvo-Actor."


class TerritoryForbidden(Forbidden):
    """The rows asked for belong to a territory the caller is not bound to."""

    code = "TERRITORY_FORBIDDEN"
    title = "Чужая территория"
    remedy = (
        "Работайте с территориями из GET /v1/clients/me; другие добавляет клиенту администратор."
    )

    def __init__(self, territory: str | None = None) -> None:
        named = f"Территория {territory}" if territory else "Эта территория"
        super().__init__(f"{named} не входит в территории, с которыми вам разрешено работать.")


class OwnedByAnother(Forbidden):
    """The job, import or other thing was made by another client."""

    code = "NOT_YOURS"
    title = "Принадлежит другому клиенту"
    remedy = "Действуйте тем же клиентом, который создал запись."
