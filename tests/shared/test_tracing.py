"""Spans reach a collector on a socket as OTLP; without one nothing is recorded."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from shared import trace_export, tracing
from shared.http import ServiceClient
from shared.job_runner import JobContext
from shared.metrics import LOST_SPANS
from shared.settings import Settings
from shared.tracing import SpanKind, child_span, is_recording, root_span, trace_id_of
from shared.web.middleware import Measurements, RequestScope
from tests.databases import TestDatabase
from tests.shared.plumbing import make_plumbing, open_plumbing
from tests.shared.test_jobs import double, queue, state, until, working

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
Spans = list[dict[str, Any]]


@asynccontextmanager
async def collector(status: str = "200 OK") -> AsyncIterator[tuple[str, Spans]]:
    """Take OTLP over HTTP on a free port; the spans received so far are in the list."""
    received: Spans = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("post /v1/traces ")
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        (resource,) = json.loads(await reader.readexactly(length))["resourceSpans"]
        received.extend(span for scope in resource["scopeSpans"] for span in scope["spans"])
        writer.write(
            f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", received
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def collecting(status: str = "200 OK") -> AsyncIterator[Spans]:
    """Export the spans of this process to a collector; it has them all after the block."""
    async with (
        collector(status) as (endpoint, spans),
        trace_export.exporting_spans(settings(endpoint)),
    ):
        yield spans


def settings(endpoint: str | None) -> Settings:
    return Settings(
        service="ratings",
        database_url="unused://",
        redis_url="unused://",
        otel_exporter_otlp_endpoint=endpoint,
    )


def lost() -> float:
    """Return how many spans no collector took so far."""
    return sum(
        sample.value
        for family in LOST_SPANS.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    )


def attributes(span: Mapping[str, Any]) -> dict[str, str]:
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


async def ask(status: int, headers: Mapping[str, str]) -> list[str]:
    """Send a request to a service that asks another one; return the `traceparent` it passed on."""
    passed: list[str] = []

    async def other(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        passed.append(request.headers["traceparent"])
        return httpx.Response(200)

    client = ServiceClient("training", "http://training", transport=httpx.MockTransport(other))

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await client.get("/v1/people/t-000001")
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(RequestScope(app, Measurements()))
    async with httpx.AsyncClient(transport=transport, base_url="http://ratings") as http:
        await http.get("/v1/people/t-000001", headers=headers)
    await client.close()
    return passed


async def test_a_request_and_its_call_are_one_trace_at_the_collector() -> None:
    async with collecting() as spans:
        (passed,) = await ask(503, {"traceparent": f"00-{TRACE}-{CALLER}-01"})
    call, request = spans
    assert {span["traceId"] for span in spans} == {TRACE}
    assert (request["parentSpanId"], call["parentSpanId"]) == (CALLER, request["spanId"])
    assert passed == f"00-{TRACE}-{call['spanId']}-01"
    assert (request["kind"], call["kind"]) == (2, 3)
    assert (request["status"], call["status"]) == ({"code": 2}, {})
    assert attributes(request)["http.response.status_code"] == "503"
    assert attributes(call)["peer.service"] == "training"
    assert int(request["startTimeUnixNano"]) <= int(call["startTimeUnixNano"])
    assert int(call["endTimeUnixNano"]) <= int(request["endTimeUnixNano"])
    assert "t-000001" not in json.dumps(spans)
    assert not is_recording()


async def test_an_id_that_is_no_trace_id_names_the_same_trace_everywhere() -> None:
    async with collecting() as spans:
        (passed,) = await ask(200, {"x-request-id": "own-1"})
        await ask(200, {"x-request-id": "own-1", "traceparent": passed})
        await ask(200, {"x-request-id": "own-1", "traceparent": f"00-{TRACE}-{CALLER}-01"})
    call, first, _, second, _, third = spans
    assert {span["traceId"] for span in spans} == {trace_id_of("own-1")}
    assert second["parentSpanId"] == call["spanId"]
    assert "parentSpanId" not in first
    assert "parentSpanId" not in third


async def test_a_job_is_in_the_trace_of_its_request(database: TestDatabase, valkey: str) -> None:
    await make_plumbing(database)
    db = open_plumbing(database)

    async def broken(_context: JobContext, _args: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)

    async with collecting() as spans:
        jobs = await queue(db, "double", "a", n=1), await queue(db, "broken", "b")
        async with working(db, valkey, {"double": double, "broken": broken}):
            await until(partial(has, db, jobs[0], "done"))
            await until(partial(has, db, jobs[1], "failed"))
    await db.close()
    found = {span["name"]: span for span in spans if span["kind"] == SpanKind.CONSUMER}
    assert found["job double"]["status"] == {}
    assert found["job broken"]["traceId"] == jobs[1].hex


async def has(db: Any, job: Any, ended: str) -> bool:
    return bool((await state(db, job))["state"] == ended)


async def test_a_collector_that_fails_loses_spans_and_nothing_else() -> None:
    before = lost()
    async with collecting("500 Internal Server Error") as spans:
        await ask(200, {})
    assert len(spans) == 2
    assert lost() == before + 2
    async with trace_export.exporting_spans(settings("http://127.0.0.1:9")):
        await ask(200, {})
    assert lost() == before + 4


async def test_more_spans_than_may_wait_are_counted_as_lost() -> None:
    client = ServiceClient("otel", "http://127.0.0.1:9")
    exporter = trace_export.SpanExporter("ratings", client)
    before = lost()
    tracing.record_to(exporter.add)
    for _ in range(trace_export.WAITING_SPANS + 3):
        with root_span("job", SpanKind.CONSUMER, TRACE):
            pass
    tracing.record_to(None)
    await client.close()
    assert lost() == before + 3


def test_without_a_collector_there_are_no_spans() -> None:
    with (
        root_span("job", SpanKind.CONSUMER, TRACE) as one,
        child_span("call", SpanKind.CLIENT, {}) as other,
    ):
        assert (one, other) == (None, None)


def test_an_exception_marks_the_span_as_failed() -> None:
    ended: list[tracing.Span] = []
    tracing.record_to(ended.append)
    try:
        with pytest.raises(ValueError, match="x"), root_span("job", SpanKind.CONSUMER, TRACE):
            raise ValueError("x")
    finally:
        tracing.record_to(None)
    assert [span.failed for span in ended] == [True]
