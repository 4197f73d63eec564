"""Where the migrations of the application are, and which of them a person has read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from verifier.core.config.contract import Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section


class Reviewed(Written):
    """A file that a person has read and answers for, as long as it does not change by a byte."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason


class Migrations(Section):
    """Where the migrations are; without `files`, where the Supabase CLI and Prisma look for them."""

    app_dir: str | None = None
    files: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reviewed: tuple[Reviewed, ...] = ()
