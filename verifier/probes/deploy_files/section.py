"""The target's section for deploy files: where the application is, and which files a person has reviewed."""

from __future__ import annotations

from verifier.core.config.target import Section
from verifier.core.config.types import ReviewedFile


class DeployFiles(Section):
    """Where the application's checkout is, if the caller does not say so, and what was reviewed in it."""

    app_dir: str | None = None
    reviewed: tuple[ReviewedFile, ...] = ()
