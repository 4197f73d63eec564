"""Gives a throw-away server the role `postgres` that Supabase has: it owns the project, and is no superuser.

What a file executes can then not reach beyond the database: no program, no file, no other role's secrets.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from verifier.embedded.server import Server

_ROOT = "supabase_root"
_ROLES = (
    "anon, authenticated, service_role, authenticator, dashboard_user, supabase_auth_admin, supabase_storage_admin, "
    "supabase_realtime_admin"
)
_OF_THE_SERVER = f"""
    create role postgres login createdb createrole replication bypassrls;
    grant {_ROLES} to postgres with admin option;
    grant pg_monitor, pg_read_all_settings, pg_signal_backend to postgres;
    grant set on parameter session_replication_role to postgres;
"""
_OF_THE_DATABASE = """
    alter schema public owner to postgres;
    alter schema supabase_migrations owner to postgres;
    alter table supabase_migrations.schema_migrations owner to postgres;
    alter publication supabase_realtime owner to postgres;
    alter table auth.users owner to supabase_auth_admin;
    alter table auth.sessions owner to supabase_auth_admin;
    alter table auth.identities owner to supabase_auth_admin;
    alter table storage.buckets owner to supabase_storage_admin;
    alter table storage.objects owner to supabase_storage_admin;
    grant all on schema extensions, realtime, graphql_public, vault to postgres with grant option;
    grant all on realtime.messages to postgres with grant option;
    alter default privileges for role postgres in schema public
        grant all on tables to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on sequences to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public
        grant all on functions to anon, authenticated, service_role;
"""


def without_superuser(server: Server, database: str) -> tuple[str, str]:
    """Make the database `database`, owned by a `postgres` that is no superuser.

    Returns:
        The address for that role, and the one for the superuser, who makes extensions.
    """
    server.database(database)
    password = server.password
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("alter role supabase_admin password {}").format(sql.Literal(password)))
    admin = server.url("supabase_admin", database=database)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("alter role postgres rename to {}").format(sql.Identifier(_ROOT)))
        connection.execute(_OF_THE_SERVER.encode())
        connection.execute(sql.SQL("alter role postgres password {}").format(sql.Literal(password)))
        connection.execute(sql.SQL("alter database {} owner to postgres").format(sql.Identifier(database)))
        connection.execute(_OF_THE_DATABASE.encode())
    return server.url(database=database), admin


def empty_database(server: Server, admin: str, name: str) -> tuple[str, str]:
    """A database without anything, beside the one that `without_superuser` made; the same two addresses."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner postgres").format(sql.Identifier(name)))
    return server.url(database=name), server.url("supabase_admin", database=name)


def hand_over(admin: str) -> None:
    """Give everything that the superuser has made in a database to `postgres`."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("reassign owned by supabase_admin to postgres")
