"""Runs the trials of many relations in step, so that one statement serves all that ask for the same person."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.personas import Persona, settings_of

_AT_ONCE = 400
"""Attempts per statement."""
_SECONDS, _ALONE = 30, 4
"""What a statement may take, and an attempt by itself: a condition may never end, such as a path that meets itself."""
_INTEGRITY = "23"
"""The SQLSTATE class of constraint violations; policies are checked before constraints."""
_NOT_NULL, _LACKING = "23502", re.compile(r'column "([^"]+)"')
_REFUSED = {"42501", "44000"}
"""Insufficient privilege (no grant, or a policy), and a view's CHECK OPTION."""
_RAISED = ("P0", "PT", "28")
"""The classes of RAISE EXCEPTION, of PostgREST's own statuses, and of a failed authorization."""
_ENDLESS = "42P17"
"""Infinite recursion in a policy, view or rule, which PostgreSQL finds before it looks at a row."""
_IMPOSSIBLE = {"42809", "55000", "0A000"}
"""Not possible for this kind of relation, such as a write to a view that is not updatable."""


@dataclass(frozen=True)
class AttemptResult:
    """The result of one command.

    Attributes:
        rows: rows that it saw or changed; 0 if it was denied.
        own: rows seen with the first owner's id.
        foreign: rows seen with the second owner's id.
        digest: of all rows seen.
        denied: whether it was denied.
        let_through: whether a constraint stopped it, and no policy did.
        emptied: the column whose NOT NULL stopped it; empty if none did.
        unusable: the error, if it was denied because nobody can use the relation: its policies or rules never end.
        trouble: any other error.
    """

    rows: int = 0
    own: int = 0
    foreign: int = 0
    digest: str = ""
    denied: bool = False
    let_through: bool = False
    emptied: str = ""
    unusable: str = ""
    trouble: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it reached a row, or was stopped by a constraint only."""
        return self.rows > 0 or self.let_through

    def __str__(self) -> str:
        if self.trouble:
            return self.trouble
        if self.denied:
            return "denied"
        return "stopped by a constraint only" if self.let_through else f"{self.rows} rows"


@dataclass(frozen=True)
class PersonaRequest:
    """One command of one person.

    Attributes:
        person: who sends it; None for the copy's superuser.
        query: the command.
        before: what the superuser does before, without triggers.
        first: what the person itself does then, with triggers; what is refused is left out.
        reads: whether it is a SELECT of one row with the fields of an attempt.
        then: what the superuser reads afterwards instead of counting the rows that were changed.
    """

    person: Persona | None
    query: str
    before: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    reads: bool = False
    then: str = ""


Result = TypeVar("Result")
Steps = Generator[PersonaRequest, AttemptResult, Result]
"""A trial that yields what it wants to know next, and is sent the answer."""


def run_in_step(connection: Connection, trials: Iterable[Steps[None]]) -> None:
    """Run all trials to their end: their pending requests are answered person by person, in few statements.

    Args:
        connection: a superuser's, of a copy.
        trials: independent of each other, as every request is undone.
    """
    connection.execute(questions.ATTEMPTS)
    waiting = [(each, request) for each in trials if (request := next(each, None)) is not None]
    while waiting:
        groups: dict[int, list[tuple[Steps[None], PersonaRequest]]] = {}
        for each in waiting:
            groups.setdefault(id(each[1].person), []).append(each)
        waiting = []
        for members in groups.values():
            for first in range(0, len(members), _AT_ONCE):
                part = members[first : first + _AT_ONCE]
                answers = _ask(connection, [request for _, request in part])
                for (trial, _), answer in zip(part, answers, strict=True):
                    try:
                        waiting.append((trial, trial.send(answer)))
                    except StopIteration:
                        continue


def _ask(connection: Connection, requests: Sequence[PersonaRequest]) -> list[AttemptResult]:
    """The answers, in order; if the statement fails as a whole, each request is sent by itself."""
    person = requests[0].person
    settings = json.dumps(settings_of(person)) if person else "{}"
    seconds = _SECONDS if len(requests) > 1 else _ALONE
    tries = json.dumps([_as_json(each) for each in requests])
    try:
        with connection.transaction(force_rollback=True):  # one person's settings must not reach the next
            connection.execute(f"set local statement_timeout = '{seconds}s'".encode())
            rows = connection.execute(
                "select * from pg_temp.attempts(%s, %s, %s)", [settings, person.role if person else "none", tries]
            ).fetchall()
    except psycopg.Error as trouble:
        if connection.broken:
            raise
        if len(requests) == 1:
            return [refused(trouble)]
        return [answer for each in requests for answer in _ask(connection, [each])]
    return [_answer(seen) for (seen,) in rows]


def _as_json(request: PersonaRequest) -> dict[str, Any]:
    told: dict[str, Any] = {"query": request.query, "reads": request.reads}
    if request.before:
        told["before"] = request.before
    if request.first:
        told["first"] = request.first
    if request.then:
        told["then"] = request.then
    return told


def _answer(seen: dict[str, Any]) -> AttemptResult:
    if "state" in seen:
        return _refused(seen["state"], seen["words"])
    return AttemptResult(**{key: value for key, value in seen.items() if value is not None})


def _refused(state: str, words: str) -> AttemptResult:
    if state == _ENDLESS:
        return AttemptResult(denied=True, unusable=words)
    if state in _REFUSED | _IMPOSSIBLE or state.startswith(_RAISED) or _is_own(state):
        return AttemptResult(denied=True)
    if not state.startswith(_INTEGRITY):
        return AttemptResult(trouble=words)
    lacking = _LACKING.search(words) if state == _NOT_NULL else None
    return AttemptResult(let_through=True, emptied=lacking.group(1) if lacking else "")


def _is_own(state: str) -> bool:
    """Whether PostgreSQL does not have this SQLSTATE, so that a function or trigger chose it."""
    try:
        errors.lookup(state)
    except KeyError:
        return bool(state)
    return False


def refused(trouble: psycopg.Error) -> AttemptResult:
    """The result that an error stands for."""
    return _refused(trouble.sqlstate or "", trouble.diag.message_primary or type(trouble).__name__)
