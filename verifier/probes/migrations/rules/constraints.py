"""Constraints: added, dropped, replaced, and what NULL means to them."""

from __future__ import annotations

from dataclasses import replace

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.alike import is_there, requires, widens
from verifier.probes.migrations.rules.code.written import columns_in, is_less, written
from verifier.probes.migrations.rules.columns import INDEX, NOT_VALID, ColumnDefinition, constraint_name, note_cascade
from verifier.probes.migrations.rules.indexes import as_key, unique_keys
from verifier.probes.migrations.rules.judging import ENDINGS, Dropped, Judge
from verifier.probes.migrations.rules.left_out import DOUBT, GIVEN, default_of, value_of
from verifier.probes.migrations.rules.trees import canonical, conjuncts, is_false, operands, walk, words
from verifier.probes.migrations.verdicts import named

C = enums.ConstrType
_ATTRIBUTES = {
    C.CONSTR_ATTR_DEFERRABLE,
    C.CONSTR_ATTR_NOT_DEFERRABLE,
    C.CONSTR_ATTR_DEFERRED,
    C.CONSTR_ATTR_IMMEDIATE,
}


def add_constraint(judge: Judge, table: str, node: Node) -> None:
    """A new constraint on an existing table; new, empty columns do not matter."""
    name = f"{table}/{constraint_name(table, node)}"
    note_cascade(judge, node)
    kinds = {C.CONSTR_UNIQUE: "a unique index", C.CONSTR_PRIMARY: "a primary key", C.CONSTR_EXCLUSION: "an index"}
    if node.contype in kinds and not node.indexname:
        judge.blocks(named("{} is built while nobody can use {}", kinds[node.contype], table), INDEX)
    elif node.contype == C.CONSTR_PRIMARY and not _was_primary(judge, table, node):
        judge.asks(named("the columns of the new primary key of {} become NOT NULL", table))
    elif node.contype in kinds:
        pass
    elif node.contype == C.CONSTR_CHECK and is_false(node.raw_expr):
        judge.destroys(named("{} rejects every row", table), "leave it out")
    elif node.contype in {C.CONSTR_CHECK, C.CONSTR_FOREIGN, C.CONSTR_NOTNULL} and node.skip_validation:
        _judge_unvalidated(judge, table, node)
    elif node.contype == C.CONSTR_NOTNULL:
        judge.destroys(named("{} requires values that its rows may not have", table), NOT_VALID)
    elif node.contype in {C.CONSTR_CHECK, C.CONSTR_FOREIGN}:
        judge.blocks(named("every row of {} is checked while nobody can write", table), NOT_VALID)
    elif node.contype not in _ATTRIBUTES:
        judge.asks(named("a constraint on {} of a kind that is not on the list", table))
    judge.make("constraint", name, as_key(judge, table, node) if node.indexname else node)


def _judge_unvalidated(judge: Judge, table: str, node: Node) -> None:
    """A constraint that the rows which are there need not meet, but what is written from now on."""
    judge.unvalidated.add(table)
    if refused := _refused_by_default(judge, table, node):
        what = "{} {certainly} a row of a program that leaves out {}"
        certainly = "rejects" if refused[1] else "may reject"
        judge.asks(
            named(what, table, refused[0], certainly=certainly),
            "see that every running program writes what passes, or give the column a default that does",
        )
    conditions = operands(node.raw_expr) if node.contype == C.CONSTR_CHECK else []
    new = _not_yet_said(judge, table, node) if conditions else []
    for each in written(judge, table) if conditions else ():
        concerned = [one for one in conditions if each.column in columns_in(one)]
        what = named("{} refuses what {}() writes into {}", table, each.function, each.column)
        instead = f"let the CHECK admit it, or change {each.function}() first"
        if is_less(each.column, each.value) and concerned:
            judge.asks(named("{} may refuse what {}() takes off {}", table, each.function, each.column), instead)
        elif any(value_of(one, {each.column: value_of(each.value, {})}) is False for one in concerned):
            judge.destroys(what, instead)
        elif each.given and any(
            each.column in columns_in(one) and value_of(one, {each.column: GIVEN}) is GIVEN for one in new
        ):
            judge.asks(
                named("{} may refuse what a caller of {}() gives for {}", table, each.function, each.column), instead
            )


