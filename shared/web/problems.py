"""Every failure leaves as `application/problem+json`; here is the one table of statuses."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Problem, Unavailable
from shared.log import current, logger
from shared.web.schemas import ProblemDetails
from shared.web.validation import field_errors

log = logger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS_OF_KIND: dict[type[Problem], int] = {
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Forbidden: 403,
    Unavailable: 503,
}
STATUS_OF_CODE = {
    "BAD_REQUEST": 400,
    "UNAUTHENTICATED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "GONE": 410,
    "PRECONDITION_FAILED": 412,
    "TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "PRECONDITION_REQUIRED": 428,
    "RATE_LIMITED": 429,
}
TITLES = {
    400: "Неверный запрос",
    401: "Требуется токен доступа",
    403: "Недостаточно прав",
    404: "Не найдено",
    405: "Метод не поддерживается",
    406: "Нет такого представления",
    409: "Действие противоречит состоянию",
    410: "Отозвано",
    412: "Ресурс изменился",
    413: "Слишком большой запрос",
    415: "Неподдерживаемый тип данных",
    422: "Данные не прошли проверку",
    428: "Требуется условие If-Match",
    429: "Слишком много запросов",
    500: "Внутренняя ошибка",
    503: "Сервис временно недоступен",
    504: "Сервис не ответил вовремя",
}
CODE_OF_STATUS = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}
DETAILS = {
    400: "Запрос не удалось разобрать.",
    404: "По этому адресу ничего нет.",
    405: "Этот адрес не поддерживает такой метод.",
    413: "Тело запроса больше допустимого.",
    415: "Тип содержимого запроса не поддерживается.",
    500: "Произошла ошибка на нашей стороне. Сообщите номер запроса администратору.",
}
# What PostgreSQL says of a value it cannot hold: out of range, a date that is none, text of no
# meaning to its type, a NUL, a lone surrogate; the driver says 22000 before it is even sent.
VALUE_REFUSED = frozenset({"22000", "22003", "22007", "22008", "22021", "22P02", "22P05"})
# What may be over when the same is asked again: the connection (08) or resources (53) are gone, the
# server stops or starts (57P), another transaction was in the way (40, 55P).
RETRYABLE_SQLSTATES = ("08", "40", "53", "55P", "57P")
CONNECTION_ERRORS = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI responses for these failures."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {
            "description": TITLES[status],
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


PROBLEMS = documented(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)


def status_of(problem: Problem) -> int:
    """Return the HTTP status of a failure: by its code, else by its kind."""
    kind = next(k for k in STATUS_OF_KIND if isinstance(problem, k))
    return STATUS_OF_CODE.get(problem.code, STATUS_OF_KIND[kind])


def render(
    request: Request,
    status: int,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Make the answer that tells a failure."""
    details = ProblemDetails(
        type=f"urn:kachestvo:problem:{code}",
        title=TITLES.get(status, TITLES[500]),
        status=status,
        detail=detail,
        instance=request.url.path[:4000],
        code=code,
        trace_id=current("request_id") or "",
        errors=[{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in errors],
    )
    body = json.dumps(details.model_dump(), ensure_ascii=False).encode()
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return render(request, status_of(error), error.code, error.detail, error.errors, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = field_errors(error.errors())
    if any(e.code == "JSON_INVALID" for e in errors):
        return render(request, 400, "BAD_REQUEST", "Тело запроса — не JSON.", errors)
    return render(request, 422, "INVALID", "Запрос не прошёл проверку.", errors)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code
    code = CODE_OF_STATUS.get(status, f"HTTP_{status}")
    detail = DETAILS.get(status, TITLES.get(status, str(error.detail)))
    return render(request, status, code, detail, headers=dict(error.headers or {}))


def _sqlstate(error: Exception) -> str:
    """Return PostgreSQL's code of an error, whichever layer raised it; nothing when it has none."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def _is_retryable(error: Exception) -> bool:
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return (
        broken
        or isinstance(error, CONNECTION_ERRORS)
        or _sqlstate(error).startswith(RETRYABLE_SQLSTATES)
    )


async def _database(request: Request, error: Exception) -> Response:
    if _sqlstate(error) in VALUE_REFUSED:
        log.warning("value_refused", error=str(getattr(error, "orig", error)))
        return render(
            request, 422, "VALUE_REFUSED", "Значение нельзя сохранить: NUL или вне границ."
        )
    log.error("database_failed", error=str(getattr(error, "orig", error)))
    if not _is_retryable(error):
        return await _unexpected(request, error)
    detail = "База данных сейчас не отвечает. Повторите запрос позже."
    return render(request, 503, "DATABASE_UNAVAILABLE", detail, headers={"Retry-After": "5"})


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error, path=request.url.path)
    return render(request, 500, "INTERNAL", DETAILS[500])


def add_problem_handlers(app: FastAPI) -> None:
    """Make every failure of an application leave as problem+json."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for lost in (DBAPIError, asyncpg.PostgresError, *CONNECTION_ERRORS):
        app.add_exception_handler(lost, _database)
    app.add_exception_handler(Exception, _unexpected)
