"""Statements that read or write rows."""

from __future__ import annotations

from pglast import ast, enums

from verifier.probes.migrations.catalogue import MANAGED, Birth
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import look_at_calls, parsed, run_known
from verifier.probes.migrations.rules.judging import HARMLESS, Judge, rule
from verifier.probes.migrations.rules.trees import is_constant, operands, walk, words
from verifier.probes.migrations.verdicts import named

HARMLESS |= {
    "NotifyStmt",
    "VariableShowStmt",
    "ListenStmt",
    "UnlistenStmt",
    "DeallocateStmt",
    "FetchStmt",
    "ClosePortalStmt",
}
_KEEP = (
    "write a new column or a new table, and let the application move over; the old rows stay until nobody reads them"
)
_SYSTEM = ("pg_catalog.", "information_schema.")


def _target(judge: Judge, relation: Node) -> str:
    name = judge.catalogue.relation(relation)
    if name.startswith(_SYSTEM) or (not relation.schemaname and relation.relname.startswith("pg_")):
        judge.destroys(named("writes the system catalogue {}", name), "use the statement that PostgreSQL has for it")
    return name


def _is_ours(judge: Judge, name: str) -> bool:
    """Whether its rows are new, too, and no others go with them: a table of this file, not a view."""
    thing = judge.catalogue.get("relation", name)
    ours = thing is not None and not isinstance(thing.node, ast.ViewStmt) and judge.is_new("relation", name)
    return ours and not judge.catalogue.get("cascades", name)


def _fire(judge: Judge, table: str, event: int) -> None:
    """Judge the functions of this file that run with a write: of its triggers, and those in defaults."""
    triggers = [it.node for it in judge.catalogue.on("trigger", table).values() if it.birth is not Birth.LIVE]
    called = [words(each.funcname) for each in triggers if int(each.events or 0) & event]
    if event == enums.TRIGGER_TYPE_INSERT:
        things = judge.catalogue.things.items()
        new = [it.node for (what, of), it in things if (what, of.rpartition(".")[0]) == ("column", table)]
        texts = [f"SELECT {it.default}" for it in new if it and it.default]
        trees = [each for text in texts for each in parsed(judge, text, f"a default of {table}")]
        called += [words(each.funcname) for each in walk(trees) if isinstance(each, ast.FuncCall)]
    for parts in called:
        run_known(judge, parts)


@rule("SelectStmt")
def select(judge: Judge, node: Node) -> None:
    """A query: its function calls, SELECT INTO, and row locks."""
    look_at_calls(judge, node)
    for each in walk(node):
        if isinstance(each, ast.IntoClause):
            judge.make("relation", judge.catalogue.relation(each.rel), None)
            judge.copied.append((judge.catalogue.relation(each.rel), node))
        if isinstance(each, ast.LockingClause):
            judge.asks("a query that locks rows until the end of the migration", "leave FOR UPDATE out")


@rule("InsertStmt")
def _insert(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node)
    name = _target(judge, node.relation)
    if name.split(".")[0] in MANAGED - {"storage"} or name.endswith("._prisma_migrations"):
        judge.asks(named("writes into {}, which belongs to the platform or to the runner", name))
    if node.selectStmt and judge.may_be_new("relation", name):
        judge.copied.append((name, node.selectStmt))
    conflict = node.onConflictClause
    if conflict and _changes(node, conflict) and not _is_ours(judge, name):
        judge.destroys(named("overwrites rows of {} where they are already there", name), "use ON CONFLICT DO NOTHING")
    _fire(judge, name, enums.TRIGGER_TYPE_INSERT)
    if conflict:
        _fire(judge, name, enums.TRIGGER_TYPE_UPDATE)


def _changes(node: Node, conflict: Node) -> bool:
    """Whether ON CONFLICT writes anything but what the row that is there has."""
    names = {node.relation.relname, node.relation.alias and node.relation.alias.aliasname}
    return conflict.action == enums.OnConflictAction.ONCONFLICT_UPDATE and not all(
        isinstance(each.val, ast.ColumnRef)
        and words(each.val.fields)[-1] == each.name
        and words(each.val.fields)[-2:-1] != []
        and words(each.val.fields)[-2] in names
        for each in conflict.targetList
    )


