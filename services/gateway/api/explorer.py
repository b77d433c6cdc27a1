"""The merged OpenAPI document and the explorer, served from here alone."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from services.gateway.assets import one_of, read_asset
from services.gateway.errors import NotLoaded
from services.gateway.http.asset_response import answer
from shared.web.errors import NotReady

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent.parent / "explorer"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Answer once the stored documents are in memory: without the database reads go on."""
    if not request.app.state.loader.loaded.is_set():
        raise NotReady("Документы ещё читаются из базы.")
    return {"status": "ready"}


@router.get("/openapi.json")
async def get_openapi(request: Request) -> Response:
    """Return the merged document; one without the services' operations is never given out."""
    if not request.app.state.loader.loaded.is_set():
        raise NotLoaded("Описание API ещё загружается.", headers={"Retry-After": "2"})
    return answer(request, request.app.state.openapi_document.asset())


async def get_explorer(request: Request) -> Response:
    """Return the explorer's page."""
    return answer(request, read_asset(FOLDER / "index.html"), PAGE_HEADERS)


# A plain route: people's links carry marks of their senders, which a strict query would refuse.
router.add_route("/docs", get_explorer, methods=["GET"], include_in_schema=False)


@router.get("/docs/assets/{name}")
async def get_explorer_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file of the explorer."""
    return answer(request, one_of(FOLDER / "assets", name))
