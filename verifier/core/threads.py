"""Works in threads that cannot keep the process."""

from __future__ import annotations

import asyncio
import contextlib
import functools
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


def within(seconds: float, work: Callable[[], Made]) -> Made:
    """What `work` makes, if it comes back in time; in a daemon thread, for the reason of `in_threads`.

    Args:
        seconds: how long it is waited for.
        work: what no time limit of its own ends for certain.

    Raises:
        TimeoutError: it did not come back.
        Exception: what `work` raised.
    """
    made: list[Made] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            made.append(work())
        except BaseException as trouble:  # noqa: BLE001 - it is raised where the work was asked for
            failed.append(trouble)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not made:
        raise TimeoutError(f"not back within {seconds:g} s")
    return made[0]


async def in_thread(work: Callable[[], Made]) -> Made:
    """What `work` makes, without holding the event loop up; in a daemon thread, for the reason of `in_threads`.

    Raises:
        Exception: what `work` raised.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Made] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not done.done():  # it may have been called off
            outcome()

    def run() -> None:
        outcome: Callable[[], None]
        try:
            outcome = functools.partial(done.set_result, work())
        except Exception as trouble:  # noqa: BLE001 - it is raised where the work was asked for
            outcome = functools.partial(done.set_exception, trouble)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, daemon=True).start()
    return await done
