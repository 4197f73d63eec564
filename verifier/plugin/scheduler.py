"""Which worker gets which checks: those of one file together, flows one by one, those that disturb others at the end.

Checks of a file share observations; a flow makes its own, so that any worker may have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from verifier.core.config.phases import phase_of


def scope_of(check: str) -> str:
    """What goes to one worker as a whole: a flow, or the file of another check."""
    return check if phase_of(check) is not None else check.partition("::")[0]


class LastFileLast(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """Hands out files as `--dist=loadfile` does, but for some that wait until all others have been handed out.

    Args:
        disturbs: whether a check disturbs the others.
    """

    def __init__(self, *given: Any, disturbs: Callable[[str], bool]) -> None:  # noqa: ANN401 - pytest-xdist's own words
        super().__init__(*given)
        self._disturbs = disturbs

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        for scope in [each for each, unit in self.workqueue.items() if any(map(self._disturbs, unit))]:
            self.workqueue.move_to_end(scope)
        super()._assign_work_unit(node)
