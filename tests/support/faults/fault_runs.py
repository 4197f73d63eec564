"""How the tests run each fault of the sandbox: omitted items, figures, and faults that exclude each other.

A fault that is not named here is judged without unrelated groups of items, and with its own figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.fault import Fault
from sandbox.faults import REGISTRY
from sandbox.item_groups import COMING_AND_GOING, LOG_ITEMS, RLS, STREAM_ITEMS

FLOWS = ("phase-features",)
"""The operator's flows, which take most of a run's time."""
CONDITIONS = ("accessibility",)
"""Every page judged by rules, walked through and looked at, which takes most of the rest."""
ITEM_GROUPS = {
    "tiles": ("tiles-under-3s",),
    "visits": ("smoke-passed", "no-console-errors"),
    "conditions": CONDITIONS,
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
    "backups": ("backups-verified",),
    "production": (
        "app-exists",
        "custom-domain",
        "tls-certificate",
        "health-checks-configured",
        "rollback-ready",
    ),
}
"""Groups of items that share a costly probe; all others cost next to nothing."""
_FIRST_MACHINE = "first machine"


@dataclass(frozen=True)
class FaultRun:
    """One fault, and the run of the tests that sees it.

    Attributes:
        scaled: the equivalent figure for the short periods and limits of the tests.
        local: whether it is judged without the groups of which it names no item.
        aside: further items that are left out, because the fault's own load could disturb them.
        touches: the parts that it changes; two faults that change the same part are not combined.
        phases: the phases whose flows see it, if it names `phase-features`; no others are judged.
        flows: the functions of `smoke/phases/` that must fail, and no others; such faults may be judged together where
            they name different ones.
        words: further arguments of the command.
        apart: whether it shows only in time, so that tests of its own switch it on while they watch.
        network: whether the browser must have a network to lose; on a machine without one nobody sees it.
    """

    fault: Fault
    scaled: str | None = None
    local: bool = True
    aside: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    phases: tuple[int, ...] = (3,)
    flows: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    apart: bool = False
    network: bool = False

    @property
    def name(self) -> str:
        """The fault's name."""
        return self.fault.name

    @property
    def named(self) -> frozenset[str]:
        """The items that the fault names."""
        return frozenset({*self.fault.red, *self.fault.unverified, *self.fault.perhaps, *self.fault.green})

    @property
    def changes(self) -> frozenset[str]:
        """The parts that it changes, including the first machine if it changes only that."""
        return frozenset({*self.touches, *([_FIRST_MACHINE] if self.fault.one_machine else [])})

    @property
    def far(self) -> tuple[str, ...]:
        """The items that are left out: those of groups of which it names none, if it is local."""
        groups = ITEM_GROUPS.values() if self.local else (FLOWS, CONDITIONS)
        far = tuple(item for group in groups if not self.named & set(group) for item in group)
        return (*far, *(item for item in self.aside if item not in far))


def share_flows(one: FaultRun, other: FaultRun) -> bool:
    """Whether both change what flows see, so that one could hide what the other does not show."""
    if not one.named & other.named & set(FLOWS):
        return False
    told = one.flows and other.flows
    return not told or bool(set(one.flows) & set(other.flows))


