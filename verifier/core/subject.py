"""What a subject offers to a run, as its package declares it in `SUBJECT`; no list of all subjects exists.

A reference is `"module:name"` within the subject's package, and is imported only by a run whose checks want it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, get_type_hints

PACKAGE = "verifier.probes"
_FURTHER: list[str] = []
"""Packages of subjects that a project adds to ours."""


@dataclass(frozen=True)
class Reference:
    """A thing in a module that is imported when the thing is asked for."""

    module: str
    name: str

    def get(self) -> Any:  # noqa: ANN401 - the thing may be anything
        """The thing."""
        return getattr(import_module(self.module), self.name)


@dataclass(frozen=True)
class Probe:
    """A kind of evidence, and the function that makes it.

    Attributes:
        name: how fixtures and files call it.
        observe: takes the `Context` and returns a record; a reference, or the function itself.
        seconds: roughly how many seconds it takes; checks with quick evidence are judged first.
        first: whether every run of a deployment makes it, from the beginning on.
        late: whether it looks back at what the others did, and so waits for them.
        last: whether it disturbs the target, and so is begun only when its checks come, which is after all others.
        columns: what it tells of each machine, as titles of columns in the report; `Evidence.by_machine` fills them.
    """

    name: str
    observe: Reference | Callable[..., Any]
    seconds: float = 1.0
    first: bool = False
    late: bool = False
    last: bool = False
    columns: tuple[str, ...] = ()

    @property
    def turn(self) -> int:
        """Who waits for whom: `wait_for_earlier` waits for the probes of earlier turns."""
        return 2 * self.last or 1 * self.late

    @property
    def function(self) -> Callable[..., Any]:
        """What makes the evidence; imports it."""
        found: Callable[..., Any] = self.observe.get() if isinstance(self.observe, Reference) else self.observe
        return found

    @property
    def kind(self) -> type[Any]:
        """The class of the evidence; imports it."""
        kind: type[Any] = get_type_hints(self.function)["return"]
        return kind


@dataclass(frozen=True)
class ClosingCheck:
    """A check of the run itself: it judges what all probes saw, when all other checks have ended.

    Attributes:
        name: how the report calls it.
        item: what it proves.
        judge: `judge(run, collector) -> CheckResult`.
        asks: whether it asks the target once more, which a run that was interrupted does not do.
    """

    name: str
    item: str
    judge: Reference
    asks: bool = False


@dataclass(frozen=True)
class Subject:
    """Everything that a subject adds to a run.

    Attributes:
        probes: what it can observe.
        sections: key of the target file → the `Section` that reads it.
        platforms: name → the `PlatformSection` of a platform that it can ask.
        credentials: name → the `Need` of a secret that only it uses.
        closing: checks that are judged at the end.
        disturbs: items whose checks disturb those of all others; workers get them last.
        prerequisites: `ask(run, stages)` yields a `CouldNotLook` for whatever is missing before anything was looked at.
        header: `lines(run, collector, missing)` for the head of the terminal; what it finds missing joins `missing`.
        facts: `facts(run)`: what `verdict.json` tells of the run besides, by key.
        release: `release(store)`: the release and machines that were judged, as JSON; or nothing.
        samples: `samples(store)`: what an accepted release took, thing → seconds, for later runs to compare with.
        templates: `templates(store)`: kinds of log lines that an accepted release wrote, for later runs to know again.
        contradictions: `find(store)`: where two sources contradict each other.
        documents: file name → `text(store, record)`: a further document for people; empty if there is none.
        undo: `undo(context, task) -> bool`: put right what a process that is gone has changed in the target.
        proposes: `propose(survey)` yields what a new target file could say of the app, as `Proposed`.
        plugins: modules with further fixtures and hooks of pytest.
    """

    probes: tuple[Probe, ...] = ()
    sections: Mapping[str, Reference] = field(default_factory=dict)
    platforms: Mapping[str, Reference] = field(default_factory=dict)
    credentials: Mapping[str, Reference] = field(default_factory=dict)
    closing: tuple[ClosingCheck, ...] = ()
    disturbs: tuple[str, ...] = ()
    prerequisites: Reference | None = None
    header: Reference | None = None
    facts: Reference | None = None
    release: Reference | None = None
    samples: Reference | None = None
    templates: Reference | None = None
    contradictions: Reference | None = None
    documents: Mapping[str, Reference] = field(default_factory=dict)
    undo: Reference | None = None
    proposes: Reference | None = None
    plugins: tuple[str, ...] = ()


class Declaration:
    """Makes the references of one package: `HERE = Declaration(__name__)`."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, place: str) -> Reference:
        """The thing at `"module:name"` within the package."""
        module, _, name = place.partition(":")
        return Reference(f"{self._package}.{module}", name)

    def probe(self, name: str, place: str, **more: Any) -> Probe:  # noqa: ANN401 - the fields of `Probe`
        """The probe `name` whose function stands at `place`."""
        return Probe(name, self(place), **more)


def add_subjects(packages: list[str]) -> None:
    """Let a project's own subjects take part: `subjects = package …` in pytest.ini, each with a `SUBJECT`.

    Raises:
        ImportError: a package is not there, or cannot be imported.
        ValueError: a name is taken.
    """
    if packages != _FURTHER:
        _FURTHER[:] = packages
        _found.cache_clear()
    for each in packages:
        import_module(each)
    probes()


def subjects() -> tuple[Subject, ...]:
    """All subjects: every package below `verifier.probes` that has a `SUBJECT`, and those that were added."""
    return _found()


@cache
def _found() -> tuple[Subject, ...]:
    home = import_module(PACKAGE)
    own = [f"{PACKAGE}.{each.name}" for each in pkgutil.iter_modules(home.__path__) if each.ispkg]
    found = [getattr(import_module(each), "SUBJECT", None) for each in [*own, *_FURTHER]]
    return tuple(each for each in found if each is not None)


def probes() -> tuple[Probe, ...]:
    """The probes of all subjects.

    Raises:
        ValueError: two have the same name.
    """
    found = tuple(probe for subject in subjects() for probe in subject.probes)
    names = [probe.name for probe in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two probes are called {', '.join(twice)}")
    return found


def offered(name: str) -> Iterator[Any]:
    """What each subject that has `name` among its fields offers there, imported."""
    for subject in subjects():
        reference = getattr(subject, name)
        if reference is not None:
            yield reference.get()
