"""Does the same for several things at once, in threads that cannot keep the process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_threads(work: Callable[[Given], Made], given: Iterable[Given], workers: int) -> list[Made]:
    """What `work` makes of each, in their order.

    In daemon threads: those of an executor are joined at exit, so one that does not come back would keep the process.

    Args:
        work: what is done with each.
        given: what it is done with.
        workers: how many are worked on at the same time.

    Raises:
        Exception: the first that `work` raised, when the others have ended.
    """
    waiting = deque(enumerate(given))
    made: dict[int, Made] = {}
    failed: list[BaseException] = []

    def work_through() -> None:
        while waiting:
            try:
                place, each = waiting.popleft()
            except IndexError:  # another one was faster
                return
            try:
                made[place] = work(each)
            except BaseException as trouble:  # noqa: BLE001 - it is raised where the work was asked for
                failed.append(trouble)

    threads = [threading.Thread(target=work_through, daemon=True) for _ in range(min(workers, len(waiting)))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]
    return [made[place] for place in sorted(made)]
