"""One fault, and the items that belong together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

POSTDEPLOY_AND_MONITORING = "postdeploy or monitoring"
"""For a fault that is seen by an item of both stages."""
FLOWS = ("phase-features",)
"""The operator's flows, which are most of a run's time."""
RLS = ("tables-exist", "rls-protects")
PAGE_ITEMS = ("no-console-errors", "tiles-under-3s", "phase-features", "accessibility")
"""What is seen in the pages, and is not their availability."""
STREAM_ITEMS = ("sse-heartbeat", "sse-delivers")
COMING_AND_GOING = ("sse-reconnect", "sse-disconnect")
LOG_ITEMS = ("logs-clean", "ga-api-health", "periodic-success", "no-server-errors")
"""What the log tells."""
MACHINE_ITEMS = (
    "machines-started",
    "release-unchanged",
    "health-endpoint",
    "response-time",
    *STREAM_ITEMS,
    *COMING_AND_GOING,
    *LOG_ITEMS,
)
"""What needs to know which machines there are."""
RELEASE_ITEMS = ("release-successful", "release-command", "one-image-everywhere")
"""What a deploy is judged by."""
WITHOUT_DATABASE = (*RLS, *PAGE_ITEMS, "sse-delivers", "sse-reconnect", "response-time")
"""What cannot be looked at while the application has no database."""
ROOMS = {
    "tiles": ("tiles-under-3s",),
    "visits": ("smoke-passed", "no-console-errors", "accessibility"),
    "flows": FLOWS,
    "streams": STREAM_ITEMS,
    "clients": COMING_AND_GOING,
    "logs": LOG_ITEMS,
    "traffic": ("response-time",),
    "database": ("database-connection", *RLS),
    "alerts": ("alerts-cover-endpoints",),
    "metrics": ("metrics-collecting",),
    "watch": ("logs-watched",),
    "uptime": ("uptime",),
    "load": ("sse-connections",),
    "failover": ("sse-failover",),
    "migrations": ("migrations-additive", "migrations-apply"),
    "production": (
        "app-exists",
        "custom-domain",
        "tls-certificate",
        "health-checks-configured",
        "rollback-ready",
    ),
}
"""Items that are seen by the same costly look; what is not here costs next to nothing."""


@dataclass(frozen=True)
class Fault:
    """One fault: its name, what it does, and what a verifier must say about it; nothing, if nobody is harmed.

    Attributes:
        red: the items that must be failed.
        unverified: the items that must be unverified, each with the cause.
        perhaps: items that may be either, because it depends on which machine the edge chooses.
        scaled: the value that stands for the same with the short periods and limits of the tests.
        stages: the marker expression of the run that must see it.
        words: further words of the command that sees it.
        green: the items that must pass, where the fault must harm nothing.
        local: whether the tests judge it without the rooms that it names no item of; for what is far from them.
        aside: further items that the tests leave out, because the fault's own load could disturb them.
        touches: what it changes in the deployment that another fault may change, too, such as one and the same machine;
            two that touch the same are not switched on together.
        phases: the phases whose flows see it, where it names `phase-features`; the tests judge no others.
    """

    name: str
    summary: str
    red: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    value: str | None = None
    perhaps: tuple[str, ...] = ()
    scaled: str | None = None
    stages: str = "postdeploy"
    words: tuple[str, ...] = ()
    green: tuple[str, ...] = ()
    local: bool = False
    aside: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    phases: tuple[int, ...] = (3,)

    @property
    def named(self) -> frozenset[str]:
        """The items that it says anything of."""
        return frozenset({*self.red, *self.unverified, *self.perhaps, *self.green})

    @property
    def changes(self) -> frozenset[str]:
        """What it touches, the first machine included where it changes that one only."""
        return frozenset({*self.touches, *(["first machine"] if self.on_one_machine else [])})

    @property
    def far(self) -> tuple[str, ...]:
        """The items that the tests leave out: those of rooms of which it names none, if it is local."""
        rooms = ROOMS.values() if self.local else (FLOWS,)
        far = tuple(item for room in rooms if not self.named & set(room) for item in room)
        return (*far, *(item for item in self.aside if item not in far))

    @property
    def harmless(self) -> bool:
        """Whether nothing may be judged otherwise because of it."""
        return not (self.red or self.unverified or self.perhaps)

    @property
    def endings(self) -> tuple[tuple[str, int], ...]:
        """Each verdict, with its exit status, that the run that sees it may end with.

        One failed item decides the verdict, whatever else is seen. So there is more than one ending only where
        nothing is red for certain, and items in `perhaps` may be.
        """
        certain = ("NOT DONE", 1) if self.red else ("UNVERIFIED", 6) if self.unverified else ("DONE", 0)
        if self.red or not self.perhaps:
            return (certain,)
        return tuple(dict.fromkeys((certain, ("UNVERIFIED", 6), ("NOT DONE", 1))))

    def effects(self) -> list[str]:
        """What the run that sees it must say, in words, and which run that is unless it is of `postdeploy` alone."""
        causes = dict.fromkeys(self.unverified.values())
        doubtful = {cause: [item for item, why in self.unverified.items() if why == cause] for cause in causes}
        found = [f"red: {', '.join(self.red)}"] if self.red else []
        found += [f"unverified ({cause}): {', '.join(items)}" for cause, items in doubtful.items()]
        found += [f"perhaps: {', '.join(self.perhaps)}"] if self.perhaps else []
        found = found or ["must stay DONE"]
        return found if self.stages == "postdeploy" else [*found, f'seen with -m "{self.stages}"']

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
            "green": list(self.green),
            "stages": self.stages,
        }


def unverified(cause: str, *items: str) -> dict[str, str]:
    """These items, each unverified with the same cause."""
    return dict.fromkeys(items, cause)
