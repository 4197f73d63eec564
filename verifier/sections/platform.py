"""Fly.io, or what stands in for it."""

from __future__ import annotations

from typing import Literal

from verifier.files import Written
from verifier.sections.types import Url


class Platform(Written):
    """Fly.io, or what stands in for it; `machines = "none"` where nothing tells which machines there are."""

    machines: Literal["told", "none"] = "told"
    machines_url: Url = "https://api.machines.dev"
    api_url: Url = "https://api.fly.io"
