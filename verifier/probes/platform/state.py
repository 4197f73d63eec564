"""Asks Fly.io which machines there are and which release they run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence
from verifier.core.probe import Context
from verifier.probes.fly.client import Fly, fly
from verifier.probes.fly.machines import STATES, Machine, metadata, read_machine, serves
from verifier.probes.fly.release import Release, read_release
from verifier.probes.fly.section import Platform
from verifier.probes.http.client import EDGE
from verifier.probes.platform import MACHINE_COLUMNS
from verifier.probes.platform.deployed_release import differences


class PlatformState(Evidence):
    """The app on the platform: its machines and its newest release.

    Attributes:
        machines: those of the app.
        bystanders: machines of the app that no deploy manages and nobody is sent to: id → state.
    """

    machines: tuple[Machine, ...]
    release: Release
    bystanders: dict[str, str] = {}

    @property
    def started(self) -> tuple[str, ...]:
        """The ids of the machines that should serve: started ones.

        Raises:
            CouldNotLook: no-data, if there is none, so that nothing can be said of 'every machine'.
        """
        found = tuple(machine.id for machine in self.machines if machine.state == "started")
        if not found:
            states = ", ".join(f"{machine.id} {machine.state}" for machine in self.machines) or "no machine at all"
            raise CouldNotLook(Cause.NO_DATA, f"no machine is started: {states}", remedy=self.again)
        return found

    def groups(self) -> dict[str, tuple[Machine, ...]]:
        """The process groups with their machines."""
        names = dict.fromkeys(machine.group for machine in self.machines)
        return {name: tuple(each for each in self.machines if each.group == name) for name in names}

    def groups_told(self) -> dict[str, str]:
        """The process groups in words: how many machines are in which state, and how many must be started."""
        return {name: f"{_states(members)} (minimum {_minimum(members)})" for name, members in self.groups().items()}

    def short_groups(self) -> dict[str, str]:
        """Process groups with fewer started machines than their configuration asks for, in words.

        The minimum counts in the primary region alone (Fly docs, min_machines_running).
        """
        short = {}
        for name, members in self.groups().items():
            at_home = [each for each in members if each.region == each.primary_region] or list(members)
            started, wanted = sum(each.state == "started" for each in at_home), _minimum(members)
            if started < wanted:
                short[name] = f"{started} of {wanted} started"
        return short

    def down(self) -> dict[str, str]:
        """The machines that neither run nor rest, in words."""
        return {
            each.id: f"{each.state} (group {each.group}, {each.last_exit or 'no exit told'})"
            for each in self.machines
            if each.down and each.state in STATES
        }

    def differences(self, shipped: ExpectedRelease) -> dict[str, str]:
        """What runs instead of what was shipped: what was expected → what was seen.

        Raises:
            CouldNotLook: precondition, if the two cannot be compared.
        """
        return differences(shipped, self.release, self.machines)

    def badly_placed(self) -> dict[str, str]:
        """The machines whose host is not ok, or that take no traffic, in words."""
        return {
            each.id: f"host {each.host_status}{', cordoned' if each.cordoned else ''}"
            for each in self.machines
            if each.host_status != "ok" or each.cordoned
        }

    def failing_checks(self) -> dict[str, str]:
        """The started machines on which a configured check was not reported or does not pass, in words."""
        return {
            each.id: each.checks_told
            for each in self.machines
            if each.state == "started" and each.config_known and not each.checks_well
        }

    def words_known(self) -> CouldNotLook | None:
        """Whether every machine's state is a word that this suite knows.

        Returns:
            Why not, if not: no-data, for a state that may be good or bad.
        """
        strange = [f"{each.id} is '{each.state}'" for each in self.machines if each.state not in STATES]
        if strange:
            told = f"the platform uses words that this suite does not know: {', '.join(strange)}"
            return CouldNotLook(Cause.NO_DATA, told, remedy=f"{self.again}; and tell whoever keeps the suite")
        return None

    def awake(self) -> CouldNotLook | None:
        """Whether of every process group some machine was seen running.

        Returns:
            Why not, if not: precondition, if all machines of a group rest, which their configuration allows.
        """
        groups = self.groups().items()
        asleep = [name for name, members in groups if not any(each.state == "started" for each in members)]
        if asleep or not self.machines:
            told = f"all machines of {', '.join(asleep)} rest" if asleep else "the app has no machine"
            remedy = "open the app once, so that a machine starts, and run again"
            return CouldNotLook(Cause.PRECONDITION, f"{told}, so none was seen running", remedy=remedy)
        return None

    def configurations_known(self) -> CouldNotLook | None:
        """Whether the platform shows the configuration of every machine.

        Returns:
            Why not, if not: no-data, for machines on a host out of reach: nothing of them is known.
        """
        hidden = [f"{each.id} (host {each.host_status})" for each in self.machines if not each.config_known]
        if hidden:
            told = f"the platform does not show the configuration of {', '.join(hidden)}"
            return CouldNotLook(Cause.NO_DATA, told, remedy=f"https://status.flyio.net; then {self.again}")
        return None

    def unrest(self) -> dict[str, str]:
        """Machines that ran out of memory or crash again and again since the release, in words."""
        found = {each.id: each.unrest(self.release.created_at) for each in self.machines}
        return {machine: told for machine, told in found.items() if told}

    def crashes(self) -> dict[str, int]:
        """Machine → how often it crashed since the release."""
        return {each.id: len(each.crashes(self.release.created_at)) for each in self.machines}


class MachineState(PlatformState):
    """The app on the platform, when its checks have been reported."""

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:  # noqa: ARG002 - no times
        """State, host, checks and crashes."""
        unrest, rows = self.unrest(), {each.id: each for each in self.machines}
        told = (
            {
                id_: Cell(said=f"{each.state}{' (rests)' * each.rests}", well=not each.down)
                for id_, each in rows.items()
            },
            {id_: _host(each) for id_, each in rows.items()},
            {id_: _checks(each) for id_, each in rows.items()},
            {id_: Cell(said=unrest.get(id_, "yes"), well=id_ not in unrest) for id_ in rows},
        )
        return dict(zip(MACHINE_COLUMNS, told, strict=True))


def _host(machine: Machine) -> Cell:
    door = ", cordoned" if machine.cordoned else ""
    return Cell(said=machine.host_status + door, well=machine.host_status == "ok" and not machine.cordoned)


def _checks(machine: Machine) -> Cell:
    if machine.rests or not machine.config_known:
        return Cell(said="rests" if machine.rests else "not told")
    return Cell(said=machine.checks_told, well=machine.checks_well)


def _minimum(members: tuple[Machine, ...]) -> int:
    return max((each.minimum_running for each in members), default=0)


def _states(members: tuple[Machine, ...]) -> str:
    states = [each.state for each in members]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))


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
    app, urls, started = context.target.app, context.target.section(Platform), now()
    if urls.machines == "none":
        what = f'nothing tells of the machines of {app}: {context.target.file} has machines = "none"'
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="declare the item not applicable, with a reason")
    with fly(context) as platform:
        machines, release = platform.machines(), platform.release()
    return platform_state(machines, release, app=app, where=urls.machines_url, at=started)


def platform_state(
    machines: list[dict[str, Any]], release: dict[str, Any], *, app: str, where: str, at: datetime
) -> PlatformState:
    """The record of what the platform told.

    Raises:
        CouldNotLook: no-data, if the release is not readable.
    """
    return PlatformState(
        asked="Which machines are there, and which release do they run?",
        where=f"{where} app {app}",
        at=at,
        again=f"fly status --json -a {app}",
        machines=tuple(read_machine(each) for each in machines if serves(each)),
        bystanders={
            str(each.get("id")): str(each.get("state"))
            for each in machines
            if not serves(each) and not metadata(each) and each.get("state") != "destroyed"
        },
        release=read_release(release),
    )


def places(context: Context) -> tuple[str, ...]:
    """Where to ask: every started machine; the edge alone, where no platform tells of machines."""
    if context.target.section(Platform).machines == "none":
        return (EDGE,)
    return context.get("platform", PlatformState).started


def observe_machines(context: Context) -> MachineState:
    """The same when it has settled: a check that is configured may be reported some seconds late, or not pass yet.

    At most eight seconds are waited for; what is then seen is what counts.
    """
    seen = context.deadline.shorter(8).eventually(lambda: observe_platform(context), _settled, pause=1.0)
    return MachineState(**dict(seen))


def _settled(seen: PlatformState) -> bool:
    running = [machine for machine in seen.machines if machine.state == "started"]
    return len(running) > 0 and all(each.checks_well or not each.config_known for each in running)
