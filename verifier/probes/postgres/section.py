"""What the database must hold and protect."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.core.config.contract import Positive, Reason
from verifier.core.config.target import Section
from verifier.core.config.types import HealthPath


class Database(Section):
    """What the database must hold and protect."""

    schema_name: str = Field(default="public", alias="schema")
    schemas: tuple[str, ...] = ()
    tables: Annotated[tuple[str, ...], Field(min_length=1)]
    owner_column: str = "user_id"
    public: dict[str, Reason] = {}
    writable: dict[str, Reason] = {}
    published: dict[str, Reason] = {}
    privileged: dict[str, Reason] = {}
    truncate: Reason | Literal[""] = ""
    app_role: str = ""
    claim: HealthPath | None = None
    longest_transaction: Positive = 60.0
    columns: dict[str, dict[str, str]] = {}
