"""The sections `[source]` and `[phase_approval]`: how the app is built, tested and scanned; who approves its phases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from verifier.core.config.contract import Positive, Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section, Target


def _is_below(path: str) -> str:
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise ValueError("must be a path below the checkout")
    return path


Below = Annotated[str, AfterValidator(_is_below)]
"""A path below the checkout, or below a folder of it."""
Runner = Literal["jest", "mocha", "node", "playwright", "pytest", "vitest"]


class LeftOut(Written):
    """There is no such command, and why that is right: `build = { none = "it is run from its source" }`."""

    none: Reason


Command = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | LeftOut


class AppFolder(Written):
    """A folder with a package of its own. A command that is not given is a script of its package.json.

    Attributes:
        path: below the checkout.
        build: what builds it, as typed in this folder; by default the script `build`.
        test: what tests it; by default the script `test:ci`, else `test`.
        scan: what looks for secrets in it; by default the script `scan`, which only the checkout's own folder needs.
        runner: whose summary the output of the tests ends with, where it could be taken for another's.
        results: the JUnit XML that the tests write; counts instead of the summary.
        seconds: how long each command may take.
    """

    path: Below = "."
    build: Command | None = None
    test: Command | None = None
    scan: Command | None = None
    runner: Runner | None = None
    results: Below | None = None
    seconds: Positive = 900.0


class AppSource(Section):
    """The app's checkout.

    Attributes:
        app_dir: where it is, from the suite's folder; `--app-dir` wins.
        app: its folders; by default itself and each folder below `apps/` that has a package.json.
        configuration: the file that tells the platform how to run it, below the checkout; by default the platform's.
        baseline: the file of what looks like a secret and is none, below the checkout.
        environment: variables for its commands, which are not given the suite's own credentials.
    """

    always: ClassVar[bool] = True
    app_dir: str | None = None
    app: tuple[AppFolder, ...] = ()
    configuration: Below | None = None
    baseline: Below = ".secrets-baseline.toml"
    environment: dict[str, str] = {}

    def mistakes(self, target: Target) -> Iterator[str]:  # noqa: ARG002 - they lie in this section alone
        """A folder that is given twice."""
        paths = [each.path for each in self.app]
        twice = sorted({each for each in paths if paths.count(each) > 1})
        if twice:
            yield f"source.app: the path {', '.join(twice)} is given twice"


class ApprovalRules(Section):
    """Who approves a phase, and where that is written down.

    Attributes:
        approvers: the names that count, as they stand in the file.
        file: the approvals, below the checkout; `--approvals FILE` adds to them.
    """

    approvers: Annotated[tuple[str, ...], Field(min_length=1)]
    file: Below = "approvals.toml"
