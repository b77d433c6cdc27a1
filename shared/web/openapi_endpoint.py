"""A service's own OpenAPI document, with an entity tag that costs nothing to compare.

Making the document takes most of a second of a processor, and the gateway asks for it after every
event and at every start. It can only change with the code and data files that describe the
service, so their digest is its tag, and whoever names it is answered 304 before anything is made.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PATH = "/openapi.json"
ROOT = Path(__file__).parents[2]
LIBRARIES = ("fastapi", "pydantic", "starlette")


def _below(folder: Path) -> Iterator[Path]:
    return folder.rglob("*")


@cache
def code_digest(service: str) -> str:
    """Return the strong entity tag of everything the service's document is made from."""
    digest = sha256("\n".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    services = ROOT / "services"
    for files in (services.glob("*.py"), *map(_below, (ROOT / "shared", services / service))):
        for file in sorted(files):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"\n{file.relative_to(ROOT)} {file.stat().st_size}\n".encode())
                digest.update(file.read_bytes())
    return f'"{digest.hexdigest()}"'


def add_openapi_endpoint(app: FastAPI, service: str) -> None:
    """Serve the application's document at `/openapi.json`.

    The tag is taken now, of the files this process has just been made from.
    """
    headers = {"ETag": code_digest(service)}

    async def contract(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return JSONResponse(app.openapi(), headers=headers)

    app.add_route(PATH, contract, include_in_schema=False)
