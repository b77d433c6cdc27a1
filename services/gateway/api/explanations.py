"""Pages that explain: `/problems`, `/problems/{code}`, `/changelog`, `/status`."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter
from pydantic import Field

from services.catalogue import SERVICES as CATALOGUE
from services.gateway.api.explorer import PAGE_HEADERS
from services.gateway.assets import Asset, make_asset, one_of
from services.gateway.domain.findings import SERVICES
from services.gateway.http.admission import ADMISSION
from services.gateway.http.asset_response import answer
from services.gateway.representations import explanations as pages
from services.gateway.store.service_status import ServiceStatus, service_statuses
from shared import clock
from shared.web import ReadSession, ResponseModel
from shared.web.schemas import ProblemDetails

router = APIRouter(include_in_schema=False)
reads = APIRouter(tags=["gateway"], dependencies=ADMISSION)
CHANGELOG = Path(__file__).parents[3] / "CHANGELOG.md"
_HTML = "text/html; charset=utf-8"
HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
}
_OK, _NOT_FOUND = 200, 404


class ServiceState(ResponseModel):
    """Сервис, каким его знает шлюз."""

    name: str = Field(description="Код сервиса.", max_length=50, examples=["ratings"])
    title: str = Field(description="Название.", max_length=200, examples=["Рейтинги"])
    state: str = Field(
        description="answering — отвечает, stale — давно молчит, unknown — ещё не отвечал.",
        pattern="^(answering|stale|unknown)$",
        examples=["answering"],
    )
    contacted_at: datetime | None = Field(description="Последний ответ сервиса.")
    age_seconds: int | None = Field(
        description="Сколько секунд прошло с последнего ответа.", ge=0, le=2**53
    )
    documents: int = Field(description="Опубликованных документов.", ge=0, le=2**53)
    pending: int = Field(description="Документов в очереди на обновление.", ge=0, le=2**53)
    newest_source_time: datetime | None = Field(description="Время самого нового источника.")


class SystemStatus(ResponseModel):
    """Что шлюз знает о сервисах и возрасте их документов."""

    at: datetime = Field(description="Когда это сказано.")
    services: list[ServiceState] = Field(description="Сервисы.", max_length=20)


@reads.get(
    "/v1/status",
    summary="Состояние сервисов",
    description="Когда шлюз слышал каждый сервис, сколько документов держит и ждёт.",
)
async def get_status(session: ReadSession) -> SystemStatus:
    """Return what the gateway knows of the services."""
    now = clock.now()
    found = await service_statuses(session, SERVICES)
    titles = {service.name: service.title for service in CATALOGUE}
    return SystemStatus(at=now, services=[_state(one, titles[one.service], now) for one in found])


def _state(one: ServiceStatus, title: str, now: datetime) -> ServiceState:
    silent = "unknown" if one.contacted_at is None else "stale"
    answering = one.contacted_at is not None and one.stale_since is None
    age = None if one.contacted_at is None else int((now - one.contacted_at).total_seconds())
    return ServiceState(
        name=one.service,
        title=title,
        state="answering" if answering else silent,
        contacted_at=one.contacted_at,
        age_seconds=None if age is None else max(0, age),
        documents=one.documents,
        pending=one.pending,
        newest_source_time=one.newest_source_time,
    )


async def get_status_page(request: Request) -> Response:
    """Return the state of services for people."""
    async with request.app.state.db.reading() as session:
        status = await get_status(session)
    return Response(pages.status_page(status.model_dump(mode="json")), headers=_headers())


async def list_problems(request: Request) -> Response:
    """Return the page of all problem types."""
    return answer(request, _made(pages.problem_list(_types(request))), HEADERS)


async def get_problem(request: Request) -> Response:
    """Return the page of one problem type; 404 with a page for a code nobody states."""
    code = request.path_params["code"].upper()
    one = _types(request).get(code)
    if one is None:
        return Response(pages.unknown_problem_page(code), _NOT_FOUND, _headers())
    return answer(request, _made(pages.problem_page(one, _example(one))), HEADERS)


async def get_changelog(request: Request) -> Response:
    """Return what has changed, out of CHANGELOG.md."""
    return answer(request, _changelog(), HEADERS)


for path, endpoint in (
    ("/problems", list_problems),
    ("/problems/{code}", get_problem),
    ("/changelog", get_changelog),
    ("/status", get_status_page),
):
    # Plain routes: people's links carry marks of their senders, which a strict query would refuse.
    router.add_route(path, endpoint, methods=["GET"], include_in_schema=False)


@router.get("/explanations/{name}")
async def get_explanation_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file these pages are made with."""
    return answer(request, one_of(pages.FOLDER / "assets", name))


def _types(request: Request) -> dict[str, dict[str, object]]:
    types: dict[str, dict[str, object]] = request.app.state.openapi_document.problem_types()
    return types


def _example(one: dict[str, object]) -> dict[str, object]:
    shown = ProblemDetails.model_json_schema()["example"]
    detail = one["detail"] or f"{one['title']}."
    facts = {"type": f"/problems/{one['code']}", "detail": detail, "errors": []}
    return {**shown, **{name: one[name] for name in ("title", "status", "code")}, **facts}


def _headers() -> dict[str, str]:
    return {**HEADERS, "Content-Type": _HTML, "Cache-Control": "no-cache"}


@cache
def _made(body: bytes) -> Asset:
    return make_asset(body, _HTML)


@cache
def _changelog() -> Asset:
    return _made(pages.changelog_page(CHANGELOG.read_text(encoding="utf-8")))
