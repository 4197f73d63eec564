"""Tables: created, altered and dropped."""

from __future__ import annotations

from collections.abc import Callable

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.access.readers import shows_as_much
from verifier.probes.migrations.rules.columns import (
    ColumnDefinition,
    add_column,
    change_new_type,
    change_type,
    constraint_name,
    is_whole,
    record_column,
    record_table,
)
from verifier.probes.migrations.rules.constraints import (
    add_constraint,
    allow_null,
    drop_constraint,
    note_required,
    note_validated,
    refuses_null,
)
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.replication import change_identity
from verifier.probes.migrations.rules.trees import sql
from verifier.probes.migrations.verdicts import named

A = enums.AlterTableType
_QUIET = {
    A.AT_SetStatistics, A.AT_SetStorage, A.AT_SetCompression, A.AT_SetOptions, A.AT_ResetOptions,
    A.AT_ClusterOn, A.AT_DropCluster, A.AT_EnableAlwaysTrig, A.AT_EnableTrig, A.AT_EnableTrigAll, A.AT_EnableTrigUser,
}  # fmt: skip
_OPTIONS = {A.AT_SetRelOptions, A.AT_ResetRelOptions}
_OFF = {"false", "off", "0"}
_LOSSES = {
    A.AT_DisableRowSecurity: ("turns row-level security off on {}", "leave it on, and write a policy for who may read"),
    A.AT_NoForceRowSecurity: ("lets the owner of {} pass its row-level security", "leave it forced"),
    A.AT_DisableTrig: ("turns a trigger of {} off", "leave it on"),
    A.AT_DisableTrigAll: ("turns all triggers of {} off", "leave them on"),
    A.AT_DisableTrigUser: ("turns the triggers of {} off", "leave them on"),
    A.AT_DisableRule: ("turns a rule of {} off", "leave it on"),
    A.AT_DetachPartition: ("detaches a partition with its rows from {}", "leave it attached"),
    A.AT_DropInherit: ("takes {} out of its parent", "leave it there"),
    A.AT_DropIdentity: ("drops the identity of a column of {}", "leave it"),
    A.AT_DropExpression: ("no longer computes a column of {}", "add another column"),
    A.AT_SetUnLogged: ("{} becomes unlogged, and loses its rows in a crash", "leave it logged"),
}
_REWRITES = {
    A.AT_SetLogged: "rewrites {} while nobody can use it",
    A.AT_SetTableSpace: "moves {} while nobody can use it",
    A.AT_SetAccessMethod: "rewrites {} while nobody can use it",
}


