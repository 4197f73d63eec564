"""Work that is spread over threads keeps its order and its exceptions, and never the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from verifier.core.threads import in_threads, undisturbed, within

HANGS = """
import threading, types
from verifier.core.config.target import new_target
from verifier.probes.platform import own_network

asked = threading.Event()

def hang(*_, **__):
    asked.set()
    threading.Event().wait()

own_network.get = hang
target = new_target(title="a toy", app="toy", platform={"machines_url": "http://127.0.0.1:9"})
context = types.SimpleNamespace(target=target, url="http://127.0.0.1:9")
threading.Thread(target=own_network.observe_own_network, args=(context,), daemon=True).start()
asked.wait()
print("the run is over")
"""


def test_a_request_that_does_not_come_back_does_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (0, "the run is over\n"), done.stderr


def test_results_stand_in_the_order_of_what_was_given() -> None:
    second = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            second.set()
        assert second.wait(10)
        return number * number

    assert in_threads(work, range(4), 2) == [0, 1, 4, 9]
    assert in_threads(work, [], 2) == []


def test_what_was_raised_is_raised_again() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda number: 1 // number, [1, 0, 2], 3)


def test_what_comes_back_in_time_is_handed_over_and_what_does_not_is_given_up() -> None:
    assert within(10, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(10, lambda: 1 // 0)
    with pytest.raises(TimeoutError, match="not back within"):
        within(0.01, threading.Event().wait)


def test_ctrl_c_is_raised_when_what_it_must_not_cut_short_is_done() -> None:
    done = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.2)
        done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)

    assert done == ["all of it"]


def test_without_ctrl_c_it_is_a_call_like_any_other() -> None:
    assert undisturbed(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 // 0)
