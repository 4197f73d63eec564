"""Columns and constraints: added, altered and dropped."""

from __future__ import annotations

from dataclasses import dataclass

from pglast import ast, enums

from verifier.probes.migrations.catalogue import Birth, ObjectCatalogue, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.code.bodies import pure_functions
from verifier.probes.migrations.rules.judging import Judge
from verifier.probes.migrations.rules.trees import (
    canonical,
    is_constant,
    sql,
    walk,
    words,
)
from verifier.probes.migrations.verdicts import named

C = enums.ConstrType
_SERIAL = {"serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"}
_ORDER = {
    "int2": 1, "smallint": 1, "int4": 2, "integer": 2, "int": 2, "int8": 3, "bigint": 3,
}  # fmt: skip
_PRECISE = {"timestamp", "timestamptz", "time", "timetz", "varbit"}
"""More digits or bits need no rewrite (PostgreSQL's support functions of these types)."""


@dataclass(frozen=True)
class ColumnDefinition:
    """A column: its type, its default as SQL, whether it is NOT NULL."""

    type: str
    default: str | None
    required: bool

    @classmethod
    def of(cls, node: Node, catalogue: ObjectCatalogue) -> ColumnDefinition:
        """From its definition."""
        constraints = {each.contype: each for each in node.constraints or ()}
        default = constraints.get(C.CONSTR_DEFAULT)
        required = not {C.CONSTR_NOTNULL, C.CONSTR_PRIMARY, C.CONSTR_IDENTITY}.isdisjoint(constraints)
        kind = catalogue.type_name(node.typeName)
        return cls(kind, sql(default.raw_expr) if default else None, required)


def constraint_name(table: str, node: Node, column: str = "") -> str:
    """The name that PostgreSQL gives to a constraint without one (ChooseConstraintName)."""
    if node.conname:
        return str(node.conname)
    base = table.rsplit(".", 1)[-1]
    keys = [column] if column else words(node.keys) or words(node.fk_attrs)
    if node.contype == C.CONSTR_CHECK and not column:
        keys = [each.fields[-1].sval for each in walk(node.raw_expr) if isinstance(each, ast.ColumnRef)][:1]
    ending = {
        C.CONSTR_PRIMARY: "pkey", C.CONSTR_UNIQUE: "key", C.CONSTR_FOREIGN: "fkey", C.CONSTR_CHECK: "check",
        C.CONSTR_EXCLUSION: "excl", C.CONSTR_NOTNULL: "not_null",
    }.get(node.contype, "")  # fmt: skip
    return "_".join([base, *([] if node.contype == C.CONSTR_PRIMARY else keys), ending])


def record_table(judge: Judge, table: str, node: Node, *, unless_there: bool = False) -> None:
    """Record a table with its columns and constraints."""
    if unless_there and judge.catalogue.get("relation", table):
        return
    judge.make("relation", table, node, unless_there=unless_there)
    for each in node.tableElts or ():
        if isinstance(each, ast.ColumnDef):
            record_column(judge, table, each, unless_there=unless_there)
        elif isinstance(each, ast.Constraint):
            judge.make("constraint", f"{table}/{constraint_name(table, each)}", each, unless_there=unless_there)


def is_whole(judge: Judge, table: str) -> bool:
    """Whether the history made the table with all its columns listed."""
    thing = judge.catalogue.get("relation", table)
    node = thing.node if thing else None
    return (
        isinstance(node, ast.CreateStmt)
        and not node.inhRelations
        and not any(isinstance(each, ast.TableLikeClause) for each in node.tableElts or ())
    )


def record_column(judge: Judge, table: str, node: Node, *, unless_there: bool = False) -> None:
    """Record a column and its inline constraints."""
    known = ColumnDefinition.of(node, judge.catalogue)
    if known.type in _SERIAL:
        known = ColumnDefinition(known.type, f"nextval('{table}_{node.colname}_seq')", required=True)
    judge.make("column", f"{table}.{node.colname}", known, unless_there=unless_there)
    enforced = all(each.contype != C.CONSTR_ATTR_NOT_ENFORCED for each in node.constraints or ())
    for each in node.constraints or ():
        if each.contype in {C.CONSTR_CHECK, C.CONSTR_UNIQUE, C.CONSTR_PRIMARY, C.CONSTR_FOREIGN}:
            name = f"{table}/{constraint_name(table, each, node.colname)}"
            fields = {field: getattr(each, field) for field in each}
            fields["is_enforced"] = each.is_enforced and enforced
            if each.contype in {C.CONSTR_UNIQUE, C.CONSTR_PRIMARY}:
                fields["keys"] = (ast.String(sval=node.colname),)
            judge.make("constraint", name, ast.Constraint(**fields), unless_there=unless_there)


