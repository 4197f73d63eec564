"""The platform that an app runs on, as the suite asks it.

A subject that implements `Platform` declares `platforms={"NAME": HERE("section:MySection")}`, and `[platform] kind =
"NAME"` of the target file chooses it: docs/add-a-platform.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, NoReturn

from verifier.core.config.target import Section
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.hostname import Hostname
from verifier.core.machine import App, ConfigurationFile, Machine, Release, ReleaseCommand
from verifier.core.probe import Context
from verifier.core.subject import Reference, subjects
from verifier.core.survey import Recognized

NOT_APPLICABLE = "declare the item not applicable, with a reason"
APP = "app"
"""The provider of the lines that the app itself writes."""


class NotThere(CouldNotLook):
    """The platform answered, and says that there is no such thing."""


class NotTold(CouldNotLook):
    """The platform never tells this of any app."""


class Fleet(NamedTuple):
    """The machines of the app; and those of it that no deploy manages and nobody is sent to: id → state."""

    machines: tuple[Machine, ...]
    bystanders: dict[str, str] = {}


class LogLine(NamedTuple):
    """One line of the log.

    Attributes:
        machine: the id of the machine that wrote it.
        provider: `APP` for the app itself; anything else for what the platform adds.
        at: when it was written, with time zone.
        level: the platform's word, or empty.
        message: the line.
        id: known again by it when a page brings the line twice; empty if lines have none.
        nanoseconds: its place in the log, in Unix time, unique to it; nothing if the platform does not tell it.
    """

    machine: str
    provider: str
    at: datetime
    level: str
    message: str
    id: str = ""
    nanoseconds: int | None = None


@dataclass(frozen=True)
class LogPage:
    """One page of a log: its lines, oldest first, and the cursor of the next page (the one sent, if nothing is new)."""

    lines: tuple[LogLine, ...]
    cursor: str


class StoredSecret(NamedTuple):
    """A secret by its name alone, and when its value was set last."""

    name: str
    set_at: datetime | None = None


class VolumeSnapshot(NamedTuple):
    """One snapshot of a volume: when it was made, and its status, both as the platform writes them."""

    at: str
    status: str


@dataclass(frozen=True)
class Counted:
    """Responses that the platform counted: by status, by machine and status, and their times as a histogram.

    Attributes:
        buckets: upper bound in seconds → how many took no longer; cumulative, with `inf` for all.
    """

    statuses: Mapping[str, int]
    by_machine: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    buckets: Mapping[float, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ByHand:
    """Lines to type that ask the platform the same, for reports and remedies; `mend_…` say where that is configured.

    `{}` stands for the id of the machine or volume, in `hostname` for the name, in `rollback` for the image, and in
    `deploy` for the strategy; `replace` holds `{machine}` and `{image}`.
    """

    machines: str
    releases: str
    logs: str
    secrets: str = ""
    metrics: str = ""
    snapshots: str = ""
    start: str = ""
    stop: str = ""
    move: str = ""
    access: str = ""
    status: str = ""
    set_secret: str = ""
    deploy_secrets: str = ""
    machine_log: str = ""
    mend_command: str = ""
    uncordon: str = ""
    create: str = ""
    scale: str = ""
    deploy: str = ""
    mend_checks: str = ""
    mend_http: str = ""
    hostname: str = ""
    rollback: str = ""
    replace: str = ""


class Platform(ABC):
    """Answers for one app. Each method raises `CouldNotLook` where the platform has no answer.

    What is not abstract may be left out: then the items that need it are unverified, with a remedy.
    """

    @abstractmethod
    def access(self) -> str:
        """Whose credential this is, in words; raises what keeps it from opening the app."""

    @abstractmethod
    def fleet(self) -> Fleet:
        """All machines of the app."""

    @abstractmethod
    def machine(self, machine: str) -> Machine:
        """One machine, as it is now."""

    @abstractmethod
    def release(self) -> Release:
        """The newest release."""

    @abstractmethod
    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        """One page of the log.

        Args:
            cursor: what the last page gave; or nanoseconds of Unix time, for what came later; or empty, for the newest.
            machine: only the lines of this one.
        """

    def releases(self, limit: int = 25) -> list[Release]:  # noqa: ARG002 - one is all that is known
        """The newest releases, newest first."""
        return [self.release()]

    def release_command(self, release: Release) -> ReleaseCommand | None:  # noqa: ARG002 - there is none
        """The machine that ran the command of this release, if the platform still tells of it."""
        return None

    def configured_command(self, release: Release) -> tuple[str, ...] | None:  # noqa: ARG002 - there is none
        """The release command that is configured; empty if there is none, nothing if that is not told."""
        return ()

    def secrets(self) -> list[StoredSecret]:
        """The names of the app's secrets, never a value."""
        self._lacks("tells no names of secrets")

    def stop(self, machine: str) -> float:  # noqa: ARG002 - it cannot
        """Stop a machine, as a deploy would; returns when the accepted order was sent, by the monotonic clock."""
        self._lacks("stops no machine for us")

    def start(self, machine: str) -> None:  # noqa: ARG002 - it cannot
        """Start a machine that rests."""
        self._lacks("starts no machine for us")

    def replace(self, machine: str, image: str) -> None:  # noqa: ARG002 - it cannot
        """Let a machine run another image, with all else as it is; it is started anew."""
        self._lacks("replaces no machine for us")

    def counted(self, since: datetime, until: datetime) -> Counted:  # noqa: ARG002 - it does not count
        """The responses that it counted in this time."""
        self._lacks("counts no responses")

    def collected(self) -> Mapping[str, datetime]:
        """The machines whose metrics it collects at this moment → when the newest sample of each was taken."""
        self._lacks("collects no metrics")

    def prometheus(self, route: str, params: Mapping[str, str]) -> Any:  # noqa: ARG002, ANN401 - it has none; any JSON
        """The `data` of what its Prometheus answers to `/api/v1/ROUTE`."""
        self._lacks("has no Prometheus")

    def snapshots(self, app: str) -> dict[str, list[VolumeSnapshot]]:  # noqa: ARG002 - it makes none
        """Volume of the app → its snapshots."""
        self._lacks("makes no snapshots")

    def app(self) -> App:
        """The app itself; raises `NotThere` if there is none of this name."""
        self._lacks("tells nothing of the app as such")

    def hostname(self, name: str) -> Hostname:  # noqa: ARG002 - it knows none
        """What it expects of a hostname of the app, and how its certificate is."""
        self._lacks("tells of no hostnames and certificates")

    def has_image(self, image: str) -> bool:  # noqa: ARG002 - it keeps none
        """Whether an image, as a release names it, can still be deployed."""
        self._lacks("tells of no images")

    def _lacks(self, what: str) -> NoReturn:
        raise NotTold(Cause.PRECONDITION, f"the platform {what}", remedy=NOT_APPLICABLE)


