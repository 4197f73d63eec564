"""The metrics of a machine, in the text format of Prometheus."""

import re

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_COUNTED = ("/app", "/approvals", "/api/approvals", "/api/realtime/approvals")
"""Paths that are counted from zero on, so that a rule selects them before the first request."""
_IDENTITY = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}")


class MachineMetrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests", "Requests answered", ["method", "path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to the first byte", ["path"], registry=self._registry
        )
        for path in _COUNTED:
            self._requests.labels("GET", path, "200")
            self._seconds.labels(path)
        ProcessCollector(registry=self._registry)
        self.streams = Gauge("sse_connections", "Event streams that are open", registry=self._registry)
        self.dropped = Counter("sse_dropped", "Event streams let go, too far behind", registry=self._registry)
        self.heartbeats = Counter("heartbeats", "Heartbeats sent", registry=self._registry)

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request; identifiers in paths are replaced, to bound the number of series."""
        folded = _IDENTITY.sub("/{id}", path)
        self._requests.labels(method, folded, str(status)).inc()
        self._seconds.labels(folded).observe(seconds)

    def text(self) -> bytes:
        """The exposition for a scraper."""
        return generate_latest(self._registry)
