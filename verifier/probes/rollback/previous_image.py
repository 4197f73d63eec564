"""Runs an image of the application with a throw-away database: once with the schema before, once with the new one."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg import sql

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.embedded.roles import without_superuser
from verifier.embedded.server import Server, free_port, scratch_server
from verifier.probes.http.client import client, get
from verifier.probes.migrations.history import History, read_history
from verifier.probes.migrations.rehearsal.applying import HistoryRehearsal
from verifier.probes.migrations.rules.static import MigrationFile

RUNTIMES = ("docker", "podman")
UP = 60.0
"""Seconds that the release gets to answer after its start."""
_PULL = 300.0
_DATABASES = ("before", "after")
Answer = TypeVar("Answer")


def asked_image(context: Context, image: str, ask: Callable[[str], Answer]) -> tuple[Answer, Answer]:
    """What `ask` makes of the address of the release, with the schema before and with the new one.

    Raises:
        CouldNotLook: precondition, if nothing here runs images, the image does not start or does not use the database,
            it is not known which migrations are new, or one of them is refused; timeout, if it does not answer.
    """
    runtime = next((each for each in map(shutil.which, RUNTIMES) if each), None)
    if runtime is None:
        what = f"nothing here runs an image ({' or '.join(RUNTIMES)})"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="give the address at which the release runs")
    history = read_history(context)
    if not history.judged:
        told = f"none of {len(history.sources)} migrations is new since {context.options.since}"
        raise CouldNotLook(Cause.NO_DATA, told, remedy="--since REV, the revision that is live")
    if not context.options.since:
        what = "it is not known which migrations the previous release was made for"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="--since REV, the revision that is live")
    with scratch_server() as server:
        _make(server, history)
        answers = []
        for name in _DATABASES:
            context.tell(f"the previous release runs with the schema {name}")
            earlier, _ = _sessions(server, name)
            with _running(context, runtime, image, server.url(database=name)) as address:
                answers.append(ask(address))
                _need_use(server, name, earlier)
    return answers[0], answers[1]


def _make(server: Server, history: History) -> None:
    """Two databases with the same sample rows: what is live, and that with the new migrations."""
    url, admin = without_superuser(server, "before")
    shipped = [MigrationFile(each.path, each.content, judged=False) for each in history.sources if not each.judged]
    _applied(HistoryRehearsal(url, admin), shipped)
    HistoryRehearsal(url, admin).fill()
    names = {"new": sql.Identifier("after"), "old": sql.Identifier("before")}
    with psycopg.connect(server.url("supabase_admin"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {new} template {old} owner postgres").format(**names))
        path = sql.SQL('alter database {new} set search_path to "$user", public, extensions')
        connection.execute(path.format(**names))
    copy = HistoryRehearsal(server.url(database="after"), server.url("supabase_admin", database="after"))
    _applied(copy, [MigrationFile(each.path, each.content, judged=False) for each in history.judged])


def _applied(rehearsal: HistoryRehearsal, sources: list[MigrationFile]) -> None:
    refused = [each for each in rehearsal.apply(sources) if each.failure]
    if refused:
        failure = refused[0].failure
        what = f"{refused[0].path} does not apply: {failure.message if failure else ''}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="see migrations-apply, and fix it there")


@contextmanager
def _running(context: Context, runtime: str, image: str, database: str) -> Iterator[str]:
    """The address of a container that is there for as long as the block lasts, and answers."""
    name, port = f"previous-release-{uuid.uuid4().hex[:12]}", free_port()
    settings = {"DATABASE_URL": database, "DIRECT_URL": database, "PORT": str(port), "HOST": "127.0.0.1"}
    words = [word for key in settings for word in ("--env", key)]  # values stay out of the list of processes
    try:
        _command(
            [runtime, "run", "--detach", "--rm", "--network", "host", "--name", name, *words, image],
            context.deadline.shorter(_PULL).remaining(),
            settings,
        )
        address = f"http://127.0.0.1:{port}"
        with client(context.target) as session:
            up = context.deadline.shorter(UP).eventually(
                lambda: get(session, address + "/", timeout=2), lambda reply: reply.answered, pause=0.2
            )
        if not up.answered:
            what = f"the image did not answer within {UP:g} s on the port that PORT names"
            raise CouldNotLook(Cause.TIMEOUT, what, remedy=f"{runtime} run --env PORT=… --env DATABASE_URL=… {image}")
        yield address
    finally:
        subprocess.run([runtime, "rm", "--force", name], capture_output=True, timeout=UP, check=False)


def _command(words: list[str], seconds: float, settings: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            words, env={**_environment(), **settings}, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise CouldNotLook(Cause.TIMEOUT, f"the image did not start within {seconds:.0f} s") from None
    except OSError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"{words[0]} cannot be started: {trouble.strerror}") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise CouldNotLook(
            Cause.PRECONDITION, f"the image does not start: {said}", remedy=f"{words[0]} run {words[-1]}"
        )


def _environment() -> dict[str, str]:
    """What the runtime itself needs; nothing else of the caller's reaches it."""
    wanted = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "CONTAINER_HOST")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def _sessions(server: Server, database: str) -> tuple[int, int]:
    """How many sessions a database has had, and how many it has."""
    with psycopg.connect(server.url("supabase_admin"), autocommit=True) as connection:
        found = connection.execute(
            "select sessions, numbackends from pg_stat_database where datname = %s", [database]
        ).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _need_use(server: Server, database: str, earlier: int) -> None:
    """The release must have asked this database: else its answers say nothing of the schema."""
    had, has = _sessions(server, database)
    if had <= earlier and not has:
        what = "the release did not use the database that DATABASE_URL names, so its answers say nothing of the schema"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="let it read DATABASE_URL, or give its address instead")
