"""The merged OpenAPI document and the explorer, served from here alone."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from services.gateway.api.reads import conditional
from services.gateway.documents.negotiation import tag_matches
from shared.errors import NotFound, Unavailable
from shared.web import strong_etag

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent.parent / "explorer"
ASSETS = {file.name: file for file in sorted((FOLDER / "assets").iterdir()) if file.is_file()}
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def media_type(name: str) -> str:
    """Return the media type of an asset by its name, plain text for licences."""
    return _TYPES.get(Path(name).suffix, "text/plain")


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Answer once the database answers and the stored documents are in memory."""
    if not request.app.state.loader.loaded.is_set():
        raise Unavailable("NOT_READY", "Документы ещё читаются из базы.")
    await request.app.state.db.ping()
    return {"status": "ready"}


@router.get("/openapi.json")
async def get_openapi(request: Request) -> Response:
    """Return the merged document."""
    return conditional(request, request.app.state.openapi_document.body(), {})


@router.get("/docs")
async def get_explorer() -> Response:
    """Return the explorer's page."""
    content = (FOLDER / "index.html").read_bytes()
    return Response(content, headers=PAGE_HEADERS, media_type="text/html")


@router.get("/docs/assets/{name}")
async def get_explorer_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file of the explorer."""
    return asset(request, ASSETS, name)


def asset(request: Request, assets: dict[str, Path], name: str) -> Response:
    """Answer with a file of a fixed set, conditionally."""
    if name not in assets:
        raise NotFound("NOT_FOUND", "По этому адресу ничего нет.")
    content = assets[name].read_bytes()
    headers = {"ETag": strong_etag(content), "Cache-Control": "public, max-age=3600"}
    tags = frozenset({headers["ETag"].encode()})
    if tag_matches(request.headers.get("if-none-match", "").encode("latin-1"), tags):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type(name))
