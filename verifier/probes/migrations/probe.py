"""Judges what the statements of the new migrations would do, from their text alone."""

from __future__ import annotations

import csv
import hashlib
import io

from verifier.core.deadline import now
from verifier.core.evidence import Evidence, Record
from verifier.core.probe import Context
from verifier.probes.migrations.history import read_history
from verifier.probes.migrations.rules.squawk import second_opinion
from verifier.probes.migrations.rules.static import Source, judge_history
from verifier.probes.migrations.section import Migrations
from verifier.probes.migrations.verdicts import Finding, MigrationVerdict, worst


class JudgedFile(Record):
    """One judged file.

    Attributes:
        path: below the application's folder.
        sha256: of its bytes; what a target's list of reviewed files names.
        verdict: the worst of its findings, of those that a person has not answered for.
        findings: all that was found, in the order of the lines.
        reviewed: why a person says that the file is all right, if the target says so.
        squawk: the rules that squawk sees broken, and how often; None if squawk could not read the file.
    """

    path: str
    sha256: str
    verdict: MigrationVerdict
    findings: tuple[Finding, ...]
    reviewed: str = ""
    squawk: dict[str, int] | None = None


class MigrationReading(Evidence):
    """The application's migrations, read and not run.

    Attributes:
        since: the revision whose files count as live; empty if every file was judged, each after those before it.
        history: every file that the runner takes, in its order.
        judged: those that were judged.
        rollbacks: ways back, which no runner takes.
        skipped: files that lie beside them, with the reason why the runner passes them by.
        problems: what is wrong with the files as such.
    """

    since: str
    history: tuple[str, ...]
    judged: tuple[JudgedFile, ...]
    rollbacks: tuple[str, ...]
    skipped: dict[str, str]
    problems: tuple[Finding, ...]

    @property
    def tables_of_text(self) -> dict[str, str]:
        """Files and verdicts, as the report shows them."""
        lines = [["file", "verdict", "line", "what", "instead"]]
        for file in self.judged:
            lines += [[file.path, str(file.verdict), "", "", ""]] if not file.findings else []
            lines += [[file.path, str(each.verdict), str(each.line), each.what, each.instead] for each in file.findings]
        lines += [[each.file, "the file itself", "", each.what, each.instead] for each in self.problems]
        lines += [[each, "a way back: not applied", "", "", ""] for each in self.rollbacks]
        lines += [[name, "passed by", "", reason, ""] for name, reason in self.skipped.items()]
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        return {"files and verdicts.csv": text.getvalue()}

    @property
    def unread(self) -> list[Finding]:
        """What cannot be read in files for which no person has answered."""
        return [each for each in self.found(MigrationVerdict.REVIEW) if each.unread]

    def found(self, verdict: MigrationVerdict) -> list[Finding]:
        """The findings of one kind in files for which no person has answered."""
        return [
            each
            for file in self.judged
            for each in file.findings
            if each.verdict is verdict and (not file.reviewed or verdict is MigrationVerdict.DESTRUCTIVE)
        ]


def observe_migrations(context: Context) -> MigrationReading:
    """Judge every new statement by what it would do.

    Raises:
        CouldNotLook: precondition or no-data, as `read_history`.
    """
    started = now()
    history = read_history(context)
    findings = judge_history(history.sources, unshipped=_told(context))
    opinions = second_opinion({each.path: history.root / each.path for each in history.judged})
    settings = context.target.get(Migrations) or Migrations()
    answered = {(each.file, each.sha256): each.reason for each in settings.reviewed}
    return MigrationReading(
        asked="Do the migrations only add?",
        where=f"{history.root.name}, {_scope(context)}",
        at=started,
        again="pytest -m migration --app-dir PATH"
        + (f" --since {context.options.since}" if context.options.since else ""),
        since=context.options.since or "",
        history=history.chosen.files,
        judged=tuple(_judged(each, findings[each.path], answered, opinions) for each in history.judged),
        rollbacks=history.chosen.rollbacks,
        skipped=history.chosen.skipped,
        problems=history.problems,
    )


def _scope(context: Context) -> str:
    if context.options.since:
        return f"since {context.options.since}"
    lent = context.options.schema_from
    return f"what {lent} does not have yet" if lent else "every file after those before it"


def _told(context: Context) -> bool:
    """Whether somebody said what is live: then all judged files go live together."""
    return bool(context.options.since or context.options.schema_from)


def _judged(
    source: Source,
    findings: list[Finding],
    answered: dict[tuple[str, str], str],
    opinions: dict[str, dict[str, int]] | None,
) -> JudgedFile:
    digest = hashlib.sha256(source.content).hexdigest()
    reason = answered.get((source.path, digest), "")
    counted = [each.verdict for each in findings if not reason or each.verdict is MigrationVerdict.DESTRUCTIVE]
    return JudgedFile(
        path=source.path,
        sha256=digest,
        verdict=worst(counted),
        findings=tuple(findings),
        reviewed=reason,
        squawk=None if opinions is None else opinions.get(source.path, {}),
    )
