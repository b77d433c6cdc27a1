"""The kinds of failure the services know; none of them knows HTTP.

A kind says what went wrong for the caller, `code` says it to a program, `detail` says it to a
person in Russian. Every error is a class of one kind with a code of its own; `shared.web.problems`
has the one table that turns kinds into the statuses of `application/problem+json`, and
`shared.problem_catalogue` lists them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of an input: a JSON pointer to it, a stable code, a sentence in Russian."""

    pointer: str
    code: str
    detail: str

    def __post_init__(self) -> None:
        """Make what is quoted of an input printable: half a surrogate has no bytes."""
        for name in ("pointer", "detail"):
            said: str = getattr(self, name)
            object.__setattr__(self, name, said.encode("utf-8", "replace").decode())


class Problem(Exception):  # noqa: N818 -- the name of the wire format of RFC 9457.
    """A failure with a stable code; raise a class of one of its kinds.

    An error's class states `code` and `title`, and `detail` where the title does not say it all;
    `remedy` says what the caller does about it where its kind does not say it well enough.
    An error that names facts has an `__init__` that takes them and passes the finished sentence.
    """

    code: str = "INTERNAL"
    title: str = "Внутренняя ошибка"
    detail: str = ""
    remedy: str = "Сообщите trace_id администратору: по нему он найдёт причину."

    def __init__(
        self,
        *said: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take the sentence for this case; without one the class's own `detail` is used.

        Two texts are a code and a sentence: the form of errors that have no class yet.
        """
        *code, self.detail = said or (self.detail or f"{self.title}.",)
        if code:
            (self.code,) = code
        super().__init__(f"{self.code}: {self.detail}")
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class Malformed(Problem):
    """The request cannot be read at all."""

    title = "Неверный запрос"
    remedy = "Исправьте запрос: система его не понимает. Сверьтесь с примером операции в /docs."


class Unauthenticated(Problem):
    """The caller is not known."""

    title = "Требуется токен доступа"
    remedy = (
        "Получите токен через POST /oauth/token и пришлите его в заголовке Authorization: Bearer."
    )


class Forbidden(Problem):
    """The caller is known and may not do this."""

    title = "Недостаточно прав"
    remedy = "Области и территории клиента — в GET /v1/clients/me; недостающее даёт администратор."


class NotFound(Problem):
    """The thing named by the request is not there."""

    title = "Не найдено"
    remedy = "Проверьте адрес и коды в нём: действующие коды отдаёт список тех же записей."


class NoSuchMethod(Problem):
    """The thing is there and cannot be asked in this way."""

    title = "Метод не поддерживается"
    remedy = "Возьмите метод из заголовка Allow."


class NotAcceptable(Problem):
    """None of the representations the caller accepts exists."""

    title = "Нет такого представления"
    remedy = "Возьмите представление, названное в ответе, или уберите Accept и format."


class Conflict(Problem):
    """The state of the thing forbids the act."""

    title = "Действие противоречит состоянию"
    remedy = (
        "Прочитайте запись заново: её состояние не допускает действия, повтор запроса не поможет."
    )


class Gone(Problem):
    """The thing was there and has been taken back or forgotten."""

    title = "Отозвано"
    remedy = "Возьмите действующую запись: отозванное и забытое по этому адресу не вернётся."


class Stale(Problem):
    """The caller's version of the thing is no longer the present one."""

    title = "Ресурс изменился"
    remedy = "Прочитайте запись заново и повторите действие с новым ETag в If-Match."


class TooLarge(Problem):
    """The request is larger than the stated bound."""

    title = "Слишком большой запрос"
    remedy = "Разделите запрос на части: предел назван в ответе и в описании API."


class UnsupportedMedia(Problem):
    """The body is of a type that is not read here."""

    title = "Неподдерживаемый тип данных"
    remedy = "Возьмите тип содержимого из заголовка Accept-Post."


class Invalid(Problem):
    """The request contradicts a rule; `errors` say where."""

    title = "Данные не прошли проверку"
    remedy = "Исправьте места, названные в errors: pointer говорит где, code — что не так."


class ConditionMissing(Problem):
    """A write must name the version it changes."""

    title = "Требуется условие If-Match"
    remedy = "Прочитайте запись и пришлите её ETag в If-Match."


class TooMany(Problem):
    """The caller asks more often than is allowed; `Retry-After` says when to go on."""

    title = "Слишком много запросов"
    remedy = "Подождите столько секунд, сколько сказано в Retry-After; остаток квоты — в RateLimit."


class Unavailable(Problem):
    """Something this answer depends on does not answer now; trying again later may help."""

    title = "Сервис временно недоступен"
    remedy = "Повторите запрос после Retry-After; запись — с тем же Idempotency-Key."


KINDS = (
    Malformed,
    Unauthenticated,
    Forbidden,
    NotFound,
    NoSuchMethod,
    NotAcceptable,
    Conflict,
    Gone,
    Stale,
    TooLarge,
    UnsupportedMedia,
    Invalid,
    ConditionMissing,
    TooMany,
    Unavailable,
)
# Trying again later may help; after every other kind the same request fails in the same way.
RETRYABLE_KINDS = (TooMany, Unavailable)
FINAL_KINDS = tuple(kind for kind in KINDS if kind not in RETRYABLE_KINDS)
