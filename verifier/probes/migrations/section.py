"""The target's section for migrations: where they are, and which are reviewed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.core.config.target import Section
from verifier.core.config.types import ReviewedFile


class Migrations(Section):
    """Where the migrations are; without `files`, where the Supabase CLI and Prisma look for them."""

    app_dir: str | None = None
    files: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    reviewed: tuple[ReviewedFile, ...] = ()
