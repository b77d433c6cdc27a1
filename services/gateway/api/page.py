"""The page for people at `/` and its assets; it reads the public API like anybody else."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from services.gateway.api.explorer import PAGE_HEADERS, asset

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent.parent / "page"
ASSETS = {file.name: file for file in sorted((FOLDER / "assets").iterdir()) if file.is_file()}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/")
async def get_page() -> Response:
    """Return the dashboard."""
    headers = {**PAGE_HEADERS, "Content-Security-Policy": CSP}
    content = (FOLDER / "index.html").read_bytes()
    return Response(content, headers=headers, media_type="text/html")


@router.get("/page/{name}")
async def get_page_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file of the dashboard."""
    return asset(request, ASSETS, name)
