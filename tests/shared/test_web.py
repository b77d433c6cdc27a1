import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from sqlalchemy import text

from shared.auth import KeyRing, Verifier
from shared.db import driver_connection
from shared.settings import Settings
from shared.web import (
    Caller,
    Cursor,
    Idempotency,
    Limit,
    ReadSession,
    RequestModel,
    ResponseModel,
    WriteSession,
    create_service_app,
    if_match,
    next_link,
    openapi_endpoint,
    read_cursor,
    requires,
    write_cursor,
)
from tests.databases import TestDatabase
from tests.shared.keys import ISSUER, make_key, public, signed
from tests.shared.plumbing import SCHEMA, make_plumbing, plumbing_url

KEY = make_key("test")
WRITER = {"authorization": f"Bearer {signed(KEY)}"}
READER = {"authorization": f"Bearer {signed(KEY, scope='ratings:read')}"}


class NoteBody(RequestModel):
    text: str
    pause: float = 0


class Note(ResponseModel):
    text: str
    total: int | None


class NumberBody(RequestModel):
    number: int


class Page(ResponseModel):
    items: list[int]
    next: str | None


router = APIRouter(prefix="/v1/plumbing", tags=["plumbing"])
Writer = Annotated[Caller, Depends(requires("ratings:write"))]


@router.post("/notes", summary="Добавить заметку")
async def add_note(
    body: NoteBody, session: WriteSession, once: Idempotency, _caller: Writer
) -> Response:
    async def effect() -> Note:
        await session.execute(text("INSERT INTO note (text) VALUES (:text)"), {"text": body.text})
        await asyncio.sleep(body.pause)
        total = (await session.execute(text("SELECT count(*) FROM note"))).scalar_one()
        return Note(text=body.text, total=total)

    return await once(effect)


@router.post("/keys", summary="Выдать ключ")
async def add_key(once: Idempotency, _caller: Writer) -> Response:
    async def effect() -> Response:
        return Response('{"id": "k-1", "key": "whsec_тайна"}', 201, media_type="application/json")

    return await once(effect, shown_once="key")


@router.get("/mine", summary="Свои числа")
async def list_mine(
    request: Request, _caller: Writer, limit: Limit = 10, cursor: Cursor = None
) -> Page:
    after = read_cursor(request, cursor) or 0
    return Page(items=[after], next=write_cursor(request, after + limit))


@router.post("/doomed", summary="Запись, которую база не примет при фиксации")
async def doom(session: WriteSession) -> Note:
    await session.execute(text("INSERT INTO late (of_note) VALUES (-1)"))
    return Note(text="doomed", total=None)


@router.post("/counts", summary="Число, которое запоминает база")
async def add_count(body: NumberBody, session: WriteSession) -> Note:
    asked = text("SELECT CAST(:number AS integer)")
    return Note(text="count", total=(await session.execute(asked, body.model_dump())).scalar_one())


@router.post("/failures", summary="Ошибка базы с этим кодом, сказанная драйвером или над ним")
async def fail(session: WriteSession, code: str, driver: bool) -> Note:
    failing = f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{code}'; END $$"
    if driver:
        await (await driver_connection(session)).execute(failing)
    await session.execute(text(failing))
    return Note(text="never", total=None)


@router.put("/note", summary="Изменить заметку")
async def put_note(request: Request, body: NoteBody) -> Note:
    if_match(request, '"v1"')
    return Note(text=body.text, total=None)


@router.get("/numbers", summary="Числа")
async def list_numbers(
    request: Request, response: Response, limit: Limit = 10, cursor: Cursor = None
) -> Page:
    after = read_cursor(request, cursor) or 0
    items = [n for n in range(1, 26) if n > after][:limit]
    following = write_cursor(request, items[-1]) if items and items[-1] < 25 else None
    response.headers.update(next_link(request, following))
    return Page(items=items, next=following)


@router.get("/write-in-read", summary="Запись в чтении")
async def write_in_read(session: ReadSession) -> Note:
    await session.execute(text("INSERT INTO note (text) VALUES ('x')"))
    return Note(text="x", total=None)


async def nobody_revoked(_subject: str, _issued: int) -> bool:
    return False


