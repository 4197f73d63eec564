"""The target's section for deploy files: where the application is, and which files a person has reviewed."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from verifier.core.config.contract import Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section


class ReviewedScript(Written):
    """A file whose open questions a person has answered; valid for exactly these bytes."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason


class DeployFiles(Section):
    """Where the application's checkout is, if the caller does not say so, and what was reviewed in it."""

    app_dir: str | None = None
    reviewed: tuple[ReviewedScript, ...] = ()
