"""Starts what the selected checks need: each observation once, all at once, in threads of their own."""

from __future__ import annotations

import fcntl
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from verifier.core.deadline import Deadline, now
from verifier.core.evidence import EVERY, Attempt, Cause, Cell, CouldNotLook, Evidence
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.progress import RunningObservations
from verifier.core.probe import Context, Seen
from verifier.core.subject import Probe


@dataclass
class _Observation:
    done: threading.Event = field(default_factory=threading.Event)
    evidence: Evidence | None = None
    trouble: CouldNotLook | None = None


class Collector:
    """All observations of one process of a run.

    Args:
        probes: what can be observed.
        context: makes the context of a probe from the way to look at other evidence.
        deadline: how long the whole run may take.
        folder: where each record is kept as JSON.
        running: where it tells which observations run.
        obstacle: why nothing can be looked at, if so; every question is answered with it.
    """

    def __init__(  # noqa: PLR0913 - what a process has of its run
        self,
        probes: Iterable[Probe],
        context: Callable[[Collector], Context],
        deadline: Deadline,
        *,
        folder: Path,
        running: RunningObservations,
        obstacle: CouldNotLook | None = None,
    ) -> None:
        self.probes: Mapping[str, Probe] = {probe.name: probe for probe in probes}
        self._context = context
        self._deadline = deadline
        self._store = EvidenceStore(folder)
        self._running = running
        self._obstacle = obstacle
        self._observations: dict[str, _Observation] = {}
        self._starting = threading.Lock()
        self._here = threading.local()

    def start(self, name: str) -> _Observation:
        """Begin the observation `name`, unless it has begun."""
        with self._starting:
            if name not in self._observations:
                observation = self._observations[name] = _Observation()
                # A daemon thread: an executor's threads would be joined at exit and keep the process after Ctrl-C.
                thread = threading.Thread(
                    target=self._observe, args=(name, observation), name=f"probe {name}", daemon=True
                )
                thread.start()
            return self._observations[name]

    def get(self, name: str, kind: type[Seen], /) -> Seen:
        """The evidence `name`, when it is there.

        Raises:
            CouldNotLook: the probe's own, or timeout and interrupted where it does not come back.
            TypeError: it is not of the class `kind`.
        """
        observation = self.start(name)
        self._deadline.wait_for(observation.done, f"the observation '{name}'")
        if observation.trouble is not None:
            raise observation.trouble.with_traceback(None)
        return _of_kind(name, observation.evidence, kind)

    def peek(self, name: str, kind: type[Seen], /) -> Seen | None:
        """The evidence `name` if somebody asked for it and it is there, else nothing."""
        observation = self._observations.get(name)
        seen = observation.evidence if observation else None
        return None if seen is None else _of_kind(name, seen, kind)

    def wait_for_earlier(self) -> None:
        """Wait until all observations that have begun have ended, but for those of the caller's turn and later ones."""
        here = getattr(self._here, "turn", 1)
        for name, each in list(self._observations.items()):
            if self.probes[name].turn < here:
                self._deadline.wait_for(each.done, f"the observation '{name}'")

    def done(self, name: str, *, within: float = 0.0) -> bool:
        """Whether the observation `name` has ended, waiting for it for at most `within` seconds."""
        return self.start(name).done.wait(within)

    def tell(self, progress: str, /, *, left: float | None = None) -> None:
        """Note how far the observation is that this thread makes; for its probe."""
        name: str | None = getattr(self._here, "name", None)
        if name:
            self._running.tell(name, progress, left)

    def _observe(self, name: str, observation: _Observation) -> None:
        began = now()
        try:
            self._here.name, self._here.turn = name, self.probes[name].turn
            self._running.begin(name, self.probes[name].seconds)
            observation.evidence = self._made(name)
            self._keep(name, observation.evidence)
        except CouldNotLook as trouble:
            observation.trouble = trouble
            unseen = {EVERY: Cell(said=str(trouble.cause))}
            self._store.write_cells(name, dict.fromkeys(self.probes[name].columns, unseen))
        except BaseException as fault:  # noqa: BLE001 - whatever a probe dies of, its checks must hear of it
            observation.trouble = _internal(name, fault)
        finally:
            self._note(name, began, observation)
            self._running.end(name)
            observation.done.set()

    def _note(self, name: str, began: datetime, observation: _Observation) -> None:
        """Keep that it was tried; where nothing can be looked at, nothing was."""
        seen, trouble = observation.evidence, observation.trouble
        if self._obstacle is not None:
            return
        told = {"asked": seen.asked, "where": seen.where} if seen else {}
        told |= {"cause": str(trouble.cause), "answer": trouble.what} if trouble else {}
        seconds = round((now() - began).total_seconds(), 2)
        with suppress(OSError):  # a full disk must not leave the checks waiting
            self._store.add_attempt(Attempt(probe=name, at=began, seconds=seconds, **told))

    def _made(self, name: str) -> Evidence:
        if self._obstacle is not None:
            raise self._obstacle
        seen = self.probes[name].function(self._context(self))
        return _of_kind(name, seen, Evidence)

    def _keep(self, name: str, evidence: Evidence) -> None:
        self._store.write(name, evidence)
        self._store.write_cells(name, evidence.by_machine(self._context(self).ceiling))


def _of_kind(name: str, evidence: object, kind: type[Seen]) -> Seen:
    if not isinstance(evidence, kind):
        raise TypeError(f"the probe '{name}' made {type(evidence).__name__}, not {kind.__name__}")
    return evidence


def _internal(name: str, fault: BaseException) -> CouldNotLook:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    trouble = CouldNotLook(
        Cause.INTERNAL,
        f"the probe '{name}' itself failed at {place}: {type(fault).__name__}: {fault}",
        remedy="this is a fault of the suite, not of the deployment: report it with this text",
    )
    trouble.__cause__ = fault
    return trouble


class RunPresence:
    """Which processes of a run still work; each says so, and one that disturbs all others waits until they do not.

    Args:
        path: the lock file that they share. The system lets go of it for a process that died.
        worker: whether this is a worker process, whose checks others may have to wait for.
    """

    def __init__(self, path: Path, *, worker: bool) -> None:
        self._handle = path.open("a")
        self._worker = worker
        if worker:
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    @contextmanager
    def run_exclusive(self, deadline: Deadline) -> Iterator[None]:
        """Be the only process that works. It asks again and again: who waits in the lock could not be interrupted.

        Raises:
            CouldNotLook: timeout or interrupted, before that was so.
        """
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        if not deadline.eventually(self._locked, bool, pause=0.1):
            raise CouldNotLook(Cause.TIMEOUT, "the checks of other processes of this run did not end in time")
        try:
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_SH if self._worker else fcntl.LOCK_UN)

    def leave(self) -> None:
        """This process judges nothing more."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def run_lock(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock at `path` against all threads and processes of this run; shared holders do not exclude each other.

    A file lock, because the workers of pytest-xdist load the same two cores as this process does.
    """
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
