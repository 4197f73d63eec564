"""What values in a target file look like."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from verifier.core.config.contract import Reason
from verifier.core.config.files import Written


def _is_url(value: str) -> str:
    parts = urlsplit(value)
    try:
        parts.port  # noqa: B018 - it is read when it is asked for
    except ValueError:  # a password with a slash in it looks like one, and must not be repeated
        raise ValueError("must have a number for its port; user name and password belong to the credentials") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL such as https://app.example.com")
    if parts.username or parts.password:
        raise ValueError("must not contain a user name or password; they belong to the credentials")
    return value.rstrip("/")


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as trouble:
        raise ValueError(f"is not a regular expression: {trouble}") from None
    return value


Url = Annotated[str, AfterValidator(_is_url)]
Path_ = Annotated[str, Field(pattern=r"^/")]
Pattern = Annotated[str, AfterValidator(_is_pattern)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Names = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\|[A-Za-z_][A-Za-z0-9_]*)*$")]
"""A name, or several of which any one will do: `A|B`."""


class HealthPath(Written):
    """A health endpoint, and what its JSON body must claim (dotted keys → values)."""

    path: Path_
    claims: dict[str, str | bool | int] = {}


class ReviewedFile(Written):
    """A file whose open questions a person has answered; valid for exactly these bytes."""

    file: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason
