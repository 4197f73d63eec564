"""Runs work in threads that cannot keep the process alive."""

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
    """The results of `work` for each, in order.

    In daemon threads: those of an executor are joined at exit, so one that hangs would keep the process alive.

    Args:
        work: the function.
        given: its arguments, one for each call.
        workers: how many calls run at the same time.

    Raises:
        Exception: the first that `work` raised, once the others have ended.
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
    """The result of `work`, if it returns in time; in a daemon thread, as `in_threads`.

    Args:
        seconds: how long to wait for it.
        work: the function, which may have no reliable time limit of its own.

    Raises:
        TimeoutError: it did not return.
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


def undisturbed(work: Callable[[], Made]) -> Made:
    """The result of `work`, which Ctrl-C does not cut short: the interrupt is raised when the work is done.

    For what puts a change right; `work` has a time limit of its own.

    Raises:
        KeyboardInterrupt: it came meanwhile.
        Exception: what `work` raised.
    """
    made: list[Made] = []
    failed: list[BaseException] = []
    interrupted: KeyboardInterrupt | None = None
    begun = threading.Lock()
    ended = threading.Event()  # a thread whose join was interrupted may count as ended (bpo-45274)

    def run() -> None:
        if not begun.acquire(blocking=False):
            return
        try:
            made.append(work())
        except BaseException as trouble:  # noqa: BLE001 - it is raised where the work was asked for
            failed.append(trouble)
        finally:
            ended.set()

    thread = threading.Thread(target=run, daemon=True)
    while not ended.is_set():
        try:
            if not begun.locked():  # Ctrl-C may have come before it was started, or while it was
                with contextlib.suppress(RuntimeError):
                    thread.start()
            ended.wait()
        except KeyboardInterrupt as again:
            interrupted = again
    if interrupted:
        raise interrupted
    if failed:
        raise failed[0]
    return made[0]


async def in_thread(work: Callable[[], Made]) -> Made:
    """The result of `work`, without blocking the event loop; in a daemon thread, as `in_threads`.

    Raises:
        Exception: what `work` raised.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Made] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not done.done():  # it may have been cancelled
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
