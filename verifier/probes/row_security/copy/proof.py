"""What everybody can do with every relation of a copy: tried out with made rows, and undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from verifier.core.evidence import Record
from verifier.probes.row_security.catalogue import ROLES, Connection
from verifier.probes.row_security.conditions import reach
from verifier.probes.row_security.copy.attempts import Attempt, Attempts, place
from verifier.probes.row_security.copy.rows import Stock, cut_ties, fill, take_stock
from verifier.probes.row_security.copy.tokens import People, people_for
from verifier.probes.row_security.personas import BORIS, LONER, Person
from verifier.probes.row_security.relations import (
    ANONYMOUS,
    COMMANDS,
    SIGNED_IN,
    TABLES,
    Command,
    Opening,
    Policy,
    Relation,
    closing,
)

_MOST_TURNS = 6
_WRITES: tuple[Command, ...] = ("insert", "update", "delete")


class Proof(Record):
    """What was tried with one relation, and what came of it.

    Attributes:
        rows: rows that somebody whom nothing binds saw in it, or nothing where none could be made.
        cells: person → command → what came of it, in the turn in which most was possible.
        openings: what somebody can do who should not.
        privileged: commands that reach rows of others only for somebody with rows in other tables, such as an admin.
        doubt: why this proves nothing; nothing if it does.
    """

    rows: int | None = None
    cells: dict[str, dict[str, str]] = {}
    openings: tuple[Opening, ...] = ()
    privileged: tuple[str, ...] = ()
    doubt: str = ""


@dataclass
class _Findings:
    """What is being found out about one relation, over all turns."""

    rows: int | None = None
    best: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    openings: dict[tuple[str, str, str], Opening] = field(default_factory=dict)
    privileged: set[str] = field(default_factory=set)
    alive: bool = False
    troubles: list[str] = field(default_factory=list)
    failed: str = ""

    def note(self, who: str, command: str, attempt: Attempt) -> Attempt:
        """Keep the attempt that got furthest."""
        former = self.best.get((who, command))
        if former is None or (attempt.succeeded, attempt.rows) > (former.succeeded, former.rows):
            self.best[who, command] = attempt
        if attempt.trouble:
            self.troubles.append(f"{who} met an error at {command.upper()}: {attempt.trouble}")
        return attempt


def prove(connection: Connection, relations: Iterable[Relation]) -> tuple[dict[str, Proof], tuple[str, ...]]:
    """Try everything at each of these relations.

    Args:
        connection: a superuser's, of a copy that nobody needs; rows are made in it, and constraints bent.
        relations: those that clients reach.

    Returns:
        Label → proof; and what had to be bent for the rows.
    """
    chosen = list(relations)
    stock = take_stock(connection, {each.schema_name for each in chosen})
    with connection.transaction():
        cut_ties(connection)
    people = people_for(stock)
    found = {each.label: _Findings() for each in chosen}
    for number in range(_turns(stock)):
        turn = stock.turn(number)
        fill(connection, stock, turn)
        trials = Attempts(connection, stock, turn)
        for relation in chosen:
            if number == 0 or _varies(stock, relation):
                _try_all(trials, people, relation, found[relation.label])
                _note_failure(stock, relation, found[relation.label])
    return {each.label: _proof(each, found[each.label]) for each in chosen}, tuple(dict.fromkeys(stock.remarks))


def _turns(stock: Stock) -> int:
    """Two for yes and no, and one more for each constant that conditions compare columns with."""
    varied = [each for columns in stock.columns.values() for each in columns if _chosen(each.base, each.labels)]
    most = max((len(each) for each in stock.turn(0).literals.values()), default=0)
    labels = max((len(each.labels) for each in varied), default=0)
    varies = bool(varied or stock.turn(0).empty)
    return min(max(2 if varies else 1, most + 1 if most else 1, labels), _MOST_TURNS)


def _chosen(base: str, labels: tuple[str, ...]) -> bool:
    return base in {"bool", "date", "timestamp", "timestamptz"} or bool(labels)


def _varies(stock: Stock, relation: Relation) -> bool:
    """Whether other values could give other answers; for what asks functions or other tables, always."""
    if relation.kind not in TABLES:
        return bool(relation.rights)
    if not relation.enabled or not relation.rights:
        return False
    turn = stock.turn(0)
    compared = {*turn.literals, *turn.empty}
    asked = [each for each in stock.columns.get(place(relation), ()) if each.asked]
    deep = any("(SELECT" in text.replace("( ", "(") or _calls(text) for text in _conditions(relation))
    return deep or any(_chosen(each.base, each.labels) or each.name in compared for each in asked)


def _conditions(relation: Relation) -> Iterator[str]:
    for policy in relation.policies:
        yield from (policy.using, policy.check)


def _calls(text: str) -> bool:
    bare = text
    for known in ("auth.uid(", "auth.role(", "auth.jwt(", "auth.email(", "current_setting("):
        bare = bare.replace(known, "")
    return any(word.isidentifier() for word in (part.split(" ")[-1].split(".")[-1] for part in bare.split("(")[:-1]))


def _note_failure(stock: Stock, relation: Relation, found: _Findings) -> None:
    found.failed = "" if found.rows else stock.failed.get(place(relation), found.failed)


def _try_all(trials: Attempts, people: People, relation: Relation, found: _Findings) -> None:
    if relation.kind == "foreign table":
        return
    found.rows = max(trials.rows_of(relation), found.rows or 0)
    for person in (people.visitor, people.stranger):
        _reading(trials, person, relation, found)
        for command in _WRITES:
            if relation.may(person.role, command):
                attempt = found.note(_name(person), command, _write(trials, person, relation, command))
                if attempt.succeeded:
                    _open(found, relation, person.role, command, attempt)
        if relation.kind in TABLES and relation.may(person.role, "truncate"):
            attempt = found.note(_name(person), "truncate", trials.truncate(person, relation))
            if attempt.succeeded:
                _open(found, relation, person.role, "truncate", attempt)
    _owner(trials, people, relation, found)
    if relation.kind == "view" or any(each.trusts for each in relation.policies):
        _forging(trials, people, relation, found)


def _reading(trials: Attempts, person: Person, relation: Relation, found: _Findings, claimed: str = "") -> None:
    if not relation.may(person.role, "select"):
        return
    attempt = trials.read(person, relation)
    if not claimed:
        found.note(_name(person), "select", attempt)
    if not attempt.rows:
        return
    found.alive = True
    if relation.kind == "view" and not attempt.own and not attempt.foreign:
        # Rows that name nobody, such as a sum: they tell of others only if they are different without those.
        without = trials.read(person, relation, emptied=True)
        if without.digest == attempt.digest:
            return
    _open(found, relation, person.role, "select", attempt, claimed)


def _write(trials: Attempts, person: Person, relation: Relation, command: Command) -> Attempt:
    if command == "insert":
        return trials.insert(person, relation, BORIS)
    return trials.update(person, relation) if command == "update" else trials.delete(person, relation)


def _owner(trials: Attempts, people: People, relation: Relation, found: _Findings) -> None:
    """The positive control: an owner reads and changes what is its own; and nothing else."""
    own = _own_reading(trials, people, relation, found)
    if own.foreign and (SIGNED_IN, "select", "") not in found.openings:
        alone = trials.read(people.loner, relation, beside=LONER) if relation.kind in TABLES else Attempt()
        if alone.own or alone.foreign:
            _open(found, relation, SIGNED_IN, "select", alone)
        else:
            found.privileged.add("select")
    if relation.kind not in TABLES:
        return
    for command in _WRITES:
        if relation.may(SIGNED_IN, command):
            _own_write(trials, people, relation, command, found)


def _own_reading(trials: Attempts, people: People, relation: Relation, found: _Findings) -> Attempt:
    if not relation.may(SIGNED_IN, "select"):
        return Attempt()
    own = found.note("owner", "select", trials.read(people.owner, relation))
    if not own.rows and not found.alive:
        privileged = trials.read(people.privileged, relation)
        found.alive = bool(privileged.rows)
        if privileged.rows:
            found.privileged.add("select")
    found.alive = found.alive or bool(own.rows)
    return own


def _own_write(trials: Attempts, people: People, relation: Relation, command: Command, found: _Findings) -> None:
    if command == "insert":
        found.note("owner", command, trials.insert(people.owner, relation, people.owner.sub))
        return
    change = trials.update if command == "update" else trials.delete
    own = found.note("owner", command, change(people.owner, relation))
    if own.rows > 1 and (SIGNED_IN, command, "") not in found.openings:
        alone = change(people.loner, relation, beside=LONER)
        if alone.rows > 1:
            _open(found, relation, SIGNED_IN, command, alone)
        else:
            found.privileged.add(command)


def _forging(trials: Attempts, people: People, relation: Relation, found: _Findings) -> None:
    for claimed, person in people.forged:
        if (person.role, "select", "") not in found.openings:
            _reading(trials, person, relation, found, claimed)
        for command in _WRITES:
            if relation.may(person.role, command) and (person.role, command, "") not in found.openings:
                attempt = _write(trials, person, relation, command)
                if attempt.succeeded:
                    _open(found, relation, person.role, command, attempt, claimed)


def _open(  # noqa: PLR0913, PLR0917 - what was seen of whom, where, doing what
    found: _Findings, relation: Relation, role: str, command: Command, attempt: Attempt, claimed: str = ""
) -> None:
    policies = guilty(relation, role, command, claimed=bool(claimed))
    by = [each.name for each in policies]
    believed = dict.fromkeys(told for each in policies for told in each.trusts)
    seen = _IN_WORDS[command].format(rows=attempt.rows) + (f", by policy {', '.join(by)}" if by else "")
    if relation.kind in TABLES and not relation.enabled:
        seen += ", row-level security is off"
    found.openings.setdefault(
        (role, command, claimed),
        Opening(
            who=role,
            command=command,
            seen=seen,
            claimed=claimed and (", ".join(believed) or claimed),
            closes=closing(relation, role, command, policies),
        ),
    )


_IN_WORDS = {
    "select": "reads {rows} rows that are not its own",
    "insert": "puts in a row in the name of somebody else",
    "update": "changes rows of others, without a condition",
    "delete": "deletes rows of others, without a condition",
    "truncate": "empties the table, whatever the policies say",
}


def guilty(relation: Relation, role: str, command: str, *, claimed: bool) -> tuple[Policy, ...]:
    """The permissive policies that come into question for what `role` can do, with or without false claims."""
    if relation.kind not in TABLES or not relation.enabled or command == "truncate":
        return ()
    policies = relation.deciding(role, command)
    if claimed:
        likely = tuple(each for each in policies if each.trusts)
    else:
        likely = tuple(each for each in policies if reach(each.condition(command)) in {"anyone", "signed-in"})
        likely = likely or tuple(each for each in policies if not each.trusts)
    return likely or policies


def _name(person: Person) -> str:
    return "anon" if person.role == ANONYMOUS else "stranger"


def _proof(relation: Relation, found: _Findings) -> Proof:
    cells: dict[str, dict[str, str]] = {}
    for (who, command), attempt in sorted(found.best.items(), key=lambda each: COMMANDS.index(each[0][1])):
        cells.setdefault(who, {})[command] = str(attempt)
    plain = {(role, command) for role, command, claimed in found.openings if not claimed}
    kept = [
        each for (role, command, claimed), each in found.openings.items() if not claimed or (role, command) not in plain
    ]
    return Proof(
        rows=found.rows,
        cells=cells,
        openings=tuple(kept),
        privileged=tuple(sorted(found.privileged)),
        doubt="" if kept else _doubt(relation, found),
    )


def _doubt(relation: Relation, found: _Findings) -> str:
    """Why nothing that was seen here proves anything."""
    if not relation.rights or relation.kind == "foreign table":
        return ""
    if found.failed:
        return found.failed
    if not found.rows and not found.alive:
        return "no row could be made to appear in it"
    if found.troubles:
        return found.troubles[0]
    conditional = [
        policy.name
        for role in ROLES
        if relation.kind in TABLES and relation.enabled and relation.may(role, "select")
        for policy in relation.deciding(role, "select")
        if reach(policy.using) == "rows"
    ]
    if conditional and not found.alive:
        return f"nobody was found who may read a row by policy {', '.join(dict.fromkeys(conditional))}"
    return ""
