"""Every failure leaves as `application/problem+json`; here is the one table of statuses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from shared.access_errors import TokenMissing
from shared.db import CONNECTION_ERRORS, is_disk_full, is_retryable, sqlstate_of
from shared.errors import (
    ConditionMissing,
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    NoSuchMethod,
    NotAcceptable,
    NotFound,
    Problem,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from shared.limit_errors import RequestTooLarge
from shared.log import current, logger
from shared.web import errors
from shared.web.route_template import route_of
from shared.web.schemas import ProblemDetails
from shared.web.validation import field_errors

log = logger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS_OF_KIND: dict[type[Problem], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    NoSuchMethod: 405,
    NotAcceptable: 406,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    TooLarge: 413,
    UnsupportedMedia: 415,
    Invalid: 422,
    ConditionMissing: 428,
    TooMany: 429,
    Unavailable: 503,
    Problem: 500,
}
# Codes that are still raised under another kind than their own.
STATUS_OF_CODE = {
    "UNAUTHENTICATED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "GONE": 410,
    "TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RATE_LIMITED": 429,
}
# What the framework refuses on its own, by the status it has chosen.
FRAMEWORK_ERRORS: dict[int, type[Problem]] = {
    400: errors.RequestUnreadable,
    401: TokenMissing,
    403: errors.AccessDenied,
    404: errors.AddressUnknown,
    405: errors.MethodNotAllowed,
    406: errors.RepresentationUnknown,
    413: RequestTooLarge,
    415: errors.MediaTypeUnsupported,
    422: errors.RequestInvalid,
    503: errors.NotReady,
}
# What PostgreSQL says of a value it cannot hold: out of range, a date that is none, text of no
# meaning to its type, a NUL, a lone surrogate; the driver says 22000 before it is even sent.
VALUE_REFUSED = frozenset({"22000", "22003", "22007", "22008", "22021", "22P02", "22P05"})


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI responses for these failures."""
    titles = {status: kind.title for kind, status in STATUS_OF_KIND.items()}
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {
            "description": titles[status],
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


# What any operation can answer; the ranges represent what an operation does not name itself.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {**documented(400)[400], "description": "Отказ: причину называет code"},
    "5XX": {**documented(500)[500], "description": "Не выполнено: 503 — сервис недоступен"},
}


def status_of(problem: Problem) -> int:
    """Return the HTTP status of a failure's kind."""
    if problem.code != type(problem).code:
        legacy = STATUS_OF_CODE.get(problem.code)
        if legacy is not None:
            return legacy
    return status_of_class(type(problem))


def status_of_class(problem: type[Problem]) -> int:
    """Return the HTTP status of every failure of a class."""
    return next(status for kind, status in STATUS_OF_KIND.items() if issubclass(problem, kind))


def render(
    request: Request,
    status: int,
    code: str,
    detail: str,
    faults: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    title: str | None = None,
) -> Response:
    """Make the answer that tells a failure."""
    titles = {status: kind.title for kind, status in STATUS_OF_KIND.items()}
    details = ProblemDetails(
        type=f"/problems/{code}" if title else "about:blank",
        title=title or titles.get(status, Problem.title),
        status=status,
        detail=detail,
        instance=request.url.path[:4000],
        code=code,
        trace_id=current("request_id") or "",
        errors=[{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in faults],
    )
    body = json.dumps(details.model_dump(), ensure_ascii=False).encode()
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


def render_problem(
    request: Request, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the answer that tells a raised failure; `headers` come on top of its own."""
    return render(
        request,
        status_of(problem),
        problem.code,
        problem.detail,
        problem.errors,
        {**problem.headers, **(headers or {})},
        problem.title,
    )


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return render_problem(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = field_errors(error.errors())
    if any(fault.code == "JSON_INVALID" for fault in faults):
        return render_problem(
            request, errors.RequestUnreadable("Тело запроса — не JSON.", errors=faults)
        )
    return render_problem(
        request, errors.RequestInvalid("Запрос не прошёл проверку.", errors=faults)
    )


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status, headers = error.status_code, dict(error.headers or {})
    known = FRAMEWORK_ERRORS.get(status)
    if known is None:
        return render(request, status, f"HTTP_{status}", str(error.detail), headers=headers)
    return render_problem(request, known(), headers)


async def _database(request: Request, error: Exception) -> Response:
    if sqlstate_of(error) in VALUE_REFUSED:
        log.warning("value_refused", error=str(getattr(error, "orig", error)))
        return render_problem(request, errors.ValueRefused())
    log.error("database_failed", error=str(getattr(error, "orig", error)))
    if is_disk_full(error):
        return render_problem(request, errors.StorageFull())
    if not is_retryable(error):
        return await _unexpected(request, error)
    return render_problem(request, errors.DatabaseUnavailable())


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error, route=route_of(request.scope))
    return render_problem(request, errors.InternalError())


def add_problem_handlers(app: FastAPI) -> None:
    """Make every failure of an application leave as problem+json."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for lost in (DBAPIError, asyncpg.PostgresError, *CONNECTION_ERRORS):
        app.add_exception_handler(lost, _database)
    app.add_exception_handler(Exception, _unexpected)