@rule("CreateStmt")
def _create_table(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    parents = [judge.catalogue.relation(each) for each in node.inhRelations or ()]
    if parents and not node.partbound and not all(judge.is_new("relation", each) for each in parents):
        judge.asks(named("{} inherits from {}, which then show its rows, too", table, ", ".join(parents)))
    if node.partbound and not node.partbound.is_default and not judge.may_be_new("relation", parents[0]):
        _beside_a_default(judge, parents[0])
    record_table(judge, table, node, unless_there=bool(node.if_not_exists))


def _beside_a_default(judge: Judge, parent: str) -> None:
    """A partition of a table whose default partition may have its rows, and is read to see that it has not."""
    for (kind, name), thing in judge.catalogue.things.items():
        bound = thing.node.partbound if kind == "relation" and isinstance(thing.node, ast.CreateStmt) else None
        if bound and bound.is_default and parent in map(judge.catalogue.relation, thing.node.inhRelations):
            judge.blocks(
                named("every row of {} is checked while nobody can use it", name),
                "a valid CHECK beforehand that the default partition has no rows of the new one",
            )


@rule("CreateTableAsStmt")
def _create_as(judge: Judge, node: Node) -> None:
    judge.statement(node.query)
    judge.make("relation", judge.catalogue.relation(node.into.rel), node, unless_there=bool(node.if_not_exists))


@rule("AlterTableStmt")
def _alter_table(judge: Judge, node: Node) -> None:
    table = judge.catalogue.relation(node.relation)
    view = node.objtype in {enums.ObjectType.OBJECT_VIEW, enums.ObjectType.OBJECT_MATVIEW}
    commands = [each for each in node.cmds or () if isinstance(each, ast.AlterTableCmd)]
    # PostgreSQL drops constraints first, wherever in the statement that stands.
    for each in sorted(commands, key=lambda each: each.subtype != A.AT_DropConstraint):
        _command(judge, table, each, view=view)


def _command(judge: Judge, table: str, command: Node, *, view: bool) -> None:
    kind = command.subtype
    if kind == A.AT_ChangeOwner:
        judge.catalogue.add("owner", str(command.newowner.rolename or "public"), Thing(Birth.LIVE, command))
    if kind in _CHANGES:
        _CHANGES[kind](judge, table, command)
    elif kind in _OPTIONS:
        _options(judge, table, command, view=view)
    elif (
        kind in _QUIET
        or judge.is_new("relation", table)
        or (kind == A.AT_ChangeOwner and judge.may_be_new("relation", table))
        or (kind == A.AT_DisableTrig and judge.is_new("trigger", f"{table}/{command.name}"))
    ):
        pass
    elif kind in _LOSSES:
        what, instead = _LOSSES[kind]
        judge.destroys(what.format(table), instead)
    elif kind in _REWRITES:
        judge.blocks(_REWRITES[kind].format(table), "leave it as it is")
    else:
        judge.asks(
            named("ALTER TABLE {}: {} is not on the list of what only adds", table, kind.name.removeprefix("AT_"))
        )


def _options(judge: Judge, table: str, command: Node, *, view: bool) -> None:
    options = {
        each.defname: str(getattr(each.arg, "sval", getattr(each.arg, "boolval", "true"))) for each in command.def_
    }
    invoker = options.get("security_invoker", "").lower()
    if "security_invoker" in options and command.subtype == A.AT_SetRelOptions and invoker not in _OFF:
        judge.catalogue.add("invoker", table, Thing(Birth.NEW, command))
    if judge.is_new("relation", table):
        return
    if "security_invoker" in options and (command.subtype == A.AT_ResetRelOptions or invoker in _OFF):
        judge.destroys(named("{} shows rows that its reader may not read", table), "leave security_invoker on")
    elif options.keys() == {"security_invoker"} and shows_as_much(judge, table):
        return
    elif ("security_invoker" in options or view) and not judge.may_be_new("relation", table):
        judge.asks(named("changes who may read what through {}", table))


def _add_column(judge: Judge, table: str, command: Node) -> None:
    column = f"{table}.{command.def_.colname}"
    there = command.missing_ok and judge.catalogue.get("column", column)
    if not there and not judge.may_be_new("relation", table):
        add_column(judge, table, command.def_)
    record_column(judge, table, command.def_, unless_there=bool(command.missing_ok))


def _drop_column(judge: Judge, table: str, command: Node) -> None:
    column = f"{table}.{command.name}"
    if command.missing_ok and judge.catalogue.get("column", column) is None and is_whole(judge, table):
        return
    if not _fresh(judge, table, column):
        judge.destroys(
            named("drops the column {} with its values", column),
            "stop using it first; drop it when no release reads it",
        )
    elif command.behavior == enums.DropBehavior.DROP_CASCADE and not judge.is_new("relation", table):
        judge.destroys(named("everything that depends on {} is dropped with it", column), "leave CASCADE out")
    judge.forget("column", column)


def _fresh(judge: Judge, table: str, column: str) -> bool:
    return judge.is_new("relation", table) or judge.is_new("column", column)


def _type(judge: Judge, table: str, command: Node) -> None:
    if not judge.is_new("relation", table):
        change = change_new_type if judge.is_new("column", f"{table}.{command.name}") else change_type
        change(judge, table, command)


def _set_not_null(judge: Judge, table: str, command: Node) -> None:
    if not judge.may_be_new("relation", table) and not refuses_null(judge, table, command.name):
        judge.destroys(
            named("{}.{} rejects rows without a value, which programs may still write", table, command.name),
            "ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, and validate it when every program writes the column",
        )
    note_required(judge, table, command.name, required=True)


def _drop_not_null(judge: Judge, table: str, command: Node) -> None:
    if not _fresh(judge, table, f"{table}.{command.name}"):
        allow_null(judge, table, command.name)
    note_required(judge, table, command.name, required=False)


def _default(judge: Judge, table: str, command: Node) -> None:
    column = f"{table}.{command.name}"
    known = judge.catalogue.get("column", column)
    if _fresh(judge, table, column):
        needed = known and isinstance(known.node, ColumnDefinition) and known.node.required
        if needed and command.def_ is None and not judge.is_new("relation", table):
            judge.destroys(named("{} requires a value that running programs do not write", column), "keep the default")
        return
    if command.def_ is None:
        judge.destroys(named("{} loses its default, on which programs may depend", column), "leave it")
    elif (
        known is None
        or not isinstance(known.node, ColumnDefinition)
        or (known.node.default is not None and not _same_default(known.node.default, sql(command.def_)))
    ):
        judge.asks(named("{} gets another default, and programs may depend on the old one", column))


def _same_default(old: str, new: str) -> bool:
    """Whether two defaults are written alike; of a sequence, the schema and the cast to regclass may be left out."""
    plain = [each.replace("::regclass", "").replace('"', "").replace("'public.", "'") for each in (old, new)]
    return plain[0] == plain[1]


def _constraint(judge: Judge, table: str, command: Node) -> None:
    if judge.may_be_new("relation", table):
        judge.make("constraint", f"{table}/{constraint_name(table, command.def_)}", command.def_)
        return
    add_constraint(judge, table, command.def_)


def _validate(judge: Judge, table: str, command: Node) -> None:
    if table in judge.unvalidated:
        judge.blocks(
            named("{} is validated while the lock of its ADD CONSTRAINT is still held", command.name),
            "validate it in a migration of its own",
        )
    note_validated(judge, table, command.name)


def _protect(judge: Judge, table: str, command: Node) -> None:
    judge.make("protected", table, command)


def _unprotect(judge: Judge, table: str, command: Node) -> None:
    if not judge.is_new("relation", table):
        what, instead = _LOSSES[command.subtype]
        judge.destroys(what.format(table), instead)
    judge.forget("protected", table)


def _force(judge: Judge, table: str, command: Node) -> None:
    if not judge.may_be_new("relation", table) and not judge.catalogue.get("forced", table):
        judge.asks(
            named("the policies of {} bind its owner, too, as whom programs may connect", table),
            "see as whom the application connects; list the file as reviewed",
        )
    judge.make("forced", table, command)


def _identity(judge: Judge, table: str, command: Node) -> None:
    """SET GENERATED: by default accepts what programs write, always refuses it."""
    column = f"{table}.{command.name}"
    options = {each.defname: each.arg for each in command.def_}
    generated = getattr(options.get("generated"), "ival", 0)
    if options.keys() == {"generated"} and generated == ord(enums.ATTRIBUTE_IDENTITY_BY_DEFAULT):
        return
    if _fresh(judge, table, column):
        return
    if generated == ord(enums.ATTRIBUTE_IDENTITY_ALWAYS):
        judge.destroys(named("{} no longer accepts what a program writes", column), "leave it BY DEFAULT")
    else:
        judge.asks(named("{} is numbered differently", column))


def _attach(judge: Judge, table: str, command: Node) -> None:
    part = judge.catalogue.relation(command.def_.name)
    if not judge.may_be_new("relation", part) and judge.is_new("relation", table):
        judge.holds(table)
    elif not judge.may_be_new("relation", part):
        judge.blocks(
            named("every row of {} is checked while it is attached to {}", part, table), "a valid CHECK beforehand"
        )


_CHANGES: dict[enums.AlterTableType, Callable[[Judge, str, Node], None]] = {
    A.AT_AddColumn: _add_column,
    A.AT_DropColumn: _drop_column,
    A.AT_AlterColumnType: _type,
    A.AT_SetNotNull: _set_not_null,
    A.AT_DropNotNull: _drop_not_null,
    A.AT_ColumnDefault: _default,
    A.AT_AddConstraint: _constraint,
    A.AT_ValidateConstraint: _validate,
    A.AT_DropConstraint: drop_constraint,
    A.AT_EnableRowSecurity: _protect,
    A.AT_ForceRowSecurity: _force,
    A.AT_DisableRowSecurity: _unprotect,
    A.AT_AttachPartition: _attach,
    A.AT_ReplicaIdentity: change_identity,
    A.AT_SetIdentity: _identity,
}
