"""Where the database's backups are told of, and what a restore drill restores."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.core.config.target import Section
from verifier.core.config.types import Url


class Backups(Section):
    """Who keeps the backups.

    Attributes:
        source: `supabase` (its management API) or `volumes` (snapshots of an app's volumes by the platform).
        project: the reference of the Supabase project; without it, the one that DATABASE_URL leads to.
        app: the app whose volumes are meant; the target's own without it.
        schemas: what a restore drill dumps and restores.
        largest: megabytes; a drill refuses a larger database.
        drill: whether every run that judges the backups makes one, or only those that are asked to.
    """

    source: Literal["supabase", "volumes"] = "supabase"
    project: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = None
    app: str | None = None
    api_url: Url = "https://api.supabase.com"
    schemas: Annotated[tuple[str, ...], Field(min_length=1)] = ("public",)
    largest: Annotated[int, Field(ge=1)] = 500
    drill: Literal["when-asked", "each-run"] = "when-asked"
