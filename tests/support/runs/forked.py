"""A fork server that has imported everything, and forks for each run of the command.

Imports take two seconds of a run that often lasts less than one. A child is a real pytest with its own arguments,
environment, folder, session, output and exit status. Runs about the process itself (signals, broken imports, the
first second) use `Suite.running` instead.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from multiprocessing import get_context
from pathlib import Path

from _pytest.config import default_plugins

import verifier

CHECKOUT = Path(str(verifier.__file__)).resolve().parents[1]
PLUGINS = (
    "verifier.plugin.fixtures",
    "verifier.probes.operator",
    "verifier.probes.rollback.terminal",
    "verifier.plugin.check_hooks",
    "verifier.plugin.header",
    "verifier.plugin.session",
    "verifier.plugin.scheduler",
)
"""pytest imports its plugins itself, to rewrite their assertions, and warns if they are imported already."""
ANYIO = ("verifier.probes.domain", "verifier.assistant")
"""These import anyio, which is such a plugin; dnspython does once httpx2 is there, which the MCP server brings."""
NEEDED = (
    *("unittest", "pdb", "doctest", "packaging.requirements", "slugify", "execnet", "attr", "allure_commons.reporter"),
    *("allure_commons.logger", "h2.connection", "h11", "certifi", "readline", "encodings.unicode_escape"),
)
"""What the plugins of others import, and the first request; httpcore itself imports anyio."""


def modules() -> list[str]:
    """All modules of the product but its pytest plugins."""
    files = [path.relative_to(CHECKOUT) for path in sorted((CHECKOUT / "verifier").rglob("*.py"))]
    names = [".".join(path.with_suffix("").parts) for path in files if "node_modules" not in path.parts]
    left = (*PLUGINS, *ANYIO)
    return [name for name in names if not name.startswith(left) and not name.endswith(("__init__", "__main__"))]


FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        *("pytest", "playwright.sync_api", "allure", "tests.support.runs.forked"),
        *(f"_pytest.{name}" for name in default_plugins),  # pytest's own are not rewritten
        *NEEDED,
        *modules(),
    ]
)


def run(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    deadline: float,
    watched: Callable[[int], AbstractContextManager[object]] = nullcontext,
) -> tuple[int, str]:
    """Run `python -m pytest WORDS` in `folder`, with `environment` as its whole environment.

    Args:
        words: its arguments.
        folder: its working directory.
        environment: all of its environment.
        deadline: seconds after which it is killed.
        watched: what is entered with its process id while it runs, and left before what it started is killed.

    Returns:
        The exit status (negative for a signal), and what it wrote to standard output and standard error.

    Raises:
        TimeoutError: it did not end within `deadline` seconds, and was killed.
    """
    with tempfile.NamedTemporaryFile() as output:
        process = FORKS.Process(target=_become_pytest, args=([*words], str(folder), {**environment}, output.name))
        process.start()
        with watched(process.pid or 0):
            process.join(deadline)
        status = process.exitcode
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)  # and its children
        process.join()
        process.close()
        if status is None:
            raise TimeoutError(f"no end after {deadline:g} s: {words}")
        return status, output.read().decode(errors="replace")


def _become_pytest(words: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    """In the child: become the command's process."""
    gc.freeze()  # exclude imported objects from garbage collection
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    said = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.close(said)
    sys.stdout, sys.stderr = (open(each, "w", buffering=1, encoding="utf-8", closefd=False) for each in (1, 2))  # noqa: SIM115 - descriptors
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    time.tzset()
    # As in a new process: else what pytest rewrites is compiled anew in each run.
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    tempfile.tempdir = None  # it was read from the previous environment
    sys.path.insert(0, folder)

    import pytest  # noqa: PLC0415 - imported already, by the process that forks

    sys.argv = [str(pytest.__file__), *words]
    try:
        sys.exit(pytest.console_main())
    finally:
        atexit._run_exitfuncs()  # type: ignore[attr-defined]  # a process that was forked ends without them
