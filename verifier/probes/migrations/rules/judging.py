"""Judges the statements of one file in order, by an allow-list.

Each kind of statement has a rule, found by the name of its node; a statement without a rule needs a review.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pglast import ast

from verifier.probes.migrations.catalogue import Birth, ObjectCatalogue, Thing
from verifier.probes.migrations.reading import Node, ParsedFile, ParseProblem, Statement
from verifier.probes.migrations.rules.trees import ANY, is_any, kind
from verifier.probes.migrations.transactions import lasting
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict, Named, named, worst

Rule = Callable[["Judge", Node], None]
RULES: dict[str, Rule] = {}
ENDINGS: list[Callable[[Judge], None]] = []
"""Rules for the end of a file, such as whether a dropped object is created again."""
HARMLESS: set[str] = set()
"""Kinds of statements without a lasting effect."""


def rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Register the rule for these kinds of statements."""

    def register(judge: Rule) -> Rule:
        RULES.update(dict.fromkeys(kinds, judge))
        return judge

    return register


@dataclass
class Dropped:
    """A live object that was dropped, or a table that got another name; it may be created again later in the file.

    Attributes:
        careless: whether the statement has `if exists`.
        old: its definition, as far as the history tells it.
        granted: whether the history gave or took rights on it, which are lost.
        rights: role and command, of a view.
        branch: the ways that the code took before it.
    """

    kind: str
    name: str
    node: Node
    line: int
    careless: bool
    known: bool
    old: Node = None
    granted: bool = False
    rights: frozenset[tuple[str, str]] = frozenset()
    branch: tuple[str, ...] = ()

    def is_followed_by(self, thing: Thing) -> bool:
        """Whether what was made is there wherever this was dropped: no way leads around it."""
        return not thing.doubted and self.branch[: len(thing.branch)] == thing.branch

    @property
    def what(self) -> str:
        """Its kind in the catalogue."""
        own = {"policy", "trigger", "constraint"}
        return self.kind if self.kind in own else "relation" if self.kind in {"view", "table"} else "function"

    @property
    def never_was(self) -> bool:
        """Whether the history of its table is known, and never made it."""
        return self.what == self.kind and self.careless and self.known and self.node is None