def endings(red: Iterable[str], unverified: Mapping[str, str], perhaps: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The possible verdicts and exit statuses of a run with these outcomes.

    One failed item decides the verdict; there are several endings only if none is certain to fail, and items in
    `perhaps` may.
    """
    certain = ("NOT DONE", 1) if red else ("UNVERIFIED", 6) if unverified else ("DONE", 0)
    if red or not perhaps:
        return (certain,)
    return tuple(dict.fromkeys((certain, ("UNVERIFIED", 6), ("NOT DONE", 1))))


_RATE = {"aside": ("error-rate",)}
_STARTS = {"aside": ("ga-api-health",)}
"""Items that are limited to the seconds after a start are left out."""
_RELEASE = {"touches": ("release",)}
_HEALTH = {"touches": ("health endpoint",)}
_FAILOVER = {"aside": ("error-rate", "response-time", "chatwoot-health", "database-connection")}
"""Items that are judged before a machine is stopped, and cost more than the stop."""
_WIRE = {"aside": ("no-console-errors", *COMING_AND_GOING)}
"""A browser reports an error for a stream that it cannot read, and nobody can come back to one."""
_AGENT = {"phases": (11,), "flows": ("test_the_agent_service_is_deployed",)}
_MESSAGES = {"phases": (4,), "aside": STREAM_ITEMS}
"""Flows of messages, which come by the stream."""
_SPECIAL: dict[str, dict[str, Any]] = {
    "agent-500": _AGENT,
    "agent-down": _AGENT,
    "agent-out-of-memory": _AGENT,
    "agent-stopped": _AGENT,
    "agent-unhealthy": _AGENT,
    "agents-refused": _RATE,
    "approvals-api-slow": _RATE | {"scaled": "1.5"},
    "approvals-without-buttons": {"phases": (1,)},
    "backlog-unnoticed": _MESSAGES
    | {"flows": ("test_banners_tell_of_a_lost_connection_and_of_a_backlog",), "network": True},
    "badge-stays": {
        "phases": (5,),
        "flows": ("test_the_badge_follows_the_queue",),
        "aside": (*STREAM_ITEMS, "tiles-under-3s"),
    },
    "badge-without-the-newest": {"phases": (1,), "flows": ("test_the_navigation_counts_what_waits",)},
    "bounce-page": {"local": False},
    "chart-axis-cut": {"phases": (8,), "flows": ("test_the_chart_of_the_days_shows_its_figures",)},
    "chart-contradicts-its-data": {"phases": (7,), "flows": ("test_the_chart_of_the_agents_shows_its_figures",)},
    "chatwoot-down": _RATE,
    "chatwoot-health-needs-login": _RATE,
    "column-missing": {
        "phases": (2,),
        "flows": ("test_a_sales_action_is_recorded_with_notes",),
        "aside": ("no-server-errors",),
        "touches": ("the way of the keyboard",),
    },
    "csv-row-missing": {
        "phases": (10,),
        "flows": ("test_the_history_and_its_file_hold_every_decision", "test_a_filter_is_honoured_by_table_and_file"),
    },
    "csv-unfiltered": {"phases": (10,), "flows": ("test_a_filter_is_honoured_by_table_and_file",)},
    "dashboard-flaps": {"aside": ("ga-api-health", "error-rate", "response-time")},
    "database-password-expired": _RATE,
    "database-read-only": _RATE,
    "database-stopped": {"local": False},
    "decision-not-in-history": {"phases": (10,), "flows": ("test_a_decision_enters_the_history",)},
    "delivers-late": {"scaled": "2.6", "phases": (5,), "aside": ("sse-reconnect",)},
    "delivers-on-own-machine-only": {"phases": (5,)},
    "dialogs-without-escape": {"phases": (2,)},
    "edge-keeps-routing-to-stopped": _FAILOVER | {"scaled": "6"},
    "edge-unreachable": {"local": False},
    "error-burst": {"apart": True},
    "errors-2-percent": _STARTS,
    "errors-6-percent": _STARTS,
    "errors-half-percent": _STARTS,
    "few-visitors": _STARTS,
    "focus-invisible": {
        "aside": ("smoke-passed",),  # each place of the focus has a picture, and who looks at pages has a limit
        "phases": (11,),
        "flows": ("test_the_way_to_a_decision_needs_no_mouse",),
        "touches": ("the way of the keyboard",),
    },
    "ga-failing": _RATE,
    "ga-silent-at-first": {"scaled": "6"},
    "grades-not-saved": {"phases": (2,), "flows": ("test_an_escalation_is_graded",)},
    "health-500": {"local": False},
    "health-another-page": _HEALTH,
    "health-page-around": _HEALTH,
    "heartbeat-held-back": {"scaled": "0.7", "aside": ("sse-delivers", "sse-reconnect")},
    "heartbeat-jitter": {"scaled": "3"},
    "heartbeat-missing": {"phases": (5,), "local": False},
    "heartbeat-missing-on-one-machine": {"phases": (5,)},
    "heartbeat-slow": {"scaled": "3"},
    "image-does-not-start": {"words": ("--rehearse-rollback",)},
    "image-old-on-one-machine": _RELEASE,
    "machine-auto-stopped": _STARTS,
    "machine-check-critical": _HEALTH,
    "machine-does-not-start-again": _FAILOVER,
    "network-blip": {"apart": True},
    "notification-preferences-not-kept": _MESSAGES | {"flows": ("test_preferences_of_notifications_are_kept",)},
    "notification-stays-unread": _MESSAGES | {"flows": ("test_a_new_approval_is_told_and_kept_in_the_centre",)},
    "page-stuck": {"aside": FLOWS},
    "platform-429-burst": _STARTS,
    "platform-5xx-flaps": _STARTS,
    "platform-token-read-only": _FAILOVER,
    "prometheus-empty": _RATE,
    "release-command-failed": _RELEASE,
    "release-command-gone": _RELEASE,
    "release-command-migrates": _RELEASE,
    "release-command-none": _RELEASE | _STARTS,
    "release-failed": _RELEASE,
    "release-stuck": _RELEASE | _STARTS,
    "release-stuck-half-way": _RELEASE,
    "releases-closed": _STARTS,
    "retry-does-nothing": {"phases": (11,), "flows": ("test_charts_that_wait_or_fail_say_so_and_recover",)},
    "route-500": {"phases": (6,), "local": False},
    "second-deploy": {"scaled": "6", "local": False},
    "setting-not-kept": {"phases": (6,), "flows": ("test_a_setting_is_kept",)},
    "settings-show-another-view": {"phases": (6,), "flows": ("test_the_settings_are_those_that_are_kept",)},
    "slow-responses": {"scaled": "1.5"},
    "slow-tile-unnoticed": _MESSAGES | {"flows": ("test_a_banner_tells_of_a_tile_that_loads_for_long",)},
    "strategy-not-told": _RELEASE,
    "strategy-rolling": _RELEASE,
    "stream-almost-right-type": _WIRE,
    "stream-broken-frames": _WIRE,
    "stream-cacheable": _WIRE,
    "stream-cut-on-stop": _FAILOVER,
    "stream-drops": _WIRE | {"scaled": "0.7"},
    "stream-endless-line": _WIRE,
    "stream-error": {"aside": ("ga-api-health", "logs-clean", "no-console-errors")},
    "stream-gzip-buffered": _WIRE,
    "stream-half-character": _WIRE,
    "stream-in-blocks": _WIRE,
    "stream-in-latin-1": _WIRE,
    "stream-not-a-stream": {"phases": (5,)},
    "stream-redirects-to-login": _WIRE,
    "stream-unauthorized": {"phases": (5,)},
    "stream-wrong-type": _WIRE,
    "streams-not-closed-on-stop": _FAILOVER,
    "streams-of-others-drop-on-stop": _FAILOVER,
    "streams-refused": _RATE,
    "sync-silent-on-one-machine": _RATE,
    "third-party-hangs": {"aside": FLOWS},
    "tile-begins-anew": {"scaled": "2.6"},
    "tile-slow": {"scaled": "2.6"},
    "tile-slow-cold": {"scaled": "2.6"},
    "tile-slow-warm": {"scaled": "2.6"},
    "tiles-slow": {"scaled": "2.6"},
    "titles-alike": {"phases": (11,), "flows": ("test_a_screen_reader_finds_its_way",)},
    "tour-does-not-end": {
        "phases": (9,),
        "flows": ("test_somebody_new_is_welcomed_and_shown_around", "test_the_tour_can_be_taken_again"),
    },
    "transaction-left-open": {"scaled": "2.1"},
    "version-hard-coded": _RELEASE,
    "visits-slow": {"apart": True},
    "welcome-without-escape": {"phases": (9,), "flows": ("test_the_welcome_can_be_left_at_once",)},
    "wrong-page": {"aside": FLOWS},
}
if _SPECIAL.keys() - REGISTRY.keys():
    raise LookupError(f"the sandbox has no such faults: {sorted(_SPECIAL.keys() - REGISTRY.keys())}")
RUNS = {name: FaultRun(fault, **_SPECIAL.get(name, {})) for name, fault in REGISTRY.items()}
