import gzip
import json
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from sqlalchemy import text

from services.gateway.documents.jobs import SYNC, sync_due, synced_at
from services.gateway.settings import Settings
from shared.db import Database
from shared.jobs import LEASE, enqueue
from shared.notifier import Notifier
from shared.worker import JobContext
from tests.databases import TestDatabase
from tests.services.gateway.conftest import House, until

TABLE = "/v1/ratings/rum/2022"
CONTENT = {
    "programme": "rum",
    "period": "2022",
    "revision": 1,
    "source_time": "2022-12-01T00:00:00Z",
    "citation": "РУМ 2022",
    "nodes": [{"code": "total", "title": "Итог", "parent": None}],
    "rows": [
        {
            "territory": "08000000",
            "title": "Хабаровский край",
            "group": "fo-dv",
            "nodes": {
                "total": {
                    "score": 79.375,
                    "place": None,
                    "group_place": {"from": 1, "to": 1, "label": "1", "of": 11},
                    "declared": {"score": None},
                }
            },
        }
    ],
}


async def served(house: House, path: str) -> httpx.Response:
    async def check() -> httpx.Response | None:
        answer = await house.http.get(path)
        return answer if answer.status_code == 200 and "age" in answer.headers else None

    await house.ring("ratings")
    answer: httpx.Response = await until(check)
    return answer