def _not_yet_said(judge: Judge, table: str, node: Node) -> list[Node]:
    """The conditions of a CHECK that no CHECK makes which was there before, be it dropped or not, nor NOT NULL."""
    things = [*judge.catalogue.on("constraint", table).values()]
    nodes = [each.node for each in things if each.birth is Birth.LIVE and each.sure and not each.doubted]
    nodes += [each.node for each in judge.dropped if each.kind == "constraint" and each.name.startswith(f"{table}/")]
    olds = [each for each in nodes if each is not None and each.contype == C.CONSTR_CHECK and each.is_enforced]
    if any(widens(node, each) for each in olds):
        return []
    said = set().union(*(conjuncts(each.raw_expr) for each in olds))
    required = [name for name in columns_in(node.raw_expr) if refuses_null(judge, table, name)]
    said |= {canonical(is_there(each)) for each in required}
    return [each for each in operands(node.raw_expr) if canonical(each) not in said]


def _was_primary(judge: Judge, table: str, node: Node) -> bool:
    """Whether the columns of a new primary key were those of one that this file drops."""
    keys = words(as_key(judge, table, node).keys)
    return bool(keys) and any(
        each.kind == "constraint"
        and each.name.startswith(f"{table}/")
        and each.node is not None
        and each.node.contype == C.CONSTR_PRIMARY
        and words(each.node.keys) == keys
        for each in judge.dropped
    )


def _refused_by_default(judge: Judge, table: str, node: Node) -> tuple[str, bool] | None:
    """The columns without which a CHECK refuses what a program writes, and whether it does so for certain."""
    conditions = [is_there(each) for each in words(node.keys)] or operands(node.raw_expr)
    for each in conditions if node.contype in {C.CONSTR_CHECK, C.CONSTR_NOTNULL} else ():
        named_in = [words(it.fields)[-1] for it in walk(each) if isinstance(it, ast.ColumnRef) and words(it.fields)]
        known = {name: judge.catalogue.get("column", f"{table}.{name}") for name in named_in}
        found = {name: it.node for name, it in known.items() if it and isinstance(it.node, ColumnDefinition)}
        row = {name: default_of(_kind(judge, it), it.default, required=it.required) for name, it in found.items()}
        value = value_of(each, row)
        if value is False or value is DOUBT:
            return ", ".join(dict.fromkeys(named_in)), value is False
    return None


def _kind(judge: Judge, column: ColumnDefinition) -> str:
    """Its type; text for one with labels, which are equal where their text is."""
    thing = judge.catalogue.get("type", judge.catalogue.name(column.type.split(".")))
    return "text" if thing and isinstance(thing.node, ast.CreateEnumStmt) else column.type


def allow_null(judge: Judge, table: str, column: str) -> None:
    """DROP NOT NULL: programs write NULL only once they are changed, but unique keys and policies do not compare it."""
    unique = any(column in each for each in unique_keys(judge, table))
    policies = [each.node for each in judge.catalogue.on("policy", table).values()]
    named_in = [
        each
        for policy in policies
        for each in walk((getattr(policy, "using", None), getattr(policy, "check", None)))
        if isinstance(each, ast.ColumnRef) and words(each.fields)[-1:] == [column]
    ]
    if unique or named_in:
        by = "a unique key" if unique else "a policy"
        what = named("{}.{} may be NULL now, which {by} does not compare", table, column, by=by)
        judge.asks(what, "check that NULL neither passes it nor is shut out by it")


def as_strict(new: Node, old: Node) -> bool:
    """Whether a constraint is at least as strict as another."""
    if old is None or new is None:
        return False
    if new.contype == old.contype == C.CONSTR_CHECK:
        return new.is_enforced and conjuncts(new.raw_expr) >= conjuncts(old.raw_expr)
    return _content(new) == _content(old)


def _content(node: Node) -> str:
    fields = {name: canonical(getattr(node, name)) for name in node if name not in _LABELS}
    return canonical(ast.String(sval=str(sorted(fields.items()))))


_LABELS = {"conname", "location", "skip_validation", "initially_valid"}


