"""How many connections the limit of open files allows."""

from __future__ import annotations

import resource
from pathlib import Path

_KEPT_FREE = 200
"""Files that the rest of the run may need meanwhile: the browser's pipes, the database, evidence."""


def room_for(wanted: int) -> tuple[int, str]:
    """How many of `wanted` connections can be held, and the limit that was met, if one was.

    The soft limit is raised as far as the hard one lets it; only a person can raise that.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = _used()
    needed = used + wanted + _KEPT_FREE
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted, ""
    room = max(0, soft - used - _KEPT_FREE)
    return room, f"{room} of {wanted} connections: this process may hold {soft} open files (ulimit -Hn)"


def _used() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        if Path(folder).is_dir():
            return len(list(Path(folder).iterdir()))
    return 0
