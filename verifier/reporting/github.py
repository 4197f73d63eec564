"""Tells GitHub of a finished run: job summary, annotations, outputs, and an exit status that is 0 for DONE alone.

`python -m verifier.reporting.github [RUN_FOLDER]` after the run, whatever became of it. Outside of GitHub it prints the
checklist. The formats are those of GitHub's documentation of workflow commands and of the files behind GITHUB_OUTPUT
and GITHUB_STEP_SUMMARY.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from verifier.core.evidence.finding import Group
from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import NO_CHECK, UNVERIFIED_STATUS, Outcome, Verdict, coverage
from verifier.reporting.model import Blocked, JudgedItem, JudgedRun, Report

SUMMARY_BYTES = 1024 * 1024
"""What a step may write into its summary; GitHub drops all of a longer one."""
NAMED = 5
"""Findings of a kind that an annotation names."""
SHOWN = 10
"""Annotations of one level that GitHub shows for one step."""
TITLE, MESSAGE = 200, 3000
"""Characters of an annotation's parts; GitHub cuts longer ones without a word."""
_CUT = "\n\n*Cut here: a job summary holds no more. The whole checklist is in the run's report.*\n"
_STATUSES = {Verdict.DONE: {0}, Verdict.NOT_DONE: {1}, Verdict.UNVERIFIED: {6}, Verdict.PARTIAL: {1, 6}}
_SPOILING = {Outcome.FAILED, Outcome.UNVERIFIED, Outcome.NOT_RUN}

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True)
class Annotation:
    """One line on the run's page; at a place in a file of the repository, where it has one."""

    level: Level
    title: str
    message: str
    place: tuple[str, int] | None = None

    def __str__(self) -> str:
        title, message = _shortened(self.title, TITLE), _shortened(self.message, MESSAGE)
        where = f"file={escaped_property(self.place[0])},line={self.place[1]}," if self.place else ""
        return f"::{self.level} {where}title={escaped_property(title)}::{escaped(message)}"


@dataclass(frozen=True)
class Judgement:
    """What GitHub is told.

    Attributes:
        verdict: the run's, or 'incomplete' where no run can be believed.
        status: the exit status; 0 with DONE alone.
        report: the run's folder.
        checklist: the job summary, as Markdown.
    """

    verdict: Verdict
    status: int
    report: str
    checklist: str
    annotations: tuple[Annotation, ...]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the step; `run` is the name of the run's folder."""
        told = {"verdict": str(self.verdict), "exit_status": str(self.status), "report": self.report}
        return told | {"run": Path(self.report).name}


class NoVerdict(Exception):  # noqa: N818 - it is no error of this program
    """There is no verdict to believe; says why."""


def judged(folder: Path, *, since: datetime | None = None, status: int | None = None) -> Judgement:
    """What the run in `folder` came to.

    Args:
        folder: what the run left behind.
        since: when the run was asked for; one that finished earlier is another run.
        status: what the run's own process ended with, if known; it must say the same.
    """
    report = _name(folder)
    try:
        record = _believable(_read(folder), since, status)
        checklist = REDACTOR.text((folder / "definition-of-done.md").read_text(encoding="utf-8"))
    except NoVerdict as reason:
        return _without_verdict(report, str(reason))
    except (OSError, ValueError) as trouble:
        return _without_verdict(report, f"definition-of-done.md of the run cannot be read: {trouble}")
    return Judgement(record.verdict, record.exit_status, report, checklist, tuple(annotated(record)))


def _read(folder: Path) -> Report:
    """The record of the run.

    Raises:
        NoVerdict: it is missing, of another shape, or of a run that did not end.
    """
    try:
        content = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("verdict") == Verdict.INCOMPLETE:
            raise NoVerdict("the run did not end: its verdict.json still says 'incomplete'")
        return Report.model_validate(REDACTOR.clean(content))
    except FileNotFoundError:
        raise NoVerdict("there is no verdict.json: the run did not begin (see the log of its step)") from None
    except ValidationError as invalid:
        places = ", ".join(".".join(map(str, each["loc"])) for each in invalid.errors()[:5])
        raise NoVerdict(f"verdict.json does not have its shape, at {places or 'its root'}") from None
    except (OSError, ValueError, RecursionError) as trouble:
        raise NoVerdict(f"verdict.json cannot be read: {type(trouble).__name__}: {trouble}") from None


