"""Where a token of Fly.io comes from, and how it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from verifier.core.credentials import Need

_MACAROONS = {"fm1r", "fm1a", "fm2"}


def bare(token: str) -> str:
    """The token without the scheme words that `fly tokens create` and people put before it, in any case or number."""
    return re.sub(r"^(?:(?:bearer|flyv1)\s+)+", "", token.strip(), flags=re.IGNORECASE)


def authorization(token: str) -> str:
    """The header value for a token, with or without its scheme word.

    Macaroons (fm1r_, fm1a_, fm2_) want `FlyV1`, and of a mixed list they alone; all others `Bearer`: flyctl's rule.
    """
    pieces = [each.strip() for each in bare(token).split(",")]
    macaroons = [each for each in pieces if "_" in each and each.split("_")[0] in _MACAROONS]
    return f"FlyV1 {','.join(macaroons)}" if macaroons else f"Bearer {bare(token)}"


def flyctl_login(environment: Mapping[str, str]) -> str:
    """The token that `fly auth login` left; empty if it left none."""
    home = Path(environment.get("HOME", "/nonexistent"))
    config = Path(environment.get("FLY_CONFIG_DIR") or home / ".fly") / "config.yml"
    try:
        content = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ""
    token = content.get("access_token") if isinstance(content, dict) else None
    return token if isinstance(token, str) else ""


TOKEN = Need(
    names=("FLY_ACCESS_TOKEN", "FLY_API_TOKEN"),
    service="fly",
    what="a read-only token of the Fly.io organization",
    purpose="machines, releases and logs of the app",
    how="fly tokens create readonly --name definition-of-done",
    tool="flyctl",
    login=flyctl_login,
)
