"""Runs a command that must not outlive its parent.

`python -S orphan_guard.py USER FOLDER COMMAND…` (USER `-` keeps the current user): the command ends when the guard's
standard input does. Without the word `stop` before its end the parent has died, and FOLDER is removed, too.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from typing import Any

GRACE_SECONDS = 3.0
STOP = b"stop\n"
ending = threading.Event()


def command_options(user: str) -> dict[str, Any]:
    """The options of `subprocess` that start a command as this user."""
    if user == "-":
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def hold(child: subprocess.Popen[bytes], folder: str) -> None:
    """Wait for the parent's word or end, then end the command."""
    orderly = os.read(0, len(STOP)) == STOP
    ending.set()
    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: a dead parent needs no clean files.
    child.send_signal(signal.SIGINT if orderly else signal.SIGQUIT)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if not orderly:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status."""
    user, folder, *command = arguments
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd="/", **command_options(user))
    holder = threading.Thread(target=hold, args=(child, folder), daemon=True)
    holder.start()
    status = child.wait()
    if ending.is_set():
        holder.join()
    return status & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
