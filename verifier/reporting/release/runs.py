"""The runs that a release is made of: which commit and image each judged, and which does not belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from verifier.core.config.contract import Stage
from verifier.core.config.expected_release import Image, read_image
from verifier.core.suite import asking
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedItem, Report
from verifier.reporting.record.canonical import digest
from verifier.reporting.record.reading import (
    DidNotEnd,
    NotClosed,
    NoVerdict,
    StoredRecord,
    attested,
    called,
    read_record,
    record_at,
)
from verifier.reporting.record.run import MergedRun

_SHORTEST = 7
"""Digits of a commit, below which two are not compared."""
_RELEASE_JUDGED = "release-unchanged"
"""The item that judges what the caller says was shipped."""


class DoesNotBelong(Exception):  # noqa: N818 - it is no error of this program
    """A record is no part of this release; says which and why."""


@dataclass(frozen=True)
class GivenRun:
    """One run of a release."""

    kept: StoredRecord

    @property
    def report(self) -> Report:
        """Its record."""
        return self.kept.report

    @property
    def judges_files(self) -> bool:
        """Whether it judged files, and no deployment."""
        return self.report.target_url is None

    @property
    def dirty(self) -> bool:
        """Whether what it judged is not what the commit holds."""
        return bool(self.report.run.source and self.report.run.source.dirty)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of its items."""
        return tuple(stage for stage in Stage if any(each.stage == stage for each in self.report.items))

    @property
    def commits(self) -> list[str]:
        """The commits that it judged: of the files, and of what runs, by the label of its images or else the caller."""
        run, release = self.report.run, self.report.release or {}
        deployed = release.get("commit") or (run.shipped.sha if run.shipped else None)
        return [str(each).lower() for each in (run.source.commit if run.source else None, deployed) if each]

    @property
    def saw_commit(self) -> bool:
        """Whether it saw from which commit its image was built, and was not only told so."""
        run, labelled = self.report.run, (self.report.release or {}).get("commit")
        checked = any(each.id == _RELEASE_JUDGED and each.outcome == Outcome.PASSED for each in self.report.items)
        return bool(labelled or (run.shipped and run.shipped.sha and checked))

    @property
    def image(self) -> Image | None:
        """The image that ran, or the one that the caller shipped."""
        release, shipped = self.report.release or {}, self.report.run.shipped
        if release.get("image"):
            try:
                return read_image(str(release["image"]))
            except ValueError:
                return None
        return shipped.image if shipped else None

    @property
    def accepts_predeploy(self) -> bool:
        """Whether it ended DONE at the stage before a deploy, for its commit as it is."""
        clean = self.report.run.source is not None and not self.dirty
        return clean and self.report.verdict == Verdict.DONE and Stage.PREDEPLOY in self.stages

    def merged(self, items: int) -> MergedRun:
        """What the record of the release says of it.

        Args:
            items: how many items count as it saw them.
        """
        narrowed = ", ".join(self.report.run.narrowed)
        notes = ["uncommitted changes, so what it says of files does not count"] if self.dirty else []
        notes += [f"narrowed by {narrowed}, so it counts for what it saw"] if narrowed else []
        commit = max(self.commits, key=len, default=None)
        return MergedRun(
            id=self.report.run.id, sha256=self.kept.sha256, stages=self.stages, verdict=self.report.verdict,
            finished=self.report.run.finished, commit=commit, items=items, note="; ".join(notes),
        )  # fmt: skip


@dataclass(frozen=True)
class GivenRuns:
    """The runs of a release, oldest first, and those that did not end."""

    runs: tuple[GivenRun, ...]
    died: tuple[MergedRun, ...] = ()

    @property
    def live(self) -> list[GivenRun]:
        """Those that judged a deployment."""
        return [each for each in self.runs if not each.judges_files]

    @property
    def newest(self) -> GivenRun:
        """The newest run of the deployment; of files, where no deployment was judged."""
        return (self.live or self.runs)[-1]


def read_runs(paths: Sequence[Path], commit: str | None = None, image: Image | None = None) -> GivenRuns:
    """The runs at these places, each once.

    Args:
        paths: records, or the folders of their reports.
        commit: that of the release, if the caller says so; else that of its newest run that tells one.
        image: the same, of the image.

    Raises:
        DoesNotBelong: a record cannot be believed, was altered, or is of another app, commit or image.
    """
    found: dict[str, GivenRun] = {}
    died: dict[str, MergedRun] = {}
    troubles = []
    for path in paths:
        try:
            run = _read(path)
            found[run.kept.sha256] = run
        except DidNotEnd:
            dead = _dead(record_at(path))
            died[dead.sha256] = dead
        except NoVerdict as why:
            troubles.append(f"{path}: {why}")
    runs = sorted(found.values(), key=lambda each: (each.report.run.finished, each.report.run.id))
    given = GivenRuns(tuple(runs), tuple(sorted(died.values(), key=lambda each: each.sha256)))
    troubles += _strangers(given, commit, image) if runs else [] if troubles else ["none of these runs has ended"]
    if troubles:
        raise DoesNotBelong("\n".join(troubles))
    return given


def _read(path: Path) -> GivenRun:
    kept = read_record(path)
    with suppress(NotClosed):  # a record that came alone
        told = {each["name"]: each["digest"]["sha256"] for each in attested(kept.folder)["subject"]}
        if told.get(kept.path.name) != kept.sha256:
            raise NoVerdict(f"it was altered after its run had ended: {asking('verify')} says what")
    if kept.report.runs:
        raise NoVerdict("it is the record of a release; give the runs that it was made of")
    return GivenRun(kept)


def _dead(path: Path) -> MergedRun:
    note = "it did not end, so it counts for nothing"
    return MergedRun(id=called(path), sha256=digest(path), verdict=Verdict.INCOMPLETE, note=note)


def _strangers(given: GivenRuns, commit: str | None, image: Image | None) -> Iterator[str]:
    """Which runs are of another app, commit or image than the release, each with what it is of."""
    last = given.newest.report
    commit = commit or commit_of(given)
    image = image or image_of(given)
    for each in given.runs:
        name, report = each.kept.called, each.report
        if not each.judges_files and (report.app, report.target) != (last.app, last.target):
            yield f"{name}: judged {report.app} ({report.target}), and not {last.app} ({last.target})"
        others = [told for told in each.commits if commit and not same_commit(told, commit)]
        if others:
            yield f"{name}: judged commit {', '.join(others)}, and not {commit}"
        if each.image and image and each.image.same_as(image) is False:
            yield f"{name}: judged image {each.image}, and not {image}"


def commit_of(given: GivenRuns) -> str | None:
    """The commit of the release: as its newest run of the deployment tells it, else as any does; spelt out."""
    told = [commit for each in (*reversed(given.live), *reversed(given.runs)) for commit in reversed(each.commits)]
    return max((each for each in told if same_commit(each, told[0])), key=len) if told else None


def image_of(given: GivenRuns) -> Image | None:
    """The image of the release, as its newest run of the deployment tells it."""
    return next((each.image for each in reversed(given.live) if each.image), None)


def same_commit(one: str, other: str) -> bool:
    """Whether two spellings are of the same commit."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return len(short) >= _SHORTEST and long.startswith(short)


@dataclass(frozen=True)
class ItemInRun:
    """One item as one run saw it."""

    run: GivenRun
    item: JudgedItem
