"""The throw-away PostgreSQL: it is Supabase-like, and never outlives whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.runs.toy import CHECKOUT
from verifier.core.deadline import Deadline
from verifier.embedded.server import Server, installation, scratch_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with scratch_server() as running:
        yield running


def test_it_has_what_the_migrations_of_a_supabase_project_rely_on(server: Server) -> None:
    with psycopg.connect(server.database("first")) as connection:
        connection.execute("create extension if not exists pgcrypto with schema extensions")
        connection.execute('create extension if not exists "uuid-ossp" with schema extensions')
        connection.execute("create table notes (id uuid primary key default uuid_generate_v4(), owner uuid)")
        connection.execute("alter table notes enable row level security")
        connection.execute("create policy own on notes to authenticated using (owner = auth.uid())")
        connection.execute("insert into notes (owner) select gen_random_uuid() from generate_series(1, 3)")
        connection.execute("set local role authenticated")
        assert connection.execute("select count(*) from notes").fetchone() == (0,)
        sha = connection.execute("select encode(extensions.digest('abc', 'sha256'), 'hex')").fetchone()
    assert sha is not None
    assert sha[0].startswith("ba7816bf")


def test_what_a_stand_in_cannot_do_it_says(server: Server) -> None:
    with psycopg.connect(server.database("second")) as connection:
        connection.execute("create extension pgcrypto")
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="gen_salt is not here"):
            connection.execute("select crypt('x', gen_salt('bf'))")


def test_databases_are_apart(server: Server) -> None:
    with psycopg.connect(server.database("third")) as one:
        one.execute("create table here (n int)")
    with psycopg.connect(server.database("fourth")) as other:
        assert other.execute("select to_regclass('public.here')").fetchone() == (None,)


def test_the_tools_of_the_server_are_beside_it() -> None:
    told = subprocess.run([installation() / "bin" / "pg_dump", "--version"], capture_output=True, text=True, check=True)

    assert "PostgreSQL) 18" in told.stdout


def test_it_is_gone_with_its_owner_whatever_the_owner_dies_of() -> None:
    program = (
        "import sys\nfrom verifier.embedded.server import scratch_server\n"
        "with scratch_server() as server:\n    print(server.folder, flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        folder = Path(owner.stdout.readline().strip() if owner.stdout else "")
        assert folder.is_dir()
        owner.send_signal(signal.SIGKILL)

    assert not Deadline(15).eventually(folder.exists, lambda there: not there, pause=0.05)
