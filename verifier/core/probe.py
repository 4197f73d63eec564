"""Only probes contact the target: each asks it one kind of question and returns a frozen record. They never judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from verifier.core.cleanup import Cleanup
from verifier.core.config.contract import Escalation, Limit
from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.config.target import Target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.evidence.finding import Finding

Seen = TypeVar("Seen", bound=Evidence)


class Get(Protocol):
    """Hands over another observation of the same run, made once."""

    def __call__(self, name: str, kind: type[Seen], /) -> Seen:
        """The evidence of this name, or its `CouldNotLook`."""


class Peek(Protocol):
    """Hands over another observation of the same run if it was made, and makes none."""

    def __call__(self, name: str, kind: type[Seen], /) -> Seen | None:
        """The evidence of this name, or nothing."""


class Tell(Protocol):
    """Says how far a long observation is, to whoever waits for it."""

    def __call__(self, progress: str, /, *, left: float | None = None) -> None:
        """Note `progress`, of one line or several, and the seconds `left` where they are known."""


def _nobody_waits(progress: str, /, *, left: float | None = None) -> None:
    """Where nobody waits, nothing is said."""


@dataclass(frozen=True)
class WatchOrder:
    """How the caller wants the deployment watched.

    Attributes:
        seconds: for how long.
        resume: the journal of a watch that did not end, to go on with.
        to_the_end: go on although it is certain that a promise is broken.
    """

    seconds: float
    resume: Path | None = None
    to_the_end: bool = False


@dataclass(frozen=True)
class CallerOptions:
    """What the caller asked for on the command line, beyond the target.

    Attributes:
        restore_drill: restore a dump of the database into a server of our own, and compare the two.
        rehearse_rollback: let each machine run the image of the previous release for a moment.
        previous_release: the address or the image of the release that the next one replaces; it is asked to read.
        app_dir: the application's checkout; else the target may say where it is.
        since: the git revision that is live: what changed since then is judged.
        schema_from: the name of the variable whose database lends its schema for the rehearsal.
        load_result: what `load/locustfile.py` wrote down of a load from many machines.
        phases: the phases of the plan that are judged.
        emergency: why a deploy cannot wait for the end of a high-traffic period; empty if it is no emergency.
        approvals: approvals of phases that the caller hands over, as a JSON file.
        watch: how the deployment is to be watched, if it is.
    """

    restore_drill: bool = False
    rehearse_rollback: bool = False
    previous_release: str | None = None
    app_dir: Path | None = None
    since: str | None = None
    schema_from: str | None = None
    load_result: Path | None = None
    phases: tuple[int, ...] = ()
    emergency: str = ""
    approvals: Path | None = None
    watch: WatchOrder | None = None


@dataclass(frozen=True)
class Notice:
    """What people are to hear of before the run ends.

    Attributes:
        item: of the contract.
        finding: what breaks its promise; nothing where it is a figure that has gone too far.
        figure: that figure, in the unit of the item's thresholds.
    """

    item: str
    finding: Finding | None = None
    figure: float | None = None


@dataclass(frozen=True)
class Context:
    """What a probe may use.

    Attributes:
        target: the deployment that is looked at.
        credentials: where secrets come from.
        deadline: how long this probe may take.
        run: an id that no other run has; marks what the run itself sends.
        get: other evidence of this run.
        peek: the same, if others asked for it and it is there.
        wait_for_earlier: waits until the others have looked; only for a probe that looks back at what they did.
        limit: the limit of an item, with the target's changes.
        ceiling: the longest time, in seconds, that keeps the promise of an item; after it the answer is certain.
        exclusive: a lock; who measures times holds it, and is alone with the target and this machine.
        shared: its other side, never held beside it: for who loads the target or this machine, many at once.
        named: a lock by a name; who changes something that others count holds it.
        browser: the path of the browser to use, or nothing to let it be found.
        options: what the caller asked for on the command line.
        tell: says how far a long observation is, to whoever waits for it.
        run_exclusive: waits, within a deadline, until no other process of this run works; for who disturbs all.
        cleanup: where to note what is changed in the target before it is changed; nothing may be where there is none.
        base: the folder where paths in the target file begin: that of its targets/.
        folder: what the run leaves behind; for logs that people read, written without secrets.
        shipped: what the caller says was shipped.
        history: the file that outlives the run, with what accepted releases of the target took; others stand beside it.
        escalations: whom the contract wants told about an item, and when.
        waived: whether a waiver covers a finding of an item.
        notify: tells people at once, where the target wants that; returns what became of it, a line each.
    """

    target: Target
    credentials: Credentials
    deadline: Deadline
    run: str
    get: Get
    peek: Peek
    wait_for_earlier: Callable[[], None]
    limit: Callable[[str], Limit | None]
    ceiling: Callable[[str], float]
    exclusive: Callable[[], AbstractContextManager[object]]
    shared: Callable[[], AbstractContextManager[object]]
    named: Callable[[str], AbstractContextManager[object]]
    browser: str | None = None
    options: CallerOptions = CallerOptions()
    tell: Tell = _nobody_waits
    run_exclusive: Callable[[Deadline], AbstractContextManager[object]] = lambda deadline: nullcontext()  # noqa: ARG005 - one process
    cleanup: Cleanup | None = None
    base: Path = Path()
    folder: Path = Path()
    shipped: ExpectedRelease = field(default_factory=ExpectedRelease)
    history: Path = Path()
    escalations: Callable[[str], tuple[Escalation, ...]] = lambda item: ()  # noqa: ARG005 - of no contract
    waived: Callable[[str, Finding], bool] = lambda item, finding: False  # noqa: ARG005 - there are none
    notify: Callable[[Sequence[Notice]], tuple[str, ...]] = lambda notices: ()  # noqa: ARG005 - nobody is told

    @property
    def url(self) -> str:
        """The target's address.

        Raises:
            CouldNotLook: precondition, if nobody told it.
        """
        if self.target.url is None:
            raise CouldNotLook(Cause.PRECONDITION, f"{self.target.file} has no url")
        return self.target.url

    def checkout(self, told: str | None, remedy: str) -> Path:
        """The folder of the application: `--app-dir`, else `told`, from `base` on.

        Args:
            told: where a section of the target file says that it is.
            remedy: what to do where neither says it.

        Raises:
            CouldNotLook: precondition, if neither says it, or it is not there.
        """
        root = self.options.app_dir or (self.base / told if told else None)
        if root is None:
            raise CouldNotLook(Cause.PRECONDITION, "the application's checkout is not given", remedy=remedy)
        if not root.is_dir():
            what = f"--app-dir {root}: there is no such folder"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy="name the folder of the app's checkout: --app-dir PATH")
        return root
