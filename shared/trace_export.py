"""Export of spans to an OpenTelemetry collector: OTLP over HTTP in its JSON encoding.

On where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Requests and jobs never wait for the collector: spans
are queued, sent in batches, and counted as lost where it is full or does not answer.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

from shared.errors import Problem
from shared.http import ServiceClient
from shared.log import logger
from shared.metrics import LOST_SPANS
from shared.settings import Settings
from shared.tracing import Span, is_recording, record_to

log = logger(__name__)

TRACES = "/v1/traces"
WAITING_SPANS = 2048
BATCH_SPANS = 512
PAUSE_SECONDS = 1.0
LAST_SECONDS = 2.0
ERROR_STATUS = 2
HTTP_OK = 200


class SpanExporter:
    """Sends ended spans of a service in batches; the oldest give way when too many wait."""

    def __init__(self, service: str, client: ServiceClient) -> None:
        self._service = service
        self._client = client
        self._waiting: deque[Span] = deque()

    def add(self, span: Span) -> None:
        """Queue a span; it is lost where the queue is full."""
        if len(self._waiting) < WAITING_SPANS:
            self._waiting.append(span)
        else:
            LOST_SPANS.inc()

    async def run(self) -> None:
        """Send what has come once a second, until cancelled."""
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Send everything that waits; what the collector does not take is lost."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_SPANS, len(self._waiting)))]
            if not await self._send(batch):
                LOST_SPANS.inc(len(batch))
                return

    async def _send(self, batch: list[Span]) -> bool:
        headers = {"content-type": "application/json"}
        content = json.dumps(otlp(self._service, batch)).encode()
        try:
            answer = await self._client.request("POST", TRACES, headers=headers, content=content)
        except Problem as error:
            log.warning("spans_not_exported", spans=len(batch), error=error.code)
            return False
        return answer.status == HTTP_OK


@asynccontextmanager
async def exporting_spans(settings: Settings) -> AsyncIterator[None]:
    """Export the spans of this process while the block runs, if a collector is configured.

    The web and the worker half of one process share the exporter of whichever begins first.
    """
    endpoint = settings.otel_exporter_otlp_endpoint
    if endpoint is None or is_recording():
        yield
        return
    client = ServiceClient("otel", endpoint.rstrip("/"))
    exporter = SpanExporter(settings.service, client)
    sending = asyncio.create_task(exporter.run())
    record_to(exporter.add)
    try:
        yield
    finally:
        record_to(None)
        sending.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await exporter.flush()
        await client.close()


def otlp(service: str, spans: Iterable[Span]) -> dict[str, Any]:
    """Return an ExportTraceServiceRequest in the JSON encoding of OTLP."""
    resource = {"attributes": _attributes({"service.name": f"kachestvo-{service}"})}
    scope = {"scope": {"name": "kachestvo"}, "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _span(span: Span) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": int(span.kind),
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
        "status": {"code": ERROR_STATUS} if span.failed else {},
    }
    return shown if span.parent_id is None else shown | {"parentSpanId": span.parent_id}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as OTLP writes them; 64-bit integers are text there."""
    return [
        {"key": key, "value": {"intValue": str(value)}}
        if isinstance(value, int)
        else {"key": key, "value": {"stringValue": value}}
        for key, value in values.items()
    ]
