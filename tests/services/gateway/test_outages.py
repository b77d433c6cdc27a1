import asyncio
from collections.abc import AsyncIterator

import httpx
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import text

from services.gateway.app import create_app
from services.gateway.http.rate_limits import RateLimiter, redis_storage
from shared.jobs import enqueue
from tests.services.gateway.conftest import House, until, working
from tests.services.gateway.publisher import Publisher, listening

TABLE = "/v1/ratings/rum/2022"


async def revision(house: House) -> object:
    answer = await house.http.get(TABLE)
    return answer.json().get("revision") if "age" in answer.headers else None


async def reached(house: House, wanted: int) -> None:
    async def there() -> bool:
        return await revision(house) == wanted

    await house.ring("ratings")
    await until(there, 30)


async def test_writes_to_a_silent_service_are_refused_and_reads_still_served(
    house: House,
) -> None:
    house.ratings.publish(TABLE, 1, {"revision": 1, "rows": []})
    await reached(house, 1)
    house.ratings.silent = True
    written = await house.http.post("/v1/ratings/imports", content=b"{}")
    assert written.status_code == 503
    assert int(written.headers["retry-after"]) >= 1
    read = await house.http.get(TABLE)
    assert (read.status_code, read.json()["revision"]) == (200, 1)


async def test_what_was_missed_is_caught_up_in_order_and_told_once(quiet: House) -> None:
    quiet.ratings.publish(TABLE, 1, {"revision": 1, "rows": []})
    async with working(quiet.settings) as worker:
        await reached(quiet, 1)
        worker.kill()
        await worker.wait()
    for number in range(2, 6):
        quiet.ratings.publish(TABLE, number, {"revision": number, "rows": []})
    assert await revision(quiet) == 1
    async with working(quiet.settings):
        await reached(quiet, 5)

        async def told() -> bool:
            feed = (await quiet.http.get("/v1/changes")).json()["items"]
            return [one["revision"] for one in feed] == [1, 2, 3, 4, 5]

        await until(told, 30)


async def test_a_second_process_and_a_restarted_one_answer_the_same(house: House) -> None:
    house.ratings.publish(TABLE, 1, {"revision": 1, "rows": []})
    await reached(house, 1)
    first = await house.http.get(TABLE)
    async with (
        listening(create_app(house.settings), lifespan="on") as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as other,
    ):

        async def loaded() -> bool:
            return (await other.get("/readyz")).status_code == 200

        await until(loaded)
        again = await other.get(TABLE, headers={"accept-encoding": "gzip"})
        same = await other.get(TABLE, headers={"if-none-match": first.headers["etag"]})
    assert again.json() == first.json()
    assert same.status_code == 304


async def test_a_withdrawn_document_is_no_longer_answered_from_memory(house: House) -> None:
    house.ratings.publish(TABLE, 1, {"revision": 1, "rows": []})
    await reached(house, 1)
    del house.ratings.documents[TABLE]
    house.ratings.tell([TABLE], 2)
    await house.ring("ratings")

    async def gone() -> bool:
        return (await house.http.get(TABLE)).status_code == 404

    await until(gone, 30)


async def test_a_service_that_never_answered_is_named_in_the_passport(
    house: House, publishers: dict[str, Publisher]
) -> None:
    async def composed() -> object:
        answer = await house.http.get("/v1/territories/08000000/passport")
        content = answer.json()
        return content if answer.status_code == 200 and not content["unreachable"] else None

    whole = await until(composed, 40)
    assert whole["unreachable"] == []
    assert whole["stale"] == []
    assert set(publishers) == {"ratings", "olympiads", "training"}


async def test_staleness_is_told_on_its_transitions_only(quiet: House) -> None:
    path = "/v1/territories/08000000/passport"

    async def composed() -> object:
        answer = await quiet.http.get(path)
        return answer if answer.status_code == 200 else None

    async with working(quiet.settings) as worker:
        await until(composed, 40)
        worker.kill()
        await worker.wait()
    quiet.publishers["training"].silent = True
    async with quiet.db.transaction() as session:
        statement = "UPDATE cursor SET contacted_at = now() - interval '16 minutes' WHERE source = "
        await session.execute(text(statement + "'training'"))
    async with working(quiet.settings):

        async def stale() -> bool:
            content = (await quiet.http.get(path)).json()
            return [one["part"] for one in content["stale"]] == ["training"]

        await until(stale, 40)
        before = (await quiet.http.get(path)).headers["etag"]
        async with quiet.db.transaction() as session:
            await enqueue(session, "compose_documents", "all")
        await asyncio.sleep(2)
        assert (await quiet.http.get(path)).headers["etag"] == before


async def test_the_limit_of_writes_holds_under_fifty_at_once(house: House) -> None:
    app = house.door.app
    quotas: RateLimiter = app.state.quotas  # type: ignore[attr-defined]  # FastAPI's application.
    quotas.item = type(quotas.item)(20, namespace="tight")
    answers = await asyncio.gather(
        *(house.http.post("/v1/ratings/preview", content=b"{}") for _ in range(50))
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 20
    assert statuses.count(429) == 30
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["code"] == "RATE_LIMITED"


async def test_a_lost_redis_opens_the_limit_to_memory_and_says_so(house: House) -> None:
    app = house.door.app
    quotas: RateLimiter = app.state.quotas  # type: ignore[attr-defined]  # FastAPI's application.
    lost = redis_storage("unix:///nowhere/valkey.sock")
    quotas._shared = SlidingWindowCounterRateLimiter(lost)
    answer = await house.http.post("/v1/ratings/preview", content=b"{}")
    assert answer.status_code == 201
    metrics = (await house.http.get("/metrics")).text
    assert "gateway_requests_limit_failed_open_total 1.0" in metrics


async def test_all_documents_are_rebuilt_by_one_command(house: House) -> None:
    house.ratings.publish(TABLE, 1, {"revision": 1, "rows": []})
    await reached(house, 1)
    async with house.db.transaction() as session:
        await session.execute(text("UPDATE document SET body = 'spoilt' WHERE path LIKE '/v1/r%'"))
    answer = await house.http.post(
        "/v1/admin/documents/rebuild", headers=await house.bearer("admin")
    )
    assert answer.status_code == 202

    async def repaired() -> bool:
        async with house.db.reading() as session:
            statement = text("SELECT body FROM document WHERE path = :path")
            body = await session.execute(statement, {"path": TABLE})
            return bool(body.scalar_one() != b"spoilt")

    await until(repaired, 30)


async def test_an_upload_may_take_longer_than_a_service_may_keep_silent(house: House) -> None:
    settings = house.settings.model_copy(update={"forward_seconds": 0.5})
    pieces = 5

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield b"x" * 1000
            await asyncio.sleep(0.6)

    async with (
        listening(create_app(settings), lifespan="on") as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        answer = await http.post("/v1/ratings/imports", content=slowly())
    assert (answer.status_code, answer.json()) == (201, {"received": pieces * 1000})