def is_of_live_rows(judge: Judge, domain: str) -> bool:
    """Whether a column has the domain whose table has rows of others."""
    return any(
        what == "column"
        and not judge.is_new("relation", name.rpartition(".")[0])
        and getattr(thing.node, "type", "").rstrip("[]").rpartition(".")[2] == domain.rpartition(".")[2]
        for (what, name), thing in judge.catalogue.things.items()
    )


def note_cascade(judge: Judge, node: Node) -> None:
    """Note for a table that rows of a live one are deleted with its rows."""
    if node.contype == C.CONSTR_FOREIGN and node.fk_del_action == "c":
        judge.catalogue.add("cascades", judge.catalogue.relation(node.pktable), Thing(Birth.NEW, node))


def add_column(judge: Judge, table: str, node: Node) -> None:
    """A new column of an existing table."""
    column = f"{table}.{node.colname}"
    constraints = {each.contype: each for each in node.constraints or ()}
    if judge.catalogue.type_name(node.typeName) in _SERIAL or C.CONSTR_IDENTITY in constraints:
        judge.blocks(named("{} gets a number for every row: the table is rewritten", column), _small_steps(column))
    domain = judge.catalogue.get("type", judge.catalogue.name(words(node.typeName.names)))
    if domain and isinstance(domain.node, ast.CreateDomainStmt) and domain.node.constraints:
        judge.blocks(named("the domain of {} is checked for every row: the table is rewritten", column), NOT_VALID)
    generated = constraints.get(C.CONSTR_GENERATED)
    if generated and getattr(generated, "generated_kind", "s") != "v":
        judge.blocks(named("{} is computed for every row: the table is rewritten", column), _small_steps(column))
    default = constraints.get(C.CONSTR_DEFAULT)
    if default and not _is_quick(default.raw_expr):
        judge.blocks(
            named("the default of {} is computed for every row: the table is rewritten", column), _small_steps(column)
        )
    if C.CONSTR_NOTNULL in constraints and not default and not generated:
        judge.destroys(
            named("{} requires a value that existing rows and running programs do not have", column),
            "add the column without NOT NULL, or with a constant DEFAULT",
        )
    for each in constraints.values():
        _beside_a_new_column(judge, table, column, each, default)


def _beside_a_new_column(judge: Judge, table: str, column: str, node: Node, default: Node) -> None:
    note_cascade(judge, node)
    if node.contype in {C.CONSTR_PRIMARY, C.CONSTR_UNIQUE}:
        judge.blocks(named("an index on {} is built while nobody can use {}", column, table), INDEX)
    elif node.contype == C.CONSTR_CHECK:
        judge.blocks(named("every row of {} is checked while nobody can use it", table), NOT_VALID)
    elif node.contype == C.CONSTR_FOREIGN and default:
        judge.blocks(named("every row of {} is looked up in another table while nobody can write", table), NOT_VALID)


INDEX = "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT … USING INDEX"
NOT_VALID = "ADD CONSTRAINT … NOT VALID now, and VALIDATE CONSTRAINT in a later migration"


def _mere_cast(command: Node) -> bool:
    """Whether USING is only the cast `column::type`."""
    cast = command.def_.raw_default
    if not isinstance(cast, ast.TypeCast) or canonical(cast.typeName) != canonical(command.def_.typeName):
        return False
    return isinstance(cast.arg, ast.ColumnRef) and words(cast.arg.fields)[-1:] == [command.name]


def _small_steps(column: str) -> str:
    return f"add {column} without a default, SET DEFAULT for new rows, and fill the old ones in small portions"


def _is_quick(expression: Node) -> bool:
    """Whether a default is not volatile, so that PostgreSQL computes it once for all rows."""
    if is_constant(expression) or isinstance(expression, ast.SQLValueFunction):
        return True
    calls = [each for each in walk(expression) if isinstance(each, ast.FuncCall)]
    return all(words(each.funcname)[-1] in pure_functions() for each in calls)


