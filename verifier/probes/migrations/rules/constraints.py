"""Constraints: added, dropped, replaced, and what NULL means to them."""

from __future__ import annotations

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.columns import INDEX, NOT_VALID, ColumnDefinition, constraint_name, note_cascade
from verifier.probes.migrations.rules.indexes import as_key, unique_keys
from verifier.probes.migrations.rules.judging import ENDINGS, Dropped, Judge
from verifier.probes.migrations.rules.trees import canonical, conjuncts, is_false, operands, sql, walk, words
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
        judge.unvalidated.add(table)
        if column := _refused_by_default(judge, table, node):
            what = named("{}.{} rejects what a program writes that leaves it out", table, column)
            judge.asks(what, "see that every running program writes the column, or give it a default that passes")
    elif node.contype == C.CONSTR_NOTNULL:
        judge.destroys(named("{} requires values that its rows may not have", table), NOT_VALID)
    elif node.contype in {C.CONSTR_CHECK, C.CONSTR_FOREIGN}:
        judge.blocks(named("every row of {} is checked while nobody can write", table), NOT_VALID)
    elif node.contype not in _ATTRIBUTES:
        judge.asks(named("a constraint on {} of a kind that is not on the list", table))
    judge.make("constraint", name, as_key(judge, table, node) if node.indexname else node)


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


def _refused_by_default(judge: Judge, table: str, node: Node) -> str:
    """The column whose default, or NULL where it has none, a CHECK refuses; empty if none is known to be refused."""
    for each in operands(node.raw_expr):
        named_in = [it.fields[-1].sval for it in walk(each) if isinstance(it, ast.ColumnRef)]
        known = judge.catalogue.get("column", f"{table}.{named_in[0]}") if len(named_in) == 1 else None
        if known is None or not isinstance(known.node, ColumnDefinition):
            continue
        default, required = known.node.default, known.node.required
        refused = False
        if isinstance(each, ast.NullTest) and each.nulltesttype == enums.NullTestType.IS_NOT_NULL:
            refused = default is None and not required
        elif isinstance(each, ast.A_Expr) and words(each.name) in (["<>"], ["!="]) and default is not None:
            sides = {sql(side).partition("::")[0] for side in (each.lexpr, each.rexpr)}
            refused = default.partition("::")[0] in sides
        if refused:
            return str(named_in[0])
    return ""


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
        return conjuncts(new.raw_expr) >= conjuncts(old.raw_expr)
    return _content(new) == _content(old)


def _content(node: Node) -> str:
    fields = {name: canonical(getattr(node, name)) for name in node if name not in _LABELS}
    return canonical(ast.String(sval=str(sorted(fields.items()))))


_LABELS = {"conname", "location", "skip_validation", "initially_valid", "is_enforced"}


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


@ENDINGS.append
def _constraints_came_back(judge: Judge) -> None:
    """A constraint may be dropped if the same file adds one that is as strict."""
    made = judge.made("constraint").items()
    for each in (each for each in judge.dropped if each.kind == "constraint"):
        table = each.name.rsplit("/", 1)[0]
        news = [thing.node for name, thing in made if name.startswith(f"{table}/") and each.is_followed_by(thing)]
        if each.never_was or any(as_strict(node, each.node) for node in news):
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
