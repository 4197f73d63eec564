"""The context of a probe outside of a run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import fields, replace
from unittest.mock import Mock

from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.probe import Context


def looking_at(url: str, secrets: Mapping[str, str], run: str, *, path: str = "/", **more: object) -> Context:
    """The context of a probe of `path`; `more` are further sections of the target."""
    dashboard = {"path": path, "ready": "h1", "signed_in": "nav", "tile": [{"id": "tile-a", "heading": "A"}]}
    target = new_target(**{"title": "a door", "app": "door", "url": url, "dashboard": dashboard, **more})
    needed = {each.name: Mock() for each in fields(Context)}
    context = Context(**needed)
    return replace(
        context, target=target, credentials=Credentials(given=secrets), deadline=Deadline(60), run=run,
        exclusive=nullcontext, shared=nullcontext, browser=None,
    )  # fmt: skip