@rule("UpdateStmt")
def _update(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node)
    name = _target(judge, node.relation)
    _fire(judge, name, enums.TRIGGER_TYPE_UPDATE)
    if _is_ours(judge, name):
        return
    written = [each.name for each in node.targetList or () if isinstance(each, ast.ResTarget)]
    told = (", ".join(written), name)
    empty = _empty_in(node)
    if written and all(
        judge.is_new("column", f"{name}.{each}") or (each in empty and judge.may_be_new("column", f"{name}.{each}"))
        for each in written
    ):
        if judge.certain and any(map(_is_bounded, operands(node.whereClause))):
            return
        if judge.portion and not judge.begun and _is_portion(node):
            judge.asks(
                named(
                    "fills {} in {} by portions that commit, which a runner refuses that sends a file in one go", *told
                ),
                "put CALL alone into a file of its own, or run it by hand",
            )
            return
        judge.blocks(
            named("fills {} in every row of {}, which stay locked until the migration ends", *told),
            "fill the new column in small portions, outside of the migration",
        )
        return
    judge.destroys(named("overwrites {} in rows of {}", *told), _KEEP)


def _empty_in(node: Node) -> set[str]:
    """The columns that are NULL in the rows which an UPDATE takes, so that it overwrites nothing there."""
    conditions = operands(node.whereClause)
    lists = [it for it in conditions if isinstance(it, ast.SubLink)]
    queries = [it.subselect for it in lists if it.subLinkType == enums.SubLinkType.ANY_SUBLINK]
    joined = {it.relname for it in node.fromClause or () if isinstance(it, ast.RangeVar)}
    queries += [it.ctequery for it in (node.withClause.ctes if node.withClause else ()) if it.ctename in joined]
    for each in queries:
        sources = [it.relname for it in getattr(each, "fromClause", None) or () if isinstance(it, ast.RangeVar)]
        if sources == [node.relation.relname]:
            conditions = [*conditions, *operands(each.whereClause)]
    return {
        words(each.arg.fields)[-1]
        for each in conditions
        if isinstance(each, ast.NullTest)
        and each.nulltesttype == enums.NullTestType.IS_NULL
        and isinstance(each.arg, ast.ColumnRef)
    }


_FEW = 10_000
"""Rows that an UPDATE changes in a moment."""


def _is_bounded(condition: Node) -> bool:
    """Whether at most a few rows can meet it: a list, a subquery with a small LIMIT, or a short range of numbers."""
    if isinstance(condition, ast.SubLink):
        limit = _number(getattr(condition.subselect, "limitCount", None))
        return condition.subLinkType == enums.SubLinkType.ANY_SUBLINK and limit is not None and limit <= _FEW
    if not isinstance(condition, ast.A_Expr):
        return False
    if condition.kind == enums.A_Expr_Kind.AEXPR_BETWEEN:
        low, high = (_number(each) for each in condition.rexpr)
        return low is not None and high is not None and high - low < _FEW
    listed = condition.kind == enums.A_Expr_Kind.AEXPR_IN and words(condition.name) == ["="]
    return listed and all(map(is_constant, condition.rexpr))


def _is_portion(node: Node) -> bool:
    """Whether an UPDATE takes rows from a query with a LIMIT, or those between two values."""
    lists = {enums.SubLinkType.ANY_SUBLINK, enums.SubLinkType.ARRAY_SUBLINK}
    inside = [each for each in walk(node.whereClause) if isinstance(each, (ast.A_Expr, ast.SubLink))]
    queries = [each.subselect for each in inside if isinstance(each, ast.SubLink) and each.subLinkType in lists]
    queries += [each.subquery for each in node.fromClause or () if isinstance(each, ast.RangeSubselect)]
    queries += [each.ctequery for each in (node.withClause.ctes if node.withClause else ())]
    between = any(getattr(each, "kind", None) == enums.A_Expr_Kind.AEXPR_BETWEEN for each in inside)
    return between or any(getattr(each, "limitCount", None) for each in queries)


def _number(node: Node) -> int | None:
    value = getattr(node, "val", None)
    return int(value.ival or 0) if isinstance(value, ast.Integer) else None


@rule("DeleteStmt")
def _delete(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node)
    name = _target(judge, node.relation)
    _fire(judge, name, enums.TRIGGER_TYPE_DELETE)
    if not _is_ours(judge, name):
        judge.destroys(
            named("deletes rows of {}", name),
            "mark them in a new column instead, and delete them when nobody reads them",
        )


