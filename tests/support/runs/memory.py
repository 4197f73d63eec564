"""A control group with little memory, in either version of the kernel's interface (kernel docs: memory.txt, cgroup-v2).

Version 2 hands a controller down: a group limits its members only if the group above it says so, which the kernel
refuses where that one has processes of its own. Those of others are not moved for it; then it says why it cannot be.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
LEAVING = 5.0
"""Seconds in which the kernel lets go of the processes of a group that has ended."""
EVERY = 0.05


class NoGroups(Exception):  # noqa: N818 - reads as what it is
    """No group with a memory limit can be made here; says why."""


@dataclass(frozen=True)
class Interface:
    """Where groups are made, and the names of their files.

    Attributes:
        place: the group above them.
        limit: the file of the limit, in bytes.
        swap: that of the swap; nothing may be there.
        kills: the one with the line `oom_kill NUMBER`.
    """

    place: Path
    limit: str
    swap: str
    kills: str


def interface(cgroups: Path = CGROUPS, own: Path = OWN) -> Interface:
    """The interface of this machine; where it has both, the version that limits memory.

    Raises:
        NoGroups: it has none, or not for us.
    """
    if "memory" not in _words(cgroups / "cgroup.controllers"):
        if (cgroups / "memory" / "memory.limit_in_bytes").is_file():
            return Interface(
                cgroups / "memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"
            )
        raise NoGroups("no control group here limits memory")
    refused = ""
    for place in dict.fromkeys((cgroups, _own(cgroups, own))):
        try:
            if "memory" not in _words(place / "cgroup.subtree_control"):
                (place / "cgroup.subtree_control").write_text("+memory", encoding="ascii")
        except OSError as trouble:
            refused = f"{place} does not hand the memory controller down: {trouble.strerror}"
        else:
            return Interface(place, "memory.max", "memory.swap.max", "memory.events")
    raise NoGroups(refused)


def _words(file: Path) -> list[str]:
    with suppress(OSError):
        return file.read_text(encoding="ascii").split()
    return []


def _own(cgroups: Path, own: Path) -> Path:
    """The group of version 2 that this process is in."""
    with suppress(OSError):
        for line in own.read_text(encoding="utf-8").splitlines():
            if line.startswith("0::/"):
                return cgroups / line.removeprefix("0::/")
    return cgroups


@contextmanager
def limited(megabytes: int, on: Interface | None = None) -> Iterator[tuple[Path, Interface]]:
    """A new group with so many MB; removed at the end, when its processes have gone.

    Raises:
        NoGroups: it cannot be made.
    """
    on = on or interface()
    group = on.place / f"hostile-{uuid.uuid4().hex[:8]}"
    try:
        group.mkdir()
    except OSError as trouble:
        raise NoGroups(f"no control group can be made: {trouble.strerror}") from None
    try:
        try:
            (group / on.limit).write_text(str(megabytes << 20), encoding="ascii")
        except OSError as trouble:
            raise NoGroups(f"{on.limit} cannot be set: {trouble.strerror}") from None
        with suppress(OSError):  # a kernel that does not account for swap, or has none; version 1 limits the sum
            swap = 0 if on.swap == "memory.swap.max" else megabytes << 20
            (group / on.swap).write_text(str(swap), encoding="ascii")
        yield group, on
    finally:
        until = time.monotonic() + LEAVING
        while group.is_dir() and time.monotonic() < until:
            with suppress(OSError):
                group.rmdir()
                break
            time.sleep(EVERY)


def kills(group: Path, on: Interface) -> int:
    """How many processes of the group the kernel has ended."""
    lines = (group / on.kills).read_text(encoding="ascii").splitlines()
    return int(dict(line.split() for line in lines).get("oom_kill", "0"))
