"""The target's section for migrations: where they are, and which are reviewed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from verifier.core.config.contract import Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section


class Reviewed(Written):
    """A file that a person has reviewed; valid for exactly these bytes."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason


class Migrations(Section):
    """Where the migrations are; without `files`, where the Supabase CLI and Prisma look for them."""

    app_dir: str | None = None
    files: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reviewed: tuple[Reviewed, ...] = ()