@rule("TruncateStmt")
def _truncate(judge: Judge, node: Node) -> None:
    live = [name for each in node.relations if not _is_ours(judge, name := judge.catalogue.relation(each))]
    for each in node.relations:
        _fire(judge, judge.catalogue.relation(each), enums.TRIGGER_TYPE_TRUNCATE)
    if live or node.behavior == enums.DropBehavior.DROP_CASCADE:
        judge.destroys(
            named("empties {}", ", ".join(live) or "whatever refers to the table"), "leave the rows where they are"
        )


@rule("MergeStmt")
def _merge(judge: Judge, node: Node) -> None:
    look_at_calls(judge, node)
    name = _target(judge, node.relation)
    for event in (enums.TRIGGER_TYPE_INSERT, enums.TRIGGER_TYPE_UPDATE, enums.TRIGGER_TYPE_DELETE):
        _fire(judge, name, event)
    adds = {enums.CmdType.CMD_INSERT, enums.CmdType.CMD_NOTHING}
    if any(each.commandType not in adds for each in node.mergeWhenClauses or ()) and not _is_ours(judge, name):
        judge.destroys(
            named("changes or deletes rows of {} that are already there", name), "merge with WHEN NOT MATCHED only"
        )


@rule("CopyStmt")
def _copy(judge: Judge, _: Node) -> None:
    judge.asks("COPY moves rows between the database and files", "insert the rows with INSERT")


@rule("LockStmt")
def _lock(judge: Judge, node: Node) -> None:
    live = [name for each in node.relations if not _is_ours(judge, name := judge.catalogue.relation(each))]
    if live:
        judge.blocks(
            named("locks {} until the migration ends", ", ".join(live)),
            "leave LOCK out; statements take what they need",
        )


@rule("TransactionStmt")
def _transaction(judge: Judge, node: Node) -> None:
    kinds = enums.TransactionStmtKind
    if node.kind == kinds.TRANS_STMT_COMMIT:
        judge.commits.append(judge.line)
        judge.unvalidated.clear()  # with the transaction its locks end
        for name, thing in judge.made("relation").items():
            into = getattr(thing.node, "into", None)
            if enums.OnCommitAction.ONCOMMIT_DROP in (getattr(thing.node, "oncommit", 0), getattr(into, "onCommit", 0)):
                judge.forget("relation", name)
    plain = {kinds.TRANS_STMT_BEGIN, kinds.TRANS_STMT_START, kinds.TRANS_STMT_COMMIT}
    if node.kind in plain:
        judge.begun = node.kind != kinds.TRANS_STMT_COMMIT
    if node.kind not in {*plain, kinds.TRANS_STMT_SAVEPOINT, kinds.TRANS_STMT_RELEASE}:
        judge.asks("controls the transaction in which the runner applies the file", "let the runner begin and end it")


@rule("CheckPointStmt", "VacuumStmt")
def _vacuum(judge: Judge, node: Node) -> None:
    options = {each.defname for each in getattr(node, "options", None) or ()}
    if "full" in options:
        judge.blocks(
            "VACUUM FULL rewrites tables while nobody can use them", "run VACUUM without FULL, outside of a migration"
        )
    elif getattr(node, "is_vacuumcmd", True):
        judge.asks("VACUUM cannot run inside a transaction, where migrations run", "run it outside of a migration")


@rule("ClusterStmt")
def _cluster(judge: Judge, node: Node) -> None:
    if node.relation and _is_ours(judge, judge.catalogue.relation(node.relation)):
        return
    judge.blocks("CLUSTER rewrites a table while nobody can use it", "leave the order of the rows alone")


@rule("ReindexStmt")
def _reindex(judge: Judge, node: Node) -> None:
    ours = node.relation and judge.is_new("relation", judge.catalogue.relation(node.relation))
    if not ours and not any(each.defname == "concurrently" for each in node.params or ()):
        judge.blocks("REINDEX blocks writers", "REINDEX CONCURRENTLY, outside of a migration")


@rule("RefreshMatViewStmt")
def _refresh(judge: Judge, node: Node) -> None:
    name = judge.catalogue.relation(node.relation)
    if not node.concurrent and not _is_ours(judge, name):
        judge.blocks(named("nobody can read {} during the refresh", name), "REFRESH MATERIALIZED VIEW CONCURRENTLY")
