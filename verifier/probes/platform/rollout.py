"""What became of a deploy: the release, its command, and what every machine runs now.

How flyctl deploys, and what it leaves behind, is told in flyctl's own source (internal/command/deploy).
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence, Record
from verifier.core.probe import Context
from verifier.probes.fly.client import Fly, fly
from verifier.probes.fly.machines import Exit, Machine, exit_since_start, metadata
from verifier.probes.fly.release import Release, read_release
from verifier.probes.platform.state import MachineState

_GROUP = "fly_app_release_command"
_DEFINITION = (
    "query($appName:String!){app(name:$appName){currentRelease:currentReleaseUnprocessed{version configDefinition}}}"
)


class ReleaseCommand(Record):
    """The extra machine that ran the release command.

    Attributes:
        machine: its id.
        state: as the platform tells it; it destroys itself when it has ended.
        words: the command, split as a shell would.
        exit: how it ended, if it has.
    """

    machine: str
    state: str
    words: tuple[str, ...]
    exit: Exit | None = None

    @property
    def command(self) -> str:
        """The command as a person would type it."""
        return shlex.join(self.words)


class RolloutState(Evidence):
    """What became of the newest deploy.

    Attributes:
        release: the newest release.
        before: those before it, newest first.
        machines: the app's machines, when they have settled.
        command: the machine of the release command, if the platform still tells of it.
        configured: the release command of the app's configuration; empty if it has none, nothing if that is not told.
    """

    release: Release
    before: tuple[Release, ...] = ()
    machines: tuple[Machine, ...]
    command: ReleaseCommand | None = None
    configured: tuple[str, ...] | None = None

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

        The status is one signal among several: flyctl only warns if it cannot write the last one, so that a good
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
            return CouldNotLook(Cause.NO_DATA, told, remedy=f"https://status.flyio.net; then {self.again}")
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
    started, seen = now(), context.get("machines", MachineState)
    with fly(context) as platform:
        before = _or_nothing(lambda: [read_release(each) for each in platform.releases(limit=5)]) or []
        command = _command(platform.machines(deleted=True, group=_GROUP), seen.release.version)
        configured = _or_nothing(lambda: _configured(platform, seen.release.version)) if command is None else None
    return RolloutState(
        asked="Is the release that was shipped the one that runs, on every machine?",
        where=seen.where,
        at=started,
        again=f"fly releases -a {context.target.app}; {seen.again}",
        release=seen.release,
        before=tuple(each for each in before if each.version < seen.release.version),
        machines=seen.machines,
        command=command,
        configured=configured,
    )


def _or_nothing(ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was asked for
    """What adds to the evidence, and is nothing that an item hangs on."""
    try:
        return ask()
    except CouldNotLook:
        return None


def _command(machines: Iterable[Mapping[str, Any]], version: int) -> ReleaseCommand | None:
    """The release command's machine of this release; of several, the one that was made last."""
    found = [
        each
        for each in machines
        if metadata(each).get("fly_process_group") == _GROUP
        and metadata(each).get("fly_release_version") == str(version)
    ]
    if not found:
        return None
    raw = max(found, key=lambda each: str(each.get("created_at") or ""))
    init = ((raw.get("config") or raw.get("incomplete_config") or {}).get("init")) or {}
    words = [*(init.get("entrypoint") or []), *(init.get("exec") or []), *(init.get("cmd") or [])]
    return ReleaseCommand(
        machine=str(raw.get("id")),
        state=str(raw.get("state") or "unknown"),
        words=tuple(str(each) for each in words),
        exit=exit_since_start(raw),
    )


def _configured(platform: Fly, version: int) -> tuple[str, ...] | None:
    """The release command of the configuration that the release was made with, as far as GraphQL tells it."""
    told = platform.graphql(_DEFINITION, "the configuration of the release", appName=platform.app_name)
    release = (told.get("app") or {}).get("currentRelease") or {}
    definition = release.get("configDefinition")
    if isinstance(definition, str):
        definition = tomllib.loads(definition)
    if not isinstance(definition, dict) or not definition or release.get("version") not in {None, version}:
        return None
    command = (definition.get("deploy") or {}).get("release_command")
    return tuple(shlex.split(str(command))) if command else ()
