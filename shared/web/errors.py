"""Errors that any HTTP operation can answer with, and those of the operations all services have."""

from collections.abc import Iterable, Sequence

from shared.errors import (
    ConditionMissing,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NoSuchMethod,
    NotAcceptable,
    NotFound,
    Problem,
    Stale,
    Unavailable,
    UnsupportedMedia,
)


class RequestUnreadable(Malformed):
    """The request is no HTTP request, or its body is not the JSON it claims to be."""

    code = "BAD_REQUEST"
    title = "Неверный запрос"
    detail = "Запрос не удалось разобрать."


class AccessDenied(Forbidden):
    """The caller may not do this, whatever its scopes."""

    code = "FORBIDDEN"
    title = "Недостаточно прав"


class AddressUnknown(NotFound):
    """Nothing answers at this address."""

    code = "NOT_FOUND"
    title = "Не найдено"
    detail = "По этому адресу ничего нет."


class MethodNotAllowed(NoSuchMethod):
    """The address exists and does not know the method; `Allow` lists those it knows."""

    code = "METHOD_NOT_ALLOWED"
    title = "Метод не поддерживается"
    detail = "Этот адрес не поддерживает такой метод."


class RepresentationUnknown(NotAcceptable):
    """None of the media types in `Accept` can be answered."""

    code = "NOT_ACCEPTABLE"
    title = "Нет такого представления"


class MediaTypeUnsupported(UnsupportedMedia):
    """The body's media type is not read by this operation; `Accept-Post` lists those that are."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    title = "Неподдерживаемый тип данных"
    detail = "Тип содержимого запроса не поддерживается."


class RequestInvalid(Invalid):
    """The request does not match the contract; `errors` say where."""

    code = "INVALID"
    title = "Запрос не прошёл проверку"


class ParameterUnknown(Invalid):
    """The operation has no such query parameters."""

    code = "UNKNOWN_PARAMETER"
    title = "Неизвестный параметр запроса"
    remedy = "Возьмите имя из известных, перечисленных в ответе."

    def __init__(self, names: Sequence[str], known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known))
        allowed = f"Известны: {listed}." if listed else "Параметров нет."
        detail = f"Такого параметра нет. {allowed}"
        super().__init__(
            "Неизвестные параметры запроса: " + ", ".join(sorted(set(names))) + f". {allowed}",
            errors=[FieldError(f"/query/{name}", self.code, detail) for name in names],
        )


class CursorForeign(Invalid):
    """The cursor was altered, or was given for another query, limit or client."""

    code = "CURSOR_FOREIGN"
    title = "Курсор принадлежит другому запросу"
    remedy = "Начните список без cursor и идите по next, не меняя остальных параметров."

    def __init__(self) -> None:
        detail = f"{self.title}."
        super().__init__(detail, errors=[FieldError("/query/cursor", "CURSOR", detail)])


class ValueRefused(Invalid):
    """PostgreSQL cannot hold a value of the request."""

    code = "VALUE_REFUSED"
    title = "Значение нельзя сохранить"
    detail = "Значение нельзя сохранить: NUL или вне границ."


class PreconditionRequired(ConditionMissing):
    """A change of a versioned resource came without `If-Match`."""

    code = "PRECONDITION_REQUIRED"
    title = "Требуется условие If-Match"
    detail = "Укажите If-Match с ETag версии, которую вы меняете."


class PreconditionFailed(Stale):
    """The version named by `If-Match` is not the present one; `ETag` gives that."""

    code = "PRECONDITION_FAILED"
    title = "Ресурс изменился"
    detail = "Ресурс изменился: прочитайте его заново и повторите действие."


class InternalError(Problem):
    """A defect of the server; the request's number leads an administrator to it."""

    code = "INTERNAL"
    title = "Внутренняя ошибка"
    detail = "Произошла ошибка на нашей стороне. Сообщите номер запроса администратору."


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer or has no resources left."""

    code = "DATABASE_UNAVAILABLE"
    title = "База данных не отвечает"
    detail = "База данных сейчас не отвечает. Повторите запрос позже."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


class StorageFull(Unavailable):
    """A disk of the system has no space left; nothing of the request was stored."""

    code = "STORAGE_FULL"
    title = "Закончилось место на диске"
    detail = "Запрос не сохранён: на диске системы нет места. Повторите его позже."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "30"})


class NotReady(Unavailable):
    """The process has started and cannot serve yet."""

    code = "NOT_READY"
    title = "Сервис ещё не готов"


class IdempotencyMismatch(Invalid):
    """The key was used with another request."""

    code = "IDEMPOTENCY_MISMATCH"
    title = "Ключ уже использован"
    remedy = "Для другого запроса возьмите новый Idempotency-Key."
    detail = "Этот ключ уже использован с другим запросом."


class IdempotencyInProgress(Conflict):
    """The first request with this key is still running."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    title = "Запрос ещё выполняется"
    remedy = "Подождите и повторите тот же запрос с тем же ключом: придёт первый ответ."
    detail = "Запрос с этим ключом ещё выполняется."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class JobUnknown(NotFound):
    """There is no job with this number."""

    code = "JOB_UNKNOWN"
    title = "Такого задания нет"


class JobEnded(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "JOB_ENDED"
    title = "Задание уже закончено"


class JobNotDead(Conflict):
    """Only a failed or quarantined job can be run again."""

    code = "JOB_NOT_DEAD"
    title = "Это задание нельзя повторить"


class CallerGone(Unavailable):
    """The caller closed the connection before the answer; only the log receives this."""

    code = "CALLER_GONE"
    title = "Запрос прерван"
    detail = "Запрос прерван вызывающей стороной."
