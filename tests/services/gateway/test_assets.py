import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.assets import make_asset, one_of, read_folder
from services.gateway.http.asset_response import answer
from shared.errors import NotFound

TEXT = ("Качество образования. " * 200).encode()
ASSET = make_asset(TEXT, "text/plain; charset=utf-8")


def served() -> FastAPI:
    app = FastAPI()

    @app.get("/file")
    async def file(request: Request) -> Response:
        return answer(request, ASSET, {"Referrer-Policy": "no-referrer"})

    return app


@pytest.fixture
async def http() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(served())
    return httpx.AsyncClient(transport=transport, base_url="http://here")


async def test_a_file_is_sent_packed_to_who_takes_that(http: httpx.AsyncClient) -> None:
    packed = await http.get("/file", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(TEXT) / 10
    assert packed.content == TEXT
    plain = await http.get("/file", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(TEXT)
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


async def test_a_file_is_asked_for_again_and_not_sent_again(http: httpx.AsyncClient) -> None:
    first = await http.get("/file", headers={"accept-encoding": "gzip"})
    assert first.headers["cache-control"] == "public, no-cache"
    again = await http.get("/file", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["referrer-policy"] == "no-referrer"
    other = await http.get("/file", headers={"if-none-match": '"another"'})
    assert other.status_code == 200


@given(body=st.binary(max_size=2000))
def test_every_coding_holds_the_whole_file(body: bytes) -> None:
    coded = make_asset(body, "text/plain").coded
    assert coded["identity"] == gzip.decompress(coded["gzip"]) == body


def test_only_files_of_the_folder_are_served(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "page.js").write_text("export {};")
    (tmp_path / "secret.txt").write_text("secret")
    assert set(read_folder(folder)) == {"page.js"}
    assert one_of(folder, "page.js").media == "text/javascript; charset=utf-8"
    for name in ("../secret.txt", "secret.txt", ""):
        with pytest.raises(NotFound):
            one_of(folder, name)
