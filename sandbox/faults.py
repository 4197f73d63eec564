"""What can go wrong on purpose: one line per fault, with the items that it must turn red or unverified.

A fault changes the deployment, never the verifier. `NAME=VALUE` gives a fault another figure than its default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

RLS = ("tables-exist", "rls-protects")


@dataclass(frozen=True)
class Fault:
    """One fault: its name, what it does, and what a verifier must say about it.

    Attributes:
        red: the items that must be failed.
        unverified: the items that must be unverified, each with the cause.
        perhaps: items that may be either, because it depends on which machine the edge chooses.
    """

    name: str
    summary: str
    red: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    value: str | None = None
    perhaps: tuple[str, ...] = ()

    @property
    def on_one_machine(self) -> bool:
        """Whether it changes the first machine only."""
        return self.name.endswith("-on-one-machine") or self.name == "machine-check-critical"

    def as_json(self) -> dict[str, object]:
        """The form of `faults --json`."""
        return {
            "name": self.name,
            "summary": self.summary,
            "red": list(self.red),
            "unverified": dict(self.unverified),
            "perhaps": list(self.perhaps),
        }


def _unverified(cause: str, *items: str) -> dict[str, str]:
    return dict.fromkeys(items, cause)


PAGE_ITEMS = ("no-console-errors", "tiles-under-3s", "phase-features", "accessibility")
"""What is seen in the pages, and is not their availability."""
STREAM_ITEMS = ("sse-heartbeat", "sse-delivers")
LOG_ITEMS = ("logs-clean", "ga-api-health", "no-server-errors")
"""What the log tells."""
MACHINE_ITEMS = ("machines-started", "release-unchanged", "health-endpoint", "response-time", *STREAM_ITEMS, *LOG_ITEMS)
"""What needs to know which machines there are."""
WITHOUT_DATABASE = (*RLS, *PAGE_ITEMS, "sse-delivers", "response-time")
"""What cannot be looked at while the application has no database."""

_ALL = (
    Fault(
        "health-500",
        "/health answers 500 on every machine",
        ("health-endpoint", "no-server-errors", "machines-started"),
    ),
    Fault("health-degraded", "/health answers 200, and its body says degraded", ("health-endpoint",)),
    Fault(
        "health-lies-on-one-machine",
        "/health of one machine answers 200, and its body says degraded",
        ("health-endpoint",),
    ),
    Fault("log-error", "an ERROR line with a stack trace when the machines start", ("logs-clean",)),
    Fault("log-fatal-on-one-machine", "one machine writes «FATAL: …» as plain text", ("logs-clean",)),
    Fault("logs-silent", "the log API answers with empty pages", (), _unverified("no-data", *LOG_ITEMS)),
    Fault("logs-unauthorized", "the log API answers 401", (), _unverified("unauthorized", *LOG_ITEMS)),
    Fault("rls-off", "row-level security is off on one table", ("rls-protects",)),
    Fault("rls-open-to-signed-in", "a policy lets every signed-in user read one table", ("rls-protects",)),
    Fault("rls-no-rows", "every table is empty", (), _unverified("no-data", "rls-protects")),
    Fault(
        "database-stopped",
        "PostgreSQL is stopped",
        ("database-connection", "health-endpoint", "machines-started", "no-server-errors", "smoke-passed"),
        _unverified("unreachable", *WITHOUT_DATABASE),
    ),
    Fault("heartbeat-slow", "heartbeats come 1.5 times as slowly", ("sse-heartbeat",), value="1.5"),
    Fault("heartbeat-missing", "the event stream says nothing", (*STREAM_ITEMS, "phase-features")),
    Fault(
        "heartbeat-missing-on-one-machine",
        "the event stream of one machine says nothing",
        STREAM_ITEMS,
        perhaps=("phase-features",),
    ),
    Fault(
        "stream-unauthorized",
        "the event stream answers 401",
        ("no-console-errors", "phase-features"),
        _unverified("unauthorized", *STREAM_ITEMS),
    ),
    Fault(
        "stream-not-a-stream",
        "the event stream answers 200 with a page",
        ("sse-heartbeat", "no-console-errors", "phase-features"),
        _unverified("precondition", "sse-delivers"),
    ),
    Fault("tile-slow", "one tile takes 3.4 s", ("tiles-under-3s",), value="3.4"),
    Fault("tile-missing", "one tile is not on the dashboard", ("tiles-under-3s", "phase-features")),
    Fault("tile-in-error", "one tile is visible, and in error", ("tiles-under-3s", "phase-features")),
    Fault("tile-never-settles", "one tile stays a skeleton", ("tiles-under-3s", "phase-features")),
    Fault("tile-unconfigured", "one tile asks for configuration", ("tiles-under-3s", "phase-features")),
    Fault(
        "bounce-page",
        "every page is the bounce page: 200, and no tiles",
        (),
        _unverified("unauthorized", "smoke-passed", *PAGE_ITEMS),
    ),
    Fault("platform-unauthorized", "the platform API answers 401", (), _unverified("unauthorized", *MACHINE_ITEMS)),
    Fault(
        "platform-unreachable",
        "the platform API cuts every connection",
        (),
        _unverified("unreachable", *MACHINE_ITEMS),
    ),
    Fault(
        "edge-unreachable",
        "the edge cuts every connection",
        ("health-endpoint", "smoke-passed", "chatwoot-health"),
        _unverified(
            "unreachable",
            *PAGE_ITEMS,
            *STREAM_ITEMS,
            "response-time",
            "logs-clean",
            "no-server-errors",
            "database-connection",
        ),
    ),
    Fault("machine-killed", "one machine is dead", ("machines-started",)),
    Fault("console-error", "a page writes an error to the console", ("no-console-errors",)),
    Fault("script-missing", "a page asks for a script that is not there", ("no-console-errors",)),
    Fault("page-error", "a script raises an exception when a page loads", ("no-console-errors",)),
    Fault(
        "route-500",
        "/settings answers 500",
        ("smoke-passed", "no-server-errors"),
        _unverified("unreachable", "no-console-errors", "accessibility"),
    ),
    Fault("approvals-without-buttons", "the cards of approvals have no buttons", ("phase-features",)),
    Fault("badge-stays", "events do not change the badge in the navigation", ("phase-features",)),
    Fault(
        "delivers-on-own-machine-only",
        "a change reaches the clients of its own machine only",
        ("sse-delivers",),
        perhaps=("phase-features",),
    ),
    Fault(
        "delivers-late",
        "a change reaches clients after 6 s",
        ("sse-delivers",),
        value="6",
        perhaps=("phase-features",),
    ),
    Fault("table-missing", "one table is gone", ("tables-exist",), _unverified("precondition", "rls-protects")),
    Fault(
        "database-lies",
        "PostgreSQL is stopped, and the application says that it answers",
        ("database-connection", "smoke-passed", "no-server-errors"),
        _unverified("unreachable", *WITHOUT_DATABASE),
    ),
    Fault("ga-silent", "nothing is written about Google Analytics", ("ga-api-health",)),
    Fault("ga-failing", "Google Analytics refuses every request", ("ga-api-health",)),
    Fault("chatwoot-down", "Chatwoot does not answer", ("chatwoot-health", "no-server-errors")),
    Fault("agent-down", "the agent service is dead", ("agent-service-health",)),
    Fault("agent-unhealthy", "the agent service answers 200, and its body says degraded", ("agent-service-health",)),
    Fault("slow-responses", "pages and API answer after 5.5 s", ("response-time", "tiles-under-3s"), value="5.5"),
    Fault(
        "server-errors",
        "every fifth request for a tile answers 500",
        ("no-server-errors",),
        value="5",
        perhaps=("tiles-under-3s", "phase-features", "no-console-errors"),
    ),
    Fault("machine-check-critical", "one machine fails the platform's checks, and nothing else", ("machines-started",)),
    Fault(
        "second-deploy",
        "another release is deployed 5 s later",
        (),
        _unverified("stale-data", "release-unchanged"),
        value="5",
        perhaps=(
            "smoke-passed",
            "chatwoot-health",
            "database-connection",
            *PAGE_ITEMS,
            *MACHINE_ITEMS[2:],
            "machines-started",
        ),
    ),
    Fault("image-missing-alt", "a page has an image without a text and a field without a label", ("accessibility",)),
)
REGISTRY = {fault.name: fault for fault in _ALL}


class UnknownFault(Exception):  # noqa: N818 - reads as what happened
    """Somebody asked for a fault that is not in the registry."""


def parse(words: Iterable[str]) -> dict[str, str | None]:
    """Read `NAME` or `NAME=VALUE` words; a fault without a value gets its default."""
    faults: dict[str, str | None] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in REGISTRY:
            raise UnknownFault(f"there is no fault «{name}»; see: python -m sandbox faults")
        faults[name] = value or REGISTRY[name].value
    return faults