def change_type(judge: Judge, table: str, command: Node) -> None:
    """ALTER COLUMN TYPE: wider without a rewrite, wider with one, or not known to be wider."""
    column = f"{table}.{command.name}"
    new = judge.catalogue.type_name(command.def_.typeName)
    known = judge.catalogue.get("column", column)
    old = known.node.type if known and isinstance(known.node, ColumnDefinition) else None
    way = f"add a column of the type {new} beside {column}, fill it, and let the application move over"
    if reader := _reader(judge, table, command.name):
        judge.destroys(named("the type of {} cannot change while {reader} reads it", column, reader=reader), way)
    elif old is None:
        judge.destroys(named("changes the type of {} to {}, and what it was is not known here", column, new), way)
    elif command.def_.raw_default is not None and not _mere_cast(command):
        judge.destroys(named("computes {} anew while changing its type from {} to {}", column, old, new), way)
    elif wider(old, new):
        judge.catalogue.things["column", column].node = (
            ColumnDefinition(new, known.node.default, known.node.required) if known else None
        )
    elif holds_all_of(old, new):
        judge.blocks(named("{} becomes {}: the table is rewritten while nobody can use it", column, new), way)
    elif old != new:
        judge.destroys(
            named("changes the type of {} from {} to {}, which does not hold every old value", column, old, new), way
        )


def _reader(judge: Judge, table: str, column: str) -> str:
    """A view or a policy that has this column in its definition; or nothing.

    Source: PostgreSQL, ATPrepAlterColumnType and RememberAllDependentForRebuilding: both are refused.
    """
    for (what, name), thing in judge.catalogue.things.items():
        query = getattr(thing.node, "query", None) if what == "relation" and not thing.doubted else None
        read = {judge.catalogue.relation(each) for each in walk(query) if isinstance(each, ast.RangeVar)}
        if table in read and _names(query, column):
            return f"the view {name}"
    for name, thing in judge.catalogue.on("policy", table).items():
        if not thing.doubted and any(_names(getattr(thing.node, each, None), column) for each in ("using", "check")):
            return f"the policy {name}"
    return ""


def _names(tree: Node, column: str) -> bool:
    """Whether an expression names a column, or all; those of queries within it aside, unless it is a query itself."""
    if isinstance(tree, (tuple, list)):
        return any(_names(each, column) for each in tree)
    if isinstance(tree, ast.ColumnRef):
        return tree.fields[-1] == ast.A_Star() or words(tree.fields)[-1:] == [column]
    if isinstance(tree, ast.SubLink):
        return _names(tree.testexpr, column)
    return isinstance(tree, ast.Node) and any(_names(getattr(tree, each), column) for each in tree)


def change_new_type(judge: Judge, table: str, command: Node) -> None:
    """ALTER COLUMN TYPE of a column that this file adds: it has nothing to lose, but the table has rows to rewrite."""
    column = f"{table}.{command.name}"
    new, known = judge.catalogue.type_name(command.def_.typeName), judge.catalogue.get("column", column)
    old = known.node.type if known and isinstance(known.node, ColumnDefinition) else ""
    if not wider(old, new) or (command.def_.raw_default is not None and not _mere_cast(command)):
        judge.blocks(
            named("{} becomes {} after it was added: the table is rewritten while nobody can use it", column, new),
            f"add {column} as {new} at once",
        )


def holds_all_of(old: str, new: str) -> bool:
    """Whether the new type holds every value of the old one, after a rewrite."""
    (name, figures), (new_name, new_figures) = _taken_apart(old), _taken_apart(new)
    if name == new_name == "numeric" and figures and new_figures and "-" not in old + new:
        digits, more = ((each[0] - sum(each[1:]), sum(each[1:])) for each in (figures, new_figures))
        return more[0] >= digits[0] and more[1] >= digits[1]
    return _ORDER.get(old, 9) < _ORDER.get(new, 0)


def wider(old: str, new: str) -> bool:
    """Whether the new type holds every value of the old one, without a rewrite."""
    old, new = (each.replace("character varying", "varchar") for each in (old, new))
    if old == new:
        return True
    (name, old_figures), (new_name, new_figures) = _taken_apart(old), _taken_apart(new)
    if name == "varchar" and new_name in {"text", "varchar"}:
        return new_figures == [] or (old_figures != [] and new_figures >= old_figures)
    if name == new_name and name in _PRECISE:
        return new_figures == [] or (old_figures != [] and new_figures >= old_figures)
    if name == new_name == "numeric":
        scales = [[*each, 0, 0][1] for each in (old_figures, new_figures)]
        return new_figures == [] or (old_figures != [] and scales[0] == scales[1] and new_figures >= old_figures)
    return False


def _taken_apart(text: str) -> tuple[str, list[int]]:
    name, _, figures = text.partition("(")
    return name, [int(each) for each in figures.rstrip("()").split(",") if each.isdigit()]
