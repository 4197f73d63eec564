"""Which worker gets which checks: those of one file together, and those that disturb the others at the very end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class LastFileLast(LoadFileScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """Hands out files as `--dist=loadfile` does, but for some that wait until all others have been handed out.

    Args:
        disturbs: whether a check disturbs the others.
    """

    def __init__(self, *given: Any, disturbs: Callable[[str], bool]) -> None:  # noqa: ANN401 - pytest-xdist's own words
        super().__init__(*given)
        self._disturbs = disturbs

    def _assign_work_unit(self, node: WorkerController) -> None:
        for scope in [each for each, unit in self.workqueue.items() if any(map(self._disturbs, unit))]:
            self.workqueue.move_to_end(scope)
        super()._assign_work_unit(node)
