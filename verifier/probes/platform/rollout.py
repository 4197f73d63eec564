"""The result of a deploy: the release, its command, and what every machine runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence
from verifier.core.machine import Machine, Release, ReleaseCommand
from verifier.core.probe import Context
from verifier.probes.platform.section import Deploy
from verifier.probes.platform.state import MachineState, by_hand, opened

Answer = TypeVar("Answer")


class RolloutState(Evidence):
    """What became of the newest deploy.

    Attributes:
        release: the newest release.
        before: those before it, newest first.
        machines: the app's machines, when they have settled.
        command: the machine of the release command, if the platform still tells of it.
        configured: the release command of the app's configuration; empty if it has none, nothing if that is not told.
        status_page: where the platform tells of its own trouble, if anywhere.
        to_mend: where the release command is configured.
        command_log: what to type to read the log of its machine, if there is one.
        to_replace: what to type to give a machine the release's image, with `{}` for its id, if that is told.
        strategy: how the target says that releases are brought to the machines, if it says so.
        to_deploy: what to type to deploy so.
    """

    release: Release
    before: tuple[Release, ...] = ()
    machines: tuple[Machine, ...]
    command: ReleaseCommand | None = None
    configured: tuple[str, ...] | None = None
    status_page: str = ""
    to_mend: str = ""
    command_log: str = ""
    to_replace: str = ""
    strategy: str | None = None
    to_deploy: str = ""

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:  # noqa: ARG002 - no times
        """Which release and image run there."""
        behind, running = self.behind(), self.running()
        return {"release and image": {each: Cell(said=told, well=each not in behind) for each, told in running.items()}}

    @property
    def told(self) -> str:
        """The release in one line."""
        how = f", strategy {self.release.strategy}" if self.release.strategy else ""
        return f"release {self.release.version} {self.release.status}{how}; {self.serving}"

    @property
    def serving(self) -> str:
        """What the machines run now, in words."""
        runs = [f"release {each.release or 'unknown'} ({each.image})" for each in self.machines]
        return "; ".join(f"{runs.count(each)} machines run {each}" for each in dict.fromkeys(runs)) or "no machine"

    def running(self) -> dict[str, str]:
        """Machine → what it runs."""
        return {each.id: f"release {each.release or 'unknown'} {each.image}" for each in self.machines}

    def behind(self) -> dict[str, str]:
        """The machines that do not run the release, with what they run instead."""
        told = self.running()
        return {each.id: told[each.id] for each in self.machines if not self._has_release(each)}

    def _has_release(self, machine: Machine) -> bool:
        version = machine.release is None or machine.release == str(self.release.version)
        return version and machine.image.same_as(self.release.built) is not False

    def trouble(self) -> str:
        """Why the release is not successful, in words; empty if it is.

        The status is one signal among several: a deploy may be unable to write the last one, so that a good
        deploy can stay `running`; and a failed deploy leaves the old image serving.
        """
        behind, unwell = self.behind(), [each for each in self.machines if each.down]
        if self.release.ended_well is False:
            return f"release {self.release.version} is {self.release.status}; now {self.serving}"
        if behind:
            either = "the deploy is not over, or it stopped half-way" if self.release.ended_well is None else "it lies"
            left = "; ".join(f"{machine} runs {told}" for machine, told in behind.items())
            return f"the status of release {self.release.version} is '{self.release.status}', but {left} ({either})"
        if self.release.ended_well is None and unwell:
            states = ", ".join(f"{each.id} is {each.state}" for each in unwell)
            return f"the status of release {self.release.version} is '{self.release.status}', and {states}"
        return ""

    @property
    def strategy_told(self) -> str:
        """How the release was brought to the machines, and whether the target says how."""
        return f"strategy {self.release.strategy or 'not told'}{'' if self.strategy else '; the target declares none'}"

    def another_strategy(self) -> dict[str, str]:
        """The release, if it was not deployed as the target says, in words."""
        seen = self.release.strategy
        if not self.strategy or not seen or seen == self.strategy:
            return {}
        return {"release": f"release {self.release.version} was deployed by '{seen}', instead of '{self.strategy}'"}

    def strategy_known(self) -> CouldNotLook | None:
        """Whether the platform tells the strategy, where the target declares one.

        Returns:
            Why not, if not: no-data.
        """
        if self.strategy and not self.release.strategy:
            told = f"the platform does not tell the strategy of release {self.release.version}"
            return CouldNotLook(Cause.NO_DATA, told, remedy=f"{self.again}; or leave strategy out of [deploy]")
        return None

    def machines_known(self) -> CouldNotLook | None:
        """Whether there are machines, and that each tells which release and image it runs.

        Returns:
            Why not, if not: no-data.
        """
        if not self.machines:
            return CouldNotLook(Cause.NO_DATA, "the app has no machine", remedy=self.again)
        image = self.release.built
        open_ = [each.id for each in self.machines if each.release is None or each.image.same_as(image) is None]
        if open_:
            told = f"the platform does not tell which release and image run on {', '.join(open_)}"
            if not (image.tag or image.digest):
                told = f"the platform does not tell the image of release {self.release.version}"
            return CouldNotLook(
                Cause.NO_DATA, told, remedy=f"{self.status_page}; then {self.again}".removeprefix("; then ")
            )
        return None

    def command_words(self) -> tuple[str, ...]:
        """The release command: what ran, or else what the configuration says; empty if there is none.

        Raises:
            CouldNotLook: no-data, if the platform tells neither.
        """
        if self.command is not None:
            return self.command.words
        if self.configured is not None:
            return self.configured
        raise self._no_command("which command it was")

    def command_exit(self) -> str:
        """How the release command ended, in words.

        Raises:
            CouldNotLook: no-data, if it is still running, or the platform no longer tells of its machine.
        """
        if self.command is None and self.configured == ():
            return "no release command is configured"
        if self.command is None:
            raise self._no_command("how it ended")
        told = f"machine {self.command.machine} ('{self.command.command}')"
        if self.command.exit is None:
            raise CouldNotLook(
                Cause.NO_DATA, f"{told} is {self.command.state}, and no end of it is told", remedy=self.again
            )
        return f"{told}: {self.command.exit}" if self.command_failed else f"'{self.command.command}' ended with 0"

    @property
    def command_failed(self) -> bool:
        """Whether the release command is known to have ended badly."""
        ended = self.command.exit if self.command else None
        return ended is not None and (ended.oom or ended.code != 0)

    def _no_command(self, what: str) -> CouldNotLook:
        told = f"no machine of the release command of release {self.release.version} is told of any more, so {what}"
        remedy = "judge soon after the deploy; where there is no release command, declare the item not applicable"
        return CouldNotLook(Cause.NO_DATA, f"{told} is not known", remedy=remedy)


def observe_rollout(context: Context) -> RolloutState:
    """The newest release, its command, and what every machine runs when the machines have settled.

    Raises:
        CouldNotLook: with the cause that an answer of the platform stands for.
    """
    started, seen, lines = now(), context.get("machines", MachineState), by_hand(context)
    strategy = context.target.section(Deploy).strategy
    with opened(context) as platform:
        before = _or_nothing(lambda: platform.releases(5)) or []
        command = platform.release_command(seen.release)
        configured = None if command else _or_nothing(lambda: platform.configured_command(seen.release))
    return RolloutState(
        asked="Is the release that was shipped the one that runs, on every machine?",
        where=seen.where,
        at=started,
        again=f"{lines.releases}; {seen.again}",
        release=seen.release,
        before=tuple(each for each in before if each.version < seen.release.version),
        machines=seen.machines,
        command=command,
        configured=configured,
        status_page=seen.status_page,
        to_mend=lines.mend_command,
        command_log=lines.machine_log.format(command.machine) if command else "",
        to_replace=lines.replace.format(machine="{}", image=seen.release.image) if seen.release.image else "",
        strategy=strategy,
        to_deploy=f"{lines.deploy.format(strategy)}; or correct [deploy] of the target file".removeprefix("; or "),
    )


def _or_nothing(ask: Callable[[], Answer]) -> Answer | None:
    """What adds to the evidence, and is nothing that an item hangs on."""
    try:
        return ask()
    except CouldNotLook:
        return None
