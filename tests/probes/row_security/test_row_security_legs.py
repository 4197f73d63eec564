"""The legs of row-level security on their own: what is open on purpose, what a copy lacks, a proof that cannot fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.corpora.rls import A, B
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, Obstacle, require
from verifier.embedded.server import Server, scratch_server
from verifier.probes.row_security import self_test as leg
from verifier.probes.row_security.accepted import AcceptedOpenings
from verifier.probes.row_security.catalogue import read_catalogue
from verifier.probes.row_security.copy.clone import Copy, copied
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.evidence import RowSecurity
from verifier.probes.row_security.live import look
from verifier.probes.row_security.report import matrix

SCHEMA = """
    alter default privileges in schema public revoke truncate on tables from anon, authenticated;
    create table notes (id int primary key, user_id uuid not null, body text);
    alter table notes enable row level security;
    create policy own on notes using (user_id = auth.uid());
    insert into notes values (1, '{a}', 'a'), (2, '{b}', 'b');
    create table products (id int primary key, title text);
    insert into products values (1, 'tent');
    create table closed (id int primary key);
    alter table closed enable row level security;
    create function search_products(words text) returns setof products language sql stable security definer
    set search_path = '' as $$ select * from public.products $$;
    create role reader login password 'reader-for-a-test';
    grant anon, authenticated to reader with inherit false, set true;
    grant usage on schema public, auth to reader;
    grant select on all tables in schema public to reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with scratch_server() as made:
        with psycopg.connect(made.database("shop")) as connection:
            connection.execute(SCHEMA.format(a=A, b=B).encode())
        yield made


@contextmanager
def looked_at(server: Server, accepted: AcceptedOpenings, user: str = "postgres") -> Iterator[RowSecurity]:
    url = server.url(user, "reader-for-a-test" if user == "reader" else None, database="shop")
    with psycopg.connect(url) as connection:
        connection.read_only = True
        catalogue = read_catalogue(connection, ("public",))
        live = look(connection, catalogue, "user_id")
        with copied(url, connection, ("public",), Deadline(60)) as copy:
            trial = leg.try_out(copy, catalogue)
        yield RowSecurity(
            asked="a test asks", where="a shop", at=now(), again="", catalogue=catalogue,
            expected=("notes",), accepted=accepted, live=live, trial=trial,
        )  # fmt: skip


def test_what_is_open_on_purpose_is_no_failure_and_stays_in_the_report(server: Server) -> None:
    reason = "the shop's catalogue"
    accepted = AcceptedOpenings(readable={"search_products": reason}, writable={"products": reason})
    with looked_at(server, accepted) as seen:
        found = [*seen.declared_open(), *seen.open_on_a_copy(), *seen.readable_without_login()]
        told = seen.functions_that_tell()
        require(seen.seen_live())
        require(seen.tried())
        require(seen.functions_tried())

    assert (found, told) == ([], {})
    assert seen.classes() == {
        "closed": "closed, no policy",
        "notes": "rows of their own",
        "products": "exposed to anon, writable by anon (on purpose)",
    }
    assert f"products: open on purpose: {reason}" in matrix(seen)
    assert "we connect as postgres, a superuser" in matrix(seen)


def test_public_for_reading_is_not_public_for_writing(server: Server) -> None:
    """The verifier's role may read little here, so the copy comes from the part of the schema that it may see."""
    with looked_at(server, AcceptedOpenings(readable={"products": "the shop's catalogue"}), "reader") as seen:
        found = seen.open_on_a_copy()

    assert {each.subject for each in found} == {"products"}
    assert any("INSERT, UPDATE, DELETE" in each.problem for each in found)
    assert not any("SELECT" in each.problem for each in found)
    assert all("alter table public.products enable row level security;" in each.remedy for each in found)
    assert set(seen.functions_that_tell()) == {"search_products(words text)"}


def test_a_copy_on_which_the_open_table_is_not_found_open_proves_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg, "prove", lambda *_: ({leg.OPEN: Proof(), leg.CLOSED: Proof()}, ()))

    with psycopg.connect(server.database("for_a_blind_proof"), autocommit=True) as connection:
        catalogue = read_catalogue(connection, ("public",))
        with pytest.raises(CouldNotLook) as told:
            leg.try_out(Copy(connection, ()), catalogue)

    assert told.value.cause == Cause.INTERNAL
    assert "the open table gave []" in told.value.what


def test_what_the_copy_lacks_is_not_proven_and_named(server: Server) -> None:
    with psycopg.connect(server.database("whole"), autocommit=True) as whole:
        whole.execute("create table places (id int primary key); alter table places enable row level security")
        catalogue = read_catalogue(whole, ("public",))
    with psycopg.connect(server.database("lacking"), autocommit=True) as lacking:
        trial = leg.try_out(Copy(lacking, ('extension "postgis" is not available',)), catalogue)

    assert trial.proofs["places"].doubt == 'it could not be copied (extension "postgis" is not available)'


def test_a_leg_that_could_not_be_gone_says_why() -> None:
    trouble = Obstacle(cause=Cause.UNAUTHORIZED, what="our role may not impersonate anon", remedy="grant anon to it")

    assert str(trouble.as_error()) == "unauthorized: our role may not impersonate anon"
