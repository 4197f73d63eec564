"""Publications, and how a replicated row is told from others: what Realtime and other subscribers are told.

Source: PostgreSQL documentation, 'Logical Replication', Publication: a table that publishes updates or deletes needs a
replica identity, or its updates and deletes fail. Column lists and row filters of such a table may leave out, or name,
nothing but what belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pglast import ast, enums

from verifier.probes.migrations.catalogue import MANAGED, TEMPORARY, Birth, Thing
from verifier.probes.migrations.reading import Node
from verifier.probes.migrations.rules.columns import is_whole
from verifier.probes.migrations.rules.judging import Judge, rule
from verifier.probes.migrations.rules.trees import literal, walk, words
from verifier.probes.migrations.verdicts import named

_ALL = frozenset({"insert", "update", "delete", "truncate"})
_NEED_A_KEY = {"update", "delete"}
_NOTHING, _DEFAULT, _FULL, _INDEX = "n", "d", "f", "i"
_LEAVE = "leave it there until no subscriber needs it"


@dataclass(frozen=True)
class Publication:
    """A publication: the kinds of changes that it tells, and the schemas whose tables it tells them of, too.

    Attributes:
        schemas: None stands for every table.
    """

    changes: frozenset[str]
    schemas: frozenset[str] | None = frozenset()


@rule("CreatePublicationStmt")
def _create(judge: Judge, node: Node) -> None:
    made = Publication(_changes(node) or _ALL, None if node.for_all_tables else frozenset(_schemas(node)))
    judge.make("publication", node.pubname, made)
    for each in _tables(node):
        _add(judge, node.pubname, each)
    _whole_schemas(judge, made)


@rule("AlterPublicationStmt")
def _alter(judge: Judge, node: Node) -> None:
    action, name = enums.AlterPublicationAction, node.pubname
    if node.options:
        _other_changes(judge, node)
    elif node.action == action.AP_AddObjects:
        for each in _tables(node):
            _add(judge, name, each)
        known = _known(judge, name)
        _whole_schemas(judge, Publication(known.changes, frozenset(_schemas(node))))
    elif node.action == action.AP_DropObjects:
        for each in (judge.catalogue.relation(each.relation) for each in _tables(node)):
            if not judge.is_new("published", f"{each}/{name}"):
                judge.destroys(named("the publication {} no longer publishes {}", name, each), _LEAVE)
            judge.forget("published", f"{each}/{name}")
        for schema in _schemas(node):
            judge.destroys(named("the publication {} no longer publishes the schema {}", name, schema), _LEAVE)
    else:
        _only_these(judge, node)


def _only_these(judge: Judge, node: Node) -> None:
    """SET: what is not listed is no longer published."""
    name, tables = node.pubname, list(_tables(node))
    told = {judge.catalogue.relation(each.relation) for each in tables if not (each.whereClause or each.columns)}
    published = [of.rpartition("/") for kind, of in judge.catalogue.things if kind == "published"]
    before = {table for table, _, publication in published if publication == name}
    known = judge.catalogue.get("publication", name)
    whole = known is not None and isinstance(known.node, Publication) and known.node.schemas == frozenset()
    if not whole or not before <= told:
        lost = ", ".join(sorted(before - told)) or "what it does not list"
        judge.destroys(named("the publication {} no longer publishes {}", name, lost), "ADD TABLE")
    for each in tables:
        _add(judge, name, each)


def _other_changes(judge: Judge, node: Node) -> None:
    name, known = node.pubname, _known(judge, node.pubname)
    changes = _changes(node)
    if changes is None or len(node.options) > 1:
        judge.asks(named("the publication {} publishes changes in another form", name))
        return
    if lost := sorted(known.changes - changes):
        what = named("the publication {} no longer tells of each {}", name, ", ".join(lost))
        judge.destroys(what, "leave what it publishes, or add another publication")
    now = Publication(changes, known.schemas)
    if thing := judge.catalogue.get("publication", name):
        thing.node = now
    published = [of.rpartition("/")[0] for (kind, of) in judge.catalogue.things if kind == "published"]
    for table in published if changes & _NEED_A_KEY - known.changes else ():
        _needs_a_key(judge, table)
    _whole_schemas(judge, now)


def _known(judge: Judge, name: str) -> Publication:
    """What the history tells of a publication; one that it did not make, as Supabase's, tells of every change."""
    thing = judge.catalogue.get("publication", name)
    return thing.node if thing and isinstance(thing.node, Publication) else Publication(_ALL)


