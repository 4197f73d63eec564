"""What must stay as it is while a deployment is watched."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.probes.platform.state import PlatformState


def pin(platform: PlatformState) -> dict[str, str]:
    """What must stay as it is while a deployment is watched: the release, and what each machine runs."""
    machines = {f"machine {each.id}": f"release {each.release} ({each.instance})" for each in platform.machines}
    return {"release": str(platform.release.version)} | machines


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is not as it was, in words."""
    changed = [f"{key} {told} → {after[key]}" for key, told in before.items() if after.get(key, told) != told]
    changed += [f"{key} is gone" for key in before if key not in after]
    return changed + [f"{key} is new" for key in after if key not in before]
