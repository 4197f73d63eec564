"""The migrations probe: what the statements of new files would do, from their text alone."""

from __future__ import annotations

import csv
import hashlib
import io

from verifier.core.deadline import now
from verifier.core.evidence import Evidence, Record
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.migrations.history import read_history
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.migrations.section import Migrations
from verifier.probes.migrations.squawk import second_opinion
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict, worst


class JudgedFile(Record):
    """One judged file.

    Attributes:
        path: below the application's folder.
        sha256: of its bytes, as in a target's list of reviewed files.
        verdict: the worst of its findings; of a reviewed file, only destructive ones count.
        findings: all findings, in the order of lines.
        reviewed: the reason given by the target's list of reviewed files; empty if not listed.
        squawk: rule of squawk → violations; None if squawk could not read the file.
    """

    path: str
    sha256: str
    verdict: MigrationVerdict
    findings: tuple[MigrationFinding, ...]
    reviewed: str = ""
    squawk: dict[str, int] | None = None


class MigrationReading(Evidence):
    """The application's migrations, read and not applied.

    Attributes:
        since: the revision whose files count as live; empty if every file was judged, each after those before it.
        history: every file that the runner applies, in its order.
        judged: the judged ones.
        rollbacks: down migrations, which no runner applies.
        skipped: files beside them, with the reason why the runner skips them.
        problems: mistakes in names and order.
    """

    since: str
    history: tuple[str, ...]
    judged: tuple[JudgedFile, ...]
    rollbacks: tuple[str, ...]
    skipped: dict[str, str]
    problems: tuple[MigrationFinding, ...]

    @property
    def tables_of_text(self) -> dict[str, str]:
        """Files and verdicts, for the report."""
        lines = [["file", "verdict", "line", "what", "instead"]]
        for file in self.judged:
            lines += [[file.path, str(file.verdict), "", "", ""]] if not file.findings else []
            lines += [[file.path, str(each.verdict), str(each.line), each.what, each.instead] for each in file.findings]
        lines += [[each.file, "the file itself", "", each.what, each.instead] for each in self.problems]
        lines += [[each, "undoes another: not applied", "", "", ""] for each in self.rollbacks]
        lines += [[name, "passed by", "", reason, ""] for name, reason in self.skipped.items()]
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        return {"files and verdicts.csv": text.getvalue()}

    @property
    def nothing_new(self) -> str:
        """That no file is new since the revision that is live, which is an answer; empty if any is."""
        return "" if self.judged else f"none of {len(self.history)} migrations is new since {self.since}"

    @property
    def unread(self) -> list[MigrationFinding]:
        """What cannot be parsed in files that are not reviewed."""
        return [each for each in self.found(MigrationVerdict.REVIEW) if each.unread]

    def found(self, verdict: MigrationVerdict) -> list[MigrationFinding]:
        """The findings of one kind in files that are not reviewed; destructive ones in all files."""
        return [
            each
            for file in self.judged
            for each in file.findings
            if each.verdict is verdict and (not file.reviewed or verdict is MigrationVerdict.DESTRUCTIVE)
        ]


def observe_migrations(context: Context) -> MigrationReading:
    """Judge every statement of the new files.

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
        again=judging("-m migration --app-dir PATH")
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
    """Whether the caller said what is live: then all judged files are shipped together."""
    return bool(context.options.since or context.options.schema_from)


def _judged(
    source: MigrationFile,
    findings: list[MigrationFinding],
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
