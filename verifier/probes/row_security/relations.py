"""Records of what is declared: relations, policies, functions and roles; and of what somebody could do with them."""

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
        command: `all`, or the one that it is for.
        roles: for whom it was made; `public` for everybody.
        binds: which of the two roles of requests it concerns, themselves or through a role that they inherit.
        using: the condition for rows that are there; nothing if it has none.
        check: the condition for rows that shall be there; nothing if it has none.
        trusts: what it believes although a client can set it.
    """

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    binds: tuple[str, ...]
    using: str = ""
    check: str = ""
    trusts: tuple[str, ...] = ()

    def concerns(self, role: str, command: str) -> bool:
        """Whether it is asked when `role` does this."""
        return role in self.binds and self.command in {"all", command}

    def condition(self, command: str) -> str:
        """The condition that decides about this command."""
        if command == "insert":
            return self.check or self.using
        return self.using


class Relation(Record):
    """Something that can be read like a table.

    Attributes:
        label: how reports call it: its name, after its schema where that is not the first one.
        parent: whose partition or heir it is; nothing if it is none.
        invoker: of a view: whether it reads with the rights of whoever asks.
        rights: role → commands that it has a grant for, on the whole or on columns, itself or by inheritance.
        by_column: role → those of them that it has on single columns only.
        owner_bound: whether the owner cannot get round the policies.
        app_owns: whether the role as which the application connects owns it, and gets round its policies.
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

    @property
    def place(self) -> str:
        """The name as it is typed into SQL."""
        return f"{quoted(self.schema_name)}.{quoted(self.name)}"

    def may(self, role: str, command: str) -> bool:
        """Whether the role has a grant for this command."""
        return command in self.rights.get(role, ())

    def deciding(self, role: str, command: str) -> tuple[Policy, ...]:
        """The permissive policies that can let `role` do this."""
        return tuple(each for each in self.policies if each.permissive and each.concerns(role, command))


class Function(Record):
    """A function that a client may call, and that acts with the rights of its owner.

    Attributes:
        signature: as it is typed into SQL, with its argument types.
        callers: which of the two roles of requests may call it.
        yes_or_no: whether it answers nothing, or true and false only.
    """

    label: str
    signature: str
    schema_name: str
    name: str
    arguments: tuple[str, ...]
    callers: tuple[str, ...]
    volatile: bool
    yes_or_no: bool
    trigger: bool = False


class Opening(Record):
    """Something that somebody can do with rows of others, or with the whole table.

    Attributes:
        who: the role.
        seen: what it came to.
        claimed: what had to be forged for it; nothing if nothing.
        closes: a line of SQL that closes it.
    """

    who: str
    command: Command
    seen: str
    claimed: str = ""
    closes: str = ""

    def __str__(self) -> str:
        forged = f" by claiming {self.claimed}" if self.claimed else ""
        close = f"; close it with: {self.closes}" if self.closes else ""
        return f"{PEOPLE[self.who]} can {self.command.upper()}{forged}: {self.seen}{close}"


def quoted(name: str) -> str:
    """An identifier as it is typed into SQL."""
    plain = name.replace("_", "a").isalnum() and name.islower() and name.isascii() and not name[0].isdigit()
    return name if plain else '"' + name.replace('"', '""') + '"'


def closing(  # noqa: PLR0911 - one ending per kind
    relation: Relation, role: str, command: str, responsible_policies: tuple[Policy, ...] = ()
) -> str:
    """A line of SQL after which `role` cannot do this any more."""
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
