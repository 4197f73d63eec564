"""The kinds of what did not pass, as Allure sorts them: by its own configuration, and as `categories.json`."""

from __future__ import annotations

from typing import Any

from verifier.core.evidence import Cause


def categories() -> list[dict[str, Any]]:
    """What a status and the first words of its message mean; the first that matches counts.

    The keys are those of `categories.json` (Allure 2), which the configuration of Allure 3 takes as well.
    """
    unseen = [
        _category(f"Could not look: {cause}", "broken", f"{cause}: .*") for cause in Cause if cause != Cause.INTERNAL
    ]
    return [
        _category("Broken promise", "failed"),
        *unseen,
        _category("Fault of the suite", "broken", f"{Cause.INTERNAL}: .*"),
        _category("Waived", "skipped", "waived until .*"),
        _category("Not run", "unknown"),
    ]


def _category(name: str, status: str, message: str = "") -> dict[str, Any]:
    return {"name": name, "matchedStatuses": [status]} | ({"messageRegex": message} if message else {})
