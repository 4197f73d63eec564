"""What a file undoes itself: by ROLLBACK, by the opposite in the same transaction, or by CASCADE from what it made.

Source: PostgreSQL documentation, 'Explicit Locking': ALTER TABLE … RENAME and … ROW LEVEL SECURITY hold ACCESS
EXCLUSIVE until the transaction ends, so that nobody else meets the table in between; a trigger that is switched off
keeps other writers away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pglast import ast, enums

from verifier.probes.migrations.catalogue import ObjectCatalogue
from verifier.probes.migrations.reading import Node, Statement
from verifier.probes.migrations.rules.trees import canonical, walk, words

_KIND = enums.TransactionStmtKind
_BEGINS = {_KIND.TRANS_STMT_BEGIN, _KIND.TRANS_STMT_START}
_ENDS = {_KIND.TRANS_STMT_COMMIT, _KIND.TRANS_STMT_PREPARE}
_INNER = {_KIND.TRANS_STMT_SAVEPOINT, _KIND.TRANS_STMT_RELEASE, _KIND.TRANS_STMT_ROLLBACK_TO}
_LASTS = (ast.DoStmt, ast.CallStmt)
"""Code that may do what ROLLBACK does not undo, such as a request to another server."""


def lasting(statements: Sequence[Statement], catalogue: ObjectCatalogue) -> tuple[Statement, ...]:
    """The statements without those that are undone for certain, and without the commands that do that.

    A transaction that the file did not begin is the runner's: its ROLLBACK stays, and so does what stands before it. So
    does one after which the file goes on to change something, since runners differ in what they undo then.
    """
    gone = _undone(statements)
    left = tuple(each for number, each in enumerate(statements) if number not in gone)
    gone = _taken_back(left, catalogue)
    return tuple(each for number, each in enumerate(left) if number not in gone)


def _taken_back(statements: Sequence[Statement], catalogue: ObjectCatalogue) -> set[int]:
    """The numbers of each statement and its opposite in a transaction of the file that commits."""
    gone: set[int] = set()
    begun: int | None = None
    for number, each in enumerate(statements):
        if not isinstance(each.node, ast.TransactionStmt):
            continue
        if each.node.kind in _BEGINS:
            begun = number
        else:
            if begun is not None and each.node.kind == _KIND.TRANS_STMT_COMMIT:
                inside = [it.node for it in statements[begun + 1 : number]]
                gone |= {begun + 1 + place for pair in _pairs(inside, catalogue) for place in pair}
            begun = None
    return gone


def _pairs(nodes: Sequence[Node], catalogue: ObjectCatalogue) -> Iterator[tuple[int, int]]:
    for start, first in enumerate(nodes):
        for end in range(start + 1, len(nodes)):
            between = nodes[start + 1 : end]
            if _renames_back(first, nodes[end]):
                names = {first.newname, first.subname or first.relation.relname}
                if not any(_may_last(each) or names & _spelled(each) for each in between):
                    yield start, end
                break
            if (switch := _switched_back(first, nodes[end])) is not None:
                known = switch != _SECURITY or catalogue.get("protected", catalogue.relation(first.relation))
                if known and all(map(_is_brief, between)):
                    yield start, end
                break


def _renames_back(first: Node, second: Node) -> bool:
    """Whether a table or a column gets another name, and then its own again."""
    if not (isinstance(first, ast.RenameStmt) and isinstance(second, ast.RenameStmt)):
        return False
    kinds = {enums.ObjectType.OBJECT_TABLE, enums.ObjectType.OBJECT_COLUMN, enums.ObjectType.OBJECT_VIEW}
    if first.renameType != second.renameType or first.renameType not in kinds:
        return False
    places = [each.relation.schemaname for each in (first, second)]
    tables = [each.relation.relname for each in (first, second)]
    if first.renameType == enums.ObjectType.OBJECT_COLUMN:
        back = (second.subname, second.newname) == (first.newname, first.subname) and tables[0] == tables[1]
    else:
        back = (tables[1], second.newname) == (first.newname, tables[0])
    return back and places[0] == places[1]


_A = enums.AlterTableType
_SECURITY = _A.AT_DisableRowSecurity
_SWITCHES = {
    _SECURITY: _A.AT_EnableRowSecurity,
    _A.AT_DisableTrig: _A.AT_EnableTrig,
    _A.AT_DisableTrigUser: _A.AT_EnableTrigUser,
}


def _switched_back(first: Node, second: Node) -> enums.AlterTableType | None:
    """What is switched off by one statement and on again by another, of the same table; None if nothing is."""
    commands = [each.cmds for each in (first, second) if isinstance(each, ast.AlterTableStmt) and len(each.cmds) == 1]
    if len(commands) != 2:  # noqa: PLR2004 - both
        return None
    off, on = (each[0] for each in commands)
    same = canonical(first.relation) == canonical(second.relation) and off.name == on.name
    opposite = _SWITCHES.get(off.subtype) == on.subtype
    return off.subtype if same and opposite else None


def _is_brief(node: Node) -> bool:
    """Whether a statement keeps nobody waiting, and writes no rows but those that it lists."""
    if isinstance(node, ast.InsertStmt):
        conflict = node.onConflictClause
        updates = conflict and conflict.action == enums.OnConflictAction.ONCONFLICT_UPDATE
        return bool(getattr(node.selectStmt, "valuesLists", None)) and not updates and not node.withClause
    switch = isinstance(node, ast.AlterTableStmt) and all(
        each.subtype in {*_SWITCHES, *_SWITCHES.values()} for each in node.cmds
    )
    return switch or isinstance(node, (ast.VariableSetStmt, ast.CommentStmt))


def _spelled(node: Node) -> set[str]:
    return set(re.findall(r"\w+", canonical(node)))


def _undone(statements: Sequence[Statement]) -> set[int]:  # noqa: C901 - one branch for each command
    gone: set[int] = set()
    begun: int | None = None
    savepoints: list[tuple[str, int]] = []
    for number, each in enumerate(statements):
        node = each.node
        if not isinstance(node, ast.TransactionStmt):
            continue
        if node.kind in _BEGINS:
            begun, savepoints = number, []
        elif begun is None:
            continue  # outside of a transaction a savepoint is an error, and what follows it may be kept
        elif node.kind == _KIND.TRANS_STMT_SAVEPOINT:
            savepoints.append((str(node.savepoint_name), number))
        elif node.kind == _KIND.TRANS_STMT_ROLLBACK_TO:
            start = next((at for name, at in reversed(savepoints) if name == node.savepoint_name), None)
            if start is not None and not _escapes(statements[start + 1 : number]):
                gone |= {*range(start + 1, number + 1)}
            savepoints = [(name, at) for name, at in savepoints if start is None or at <= start]
        elif node.kind == _KIND.TRANS_STMT_RELEASE:
            start = next((at for name, at in reversed(savepoints) if name == node.savepoint_name), number)
            savepoints = [(name, at) for name, at in savepoints if at < start]
        elif node.kind in _ENDS:
            begun, savepoints = (number if node.chain else None), []
        elif node.kind == _KIND.TRANS_STMT_ROLLBACK:
            around = [*statements[:begun], *statements[number + 1 :]]
            if all(_is_frame(it.node) for it in around) and not _escapes(statements[begun + 1 : number]):
                gone |= {*range(begun, number + 1)}
            begun, savepoints = (number if node.chain else None), []
    return gone


def _escapes(statements: Sequence[Statement]) -> bool:
    """Whether something in between may end the transaction, or does what it does not undo."""
    return any(_may_last(each.node) for each in statements)


def _may_last(node: Node) -> bool:
    if isinstance(node, ast.TransactionStmt):
        return node.kind not in _INNER
    calls = isinstance(node, ast.SelectStmt) and any(isinstance(each, ast.FuncCall) for each in walk(node))
    return isinstance(node, _LASTS) or calls


def _is_frame(node: Node) -> bool:
    """Whether it only shows or sets something, so that it matters to nobody whether it is undone."""
    return isinstance(node, (ast.VariableSetStmt, ast.VariableShowStmt))


_MAKES_NOTHING = (ast.DropStmt, ast.CommentStmt, ast.GrantStmt)
_ON_A_TABLE = (ast.CreateTrigStmt, ast.CreatePolicyStmt, ast.IndexStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)
"""Statements after which nothing more depends on what they name than there did on their table."""


def takes_along(statements: Sequence[Node], name: str, catalogue: ObjectCatalogue, born: set[tuple[str, str]]) -> bool:
    """Whether CASCADE from what the file made may take along what was there before.

    What depends on it was made or altered by a statement of the file that names it, or another that depends on it.

    Args:
        statements: of the file.
        name: of what is dropped.
        catalogue: for the full names.
        born: kind and name of what nobody but the file made.
    """
    named_in = [(each, _identifiers(each)) for each in statements if not isinstance(each, _MAKES_NOTHING)]
    names, before = {_plain(name)}, 0
    if any(isinstance(each, ast.VariableSetStmt) for each in statements) or not re.fullmatch(
        r"\w+", name.rpartition(".")[2]
    ):
        return True  # names mean other things then, or are not found in texts
    while before != len(names):
        before = len(names)
        for node, identifiers in named_in:
            if not names & identifiers:
                continue
            if isinstance(node, ast.RenameStmt):
                parts = words(getattr(node.object, "objname", None) or node.object)[-1:]
                parts += [node.newname, node.subname or "", node.relation.relname if node.relation else ""]
                names |= {_plain(each) for each in parts if each}
            elif (own := _own(node, catalogue, born)) is None:
                return True
            elif not isinstance(node, _ON_A_TABLE):
                names.add(_plain(own))
    return False


def _identifiers(node: Node) -> set[str]:
    return set(map(_plain, re.findall(r"\w+", canonical(node))))


def _plain(name: str) -> str:
    """The last part of a name; an array type has that of its elements behind an underscore."""
    return name.rpartition(".")[2].lower().lstrip("_")


def _own(node: Node, catalogue: ObjectCatalogue, born: set[tuple[str, str]]) -> str | None:
    """The name of what a statement makes or alters, if nobody but this file made it."""
    into = getattr(node, "into", None)
    places = (getattr(node, each, None) for each in ("relation", "view", "table", "sequence", "typevar"))
    relation = next((each for each in (*places, getattr(into, "rel", None)) if isinstance(each, ast.RangeVar)), None)
    lists = (getattr(node, each, None) for each in ("funcname", "typeName", "domainname"))
    parts = next((words(each) for each in lists if isinstance(each, tuple)), [])
    name = catalogue.relation(relation) if relation else catalogue.name(parts) if parts else ""
    name = name or str(getattr(node, "schemaname", ""))
    kinds = ("relation", "type") if relation else ("function", "type") if parts else ("schema",)
    return name if any((each, name) in born for each in kinds) else None