def _believable(record: Report, since: datetime | None, status: int | None) -> Report:
    """The record, if nothing speaks against it.

    Raises:
        NoVerdict: it is of another run, or contradicts itself or the process that wrote it.
    """
    if since is not None and record.run.finished < since:
        raise NoVerdict(f"the newest run finished {record.run.finished}, before this one was asked for ({since})")
    if record.exit_status not in _STATUSES[record.verdict]:
        raise NoVerdict(f"verdict.json contradicts itself: {record.verdict} with exit status {record.exit_status}")
    outcomes = {each.outcome for each in record.items}
    if record.verdict == Verdict.DONE and (outcomes & _SPOILING or Outcome.PASSED not in outcomes):
        raise NoVerdict(f"verdict.json contradicts itself: DONE with items {', '.join(sorted(outcomes)) or 'missing'}")
    if status is not None and status != record.exit_status:
        raise NoVerdict(f"the run ended with exit status {status}, but its verdict.json says {record.exit_status}")
    return record


def _without_verdict(report: str, why: str) -> Judgement:
    why = REDACTOR.text(why)
    checklist = (
        f"# Definition of Done · no verdict\n\n{why}\n\nNothing is known of the deployment. This is not a pass.\n"
    )
    told = Annotation("error", "Definition of Done: no verdict", why)
    return Judgement(Verdict.INCOMPLETE, UNVERIFIED_STATUS, report, checklist, (told,))


def annotated(record: Report) -> Iterator[Annotation]:
    """What did not plainly pass, the most severe first; no more than GitHub shows.

    Each item has an annotation before any has two; a kind of finding with a place in a file has one of its own there.
    """
    told = [_of_item(each) for each in record.of(Outcome.FAILED, Outcome.WAIVED)]
    told += [each for item in record.of(Outcome.FAILED) for each in _at_places(item)]
    told += [*map(_of_blocked, record.blocked), *_of_run(record.run), *_left_out(record)]
    levels: tuple[Level, ...] = ("error", "warning", "notice")
    for level in levels:
        yield from _summed_up([each for each in told if each.level == level])


def _of_item(item: JudgedItem) -> Annotation:
    """A failed or waived item, at the place of its first finding in a file."""
    title = f"{item.outcome}: {item.promise} [{item.id}]"
    if item.outcome == Outcome.WAIVED:
        return Annotation("notice", title, item.reason or "no reason was given")
    lines = [group.text(NAMED) for group in item.groups] or [item.reason or "no reason was given"]
    place = next((place for group in item.groups if (place := _place(group))), None)
    return Annotation("error", title, "\n".join([*lines, *item.looked]), place)


def _of_blocked(blocked: Blocked) -> Annotation:
    """One reason why something was not seen, with all the items that it leaves open."""
    remedy = [f"do: {blocked.remedy}"] if blocked.remedy else []
    title = f"unverified ({blocked.cause}): {', '.join(blocked.items)}"
    return Annotation("warning", title, "\n".join([*blocked.lines, *remedy]))


def _at_places(item: JudgedItem) -> Iterator[Annotation]:
    """The kinds of findings that are in files, each at its first place; the item itself stands at the first of all."""
    for group in [each for each in item.groups if _place(each)][1:]:
        yield Annotation("error", f"{item.id}: {group.head}", group.text(NAMED), _place(group))


def _place(group: Group) -> tuple[str, int] | None:
    return next((each.file_line for each in group.members if each.file_line), None)


def _left_out(record: Report) -> Iterator[Annotation]:
    """What was not judged, because it does not apply or nothing here can, in one annotation each."""
    found = record.of(Outcome.NOT_APPLICABLE)
    if found:
        reasons = "\n".join(f"{each.id}: {each.reason or 'no reason was given'}" for each in found)
        counted = Counter(str(each.outcome) for each in record.items)
        yield Annotation("notice", coverage(counted), f"not applicable:\n{reasons}")
    if record.without_check:
        names = ", ".join(each.id for each in record.without_check)
        yield Annotation("warning", f"not run: {NO_CHECK}", names)