def drop_constraint(judge: Judge, table: str, command: Node) -> None:
    """DROP CONSTRAINT; the end of the file decides whether one as strict has come in its place."""
    name = f"{table}/{command.name}"
    thing = judge.catalogue.get("constraint", name)
    if judge.is_new("relation", table) or (thing and thing.birth is Birth.NEW):
        judge.forget("constraint", name)
        return
    known = judge.catalogue.get("relation", table) is not None
    judge.drops(Dropped("constraint", name, thing.node if thing else None, judge.line, bool(command.missing_ok), known))
    judge.forget("constraint", name)


def _is_widened(judge: Judge, dropped: Dropped, thing: Thing) -> bool:
    """Whether a CHECK comes in place of a narrower one, in the same transaction: in between rows need not meet any."""
    if dropped.node is None or thing.node is None or {thing.node.contype, dropped.node.contype} != {C.CONSTR_CHECK}:
        return False
    apart = any(dropped.line <= each <= (thing.line or 0) for each in judge.commits)
    return not apart and widens(thing.node, dropped.node)


def _is_said_by_columns(judge: Judge, table: str, dropped: Dropped) -> bool:
    """Whether a CHECK only says of columns that they have a value, which are NOT NULL when the file ends."""
    if dropped.node is None or dropped.node.contype != C.CONSTR_CHECK:
        return False
    columns = judge.catalogue.things.items()
    own = {
        name.removeprefix(f"{table}.")
        for (kind, name), thing in columns
        if kind == "column" and name.startswith(f"{table}.") and _is_required(thing)
    }
    return requires(dropped.node.raw_expr, own)


def _is_required(thing: Thing | None) -> bool:
    sure = thing is not None and thing.sure and not thing.doubted and isinstance(thing.node, ColumnDefinition)
    return sure and thing is not None and thing.node.required


def refuses_null(judge: Judge, table: str, column: str) -> bool:
    """Whether a column of a live table surely has values only: it is NOT NULL, or a validated CHECK says so.

    Source: PostgreSQL documentation, ALTER TABLE, SET NOT NULL: the scan is skipped if a valid CHECK proves it.
    """
    there = judge.catalogue.get("column", f"{table}.{column}")
    if there and there.line is None and there.birth is Birth.LIVE and _is_required(there):
        return True
    return any(
        thing.birth is Birth.LIVE
        and thing.line is None
        and thing.sure
        and not thing.doubted
        and thing.node is not None
        and thing.node.contype == C.CONSTR_CHECK
        and thing.node.is_enforced
        and not (thing.node.skip_validation or thing.node.is_no_inherit)
        and canonical(is_there(column)) in conjuncts(thing.node.raw_expr)
        for thing in judge.catalogue.on("constraint", table).values()
    )


def note_required(judge: Judge, table: str, column: str, *, required: bool) -> None:
    """Note that a column becomes NOT NULL for certain, or may be NULL from now on."""
    thing = judge.catalogue.get("column", f"{table}.{column}")
    if thing and isinstance(thing.node, ColumnDefinition) and (judge.certain or not required):
        thing.node = replace(thing.node, required=required)


def note_validated(judge: Judge, table: str, name: str) -> None:
    """Note that every row of a table meets a constraint from now on."""
    thing = judge.catalogue.get("constraint", f"{table}/{name}")
    if judge.certain and thing and isinstance(thing.node, ast.Constraint):
        fields = {each: getattr(thing.node, each) for each in thing.node}
        thing.node = ast.Constraint(**{**fields, "skip_validation": False, "initially_valid": True})


@ENDINGS.append
def _constraints_came_back(judge: Judge) -> None:
    """A constraint may be dropped if the same file adds one that is as strict."""
    made = judge.made("constraint").items()
    for each in (each for each in judge.dropped if each.kind == "constraint"):
        table = each.name.rsplit("/", 1)[0]
        news = [thing for name, thing in made if name.startswith(f"{table}/") and each.is_followed_by(thing)]
        if (
            each.never_was
            or any(as_strict(it.node, each.node) for it in news)
            or _is_said_by_columns(judge, table, each)
        ):
            continue
        if any(_is_widened(judge, each, it) for it in news):
            continue
        judge.destroys(
            named(
                "drops the constraint {} of {}, and nothing as strict comes in its place",
                each.name.rsplit("/", 1)[1],
                table,
            ),
            "leave it, or add one in the same file that forbids as much",
            line=each.line,
        )
