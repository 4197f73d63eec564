"""The records that every platform tells in the same shape: a machine, its exits, a release, its command, its file.

A field that a platform does not tell keeps its default. Words that are not known are kept as they are.
"""

from __future__ import annotations

import shlex
from datetime import datetime

from pydantic import AwareDatetime

from verifier.core.config.expected_release import Image, read_image
from verifier.core.evidence import Record

EDGE = "edge"
"""The place, beside the machines, where the platform chooses the machine, as it does for every operator."""
STATES = {"created", "starting", "started", "stopping", "stopped", "suspending", "suspended", "restarting"} | {
    "creating", "updating", "replacing", "replaced", "destroying", "destroyed", "failed", "launch_failed", "migrated",
}  # fmt: skip
"""The states that this suite understands; a platform translates its own words into these."""
_RESTING = {"stopped", "suspended"}
_LOOP = 2
"""Crashes since the deploy that make a loop; one restart is forgiven."""
_WELL = {"complete", "completed", "succeeded", "success"}
_BADLY = {"failed", "interrupted", "cancelled", "canceled", "error"}


class Exit(Record):
    """One end of a machine's process."""

    at: AwareDatetime | None
    code: int = 0
    oom: bool = False
    requested: bool = False
    restarts: int = 0

    @property
    def crash(self) -> bool:
        """Whether nobody asked for it and something was wrong."""
        return not self.requested and (self.oom or self.code != 0)

    def __str__(self) -> str:
        return "requested" if self.requested else "out of memory" if self.oom else f"exit code {self.code}"


class HealthCheck(Record):
    """A check of a machine that the platform makes.

    Attributes:
        kind: `http`, `tcp`, or another word of the platform.
        path: what it asks for, of `http`.
        port: of the machine.
        routes: whether a machine that fails it gets no more requests.
        public: whether the edge leads to its port, so that others can ask for the same.
    """

    kind: str
    path: str = ""
    port: int | None = None
    routes: bool = False
    public: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.path}".rstrip() + ("" if self.routes else ", routing ignores it")


class App(Record):
    """An app, as the platform tells of it.

    Attributes:
        status: the platform's word.
        deployed: whether that means that something was deployed and is meant to run; nothing for an unknown word.
    """

    name: str
    status: str
    deployed: bool | None = None


class Machine(Record):
    """One machine as the platform tells of it.

    Attributes:
        release: the version of the release that wrote its configuration.
        digest: of its image.
        source: its image as its configuration names it.
        revision: the commit that the image says it was built from.
        config_known: whether the platform shows its configuration; it does not while the host is out of reach.
        launched: when a person or a deploy last gave it a configuration.
        exits: the newest first.
        standby: whether it waits for another machine's end.
        serves: whether the edge sends requests to it.
        health_checks: its checks as they are configured; nothing if the platform does not tell them.
    """

    id: str
    state: str
    region: str = ""
    group: str = "app"
    host_status: str = "ok"
    cordoned: bool = False
    release: str | None = None
    digest: str | None = None
    tag: str | None = None
    repository: str | None = None
    source: str | None = None
    revision: str | None = None
    instance: str | None = None
    config_known: bool = True
    checks: dict[str, str] = {}
    checks_configured: int = 0
    autostop: bool = False
    standby: bool = False
    serves: bool = True
    health_checks: tuple[HealthCheck, ...] | None = None
    minimum_running: int = 0
    primary_region: str = ""
    launched: AwareDatetime | None = None
    exits: tuple[Exit, ...] = ()
    last_exit: str | None = None

    @property
    def rests(self) -> bool:
        """Whether nobody needs it, so that it is stopped; such a machine is well."""
        if self.standby:
            return self.state in {*_RESTING, "created"}
        return self.autostop and self.state in _RESTING and self.last_exit in {None, "requested", "exit code 0"}

    @property
    def down(self) -> bool:
        """Whether it neither runs nor rests."""
        return self.state != "started" and not self.rests

    @property
    def checks_passing(self) -> int:
        """How many of the platform's checks of this machine pass."""
        return sum(status == "passing" for status in self.checks.values())

    @property
    def checks_well(self) -> bool:
        """Whether every configured check is reported, and none is anything but passing."""
        return len(self.checks) >= self.checks_configured and self.checks_passing == len(self.checks)

    @property
    def checks_told(self) -> str:
        """The checks in words: how many of the configured ones pass, and what is said of the others."""
        rest = [f"{name} {status}" for name, status in self.checks.items() if status != "passing"]
        missing = self.checks_configured - len(self.checks)
        rest += [f"{missing} not reported"] if missing > 0 else []
        told = f"{self.checks_passing} of {self.checks_configured} passing"
        return told + (f" ({', '.join(rest)})" if rest else "")

    @property
    def image(self) -> Image:
        """What it runs."""
        return Image(repository=self.repository, tag=self.tag, digest=self.digest)

    def crashes(self, since: datetime) -> tuple[Exit, ...]:
        """Its crashes since `since`, and since it was last given a configuration; undated ones count."""
        begin = max(since, self.launched or since)
        return tuple(each for each in self.exits if each.crash and (each.at is None or each.at >= begin))

    def unrest(self, since: datetime) -> str:
        """What is wrong with its ends since `since`: out of memory, or a crash loop; empty if nothing is."""
        crashes = self.crashes(since)
        if any(each.oom for each in crashes):
            return f"out of memory ({sum(each.oom for each in crashes)} times)"
        count = max([len(crashes), *(each.restarts for each in crashes)])
        return f"crash loop ({count} times, last: {crashes[0]})" if crashes and count >= _LOOP else ""


class Release(Record):
    """A release of the app.

    Attributes:
        status: the platform's word, such as running, complete, failed or interrupted.
        strategy: how it was brought to the machines, if that is told.
    """

    id: str
    version: int
    status: str
    created_at: AwareDatetime
    image: str | None = None
    strategy: str | None = None

    @property
    def ended_well(self) -> bool | None:
        """What its status says; nothing where it is still running, or a word that says nothing."""
        word = self.status.lower()
        return True if word in _WELL else False if word in _BADLY else None

    @property
    def built(self) -> Image:
        """Its image, as far as it is told."""
        try:
            return read_image(self.image or "")
        except ValueError:
            return Image()


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


class ConfiguredService(Record):
    """A service of the app, as the app's own file describes it to the platform.

    Attributes:
        name: its place in the file.
        checks: how many health checks it has.
        forces_https: whether plain HTTP is sent to HTTPS; nothing where it takes no HTTP.
        stops_idle: whether the platform stops machines that nobody uses.
        minimum_running: how many it keeps then.
    """

    name: str
    checks: int
    forces_https: bool | None
    stops_idle: bool
    minimum_running: int


class ConfiguredApp(Record):
    """An app as the platform's own file in a checkout calls it.

    Attributes:
        file: the file's name.
        checked: the paths that the platform's health checks ask for.
    """

    file: str
    name: str
    checked: tuple[str, ...] = ()


class ConfigurationFile(Record):
    """The file in the app's checkout that tells the platform how to run it.

    Attributes:
        file: its path below the checkout.
        checks: all health checks in it, those of no service too.
        command: the release command; empty if there is none.
        misspelt: a key that the platform does not know → the one that is near.
        unknown: other keys that this suite does not know.
        validate_command: what to type to let the platform's own tool judge it.
    """

    file: str
    services: tuple[ConfiguredService, ...]
    checks: int
    command: tuple[str, ...] = ()
    misspelt: dict[str, str] = {}
    unknown: tuple[str, ...] = ()
    validate_command: str = ""
