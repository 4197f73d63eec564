"""One run: what it judges, where it leaves things, and what it needs until its end."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest

from verifier.core.cleanup import Cleanup
from verifier.core.config.contract import Contract, Escalation, Limit
from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.config.phases import PhaseFiles
from verifier.core.config.target import Target, read_target
from verifier.core.config.waivers import Waiver
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline, monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Obstacle
from verifier.core.evidence.contradiction import Contradiction
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.collector import Collector, RunPresence, run_lock
from verifier.core.execution.deployment import Deployment, StartAnswer
from verifier.core.execution.progress import RunningObservations
from verifier.core.probe import CallerOptions, Context, Notice
from verifier.core.redaction import REDACTOR
from verifier.core.subject import offered, probes
from verifier.core.suite import base_of, is_package, own_suite, package_version


@dataclass(frozen=True)
class CallerOutputs:
    """Where the caller wants results besides `reports/`.

    Attributes:
        allure: a folder for result files of Allure.
        clean: whether that folder is emptied first.
        junit: a file for results in JUnit's format.
        openmetrics: a file for the figures of the run in OpenMetrics' format.
    """

    allure: Path | None = None
    clean: bool = False
    junit: Path | None = None
    openmetrics: Path | None = None


@dataclass
class Run:
    """The state of one run in one process.

    Attributes:
        id: unlike that of any other run; marks what the run itself sends to the target.
        root: the caller's folder, with targets and reports; in a checkout that of the suite.
        suite: the folder with the contract and the checks.
        folder: what the run leaves behind, below `reports/`.
        history: the file that keeps what the last accepted release of the target took.
        scratch: a private folder for what is not redacted yet; gone at the end.
        told: what the target's start command told, if it was started here.
        obstacle: why nothing can be looked at, if so.
        interrupted: why the run ended before it had begun to look, if so.
        shipped: what the caller says was shipped.
        target_file: nothing, where no target was given, and none is needed.
        waivers: those of the target.
        live: whether a deployment is judged; if not, none is started or asked.
        caller_outputs: where the caller wants results besides.
        phases: those of the plan that are to be seen working.
        brought: a folder with flows of phases, besides the suite's own or in their place.
        removed: how many folders of earlier runs were removed when this one began.
        notify: tells people what was found before the run ends.
    """

    root: Path
    suite: Path
    contract: Contract
    target_file: Path | None
    target: Target
    folder: Path
    scratch: Path
    history: Path
    deadline: Deadline
    credentials: Credentials
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    browser: str | None = None
    options: CallerOptions = field(default_factory=CallerOptions)
    shipped: ExpectedRelease = field(default_factory=ExpectedRelease)
    caller_outputs: CallerOutputs = CallerOutputs()
    worker: str | None = None
    told: StartAnswer | None = None
    deployment: Deployment | None = None
    obstacle: CouldNotLook | None = None
    interrupted: str = ""
    phases: tuple[int, ...] = ()
    brought: Path | None = None
    removed: int = 0
    live: bool = True
    waivers: tuple[Waiver, ...] = ()
    notify: Callable[[Run, Sequence[Notice]], tuple[str, ...]] = lambda run, notices: ()  # noqa: ARG005 - nobody is told
    began: float = field(default_factory=monotonic)

    @property
    def base(self) -> Path:
        """The folder where paths and commands in the target file begin."""
        return base_of(self.target_file, self.root)

    @property
    def files_only(self) -> bool:
        """Whether files are judged, and no deployment."""
        return not self.live

    @property
    def phase_files(self) -> PhaseFiles:
        """Which file holds the flows of a phase."""
        return PhaseFiles(self.suite, self.brought)

    def start(self, faults: tuple[str, ...]) -> None:
        """Start the deployment that the target names, if it names one; a failure becomes the obstacle."""
        if not self.target.start or not self.live:
            return
        command = [*self.target.start, *(word for fault in faults for word in ("--fault", fault))]
        try:
            self.deployment = Deployment(command, self.base, self.scratch / "deployment.log")
            self.adopt(self.deployment.told())
        except CouldNotLook as trouble:
            self.obstacle = trouble
        except KeyboardInterrupt:
            self.interrupt("Ctrl-C while the deployment was starting")
        except OSError as trouble:
            self.obstacle = CouldNotLook(Cause.PRECONDITION, f"cannot start {command[0]}: {trouble.strerror}")

    def interrupt(self, why: str) -> None:
        """End before anything was looked at.

        pytest closes only what it has begun: so the session begins, with nothing to do but to say so.
        """
        self.interrupted = why
        self.obstacle = CouldNotLook(Cause.INTERRUPTED, why)

    def adopt(self, told: StartAnswer) -> None:
        """Lay what the start command told over the target and the credentials."""
        for value in (*told.credentials.values(), told.control.get("token", "")):
            REDACTOR.learn(value)
        self.told = told
        if self.target_file:
            self.target = read_target(self.target_file, self.contract, overlay=told.target, called=self.target.file)
        self.credentials = replace(self.credentials, given=told.credentials)

    def limit(self, item: str) -> Limit | None:
        """The limit of `item` on this target, if the contract has such an item and gives it one."""
        return self.target.limit_of(self.contract[item]) if item in self.contract else None

    def escalations(self, item: str) -> tuple[Escalation, ...]:
        """Whom the contract wants told about `item`, and when."""
        return self.contract[item].escalate if item in self.contract else ()

    def ceiling(self, item: str) -> float:
        """The longest time that keeps the promise of `item` on this target, in seconds."""
        limit = self.limit(item)
        if limit is None:
            raise KeyError(f"{item} has no limit")
        return limit.ceiling

    def collector(self) -> Collector:
        """The collector of this process."""
        folder = self.folder / "evidence" / (self.worker or "")
        return Collector(
            probes(), self.context, self.deadline, folder=folder, running=self.running, obstacle=self.obstacle
        )

    @property
    def running(self) -> RunningObservations:
        """The observations that run in any process of this run."""
        return RunningObservations(self.scratch / "running")

    @cached_property
    def contradictions(self) -> list[Contradiction]:
        """Where two sources of this run contradict each other; asked when all have been heard."""
        return [each for find in offered("contradictions") for each in find(self.store)]

    @property
    def store(self) -> EvidenceStore:
        """The records of all processes of this run."""
        return EvidenceStore(self.folder / "evidence")

    def context(self, collector: Collector, deadline: Deadline | None = None) -> Context:
        """What a probe of this run may use."""
        return Context(
            target=self.target,
            credentials=self.credentials,
            deadline=deadline or self.deadline,
            run=self.id,
            get=collector.get,
            peek=collector.peek,
            wait_for_earlier=collector.wait_for_earlier,
            limit=self.limit,
            ceiling=self.ceiling,
            exclusive=partial(run_lock, self.scratch / "target.lock"),
            shared=partial(run_lock, self.scratch / "target.lock", shared=True),
            named=lambda name: run_lock(self.scratch / f"{name}.lock"),
            browser=self.browser,
            options=self.options,
            tell=collector.tell,
            shipped=self.shipped,
            run_exclusive=self.presence.run_exclusive,
            cleanup=self.cleanup,
            base=self.base,
            history=self.history,
            folder=self.folder,
            escalations=self.escalations,
            waived=lambda item, finding: any(each.covers(item, finding, now().date()) for each in self.waivers),
            notify=partial(self.notify, self),
        )

    @cached_property
    def cleanup(self) -> Cleanup:
        """What this run has changed in the target and must put right."""
        return Cleanup(self.scratch / "cleanup")

    @cached_property
    def presence(self) -> RunPresence:
        """Which processes of this run still work."""
        return RunPresence(self.scratch / "presence.lock", worker=self.worker is not None)

    def for_worker(self) -> dict[str, Any]:
        """What a worker process needs to join, in memory only; plain values."""
        told = self.told.model_dump() if self.told else None
        obstacle = Obstacle.of(self.obstacle).model_dump(mode="json") if self.obstacle else None
        return {
            "id": self.id,
            "folder": str(self.folder),
            "scratch": str(self.scratch),
            "seconds": self.deadline.remaining(),
            "told": json.dumps(told),
            "obstacle": obstacle,
            "shipped": self.shipped.model_dump(),
        }

    def join(self, given: Mapping[str, Any]) -> None:
        """Take over what the controlling process handed to this worker."""
        self.id = str(given["id"])
        self.deadline = Deadline(float(given["seconds"]))
        told = json.loads(given["told"])
        if told:
            self.adopt(StartAnswer.model_validate(told))
        if given["obstacle"]:
            self.obstacle = Obstacle.model_validate(given["obstacle"]).as_error()

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return monotonic() - self.began

    def end(self) -> None:
        """Stop what was started, and remove what is not to be kept."""
        self.deadline.stop()
        if self.deployment:
            self.deployment.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)


RUN = pytest.StashKey[Run]()
COLLECTOR = pytest.StashKey[Collector]()


def suite_version(root: Path) -> str:
    """The commit of the suite in this folder, the version of its package, or 'unknown'."""
    if is_package() and root == own_suite():
        return package_version()  # git would tell of the repository around it, if there is one
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty"],  # noqa: S607 - whichever git the caller has
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return asked.stdout.strip() or "unknown"
