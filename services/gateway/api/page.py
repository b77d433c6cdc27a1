"""The pages for people, `/` and `/data`; they use the public API like anybody else."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from services.gateway.api.explorer import PAGE_HEADERS
from services.gateway.assets import one_of, read_asset
from services.gateway.http.asset_response import answer

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent.parent / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def html_page(request: Request, name: str) -> Response:
    """Return a page with the headers of pages."""
    fields = {**PAGE_HEADERS, "Content-Security-Policy": CSP}
    return answer(request, read_asset(FOLDER / name), fields)


async def get_page(request: Request) -> Response:
    """Return the dashboard."""
    return html_page(request, "index.html")


async def get_data_page(request: Request) -> Response:
    """Return the page for loading files."""
    return html_page(request, "data.html")


# Plain routes: people's links carry marks of their senders, which a strict query would refuse.
router.add_route("/", get_page, methods=["GET"], include_in_schema=False)
router.add_route("/data", get_data_page, methods=["GET"], include_in_schema=False)


@router.get("/data/{name}")
async def get_data_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file of the page for loading files."""
    return answer(request, one_of(FOLDER / "loading", name))


@router.get("/page/{name}")
async def get_page_asset(
    request: Request, name: Annotated[str, PathParameter(max_length=100)]
) -> Response:
    """Return one file of the dashboard."""
    return answer(request, one_of(FOLDER / "assets", name))
