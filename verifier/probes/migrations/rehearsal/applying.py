"""Applies a history to a throw-away database, file by file, and compares before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import psycopg
from pglast import ast
from psycopg.pq import TransactionStatus

from verifier.probes.migrations.catalogue import MANAGED
from verifier.probes.migrations.reading import ParsedFile, Statement, read
from verifier.probes.migrations.rehearsal.applied import Applied, Failure
from verifier.probes.migrations.rehearsal.blame import Blame
from verifier.probes.migrations.rehearsal.comparing import Change, changes
from verifier.probes.migrations.rehearsal.samples import fill
from verifier.probes.migrations.rehearsal.snapshot import Connection, Snapshot, locks, numbers, take, values
from verifier.probes.migrations.rehearsal.writing import written
from verifier.probes.migrations.rules.static import MigrationFile
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict

_SECONDS = 60
_ROWS_DECIDE = ("22", "23")
"""SQLSTATE classes that depend on rows: data exceptions and constraint violations."""
_LACKS = {"42704", "42883", "3F000", "42P01", "58P01", "42846"}
"""Errors that a missing extension may cause: an unknown object, function, schema or table."""
_NOT_ALLOWED = "42501"
_UNREADABLE = "42601"


@dataclass
class HistoryRehearsal:
    """The state of applying a history.

    Attributes:
        url: of the throw-away database, for the role that applies.
        admin: of the same database for a superuser, who creates extensions, as Supabase does.
        extensions: those available on the server.
        empty: table → why no sample row could be inserted.
        lacking: missing extensions so far.
    """

    url: str
    admin: str | None = None
    extensions: frozenset[str] = frozenset()
    empty: dict[str, str] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)
    _before: Snapshot | None = None

    def apply(self, sources: Iterable[MigrationFile]) -> Iterator[Applied]:
        """Apply each file in its own transaction; go on after a refused one."""
        with closing(self._connect()) as connection:
            found = connection.execute("select name from pg_available_extensions").fetchall()
            self.extensions = frozenset(str(name) for (name,) in found)
        blame, doubt = Blame(), False
        for each in sources:
            done = self._judge(each) if each.judged else self._history(each)
            failure = done.failure
            because = blame.cause(each, failure.code if failure else "", failure.message if failure else "")
            if failure:
                self._before = None  # what a refused file ran outside of a transaction stays
                # If the base differs from the live schema, only a syntax error is certainly the file's own.
                excused = self.excused(failure) or (doubt and failure.code != _UNREADABLE)
                doubt = doubt or excused or not each.judged
                done = done.model_copy(update={"because": because, "excused": excused})
            yield done

    def fill(self) -> bool:
        """Insert sample rows into every empty table; whether there were any."""
        with closing(self._connect()) as connection:
            connection.execute("begin")
            some, self.empty = fill(connection)
            connection.execute("commit")
        return some

    def _connect(self) -> Connection:
        return psycopg.connect(self.url, autocommit=True, options=f"-c statement_timeout={_SECONDS}s")

    def _history(self, source: MigrationFile) -> Applied:
        """Apply a file that counts as live."""
        with closing(self._connect()) as connection:
            reading, lacking = self._without_what_lacks(read(source.content))
            failure = _run(connection, reading)
            if not failure:
                _end(connection, "commit")
        return Applied(path=source.path, judged=False, failure=failure, lacking=lacking)

    def _judge(self, source: MigrationFile) -> Applied:
        """Apply a file, and compare before and after."""
        before = self._before or self._sampled()
        reading, lacking = self._without_what_lacks(read(source.content))
        with closing(self._connect()) as connection:
            failure = _run(connection, reading)
            decided = failure is not None and failure.code.startswith(_ROWS_DECIDE)
            if failure and decided:
                _end(connection, "rollback")
                self._emptied(connection)
                before = take(connection)
                failure = _run(connection, reading)
            if failure:
                return Applied(path=source.path, judged=True, failure=failure, lacking=lacking)
            _as_ourselves(connection)
            held = locks(connection, before)
            after = take(connection)
            found = [*changes(before, after, held), *([] if _alone(reading) else written(connection, before, after))]
            _end(connection, "commit")
        self._before = self._sampled(after)
        return Applied(
            path=source.path,
            judged=True,
            findings=tuple(_finding(source.path, each) for each in found),
            locks=held,
            again=self._second_pass(reading, self._before),
            lacking=lacking,
            rows_decide=decided,
        )

    def _sampled(self, known: Snapshot | None = None) -> Snapshot:
        """The state with rows in every table; `known` is the present state, if it was just read."""
        some = self.fill()
        with closing(self._connect()) as connection:
            if known is None:
                return take(connection)
            if not some:
                return known
            return Snapshot(known.things, values(connection, known.things), numbers(connection))

    def _emptied(self, connection: Connection) -> None:
        """Empty the application's tables."""
        found = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname !~ '^pg_' "
            "and schemaname not in ('information_schema', 'auth', 'storage', 'realtime', 'supabase_migrations')"
        ).fetchall()
        if found:
            connection.execute(f"truncate {', '.join(name for (name,) in found)} cascade".encode())

    def _second_pass(self, reading: ParsedFile, before: Snapshot) -> str:
        """The effect of applying the file a second time."""
        with closing(self._connect()) as connection:
            if _alone(reading):
                return "not tried: the file cannot run inside a transaction"
            failure = _run(connection, reading)
            if failure:
                return f"refused at line {failure.line}: {failure.message}"
            _as_ourselves(connection)
            after = take(connection)
            new = sum(1 for key in after.things if key not in before.things)
            rows = sum(1 for table in after.rows if after.rows[table] != before.rows.get(table))
            lost = len(changes(before, after, {}))
            _end(connection, "rollback")
        told = {"objects": new, "tables with other rows": rows, "losses": lost}
        return ", ".join(f"{number} {what}" for what, number in told.items() if number) or "nothing"

    def _without_what_lacks(self, reading: ParsedFile) -> tuple[ParsedFile, tuple[str, ...]]:
        kept: list[Statement] = []
        lacking: list[str] = []
        for each in reading.statements:
            if isinstance(each.node, ast.CreateExtensionStmt) and each.node.extname not in self.extensions:
                lacking.append(str(each.node.extname))
            elif (isinstance(each.node, ast.CreateExtensionStmt) and self._made(each)) or (
                isinstance(each.node, ast.CommentStmt) and _speaks_of(each.node) in {*lacking, *self.lacking}
            ):
                continue
            else:
                kept.append(each)
        self.lacking |= set(lacking)
        return ParsedFile(reading.text, tuple(kept), reading.troubles), tuple(lacking)

    def _made(self, statement: Statement) -> bool:
        """Create an extension as superuser; one that fails is tried again in its place, for the error."""
        if self.admin is None:
            return False
        try:
            with closing(psycopg.connect(self.admin, autocommit=True)) as connection:
                connection.execute(statement.text.encode())
        except psycopg.Error:
            return False
        return True

    def excused(self, failure: Failure) -> bool:
        """Whether this server or role may have caused the failure, by what it lacks."""
        missing = any(f'"{each}"' in failure.message or f"{each}." in failure.message for each in MANAGED)
        ours = failure.code == "0A000" and failure.message.startswith(("stand-in", "COPY"))
        lacks = failure.code in _LACKS and (missing or bool(self.lacking))
        return lacks or ours or failure.code == _NOT_ALLOWED