def _of_run(run: JudgedRun) -> Iterator[Annotation]:
    if run.interrupted:
        yield Annotation("warning", "The run ended early", run.interrupted)
    if run.narrowed:
        yield Annotation("warning", "The run was narrowed, so it makes no claim", ", ".join(run.narrowed))
    yield from (Annotation("warning", "A problem of the run", each) for each in run.problems)


def _summed_up(told: list[Annotation]) -> Iterable[Annotation]:
    if len(told) <= SHOWN:
        return told
    rest = told[SHOWN - 1 :]
    titles = "\n".join(each.title for each in rest)
    return [*told[: SHOWN - 1], Annotation(told[0].level, f"and {len(rest)} more", titles)]


def escaped(text: str) -> str:
    """`text` as the message of a workflow command, which ends at the end of its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """`text` as the value of a property of a workflow command."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def write_summary(path: Path, checklist: str) -> None:
    """Append the checklist to the job summary; what would be too long is cut at the end of a line, and says so.

    Raises:
        OSError: it cannot be written.
    """
    room = SUMMARY_BYTES - (path.stat().st_size if path.exists() else 0)
    whole, note = checklist.encode(errors="replace"), _CUT.encode()
    kept = whole if len(whole) <= room else whole[: max(0, room - len(note))].rpartition(b"\n")[0] + note
    if len(kept) <= room:
        with path.open("ab") as file:
            file.write(kept)


def write_outputs(path: Path, values: Mapping[str, str]) -> None:
    """Append outputs of the step; a value that is not plainly one line stands between delimiters nobody can guess.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("ab") as file:
        for name, value in values.items():
            mark = f"end_{secrets.token_hex(16)}"
            plain = re.fullmatch(r"[A-Za-z0-9 ./:_-]*", value)
            line = f"{name}={value}\n" if plain else f"{name}<<{mark}\n{value}\n{mark}\n"
            file.write(line.encode(errors="replace"))


def tell(judgement: Judgement, environment: Mapping[str, str]) -> Iterator[str]:
    """Write GitHub's files; yields the lines for standard output.

    Raises:
        OSError: one of the files cannot be written.
    """
    summary, outputs = environment.get("GITHUB_STEP_SUMMARY"), environment.get("GITHUB_OUTPUT")
    if not summary and not outputs and not environment.get("GITHUB_ACTIONS"):
        # Inside of GitHub this would let a text of the target begin a line, and so speak as a workflow command.
        yield judgement.checklist.rstrip("\n")
        return
    yield from map(str, judgement.annotations)
    if outputs:
        write_outputs(Path(outputs), judgement.outputs)
    if summary:
        write_summary(Path(summary), judgement.checklist)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Tell GitHub, and hand back the exit status: the verdict's, or 6 where there is none to believe."""
    asked = _parser().parse_args(arguments)
    REDACTOR.learn_environment(environment)
    judgement = judged(asked.folder, since=asked.since, status=asked.status)
    try:
        for line in tell(judgement, environment):
            print(line)  # noqa: T201 - standard output is where GitHub listens
    except OSError as trouble:
        print(Annotation("error", "GitHub's own files cannot be written", str(trouble)))  # noqa: T201 - the same
        return judgement.status or UNVERIFIED_STATUS
    return judgement.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verifier.reporting.github", description="Tell GitHub of a run.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("reports/latest"), help="default: reports/latest")
    parser.add_argument("--since", type=_moment, help="when the run was asked for (2026-01-31T12:00:00Z)")
    parser.add_argument("--status", type=int, help="what the run's process ended with; it must say the same")
    return parser


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("must have a time zone, such as Z")
    return at


def _name(folder: Path) -> str:
    """The run's own folder, not the link to the newest; relative where that is possible."""
    real = folder.resolve()
    return (real.relative_to(Path.cwd()) if real.is_relative_to(Path.cwd()) else real).as_posix()


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text stream of the interpreter
    sys.exit(main(sys.argv[1:], os.environ))
