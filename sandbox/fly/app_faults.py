"""Faults of an app: its machines and secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, changed, done, unverified
from sandbox.fly.identity import moment, nanoseconds
from sandbox.item_groups import DEPLOY_AND_POSTDEPLOY, MACHINE_ITEMS, RELEASE_ITEMS, STREAM_ITEMS

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.app import App

DASHBOARD: Hook[Break[App]] = Hook()
"""Faults of the dashboard after its deploy."""


def _machine(name: str, summary: str, cause: str = "", *doubtful: str) -> Fault:
    """The platform reports an unhealthy machine, and nothing else is wrong."""
    found = unverified(cause, *doubtful)
    return Fault(name, summary, ("machines-started",), found, stages=DEPLOY_AND_POSTDEPLOY)


def _of_production(item: str, name: str, summary: str) -> Fault:
    return Fault(name, summary, (item,), stages="production")


DASHBOARD.add(_machine("machine-killed", "one machine is dead"), lambda app, _: done(app.machines[0].kill()))


@DASHBOARD.by(_machine("machine-crash-loop", "one machine crashed three times since the deploy"))
@asynccontextmanager
async def _crash_loop(app: App, _figure: str) -> AsyncIterator[None]:
    app.machines[0].fall(3)
    yield


@DASHBOARD.by(_machine("machine-out-of-memory", "one machine ran out of memory since the deploy"))
@asynccontextmanager
async def _out_of_memory(app: App, _figure: str) -> AsyncIterator[None]:
    app.machines[0].fall(1, out_of_memory=True)
    yield


DASHBOARD.add(
    _machine("machine-cordoned", "one machine gets no traffic"), lambda app, _: changed(app.machines[0], cordoned=True)
)


@DASHBOARD.by(
    Fault(
        "machine-auto-stopped",
        "one machine is auto-stopped, because it has no traffic",
        stages=DEPLOY_AND_POSTDEPLOY,
        green=(*RELEASE_ITEMS, "machines-started", "health-endpoint", "logs-clean", *STREAM_ITEMS),
    )
)
@asynccontextmanager
async def _auto_stopped(app: App, _figure: str) -> AsyncIterator[None]:
    async with changed(app, autostop=True):
        await app.machines[-1].stop()
        yield


DASHBOARD.add(
    _machine(
        "host-unreachable",
        "the host of one machine is unreachable, and its configuration unknown",
        "no-data",
        "one-image-everywhere",
    ),
    lambda app, _: changed(app.machines[0], host_status="unreachable"),
)


@DASHBOARD.by(
    Fault(
        "platform-says-dead",
        "the platform says that every machine is stopped, and they serve",
        ("machines-started",),
        unverified("no-data", *MACHINE_ITEMS[2:]),
    )
)
@asynccontextmanager
async def _said_to_be_dead(app: App, _figure: str) -> AsyncIterator[None]:
    for machine in app.machines:
        machine.said_to_be = "stopped"
    yield
    for machine in app.machines:
        machine.said_to_be = None


DASHBOARD.add(
    Fault(
        "machine-does-not-start-again",
        "a machine that was stopped fails to start",
        ("sse-failover",),
        unverified("stale-data", "release-unchanged"),
        stages="monitoring",
    ),
    lambda app, _: changed(app, starts_again=False),
)
DASHBOARD.add(
    _of_production("secrets-set", "secret-missing", "DATABASE_URL is not set"),
    lambda app, _: changed(app, lost_secrets={"DATABASE_URL"}),
)
DASHBOARD.add(
    Fault(
        "secret-staged",
        "SESSION_SECRET is set, and not deployed",
        ("secrets-set", "rollback-ready"),
        stages="production",
    ),
    lambda app, _: changed(app, staged_secrets={"SESSION_SECRET": moment()}),
)
DASHBOARD.add(
    _of_production("rollback-ready", "secret-set-since", "SESSION_SECRET got another value with the newest release"),
    lambda app, _: changed(app, staged_secrets={"SESSION_SECRET": _just_after(app.release_before.created_at)}),
)
DASHBOARD.add(
    _of_production("rollback-ready", "image-gone", "the registry no longer has the previous release's image"),
    lambda app, _: changed(app, lost_images={app.release_before.image.digest}),
)
DASHBOARD.add(
    _of_production("rollback-ready", "image-does-not-start", "no machine starts with the previous release's image"),
    lambda app, _: changed(app, broken_images={app.release_before.image.digest}),
)
DASHBOARD.add(
    _of_production("rollback-ready", "no-release-before", "the release is the first one"),
    lambda app, _: changed(app, releases=app.releases[-1:]),
)
DASHBOARD.add(
    _of_production("app-exists", "app-pending", "the app was made, and never deployed"),
    lambda app, _: changed(app, status="pending"),
)
DASHBOARD.add(
    _of_production("app-exists", "one-machine-alone", "the app has one machine"),
    lambda app, _: changed(app, machines=app.machines[:1]),
)
DASHBOARD.add(
    _of_production("app-exists", "machines-elsewhere", "the machines are in another region"),
    lambda app, _: changed(app, region="fra"),
)
DASHBOARD.add(
    _of_production("health-checks-configured", "health-checks-none", "no health check is configured"),
    lambda app, _: changed(app, check_kind=""),
)
DASHBOARD.add(
    _of_production("health-checks-configured", "health-check-tcp-only", "the platform only connects to the app"),
    lambda app, _: changed(app, check_kind="tcp"),
)
DASHBOARD.add(
    _of_production("health-checks-configured", "health-check-wrong-path", "the checked path answers 404"),
    lambda app, _: changed(app, check_path="/no-such-page"),
)


def _just_after(told: str) -> str:
    return moment(nanoseconds(told) + 1_000_000)
