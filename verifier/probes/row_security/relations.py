"""Records of the catalogue: relations, policies, functions; and openings found in them."""

from __future__ import annotations

from typing import Literal

from verifier.core.evidence import Record

ANONYMOUS = "anon"
SIGNED_IN = "authenticated"
"""The roles of requests without and with a login (Supabase docs, Postgres roles)."""
ROLES = (ANONYMOUS, SIGNED_IN)
Command = Literal["select", "insert", "update", "delete", "truncate"]
COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete", "truncate")
KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view", "f": "foreign table"}
TABLES = ("table", "partitioned table")
"""The kinds that row-level security can protect."""
PEOPLE = {ANONYMOUS: "anon, without a login,", SIGNED_IN: "any signed-in user"}


class Policy(Record):
    """One policy of one relation.

    Attributes:
        command: `all`, or one command.
        roles: the roles of its TO clause; `public` for everybody.
        binds: the request roles that it applies to, directly or by inheritance.
        using: the USING condition; may be empty.
        check: the WITH CHECK condition; may be empty.
        trusts: the client-controlled values that it relies on.
        holds: condition → the request roles for whom it is true in the live database, whatever the row.
        unsettled: why it is not known whether it is true, whatever the row; empty if it is known, or depends on more.
    """

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    binds: tuple[str, ...]
    using: str = ""
    check: str = ""
    trusts: tuple[str, ...] = ()
    holds: dict[str, tuple[str, ...]] = {}
    unsettled: str = ""

    def concerns(self, role: str, command: str) -> bool:
        """Whether it applies to this command of `role`."""
        return role in self.binds and self.command in {"all", command}

    @property
    def admits(self) -> bool:
        """Whether it may let a client through; without an expression, PostgreSQL lets nobody through."""
        return self.permissive and bool(self.binds) and bool(self.using or self.check)

    def condition(self, command: str) -> str:
        """The condition that applies to this command; empty if there is none, which nothing meets."""
        if command == "insert":
            return self.check or self.using
        return self.using


class Relation(Record):
    """A table, view or the like.

    Attributes:
        label: its name in reports, qualified outside of the first schema.
        parent: the table that it is a partition or child of; empty if none.
        invoker: whether a view is `security_invoker`.
        rights: role → granted commands, on the relation or on columns, directly or by inheritance.
        by_column: role → commands granted on single columns only.
        app_owns: whether the application's role owns it, itself or as a member, and so bypasses its policies.
        guarded: whether a trigger sees each row before it is written, and may refuse or change it.
        rules: the rewrite rules of its writes, which run with its owner's rights.
        checked: whether a view has a CHECK OPTION.
    """

    label: str
    schema_name: str
    name: str
    kind: str
    owner: str
    enabled: bool
    forced: bool
    parent: str = ""
    invoker: bool = False
    rights: dict[str, tuple[str, ...]] = {}
    by_column: dict[str, tuple[str, ...]] = {}
    policies: tuple[Policy, ...] = ()
    app_owns: bool = False
    checked: bool = False
    guarded: bool = False
    rules: str = ""

    @property
    def place(self) -> str:
        """The qualified name, quoted for SQL."""
        return f"{quoted(self.schema_name)}.{quoted(self.name)}"

    def may(self, role: str, command: str) -> bool:
        """Whether the role has a grant for this command."""
        return command in self.rights.get(role, ())

    def deciding(self, role: str, command: str) -> tuple[Policy, ...]:
        """The permissive policies that may let this command of `role` through."""
        applying = (each for each in self.policies if each.permissive and each.concerns(role, command))
        return tuple(each for each in applying if each.condition(command))


class Function(Record):
    """A function that a client may call, and that runs with its owner's rights, truncates, or executes text.

    Attributes:
        signature: name and argument types, quoted for SQL.
        callers: the request roles that may call it.
        yes_or_no: whether it returns void or boolean.
        definer: whether it runs with its owner's rights.
        strict: whether it answers NULL to NULL.
        executes: whether it may run SQL that it puts together.
        source: its body.
        names: of its arguments, as far as they have any.
    """

    label: str
    signature: str
    schema_name: str
    name: str
    arguments: tuple[str, ...]
    callers: tuple[str, ...]
    volatile: bool
    yes_or_no: bool
    definer: bool = True
    strict: bool = False
    executes: bool = False
    source: str = ""
    names: tuple[str, ...] = ()


class Opening(Record):
    """Access to rows of others, or to the whole table, that a role should not have.

    Attributes:
        who: the role.
        seen: the effect that was seen.
        claimed: what had to be forged; empty if nothing.
        through: the table in which one row is enough; empty if none is needed.
        closes: the SQL that closes it.
    """

    who: str
    command: Command
    seen: str
    claimed: str = ""
    through: str = ""
    closes: str = ""

    def __str__(self) -> str:
        forged = f" by claiming {self.claimed}" if self.claimed else ""
        close = f"; close it with: {self.closes}" if self.closes else ""
        return f"{PEOPLE[self.who]} can {self.command.upper()}{forged}: {self.seen}{close}"


def quoted(name: str) -> str:
    """An identifier, quoted for SQL where needed."""
    plain = name.replace("_", "a").isalnum() and name.islower() and name.isascii() and not name[0].isdigit()
    return name if plain else '"' + name.replace('"', '""') + '"'


def closing(  # noqa: PLR0911 - one ending per kind
    relation: Relation, role: str, command: str, responsible_policies: tuple[Policy, ...] = ()
) -> str:
    """The SQL that takes this command away from `role`."""
    if relation.kind in {"materialized view", "foreign table"}:
        return f"revoke all on {relation.place} from {role}, public;"
    if command == "truncate":
        return f"revoke {command} on {relation.place} from {role}, public;"
    if relation.kind == "view":
        if not relation.invoker and command == "select":
            return f"alter view {relation.place} set (security_invoker = on);"
        return f"revoke {command} on {relation.place} from {role}, public;"
    if not relation.enabled:
        return f"alter table {relation.place} enable row level security;"
    policies = responsible_policies or relation.deciding(role, command)
    if not policies:
        return f"revoke {command} on {relation.place} from {role}, public;"
    lines = [f"drop policy {quoted(each.name)} on {relation.place};" for each in policies]
    return lines[0] if len(lines) == 1 else f"one of these, or narrow it: {' '.join(lines)}"
