"""The deploy-files probe: follows every command of a deploy, and tells which of them apply a migration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.evidence.finding import Finding, Severity
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.deploy_files.checkout import Checkout
from verifier.probes.deploy_files.entries.following import Followed, follow_all
from verifier.probes.deploy_files.places import shown
from verifier.probes.deploy_files.section import DeployFiles
from verifier.probes.deploy_files.walk import Reached

_REMEDY = "take it out of what a deploy runs; a person applies migrations before the deploy, with psql or the console"
_MOST_TOLD = 10


class DeployCommand(Record):
    """A command that a deploy comes to.

    Attributes:
        said: the tool and its subcommand; of a question, what the files do not tell.
        file: where it stands, below the application's folder.
        line: counted from 1.
        chain: how the deploy comes to it, link by link.
        reviewed: the reason given by the target's list of reviewed files; empty if not listed.
    """

    said: str
    file: str
    line: int
    chain: tuple[str, ...]
    reviewed: str = ""

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

    @property
    def way(self) -> str:
        """The chain as one line, with the place at its end."""
        return f"{' -> '.join([*self.chain, self.said])} ({self.place})"

    def finding(self) -> Finding:
        """As a check objects to it."""
        return Finding(
            subject=f"{self.said} in {self.file}",
            problem="a deploy applies a migration",
            detail=self.way,
            remedy=_REMEDY,
            place=self.place,
        )

    def beside(self, entries: tuple[str, ...]) -> Finding:
        """As a warning: it applies a migration, and no deploy comes to it."""
        return Finding(
            subject=f"{self.said} in {self.file}",
            problem="a migration that no deploy reaches",
            detail=f"{self.way}; looked for from {', '.join(entries)}",
            place=self.place,
            severity=Severity.MINOR,
        )


class DeployFilesReading(Evidence):
    """Every command that a deploy runs, as far as the application's files tell.

    Attributes:
        entries: where deploys begin: configurations, workflows, scripts.
        commands: how many commands were followed from there.
        applied: those that apply a migration.
        questions: what the files do not tell.
        elsewhere: commands that apply a migration, and that no deploy comes to.
    """

    entries: tuple[str, ...]
    commands: int
    applied: tuple[DeployCommand, ...]
    questions: tuple[DeployCommand, ...]
    elsewhere: tuple[DeployCommand, ...]

    @property
    def open_questions(self) -> list[DeployCommand]:
        """Those that no person has answered."""
        return [each for each in self.questions if not each.reviewed]

    @property
    def gap(self) -> CouldNotLook | None:
        """Why a deploy cannot be said to apply no migration: what the files do not tell, with its lines."""
        if not self.open_questions:
            return None
        told = [f"{each.place}: {each.said}" for each in self.open_questions]
        more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
        return CouldNotLook(
            Cause.PRECONDITION,
            "only a person can say what these run:\n" + "\n".join([*told[:_MOST_TOLD], *more]),
            remedy="write the command out; or read it, and list the file in [[deploy_files.reviewed]] of the target "
            "(file, sha256, reason)",
        )


def observe_deploy_files(context: Context) -> DeployFilesReading:
    """Follow every deploy of the application.

    Raises:
        CouldNotLook: precondition, if the application's folder is unknown; no-data, if nothing in it says how it is
            deployed.
    """
    started = now()
    root = _root(context)
    found = _followed(root)
    reviewed = _reviewed(context, root)
    return DeployFilesReading(
        asked="Does anything that a deploy runs apply a migration?",
        where=root.name,
        at=started,
        again=judging("-m predeploy --item no-migrations-in-deploy-files --app-dir PATH"),
        entries=tuple(dict.fromkeys(found.entries)),
        commands=found.walk.commands,
        applied=tuple(told(each) for each in found.walk.applied.values()),
        questions=tuple(told(each, reviewed) for each in found.walk.questions.values()),
        elsewhere=tuple(told(each) for each in found.elsewhere),
    )


def _followed(root: Path) -> Followed:
    found = follow_all(Checkout(root))
    if not found.entries:
        raise CouldNotLook(
            Cause.NO_DATA,
            f"{root.name} has no fly.toml, Dockerfile, Procfile, or workflow or script that deploys",
            remedy="give --app-dir the folder that holds fly.toml",
        )
    return found


def told(each: Reached, reviewed: Mapping[str, str] = MappingProxyType({})) -> DeployCommand:
    """A command as evidence tells of it; `reviewed` has the reasons for the files that a person has reviewed."""
    chain = tuple(dict.fromkeys(shown(step.said) for step in each.chain))
    return DeployCommand(
        said=each.said,
        file=each.place.file,
        line=each.place.line,
        chain=chain,
        reviewed=reviewed.get(each.place.file, ""),
    )


def _reviewed(context: Context, root: Path) -> dict[str, str]:
    """File → reason, of those that are still as they were reviewed."""
    settings = context.target.get(DeployFiles) or DeployFiles()
    return {each.file: each.reason for each in settings.reviewed if _digest(root / each.file) == each.sha256}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _root(context: Context) -> Path:
    told = (context.target.get(DeployFiles) or DeployFiles()).app_dir
    return context.checkout(told, f"{judging('-m predeploy --app-dir PATH')}, the folder that holds fly.toml")