@dataclass
class Judge:
    """The state of judging one file.

    Attributes:
        file: its path, for the findings.
        alone: whether the file is a single statement.
        line: of the current statement.
        certain: whether the current code is executed for certain; not below an IF.
        dropped: see `Dropped`.
        prepared: prepared statements by their names.
        calls: the functions whose bodies are being read, to stop a recursion.
        statements: of the file, as far as they last.
        born: kind and name of what it makes, and nobody else did, also of what it drops again.
        unvalidated: the tables that got a NOT VALID constraint in this file.
        branch: the ways that the code takes to the current statement: below an IF, in a loop, in a called function.
        copied: new tables, and the queries whose rows they get.
        unchanged: functions that are made again as they were.
        reopened: functions that others may call again from now on.
        commits: the lines at which it ends a transaction.
        begun: whether the current statement is in a transaction that the file has begun itself.
        portion: whether the current statement is in a loop that ends a transaction in each turn.
    """

    catalogue: ObjectCatalogue
    file: str
    alone: bool = False
    line: int = 0
    certain: bool = True
    text: str = ""
    findings: list[MigrationFinding] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    prepared: dict[str, Node] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    statements: tuple[Node, ...] = ()
    born: set[tuple[str, str]] = field(default_factory=set)
    unvalidated: set[str] = field(default_factory=set)
    branch: tuple[str, ...] = ()
    copied: list[tuple[str, Node]] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)
    commits: list[int] = field(default_factory=list)
    begun: bool = False
    portion: bool = False

    def say(
        self, verdict: MigrationVerdict, what: str, instead: str, *, line: int | None = None, unread: bool = False
    ) -> None:
        """Add a finding at the current line, once."""
        place = self.line if line is None else line
        found = MigrationFinding.of(verdict, (self.file, place), _readable(what), instead, unread=unread)
        if found not in self.findings:
            self.findings.append(found)

    def destroys(self, what: str, instead: str, *, line: int | None = None) -> None:
        """Add a destructive finding."""
        self.say(MigrationVerdict.DESTRUCTIVE, what, instead, line=line)

    def blocks(self, what: str, instead: str) -> None:
        """Add a blocking finding."""
        self.say(MigrationVerdict.BLOCKING, what, instead)

    def asks(self, what: str, instead: str = "", *, line: int | None = None) -> None:
        """Add a finding that needs a review."""
        self.say(MigrationVerdict.REVIEW, what, instead or "review it, and list the file as reviewed", line=line)

    def statement(self, node: Node) -> None:
        """Judge one statement, and those that it contains."""
        name = kind(node)
        if name in HARMLESS:
            return
        found = RULES.get(name)
        if found is None:
            self.asks(named("{} is not on the list of statements that only add", name.removesuffix("Stmt")))
            return
        found(self, node)

    def is_new(self, what: str, name: str) -> bool:
        """Whether this file, or an earlier one that is not live yet, created it for certain."""
        return self.catalogue.birth(what, name) is Birth.NEW

    def may_be_new(self, what: str, name: str) -> bool:
        """The same, or created it with `if not exists`."""
        return self.catalogue.birth(what, name) is not Birth.LIVE

    def make(self, what: str, name: str, node: Node, *, unless_there: bool = False) -> None:
        """Record a created object."""
        known = self.catalogue.get(what, name)
        if known and unless_there:
            return
        birth = Birth.NEW if self.certain and not unless_there else Birth.MAYBE
        if self.comes_back(what, name):
            birth = Birth.LIVE  # programs use it
        if unless_there and is_any(name) and not isinstance(node, (ast.CreateStmt, ast.CreateTableAsStmt)):
            birth = Birth.LIVE  # a table may have that name
        if birth is Birth.NEW and known is None:
            self.born.add((what, name))
        sure = self.certain or bool(known and known.sure and not known.doubted)
        self.catalogue.add(what, name, Thing(birth, node, line=self.line, sure=sure, branch=self.branch))

    def comes_back(self, what: str, name: str) -> bool:
        """Whether this file has dropped a live object by this name."""
        return any((each.what, each.name) == (what, name) and not each.never_was for each in self.dropped)

    def made(self, what: str) -> dict[str, Thing]:
        """What this file has made of a kind, by name, and has not dropped for certain."""
        things = self.catalogue.things.items()
        return {name: thing for (kind_, name), thing in things if kind_ == what and thing.line is not None}

    def forget(self, what: str, name: str) -> None:
        """Record a dropped object."""
        self.catalogue.remove(what, name, certain=self.certain)
        for role in self.catalogue.on("barred", name) if what == "function" else ():
            self.catalogue.remove("barred", f"{name}/{role}")  # one that is made again, everybody may call

    def holds(self, table: str, *columns: str) -> None:
        """Record that something live goes from now on with a table, and with these columns of it."""
        for what, name in (("relation", table), *(("column", f"{table}.{each}") for each in columns)):
            if thing := self.catalogue.get(what, name):
                thing.birth = Birth.LIVE

    def rename(self, what: str, old: str, new: str) -> None:
        """Record another name of an object; the parts of a relation move with it."""
        if self.certain and self.is_new(what, old) and self.catalogue.get(what, new) is None:
            self.born.add((what, new))
        self.catalogue.rename(what, old, new, certain=self.certain)
        if thing := self.catalogue.get(what, new):
            thing.branch = (*thing.branch, *self.branch)

    def drops(self, dropped: Dropped) -> None:
        """Record a live object that is dropped here, and may come back."""
        self.dropped.append(replace(dropped, branch=self.branch))

    @contextmanager
    def perhaps(self) -> Iterator[None]:
        """Inside, nothing is executed for certain."""
        before, self.certain = self.certain, False
        yield
        self.certain = before


def judge(reading: ParsedFile, catalogue: ObjectCatalogue, file: str) -> list[MigrationFinding]:
    """The findings for a file; its objects are added to the catalogue."""
    for thing in catalogue.things.values():
        thing.line = None
    kept = reading.statements if reading.troubles else lasting(reading.statements, catalogue)
    nodes = tuple(each.node for each in kept)
    worker = Judge(catalogue, file, alone=len(reading.statements) == 1, text=reading.text, statements=nodes)
    parts: list[ParseProblem | Statement] = [*reading.troubles, *kept]
    for each in sorted(parts, key=lambda each: each.line):
        if isinstance(each, ParseProblem):
            _unread(worker, each)
        else:
            _guarded(worker, each)
    for ending in ENDINGS:
        ending(worker)
    # Parse problems come first: they may be the cause of everything else.
    return sorted(worker.findings, key=lambda each: (not each.unread, each.line, -each.verdict.rank))


_NUMBERED = re.compile(rf"({ANY})_\d+")


def _readable(what: str) -> str:
    """The sentence without the numbers that tell names apart which are known only at run time."""
    if not is_any(what):
        return what
    problem, about = getattr(what, "problem", ""), getattr(what, "subject", "")
    return Named(_NUMBERED.sub(r"\1", what), problem, _NUMBERED.sub(r"\1", about))


def _unread(worker: Judge, trouble: ParseProblem) -> None:
    """Report what cannot be parsed; the tables that it would create count as not live."""
    worker.say(MigrationVerdict.REVIEW, trouble.what, trouble.instead, line=trouble.line, unread=True)
    for parts in trouble.makes:
        worker.make("relation", worker.catalogue.name([*parts]), None)


def _guarded(worker: Judge, statement: Statement) -> None:
    worker.line = statement.line
    try:
        worker.statement(statement.node)
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as trouble:
        # An unforeseen shape of tree must not read as "nothing found".
        worker.asks(named("{} could not be judged ({}: {})", kind(statement.node), type(trouble).__name__, trouble))


def verdict_of(findings: Iterable[MigrationFinding]) -> MigrationVerdict:
    """The verdict on a file with these findings."""
    return worst([each.verdict for each in findings])
