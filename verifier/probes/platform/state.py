"""Asks the platform for the app's machines and its newest release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence, require
from verifier.core.machine import EDGE, STATES, Machine, Release
from verifier.core.platform import ByHand, Platform, PlatformSection
from verifier.core.probe import Context
from verifier.probes.platform import MACHINE_COLUMNS
from verifier.probes.platform.deployed_release import differences
from verifier.probes.platform.preflight import Preflight


class PlatformState(Evidence):
    """The app on the platform: its machines and its newest release.

    Attributes:
        machines: those of the app.
        bystanders: machines of the app that no deploy manages and nobody is sent to: id → state.
        status_page: where the platform tells of its own trouble, if anywhere.
        to_start, to_move, to_uncordon, to_read_log: what to type for a machine, with `{}` for its id: to start it, to
            give it another host, to let the edge send people to it again, to see what it wrote.
        release_name: what people who use the platform call the release.
    """

    machines: tuple[Machine, ...]
    release: Release
    bystanders: dict[str, str] = {}
    status_page: str = ""
    to_start: str = ""
    to_move: str = ""
    to_uncordon: str = ""
    to_read_log: str = ""
    release_name: str = ""

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

        The minimum counts in the primary region alone, where there is one.
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

    def on_bad_hosts(self) -> dict[str, str]:
        """The machines whose host is not ok, with its status."""
        return {each.id: f"host {each.host_status}" for each in self.machines if each.host_status != "ok"}

    def cordoned(self) -> list[str]:
        """The machines that the edge sends nobody to, because somebody cordoned them."""
        return [each.id for each in self.machines if each.cordoned]

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
            return CouldNotLook(
                Cause.NO_DATA, told, remedy=f"{self.status_page}; then {self.again}".removeprefix("; then ")
            )
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
    cordoned = ", cordoned" if machine.cordoned else ""
    return Cell(said=machine.host_status + cordoned, well=machine.host_status == "ok" and not machine.cordoned)


def _checks(machine: Machine) -> Cell:
    if machine.rests or not machine.config_known:
        return Cell(said="rests" if machine.rests else "not told")
    return Cell(said=machine.checks_told, well=machine.checks_well)


def _minimum(members: tuple[Machine, ...]) -> int:
    return max((each.minimum_running for each in members), default=0)


def _states(members: tuple[Machine, ...]) -> str:
    states = [each.state for each in members]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))


@contextmanager
def opened(context: Context) -> Iterator[Platform]:
    """The platform of the run's target, for as long as the block lasts.

    Raises:
        CouldNotLook: at once, what the preflight found: nobody needs to find it out anew.
    """
    require(context.get("preflight", Preflight).platform_told())
    with context.target.section(PlatformSection).opened(context) as platform:
        yield platform


def by_hand(context: Context) -> ByHand:
    """What to type to ask the platform about the target's app."""
    return context.target.section(PlatformSection).by_hand(context.target.app)


def observe_platform(context: Context) -> PlatformState:
    """Machines and newest release of the target's app.

    Raises:
        CouldNotLook: precondition, where no platform tells of them; with the cause that an answer stands for.
    """
    started, section, hand = now(), context.target.section(PlatformSection), by_hand(context)
    with opened(context) as platform:
        fleet, release = platform.fleet(), platform.release()
    return PlatformState(
        asked="Which machines are there, and which release do they run?",
        where=f"{section.where} app {context.target.app}",
        at=started,
        again=hand.machines,
        machines=fleet.machines,
        bystanders=fleet.bystanders,
        release=release,
        status_page=hand.status,
        to_start=hand.start,
        to_move=hand.move,
        to_uncordon=hand.uncordon,
        to_read_log=hand.machine_log or hand.logs,
        release_name=section.release_name.format(release.version),
    )


def places(context: Context) -> tuple[str, ...]:
    """Where to ask: every started machine; the edge alone, where machines are not told or cannot be chosen."""
    section = context.target.section(PlatformSection)
    return context.get("platform", PlatformState).started if section.given and section.machine_header else (EDGE,)


def released(context: Context) -> Release | None:
    """The newest release; nothing, where no platform tells of releases."""
    if not context.target.section(PlatformSection).given:
        return None
    return context.get("platform", PlatformState).release


def observe_machines(context: Context) -> MachineState:
    """The same when it has settled: a check that is configured may be reported some seconds late, or not pass yet.

    At most eight seconds are waited for; what is then seen is what counts.
    """
    seen = context.deadline.shorter(8).eventually(lambda: observe_platform(context), _settled, pause=1.0)
    return MachineState(**dict(seen))


def _settled(seen: PlatformState) -> bool:
    running = [machine for machine in seen.machines if machine.state == "started"]
    return len(running) > 0 and all(each.checks_well or not each.config_known for each in running)
