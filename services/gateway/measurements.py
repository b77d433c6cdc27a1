"""What only the gateway measures: freshness of published facts, deliveries, hot documents."""

from collections.abc import Iterator

from prometheus_client import Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

FRESHNESS = Histogram(
    "kachestvo_freshness_seconds",
    "From the commit of a fact to its announcement with fresh documents.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600),
)
WAITING_DELIVERIES = Gauge("kachestvo_waiting_deliveries", "Webhook messages not delivered yet.")
OLDEST_DELIVERY = Gauge(
    "kachestvo_oldest_delivery_seconds", "How long the oldest due webhook message waits."
)
PENDING_DOCUMENTS = Gauge(
    "kachestvo_pending_documents", "Documents that changed at their service and are not pulled yet."
)
STALE_SERVICES = Gauge("kachestvo_stale_services", "Services without contact for 15 minutes.")


class DocumentCounts(Collector):
    """Counts of documents answered from memory, by how they were answered."""

    def __init__(self, counters: object) -> None:
        self._counters = counters

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield one counter with a label."""
        family = CounterMetricFamily(
            "gateway_documents", "Documents answered from memory.", labels=["outcome"]
        )
        for outcome in ("answered", "unmodified", "limited", "reread"):
            family.add_metric([outcome], getattr(self._counters, outcome))
        yield family
