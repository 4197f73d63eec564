"""Asks Fly.io's APIs which machines there are and which release they run.

Field names and answers: Fly's Machines API specification; `releases` is used by flyctl and undocumented.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import AwareDatetime

from verifier.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.fly import Fly, fly
from verifier.probes.http import EDGE

_SPECIAL_GROUPS = {"fly_app_release_command", "fly_app_test_machine_command", "fly_app_console"}


class Machine(Record):
    """One machine as the platform tells of it; unknown words are kept as they are."""

    id: str
    state: str
    region: str = ""
    group: str = "app"
    host_status: str = "ok"
    cordoned: bool = False
    release: str | None = None
    digest: str | None = None
    instance: str | None = None
    checks: dict[str, str] = {}
    checks_configured: int = 0
    autostop: bool = False
    minimum_running: int = 0
    last_exit: str | None = None
    launched: AwareDatetime | None = None

    @property
    def rests(self) -> bool:
        """Whether the platform stopped it because nobody needed it; such a machine is well."""
        return self.autostop and self.state in {"stopped", "suspended"} and self.last_exit in {None, "requested"}

    @property
    def down(self) -> bool:
        """Whether it neither runs nor rests."""
        return self.state != "started" and not self.rests

    @property
    def checks_passing(self) -> int:
        """How many of the platform's checks of this machine pass."""
        return sum(status == "passing" for status in self.checks.values())


class Release(Record):
    """The newest release of the app."""

    id: str
    version: int
    status: str
    created_at: AwareDatetime
    image: str | None = None


class PlatformState(Evidence):
    """The app on the platform: its machines and its newest release."""

    machines: tuple[Machine, ...]
    release: Release

    @property
    def started(self) -> tuple[str, ...]:
        """The ids of the machines that should serve: started ones.

        Raises:
            CouldNotLook: no-data, if there is none, so that nothing can be said of «every machine».
        """
        found = tuple(machine.id for machine in self.machines if machine.state == "started")
        if not found:
            states = ", ".join(f"{machine.id} {machine.state}" for machine in self.machines) or "no machine at all"
            raise CouldNotLook(Cause.NO_DATA, f"no machine is started: {states}", remedy=self.again)
        return found

    def short_groups(self) -> dict[str, str]:
        """Process groups with fewer started machines than their configuration asks for, in words."""
        groups: dict[str, list[Machine]] = {}
        for machine in self.machines:
            groups.setdefault(machine.group, []).append(machine)
        started = {name: sum(each.state == "started" for each in members) for name, members in groups.items()}
        # Even where nothing is configured, a group with all machines at rest serves nobody at this moment.
        wanted = {name: max(1, *(each.minimum_running for each in members)) for name, members in groups.items()}
        return {name: f"{started[name]} of {wanted[name]} started" for name in groups if started[name] < wanted[name]}


class MachineState(PlatformState):
    """The app on the platform, when its checks have been reported."""


def ask(context: Context, session: httpx.Client, url: str, what: str, **params: str) -> Any:  # noqa: ANN401 - JSON
    """The JSON that the platform answers; see `fly.Fly` for what has a method of its own.

    Raises:
        CouldNotLook: with the cause that the answer or its absence stands for.
    """
    return Fly(context, session).ask(url, what, params=params)


def observe_platform(context: Context) -> PlatformState:
    """Machines and newest release of the target's app.

    Raises:
        CouldNotLook: precondition, where no platform tells of them; with the cause that an answer stands for.
    """
    app, urls, started = context.target.app, context.target.platform, now()
    if urls.machines == "none":
        what = f'nothing tells of the machines of {app}: targets/{context.target.name}.toml has machines = "none"'
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="declare the item not applicable, with a reason")
    with fly(context) as platform:
        machines, release = platform.machines(), platform.release()
    return PlatformState(
        asked="Which machines are there, and which release do they run?",
        where=f"{urls.machines_url} app {app}",
        at=started,
        again=f"fly status --json -a {app}",
        machines=tuple(_machine(each) for each in machines if _serves(each)),
        release=_release(release),
    )


def places(context: Context) -> tuple[str, ...]:
    """Where to ask: every started machine; the edge alone, where no platform tells of machines."""
    if context.target.platform.machines == "none":
        return (EDGE,)
    return context.look(PlatformState).started


def observe_machines(context: Context) -> MachineState:
    """The same when it has settled: a check that is configured may be reported some seconds late, or not pass yet.

    At most eight seconds are waited for; what is then seen is what counts.
    """
    seen = context.patience.shorter(8).eventually(lambda: observe_platform(context), _settled, pause=1.0)
    return MachineState(**dict(seen))


def _settled(seen: PlatformState) -> bool:
    running = [machine for machine in seen.machines if machine.state == "started"]
    return len(running) > 0 and all(each.checks_passing == each.checks_configured for each in running)


def _serves(raw: dict[str, Any]) -> bool:
    return _metadata(raw).get("fly_process_group") not in _SPECIAL_GROUPS and raw.get("state") != "destroyed"


def _metadata(raw: dict[str, Any]) -> dict[str, str]:
    config = raw.get("config") or raw.get("incomplete_config") or {}
    return config.get("metadata") or {}


def _machine(raw: dict[str, Any]) -> Machine:
    config = raw.get("config") or {}
    services = config.get("services") or []
    metadata = _metadata(raw)
    return Machine(
        id=str(raw.get("id", "")),
        state=str(raw.get("state") or "unknown"),
        region=str(raw.get("region") or ""),
        group=metadata.get("fly_process_group") or "app",
        host_status=str(raw.get("host_status") or "unknown"),
        cordoned=bool(raw.get("cordoned")),
        release=metadata.get("fly_release_version"),
        digest=(raw.get("image_ref") or {}).get("digest"),
        instance=raw.get("version") or raw.get("instance_id"),
        checks={str(each.get("name")): str(each.get("status")) for each in raw.get("checks") or []},
        autostop=any(each.get("autostop") not in (None, False, "off") for each in services),
        minimum_running=max((int(each.get("min_machines_running") or 0) for each in services), default=0),
        last_exit=_last_exit(raw.get("events") or []),
        launched=_launched(raw.get("events") or []),
        checks_configured=len(config.get("checks") or {}) + sum(len(each.get("checks") or []) for each in services),
    )


def _launched(events: list[dict[str, Any]]) -> datetime | None:
    """When the machine was last given a configuration; events come newest first."""
    given = (each.get("timestamp") for each in events if each.get("type") == "launch" and each.get("source") == "user")
    return next((datetime.fromtimestamp(float(each) / 1000, UTC) for each in given if each), None)


def _last_exit(events: list[dict[str, Any]]) -> str | None:
    """How the machine last ended: requested, or with which code; events come newest first."""
    for event in events:
        request = event.get("request") or {}
        told = (request.get("MonitorEvent") or {}).get("exit_event") or request.get("exit_event")
        if event.get("type") == "exit" and told:
            # Absent means zero or false: the platform leaves such values out.
            reason = "out of memory" if told.get("oom_killed") else f"exit code {told.get('exit_code', 0)}"
            return "requested" if told.get("requested_stop") else reason
    return None


def _release(raw: dict[str, Any]) -> Release:
    try:
        return Release(
            id=str(raw["id"]),
            version=int(raw["version"]),
            status=str(raw.get("status") or "unknown"),
            created_at=raw["created_at"],
            image=raw.get("image_ref"),
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise CouldNotLook(Cause.NO_DATA, f"the current release is not readable: {trouble}") from None