def _changes(node: Node) -> frozenset[str] | None:
    """The kinds of changes that a statement lists; None if it lists none."""
    given = next((each.arg for each in node.options or () if each.defname == "publish"), None)
    text = literal(given) or getattr(given, "sval", None)
    return None if text is None else frozenset(each.strip().lower() for each in text.split(",") if each.strip())


def _tables(node: Node) -> Iterator[Node]:
    return (each.pubtable for each in node.pubobjects or () if each.pubtable)


def _schemas(node: Node) -> Iterator[str]:
    return (str(each.name or "public") for each in node.pubobjects or () if not each.pubtable)


def _add(judge: Judge, name: str, each: Node) -> None:
    table = judge.catalogue.relation(each.relation)
    judge.make("published", f"{table}/{name}", each)
    if not _known(judge, name).changes & _NEED_A_KEY or judge.may_be_new("relation", table):
        return
    keys = _identity(judge, table)
    if keys is None:
        _needs_a_key(judge, table)
        return
    named_in = [words(it.fields)[-1] for it in walk(each.whereClause) if isinstance(it, ast.ColumnRef)]
    beside = sorted({*named_in} - keys) if keys else []
    left_out = sorted(keys - {*words(each.columns)}) if each.columns else []
    if beside or left_out:
        columns = ", ".join(beside or left_out)
        what = named("updates of {} fail, since {} does not belong to its key, or is left out", table, columns)
        judge.destroys(what, "publish whole rows, or make it part of the replica identity first")


def _needs_a_key(judge: Judge, table: str) -> None:
    """Tell of a live table whose updates would fail, because nothing identifies its rows."""
    if not judge.may_be_new("relation", table) and _identity(judge, table) is None:
        what = named("updates and deletes of {} fail: it is published, and has no key that identifies its rows", table)
        judge.destroys(what, "give it a primary key first, or REPLICA IDENTITY FULL")


def _whole_schemas(judge: Judge, publication: Publication) -> None:
    """Publish every table, or those of some schemas."""
    if publication.schemas == frozenset() or not publication.changes & _NEED_A_KEY:
        return
    for kind, table in list(judge.catalogue.things):
        schema = table.rpartition(".")[0]
        within = publication.schemas is None or schema in publication.schemas
        if kind == "relation" and within and schema not in {*MANAGED, TEMPORARY}:
            _needs_a_key(judge, table)


def _identity(judge: Judge, table: str) -> set[str] | None:
    """The columns by which replication tells a row; empty where all of them do, or that is not known; None for none."""
    said = judge.catalogue.get("identity", table)
    how = said.node.identity_type if said else _DEFAULT
    if how in {_NOTHING, _FULL}:
        return None if how == _NOTHING else set()
    if how == _INDEX or not is_whole(judge, table):
        return set()
    primary = [
        each.node
        for each in judge.catalogue.on("constraint", table).values()
        if getattr(each.node, "contype", None) == enums.ConstrType.CONSTR_PRIMARY
    ]
    return set(words(primary[0].keys)) if primary else None


def change_identity(judge: Judge, table: str, command: Node) -> None:
    """ALTER TABLE … REPLICA IDENTITY."""
    how, said = command.def_.identity_type, judge.catalogue.get("identity", table)
    before = said.node.identity_type if said else _DEFAULT
    if not judge.may_be_new("relation", table) and how not in {before, _FULL}:
        if how == _NOTHING:
            what = named(
                "updates and deletes of {} fail where it is published, since nothing identifies its rows", table
            )
            judge.destroys(what, "leave its replica identity, or make it FULL")
        else:
            what = named("subscribers are told less of what a row of {} was before", table)
            judge.asks(what, "see that no subscriber reads other columns of old rows")
    elif how == before == _INDEX:
        judge.asks(named("another index identifies the rows of {} for subscribers", table))
    judge.catalogue.things["identity", table] = Thing(Birth.LIVE, command.def_)