def apply_history(
    url: str, sources: Iterable[MigrationFile], *, admin: str | None = None
) -> tuple[HistoryRehearsal, list[Applied]]:
    """Apply a whole history to the throw-away database at `url`; go on after a refused file.

    Args:
        url: for a role without superuser rights, which could reach this machine (see `verifier.embedded.roles`).
        sources: the files in their order.
        admin: for a superuser, who creates extensions.
    """
    rehearsal = HistoryRehearsal(url, admin)
    return rehearsal, list(rehearsal.apply(sources))


def _run(connection: Connection, reading: ParsedFile) -> Failure | None:
    """Run the statements in one transaction, as a runner does; it stays open after success."""
    if unreadable := _unreadable(reading):
        return unreadable
    if not _alone(reading):
        connection.execute("begin")
    for each in reading.statements:
        if isinstance(each.node, ast.CopyStmt):
            _end(connection, "rollback")
            return Failure(line=each.line, code="0A000", message="COPY is not rehearsed: it reads or writes files")
        try:
            connection.execute(each.text.encode())
        except psycopg.Error as trouble:
            failure = Failure(line=_line(each, trouble), code=trouble.sqlstate or "", message=_words(trouble))
            _end(connection, "rollback")
            return failure
    return None


def _as_ourselves(connection: Connection) -> None:
    """Reset the role and search path that the file may have set."""
    for words in (b"reset session authorization", b"reset role", b"set search_path = public"):
        connection.execute(words)


def _unreadable(reading: ParsedFile) -> Failure | None:
    worst = next((each for each in reading.troubles if "holds no statement" not in each.what), None)
    return Failure(line=worst.line, code=_UNREADABLE, message=worst.what) if worst else None


def _alone(reading: ParsedFile) -> bool:
    """Whether the file is one statement that cannot run inside a transaction."""
    if len(reading.statements) != 1:
        return False
    node = reading.statements[0].node
    return isinstance(node, (ast.IndexStmt, ast.DropStmt)) and bool(node.concurrent)


def _end(connection: Connection, how: str) -> None:
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        connection.execute(how.encode())


def _line(statement: Statement, trouble: psycopg.Error) -> int:
    place = trouble.diag.statement_position
    return statement.line + (statement.text.count("\n", 0, int(place) - 1) if place else 0)


def _words(trouble: psycopg.Error) -> str:
    said = trouble.diag.message_primary or str(trouble).splitlines()[0]
    return f"{said} ({trouble.diag.message_detail})" if trouble.diag.message_detail else said


def _speaks_of(node: ast.CommentStmt) -> str:
    return str(getattr(node.object, "sval", ""))


def _finding(path: str, change: Change) -> MigrationFinding:
    verdict, what = change
    return MigrationFinding.of(verdict, (path, 0), what, _WAYS[verdict])


_WAYS = {
    MigrationVerdict.DESTRUCTIVE: "add the new beside the old, and drop the old when nobody uses it",
    MigrationVerdict.BLOCKING: "do it in small steps, or CONCURRENTLY outside of the migration",
    MigrationVerdict.REVIEW: "compare both, and list the file as reviewed",
    MigrationVerdict.ADDITIVE: "",
}
