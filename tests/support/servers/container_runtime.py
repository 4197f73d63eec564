"""A stand-in for a container runtime: `run` starts a small release that reads a real database, `rm` ends it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

_RUNTIME = """
import os, pathlib, signal, subprocess, sys
folder = pathlib.Path(__file__).parent
words = sys.argv[1:]
if words[0] == "run":
    if words[-1] == "no-such-image":
        sys.exit("Unable to find image 'no-such-image' locally")
    name = words[words.index("--name") + 1]
    release = [sys.executable, str(folder / "release.py"), words[-1]]
    null = subprocess.DEVNULL
    started = subprocess.Popen(release, start_new_session=True, stdin=null, stdout=null, stderr=null)
    (folder / name).write_text(str(started.pid))
elif words[:2] == ["rm", "--force"] and (folder / words[2]).exists():
    os.kill(int((folder / words[2]).read_text()), signal.SIGKILL)
    (folder / words[2]).unlink()
"""
_RELEASE = """
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg
READS = {"/api/notes": "select text from notes", "/api/tags": "select name from tags", "/health": "select 1"}
class Release(BaseHTTPRequestHandler):
    def do_GET(self):
        status = 404
        if self.path in READS and sys.argv[1] != "reads-nothing":
            try:
                with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
                    connection.execute(READS[self.path]).fetchall()
                status = 401 if sys.argv[1] == "asks-for-a-login" else 200
            except psycopg.Error:
                status = 500
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
threading.Timer(60, os._exit, [1]).start()  # whoever started it may be gone
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Release).serve_forever()
"""


def container_runtime(folder: Path) -> str:
    """Write the runtime into a folder.

    Returns:
        A PATH on which it is the first.
    """
    folder.mkdir(exist_ok=True)
    (folder / "release.py").write_text(_RELEASE, encoding="utf-8")
    (folder / "runtime.py").write_text(_RUNTIME, encoding="utf-8")
    runtime = folder / "docker"
    # A line that begins with #! cannot name a Python whose path has a space.
    called = shlex.join([sys.executable, str(folder / "runtime.py")])
    runtime.write_text(f'#!/bin/sh\nexec {called} "$@"\n', encoding="utf-8")
    runtime.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