class PlatformSection(Section, Recognized):
    """`[platform]` of the target file: which platform the app runs on. Each platform has a subclass with its keys."""

    always: ClassVar[bool] = True
    absence: ClassVar[str] = 'the target has platform.machines = "none"'
    title: ClassVar[str]
    opens: ClassVar[Reference]
    """`opened(context)`: a context manager that yields the `Platform`."""
    credential: ClassVar[str | None] = None
    """The credential that it needs: a key of `credentials` of a `Subject`."""
    machine_header: ClassVar[str] = ""
    """The request header that makes its edge choose the machine of that id; empty if it has none."""
    release_name: ClassVar[str] = "release {}"
    """What people call one of its releases; `{}` stands for the version."""
    kind: str = ""

    @classmethod
    def reads(cls, given: Mapping[str, Any], name: str) -> bool:
        """Whether a section that is written like this means this platform, which is declared as `name`."""
        return given.get("kind") == name

    @classmethod
    def owns(cls, host: str) -> bool:  # noqa: ARG003 - for those who know
        """Whether this host is certainly one of its apps."""
        return False

    @property
    def where(self) -> str:
        """The address that is asked, for reports."""
        return self.public_page or self.title

    @property
    def public_page(self) -> str | None:
        """A page of it that answers without a credential; shows that our way is good, and its clock."""
        return None

    def by_hand(self, app: str) -> ByHand:
        """What to type to ask the same."""
        raise NotImplementedError

    def page(self, app: str, machine: str = "") -> str:  # noqa: ARG002 - for those who have one
        """The address where a person sees the app, or one of its machines; empty if there is none."""
        return ""

    def configuration(self, root: Path, name: str | None) -> ConfigurationFile:  # noqa: ARG002 - it has none
        """What the app's own file tells it: the file `name` of the checkout `root`, or its usual one."""
        what = f"{self.title} has no file of configuration in a checkout"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=NOT_APPLICABLE)

    def opened(self, context: Context) -> AbstractContextManager[Platform]:
        """The platform, ready to be asked about the target's app."""
        opened: AbstractContextManager[Platform] = self.opens.get()(context)
        return opened

    @classmethod
    def chosen(cls, given: object) -> type[Section]:
        """The section class of the platform that is meant.

        Raises:
            ValueError: there is no such platform.
        """
        if isinstance(given, PlatformSection):
            return type(given)
        written = given if isinstance(given, Mapping) else {}
        known = platforms()
        found = next((each for name, each in known.items() if each.reads(written, name)), None)
        if found is None:
            raise ValueError(f"kind: no platform is called '{written.get('kind')}'. Known: {', '.join(sorted(known))}")
        return found


def platforms() -> dict[str, type[PlatformSection]]:
    """Name → the section of each platform that a subject declares."""
    return {name: each.get() for subject in subjects() for name, each in subject.platforms.items()}
