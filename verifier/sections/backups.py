"""Where the database's backups are told of, and what a restore drill restores."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verifier.files import Written
from verifier.sections.types import Url


class Backups(Written):
    """Who keeps the backups.

    Attributes:
        source: `supabase` (its management API) or `fly-volumes` (snapshots of the volumes of a Fly app).
        project: the reference of the Supabase project.
        app: the Fly app whose volumes are meant; the target's own without it.
        schemas: what a restore drill dumps and restores.
        largest: megabytes; a drill refuses a larger database.
    """

    source: Literal["supabase", "fly-volumes"] = "supabase"
    project: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    app: str | None = None
    api_url: Url = "https://api.supabase.com"
    schemas: Annotated[tuple[str, ...], Field(min_length=1)] = ("public",)
    largest: Annotated[int, Field(ge=1)] = 500

    @model_validator(mode="after")
    def _has_a_project(self) -> Self:
        if self.source == "supabase" and not self.project:
            raise ValueError("project: missing; the reference of the Supabase project, as in its address")
        return self
