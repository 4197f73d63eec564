"""Foreign tables of a real postgres_fdw: row-level security does not protect them, so a grant is an opening."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.corpora.rls import A, B
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import CouldNotLook, require
from verifier.embedded.server import SUPABASE, free_port, short_folder
from verifier.probes.row_security.accepted import AcceptedOpenings
from verifier.probes.row_security.catalogue import read_catalogue
from verifier.probes.row_security.copy.clone import copied
from verifier.probes.row_security.evidence import RowSecurity
from verifier.probes.row_security.self_test import try_out

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/lib/postgres_fdw.so"))
"""Debian's contrib has the wrapper, which the wheel's server lacks."""
USER = "nobody" if os.geteuid() == 0 else None
SCHEMA = """
    create table notes (id int primary key, user_id uuid not null, body text);
    alter table notes enable row level security;
    create policy own on notes using (user_id = auth.uid());
    insert into notes values (1, 'A', 'a'), (2, 'B', 'b');
    create extension postgres_fdw;
    create server itself foreign data wrapper postgres_fdw options (host '127.0.0.1', port 'PORT', dbname 'postgres');
    create user mapping for public server itself options (user 'postgres', password 'for-a-test');
    create foreign table elsewhere (id int, user_id uuid, body text) server itself options (table_name 'notes');
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if not DEBIAN:
        pytest.skip("no PostgreSQL of Debian with postgres_fdw is installed")
    home, programs, port = short_folder() / "debian", DEBIAN[-1].parents[1] / "bin", free_port()
    home.mkdir()
    (home / "password").write_text("for-a-test", encoding="ascii")
    if USER:
        home.chmod(0o777)
    data, options = (
        str(home / "data"),
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off",
    )

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=USER, cwd="/", env={"LC_ALL": "C"})

    secret = f"--pwfile={home / 'password'}"
    run(
        str(programs / "initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-sync",
        secret,
    )
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
    try:
        url = f"postgresql://postgres:for-a-test@127.0.0.1:{port}/postgres"
        with psycopg.connect(url) as connection:
            connection.execute(SUPABASE.read_bytes())
            words = SCHEMA.replace("PORT", str(port)).replace("'A'", f"'{A}'").replace("'B'", f"'{B}'")
            connection.execute(words.encode())
        yield url
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home.parent, ignore_errors=True)


def looked_at(address: str, words: str) -> RowSecurity:
    with psycopg.connect(address) as connection:
        connection.execute(f"drop view if exists all_of_it; {words}".encode())
        connection.commit()
        catalogue = read_catalogue(connection, ("public",))
        with copied(address, connection, ("public",), Deadline(60)) as copy:
            trial = try_out(copy, catalogue)
    return RowSecurity(
        asked="a test asks", where="a database", at=now(), again="", catalogue=catalogue, expected=("notes",),
        accepted=AcceptedOpenings(), trial=trial,
    )  # fmt: skip


def test_a_foreign_table_that_clients_may_read_is_open_whatever_protects_the_rows_behind_it(address: str) -> None:
    seen = looked_at(address, "grant all on elsewhere to anon, authenticated")
    with psycopg.connect(address) as stranger:
        stranger.execute("set role anon")
        read = stranger.execute("select user_id::text from elsewhere order by 1").fetchall()

    assert read == [(A,), (B,)]  # the rows themselves have been read past their policy
    assert {(each.subject, each.problem) for each in seen.declared_open()} >= {
        ("elsewhere", "anon, without a login, can SELECT, INSERT, UPDATE, DELETE"),
    }
    assert seen.classes()["elsewhere"].startswith("exposed to anon")
    require(seen.tried())


def test_without_a_grant_it_is_closed_and_needs_no_copy(address: str) -> None:
    seen = looked_at(address, "revoke all on elsewhere from anon, authenticated")

    assert (seen.declared_open(), seen.open_on_a_copy()) == ([], [])
    assert seen.classes()["elsewhere"] == "no grant"
    require(seen.tried())


def test_a_view_on_it_that_the_copy_cannot_have_is_not_proven(address: str) -> None:
    seen = looked_at(address, "create view all_of_it as select * from elsewhere")

    with pytest.raises(CouldNotLook) as told:
        require(seen.tried())

    assert "all_of_it: it could not be copied" in told.value.what