def make_verifier(settings: Settings, *_: object) -> Verifier:
    ring = KeyRing()
    ring.replace(public(KEY))
    return Verifier(settings, {ISSUER: ring}, nobody_revoked)


def make_app(url: str) -> FastAPI:
    settings = Settings(service=SCHEMA, database_url=url, redis_url="redis://unused")
    return create_service_app(
        settings,
        scopes={},
        title="Проба",
        description="Проба общих частей.",
        routers=[router],
        verifier=make_verifier,
    )


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


@pytest.fixture
async def client(database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    await make_plumbing(database)
    async with serving(plumbing_url(database)) as opened:
        yield opened


async def notes(database: TestDatabase) -> int:
    async with serving(plumbing_url(database)) as client:
        counted = await client.post("/v1/plumbing/notes", json={"text": "n"}, headers=WRITER)
    total: int = counted.json()["total"]
    return total - 1


async def test_a_failed_commit_is_not_a_200(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/plumbing/doomed")
    assert answer.status_code == 500
    assert answer.json()["code"] == "INTERNAL"


async def test_a_reading_session_cannot_write(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/plumbing/write-in-read")).status_code == 500


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "NOT_FOUND"),
        ("DELETE", "/v1/plumbing/notes", {}, 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/plumbing/numbers?limitt=1", {}, 422, "UNKNOWN_PARAMETER"),
        ("GET", "/v1/plumbing/numbers?limit=many", {}, 422, "INVALID"),
        ("GET", "/v1/plumbing/numbers?cursor=abcd", {}, 422, "CURSOR_FOREIGN"),
        ("POST", "/v1/plumbing/notes", {"json": {"text": "a"}}, 401, "UNAUTHENTICATED"),
        (
            "POST",
            "/v1/plumbing/notes",
            {"json": {"text": "a"}, "headers": READER},
            403,
            "INSUFFICIENT_SCOPE",
        ),
        (
            "POST",
            "/v1/plumbing/notes",
            {"json": {"text": "a", "txet": "b"}, "headers": WRITER},
            422,
            "INVALID",
        ),
        (
            "POST",
            "/v1/plumbing/notes",
            {"content": b'{"text": ', "headers": {**WRITER, "content-type": "application/json"}},
            400,
            "BAD_REQUEST",
        ),
        (
            "POST",
            "/v1/plumbing/notes",
            {"content": b"[" + b" " * (2 << 20), "headers": WRITER},
            413,
            "TOO_LARGE",
        ),
        (
            "POST",
            "/v1/plumbing/notes",
            {"json": {"text": "a\x00"}, "headers": WRITER},
            422,
            "VALUE_REFUSED",
        ),
        ("POST", "/v1/plumbing/counts", {"json": {"number": 10**30}}, 422, "VALUE_REFUSED"),
        ("PUT", "/v1/plumbing/note", {"json": {"text": "a"}}, 428, "PRECONDITION_REQUIRED"),
        (
            "PUT",
            "/v1/plumbing/note",
            {"json": {"text": "a"}, "headers": {"if-match": '"v0"'}},
            412,
            "PRECONDITION_FAILED",
        ),
        (
            "PUT",
            "/v1/plumbing/note",
            {"json": {"text": "a"}, "headers": {"if-match": 'W/"v1", "v1-csv", "v0-br"'}},
            412,
            "PRECONDITION_FAILED",
        ),
        ("GET", "/internal/events", {"headers": WRITER}, 403, "INSUFFICIENT_SCOPE"),
    ],
)
async def test_every_failure_is_a_problem_with_a_code(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    given: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = await client.request(method, path, **given)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["trace_id"] == answer.headers["x-request-id"]
    assert (status == 401) == ("www-authenticate" in answer.headers and status != 403)


@pytest.mark.parametrize("held", ['"v1"', '"v1-br"', '"v0", "v1-gzip"', "*"])
async def test_the_tag_of_any_coding_of_a_version_lets_a_write_pass(
    client: httpx.AsyncClient, held: str
) -> None:
    headers = {"if-match": held}
    answer = await client.put("/v1/plumbing/note", json={"text": "a"}, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_pages_follow_each_other_and_belong_to_their_query(
    client: httpx.AsyncClient,
) -> None:
    seen: list[int] = []
    path = "/v1/plumbing/numbers?limit=10"
    while path:
        answer = await client.get(path)
        seen += answer.json()["items"]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == list(range(1, 26))
    cursor = (await client.get("/v1/plumbing/numbers?limit=10")).json()["next"]
    foreign = await client.get(f"/v1/plumbing/numbers?limit=9&cursor={cursor}")
    assert foreign.json()["code"] == "CURSOR_FOREIGN"


async def test_an_altered_cursor_is_refused_whatever_it_says(client: httpx.AsyncClient) -> None:
    path = "/v1/plumbing/numbers?limit=10"
    cursor = (await client.get(path)).json()["next"]
    assert (await client.get(f"{path}&cursor={cursor}")).status_code == 200
    altered = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in (0, 12)]
    plain = [urlsafe_b64encode(text.encode()).decode() for text in ("10", '["x"]', "null", "[[]]")]
    for foreign in (*altered, *plain, cursor[:-4], cursor + "AAAA", "=", "zzzz", "-" * 1024):
        answer = await client.get(f"{path}&cursor={foreign}")
        assert (answer.status_code, answer.json()["code"]) == (422, "CURSOR_FOREIGN"), foreign


async def test_a_personal_cursor_is_its_clients_alone(client: httpx.AsyncClient) -> None:
    path = "/v1/plumbing/mine"
    cursor = (await client.get(path, headers=WRITER)).json()["next"]
    own = await client.get(f"{path}?cursor={cursor}", headers=WRITER)
    assert own.json()["items"] == [10]
    other = {"authorization": f"Bearer {signed(KEY, sub='client-2')}"}
    assert (await client.get(path, headers=other)).status_code == 200
    foreign = await client.get(f"{path}?cursor={cursor}", headers=other)
    assert (foreign.status_code, foreign.json()["code"]) == (422, "CURSOR_FOREIGN")


async def test_limits_are_brought_into_their_bounds(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/v1/plumbing/numbers?limit=0")).json()["items"]) == 1
    assert len((await client.get("/v1/plumbing/numbers?limit=99999")).json()["items"]) == 25


async def test_a_repeated_key_replays_the_first_answer(
    client: httpx.AsyncClient, database: TestDatabase
) -> None:
    headers = {**WRITER, "idempotency-key": "k1"}
    first = await client.post("/v1/plumbing/notes", json={"text": "a"}, headers=headers)
    again = await client.post("/v1/plumbing/notes", json={"text": "a"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post("/v1/plumbing/notes", json={"text": "b"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert await notes(database) == 1


@pytest.mark.parametrize(
    "claims",
    [{"actor": "t-other"}, {"territories": ["08000000"]}, {"sub": "client-2"}],
    ids=["another person", "other territories", "another client"],
)
async def test_nobody_is_replayed_anothers_answer(
    client: httpx.AsyncClient, claims: dict[str, object]
) -> None:
    async def note(caller: dict[str, object]) -> httpx.Response:
        token = {"authorization": f"Bearer {signed(KEY, **caller)}", "idempotency-key": "same"}
        return await client.post("/v1/plumbing/notes", json={"text": "a"}, headers=token)

    own = await note({"actor": "t-own"})
    other = await note({"actor": "t-own", **claims})
    assert other.json()["total"] == own.json()["total"] + 1
    assert "idempotency-replayed" not in other.headers
    again = await note({"actor": "t-own"})
    assert (again.headers["idempotency-replayed"], again.json()) == ("true", own.json())


async def test_a_secret_is_in_no_stored_answer(
    client: httpx.AsyncClient, database: TestDatabase
) -> None:
    headers = {**WRITER, "idempotency-key": "secret"}
    first = await client.post("/v1/plumbing/keys", headers=headers)
    assert first.json() == {"id": "k-1", "key": "whsec_тайна"}
    again = await client.post("/v1/plumbing/keys", headers=headers)
    assert again.status_code == 201
    assert again.json()["key"] is None
    assert datetime.fromisoformat(again.json()["secret_shown_at"]).tzinfo is not None
    connection = await asyncpg.connect(plumbing_url(database))
    stored = await connection.fetchval("SELECT body FROM plumbing.idempotency")
    await connection.close()
    assert "тайна" not in stored.decode()


async def test_a_key_is_free_again_after_a_day(
    client: httpx.AsyncClient, database: TestDatabase
) -> None:
    headers = {**WRITER, "idempotency-key": "daily"}
    path = "/v1/plumbing/notes"
    connection = await asyncpg.connect(plumbing_url(database))
    first = (await client.post(path, json={"text": "n"}, headers=headers)).json()
    await connection.execute(
        "UPDATE plumbing.idempotency SET created_at = created_at - interval '25 hours'"
    )
    async with connection.transaction():
        await connection.execute("SELECT FROM plumbing.idempotency FOR KEY SHARE")
        other = await client.post(
            path, json={"text": "m"}, headers={**headers, "idempotency-key": "x"}
        )
        assert other.status_code == 201
    second = await client.post(path, json={"text": "other"}, headers=headers)
    assert (second.status_code, second.json()["total"]) == (201, first["total"] + 2)
    again = await client.post(path, json={"text": "other"}, headers=headers)
    assert again.json() == second.json()
    await connection.close()


async def test_fifty_at_once_with_one_key_have_one_effect(
    client: httpx.AsyncClient, database: TestDatabase
) -> None:
    headers = {**WRITER, "idempotency-key": "k2"}
    body = {"text": "a", "pause": 0.2}
    answers = await asyncio.gather(
        *(client.post("/v1/plumbing/notes", json=body, headers=headers) for _ in range(50))
    )
    statuses = {a.status_code for a in answers}
    assert 201 in statuses
    assert statuses <= {201, 409}
    assert await notes(database) == 1


async def test_the_document_tells_scopes_problems_and_no_validation_default(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"]["/v1/plumbing/notes"]["post"]
    assert operation["operationId"] == "plumbing_add_note"
    assert operation["security"] == [{"oauth2": ["ratings:write"]}]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert "ProblemDetails" in document["components"]["schemas"]


async def test_who_knows_the_document_is_told_so_before_it_is_made(
    client: httpx.AsyncClient,
) -> None:
    first = await client.get("/openapi.json")
    tag = first.headers["etag"]
    again = await client.get("/openapi.json", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await client.get("/openapi.json", headers={"if-none-match": '"0"'})
    assert (other.status_code, other.json()) == (200, first.json())


def test_the_tag_of_a_document_follows_what_it_is_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi_endpoint, "ROOT", tmp_path)
    own = tmp_path / "services" / "ratings" / "schemas.py"
    foreign = tmp_path / "services" / "training" / "schemas.py"
    for file in (tmp_path / "shared" / "a.py", own, foreign):
        file.parent.mkdir(parents=True)
        file.write_text("one = 1")

    def tag() -> str:
        openapi_endpoint.code_digest.cache_clear()
        return openapi_endpoint.code_digest("ratings")

    first = tag()
    foreign.write_text("one = 2")
    (own.parent / "schemas.pyc").write_bytes(b"")
    assert tag() == first
    own.write_text("one = 2")
    assert (second := tag()) != first
    own.rename(own.with_name("answers.py"))
    assert tag() not in {first, second}
    openapi_endpoint.code_digest.cache_clear()


@pytest.mark.parametrize("driver", ["true", "false"])
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("57P03", 503),
        ("57P01", 503),
        ("08006", 503),
        ("53300", 503),
        ("40P01", 503),
        ("55P03", 503),
        ("22003", 422),
        ("42P01", 500),
        ("23505", 500),
    ],
)
async def test_what_may_pass_is_503_and_what_stays_is_not(
    client: httpx.AsyncClient, code: str, status: int, driver: str
) -> None:
    path = f"/v1/plumbing/failures?code={code}&driver={driver}"
    assert (await client.post(path)).status_code == status


async def test_a_database_whose_socket_is_gone_is_503() -> None:
    async with serving("postgresql://nobody@/none?host=/nowhere") as client:
        assert (await client.post("/v1/plumbing/doomed")).status_code == 503


async def test_a_service_without_its_database_says_so() -> None:
    async with serving("postgresql://nobody@127.0.0.1:9/none") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        lost = await client.post("/v1/plumbing/doomed")
        assert (lost.status_code, lost.headers["retry-after"]) == (503, "5")