async def test_a_published_document_is_served_with_all_its_fields(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    answer = await house.http.get(TABLE, headers={"accept-encoding": "identity"})
    assert answer.json() == CONTENT
    assert answer.headers["last-modified"] == "Thu, 01 Dec 2022 00:00:00 GMT"
    assert answer.headers["kachestvo-revision"] == "1"
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert {"etag", "age", "ratelimit", "ratelimit-policy", "x-request-id"} <= set(answer.headers)
    packed = await house.http.get(TABLE, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    named = await house.http.get(TABLE, headers={"x-request-id": "asked-2"})
    assert (named.content, named.headers["x-request-id"]) == (answer.content, "asked-2")
    assert packed.headers["etag"] != answer.headers["etag"]
    assert packed.json() == CONTENT


async def test_a_tag_of_the_representation_in_any_coding_answers_not_modified(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    tags = []
    for coding in ("identity", "gzip", "br"):
        answer = await house.http.get(TABLE, headers={"accept-encoding": coding})
        tags.append(answer.headers["etag"])
    assert len(set(tags)) == 3
    for tag in tags:
        again = await house.http.get(TABLE, headers={"if-none-match": f'"other", {tag}'})
        assert again.status_code == 304
        assert again.content == b""
        assert "content-length" not in again.headers


async def test_head_has_the_fields_of_get_and_no_body(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    got = await house.http.get(TABLE, headers={"accept-encoding": "identity"})
    head = await house.http.head(TABLE, headers={"accept-encoding": "identity"})
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["etag"] == got.headers["etag"]


async def test_a_new_revision_replaces_the_old_one_whole(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    first = await served(house, TABLE)
    house.ratings.publish(TABLE, 2, {**CONTENT, "revision": 2})
    await house.ring("ratings")

    async def changed() -> bool:
        answer = await house.http.get(TABLE)
        return bool(answer.json()["revision"] == 2)

    await until(changed)
    answer = await house.http.get(TABLE)
    assert answer.headers["etag"] != first.headers["etag"]
    assert answer.headers["kachestvo-revision"] == "2"


async def test_passports_are_composed_for_every_territory(house: House) -> None:
    house.ratings.passport = {
        "ratings": {
            "revision": 3,
            "source_time": "2022-12-01T00:00:00Z",
            "territories": {"08000000": {"rum": {"2022": {"total": {"score": 79.375}}}}},
        }
    }
    house.ratings.findings = [
        {
            "id": "f1",
            "rule": "score_index_scale",
            "severity": "contradiction",
            "status": "open",
            "subject": {"territory": "08000000"},
            "evidence": [],
        }
    ]
    house.ratings.tell([], 1)
    region = await served(house, "/v1/territories/08000000/passport")
    content = region.json()
    assert content["territory"] == {"oktmo": "08000000", "title": "Хабаровский край"}
    assert content["parts"]["ratings"]["revision"] == 3
    assert content["parts"]["ratings"]["data"]["rum"]["2022"]["total"]["score"] == 79.375
    assert content["parts"]["findings"]["counts"]["contradiction"] == 1
    town = (await house.http.get("/v1/territories/08701000/passport")).json()
    assert town["parts"]["ratings"]["data"] is None
    unknown = await house.http.get("/v1/territories/99999999/passport")
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "TERRITORY_UNKNOWN"


async def test_writes_are_forwarded_with_the_callers_identity(house: House) -> None:
    bearer = await house.bearer("ratings:write")
    body = b"x" * 3_000_000
    answer = await house.http.post(
        "/v1/ratings/imports?kind=observations",
        content=body,
        headers={**bearer, "idempotency-key": "k1", "content-type": "text/csv"},
    )
    assert answer.status_code == 201
    assert answer.json() == {"received": len(body)}
    method, path, headers, sent = house.ratings.seen[-1]
    assert (method, path, sent) == ("POST", "/v1/ratings/imports?kind=observations", body)
    assert headers["authorization"] == bearer["authorization"]
    assert headers["idempotency-key"] == "k1"
    assert headers["x-request-id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("part", ["%3F", "%23", "%25", "%D0%B6"])
async def test_a_path_is_forwarded_whatever_it_spells(house: House, part: str) -> None:
    answer = await house.http.get(f"/v1/ratings/rum/20{part}22/08000000")
    assert answer.status_code == 404
    assert house.ratings.seen[-1][1] == f"/v1/ratings/rum/20{unquote(part)}22/08000000"


async def test_the_gateways_own_token_never_stands_in_for_a_caller(house: House) -> None:
    await house.http.post("/v1/ratings/preview", content=b"{}")
    assert "authorization" not in house.ratings.seen[-1][2]


async def test_a_document_with_parameters_of_its_own_goes_to_the_service(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    answer = await house.http.get(TABLE + "?revision=1")
    assert answer.json() == CONTENT
    assert [path for _, path, _, _ in house.ratings.seen].count(TABLE + "?revision=1") == 1


async def test_documents_outlive_their_service_and_say_their_age(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    house.door.memory.contact("ratings").at -= 4000
    answer = await house.http.get(TABLE)
    assert int(answer.headers["age"]) >= 3990


async def test_an_evicted_document_is_read_again(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    house.door.memory.invalidate(TABLE, "1")
    answer = await house.http.get(TABLE, headers={"accept-encoding": "gzip"})
    assert answer.json() == CONTENT
    assert TABLE in house.door.memory.residents


async def test_representations_are_negotiated(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    plain = await house.http.get(TABLE, headers={"accept": "text/csv"})
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    assert plain.text.splitlines()[0].startswith("ОКТМО,Название,Группа")
    excel = await house.http.get(TABLE + "?excel=1", headers={"accept": "text/csv"})
    assert excel.content.startswith("\ufeffОКТМО;Название;Группа".encode())
    assert ";79,375;" in excel.text
    assert excel.headers["etag"] != plain.headers["etag"]
    refused = await house.http.get(TABLE, headers={"accept": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (406, "NOT_ACCEPTABLE")
    assert (await house.http.get(TABLE + "?excel=1")).content == excel.content
    assert (await house.http.get(TABLE + "?format=csv")).content == plain.content
    book = await house.http.get(TABLE + "?format=xlsx")
    assert book.headers["content-type"].endswith("spreadsheetml.sheet")
    unknown = await house.http.get(TABLE + "?format=pdf")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "FORMAT_UNKNOWN")
    misused = await house.http.get(TABLE + "?excel=1", headers={"accept": "application/json"})
    assert (misused.status_code, misused.json()["code"]) == (422, "EXCEL_WITHOUT_CSV")
    packed = await house.http.get(TABLE, headers={"accept-encoding": "gzip", "accept": "text/csv"})
    assert gzip.compress(plain.content, mtime=0)
    assert packed.content == plain.content


async def test_a_catch_up_finds_what_no_event_told(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    house.ratings.documents[TABLE] = (2, {**CONTENT, "revision": 2})
    async with house.db.transaction() as session:
        await enqueue(session, SYNC, "ratings")

    async def changed() -> bool:
        answer = await house.http.get(TABLE)
        return bool(json.loads(answer.content)["revision"] == 2)

    await until(changed)


async def test_a_contract_is_sent_again_only_when_it_has_changed(house: House) -> None:
    answers = house.ratings.contract_answers

    async def at_rest() -> bool:
        async with house.db.reading() as session:
            busy = "SELECT count(*) FROM job WHERE state IN ('queued', 'running')"
            return bool(answers) and (await session.execute(text(busy))).scalar_one() == 0

    async def asked() -> bool:
        return len(answers) > before

    async def known() -> bool:
        document = (await house.http.get("/openapi.json")).json()
        return "/v1/ratings/new" in document["paths"]

    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    await until(at_rest)
    assert 200 in answers
    before = len(answers)
    house.ratings.publish(TABLE, 2, {**CONTENT, "revision": 2})
    await house.ring("ratings")
    await until(asked)
    assert set(answers[before:]) == {304}
    operation = {"operationId": "ratings_new", "responses": {"200": {"description": "Да."}}}
    house.ratings.openapi["paths"]["/v1/ratings/new"] = {"get": operation}
    house.ratings.publish(TABLE, 3, {**CONTENT, "revision": 3})
    await house.ring("ratings")
    await until(known)
    assert 200 in answers[before:]


async def test_a_comparison_under_way_is_not_followed_by_a_second_one(
    database: TestDatabase, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=database.url("gateway"),
        redis_url="redis://127.0.0.1:1",
        service_key_file=tmp_path,
        service_jwks_file=tmp_path,
    )
    db = Database(settings.database_url, "gateway", pool_size=1)
    context = JobContext(db, settings, {}, await Notifier.connect(settings.redis_url))
    synced_at.clear()
    try:
        async with db.transaction() as session:
            job = await enqueue(session, SYNC, "ratings")
        async with db.transaction() as session:
            await session.execute(LEASE, {"id": job, "owner": "someone", "lease": 60})
        await sync_due(context)
        async with db.reading() as session:
            rows = await session.execute(
                text("SELECT scope FROM job WHERE kind = :kind AND state = 'queued'"),
                {"kind": SYNC},
            )
            assert sorted(rows.scalars()) == ["olympiads", "training"]
    finally:
        await context.notifier.close()
        await db.close()
