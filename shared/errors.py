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

    An error's class states `code` and `title`, and `detail` where the title does not say it all.
    An error that names facts has an `__init__` that takes them and passes the finished sentence.
    """

    code: str = "INTERNAL"
    title: str = "Внутренняя ошибка"
    detail: str = ""

    def __init__(
        self,
        *said: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take the sentence for this case; without one the class's own `detail` stands.

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


class Unauthenticated(Problem):
    """The caller is not known."""

    title = "Требуется токен доступа"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    title = "Недостаточно прав"


class NotFound(Problem):
    """The thing named by the request is not there."""

    title = "Не найдено"


class NoSuchMethod(Problem):
    """The thing is there and cannot be asked in this way."""

    title = "Метод не поддерживается"


class NotAcceptable(Problem):
    """None of the representations the caller accepts exists."""

    title = "Нет такого представления"


class Conflict(Problem):
    """The state of the thing forbids the act."""

    title = "Действие противоречит состоянию"


class Gone(Problem):
    """The thing was there and has been taken back or forgotten."""

    title = "Отозвано"


class Stale(Problem):
    """The caller's version of the thing is no longer the present one."""

    title = "Ресурс изменился"


class TooLarge(Problem):
    """The request is larger than the stated bound."""

    title = "Слишком большой запрос"


class UnsupportedMedia(Problem):
    """The body is of a type that is not read here."""

    title = "Неподдерживаемый тип данных"


class Invalid(Problem):
    """The request contradicts a rule; `errors` say where."""

    title = "Данные не прошли проверку"


class ConditionMissing(Problem):
    """A write must name the version it changes."""

    title = "Требуется условие If-Match"


class TooMany(Problem):
    """The caller asks more often than is allowed; `Retry-After` says when to go on."""

    title = "Слишком много запросов"


class Unavailable(Problem):
    """Something this answer depends on does not answer now; trying again later may help."""

    title = "Сервис временно недоступен"


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
