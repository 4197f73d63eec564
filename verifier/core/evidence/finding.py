"""What a check objects to, as data: each outlet of the report groups, counts and cuts findings by its own rule."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from verifier.core.evidence import Record
from verifier.core.redaction import REDACTOR

_ID = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{12,64}\b")
"""Ids of machines, containers and images: hexadecimal digits, among them a decimal one."""
_NAMED, _SUBJECT, _DETAIL = 2, 32, 48
"""Findings of a group that one line names, and characters of each."""
_IN_FILE = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d+)")


class Severity(StrEnum):
    """How bad it is, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Finding(Record):
    """One thing that breaks a promise.

    Attributes:
        subject: what it was found on: "public.orders", "tile-idea-pool", "web.log:41"; without figures that change.
        problem: a short class that all findings of its kind share: "index blocks writers"; without figures, too.
        detail: what was seen this time, figures included.
        remedy: what to do or to type next.
        machine: the id of the machine, where it is about one.
        place: `file:line`, URL or time of a log line: where to look.
        severity: where it differs from the item's.
    """

    subject: str
    problem: str
    detail: str = ""
    remedy: str = ""
    machine: str = ""
    place: str = ""
    severity: Severity | None = None

    @property
    def file_line(self) -> tuple[str, int] | None:
        """File and line of the place, if it is in a file."""
        found = _IN_FILE.fullmatch(self.place)
        return (found["file"], int(found["line"])) if found and "//" not in self.place else None

    @property
    def told(self) -> str:
        """The subject with its place, machine and detail, as one line; each of them once."""
        head = self.place if self.place.startswith(self.subject) else self.subject
        known = f"{head} {self.detail}"
        named = [each for each in (self.place, self.machine) if each and each not in known and self.subject not in each]
        where = f" ({', '.join(named)})" if named else ""
        return f"{head}{where}{': ' * bool(self.detail)}{self.detail}"

    def __str__(self) -> str:
        return f"{self.problem}: {self.told}"


def signature(item: str, finding: Finding) -> str:
    """The same for the same problem of the same subject, over runs and releases: 12 hexadecimal digits.

    A deploy may replace every machine, so the id of a machine is no part of it, nor what looks like such an id.
    """
    words = ("ID" if word == finding.machine else word for word in finding.subject.split(" "))
    subject = _ID.sub("ID", " ".join(words))
    return hashlib.sha256(f"{item}\0{finding.problem}\0{subject}".encode()).hexdigest()[:12]


class BrokenPromise(AssertionError):  # noqa: N818 - it names what happened
    """The target was seen, and does not keep its promise.

    Args:
        findings: everything that breaks it.

    Raises:
        ValueError: there is no finding, so nothing is broken.
    """

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("a broken promise needs a finding")
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def findings(
    problem: str,
    found: Mapping[str, object] | Iterable[str],
    *,
    remedy: str = "",
    on_machines: bool = False,
) -> list[Finding]:
    """A finding of the same problem for each subject.

    Args:
        problem: the class.
        found: subject → detail, or the subjects alone.
        remedy: what to do about each; `{}` stands for the id of its machine.
        on_machines: whether the subjects are ids of machines.
    """
    details = found if isinstance(found, Mapping) else dict.fromkeys(found, "")
    return [
        Finding(
            subject=subject,
            problem=problem,
            detail=str(detail),
            remedy=remedy.replace("{}", subject) if on_machines else remedy,
            machine=subject if on_machines else "",
        )
        for subject, detail in details.items()
    ]


def fail_on(*found: Finding) -> None:
    """Go on only where nothing was found.

    Raises:
        BrokenPromise: with all of them.
    """
    if found:
        raise BrokenPromise(*found)


@dataclass(frozen=True)
class Group:
    """Findings that share a problem, and what to do about them."""

    problem: str
    remedy: str
    members: tuple[Finding, ...]

    @property
    def head(self) -> str:
        """The problem, how often it was found, and in how many files."""
        count = f"{len(self.members)} × " if len(self.members) > 1 else ""
        files = {each.file_line[0] for each in self.members if each.file_line}
        return f"{count}{self.problem}{f', in {len(files)} files' if len(files) > 1 else ''}"

    def lines(self, most: int) -> Iterator[str]:
        """What it was found on, at most so many: a line for each subject, what needs no more words on one line."""
        by_file: dict[str, list[str]] = {}
        by_subject: dict[str, list[Finding]] = {}
        for each in self.members:
            if each.file_line and not each.detail:
                by_file.setdefault(each.file_line[0], []).append(str(each.file_line[1]))
            else:
                by_subject.setdefault(each.subject, []).append(each)
        bare = [found[0].told for found in by_subject.values() if not found[0].detail and not found[0].place]
        lines = [_repeated(found) for found in by_subject.values() if found[0].detail or found[0].place]
        lines += [_listed(bare, most)] * bool(bare)
        lines += [f"{file}:{_listed(numbers, most)}" for file, numbers in by_file.items()]
        yield from lines[:most]
        if 0 < most < len(lines):
            yield f"and {len(lines) - most} more"

    def text(self, most: int) -> str:
        """Head, lines and remedy as text of several lines."""
        remedy = [f"  → {self.remedy}"] if self.remedy else []
        return "\n".join([self.head, *(f"  {line}" for line in self.lines(most)), *remedy])

    def brief(self) -> str:
        """The head, the first that it was found on, cut to some words, and how many more there are; as one line."""
        named = [_place(each) for each in self.members[:_NAMED]]
        more = len(self.members) - _NAMED
        return f"{self.head}: {', '.join(named)}{f', and {more} more' if more > 0 else ''}"


def _place(found: Finding) -> str:
    """The subject, of a place on a page its route, and what was seen there, to the first colon."""
    subject = found.subject.partition(" ")[0] if found.subject.startswith("/") else found.subject
    detail = found.detail.partition(": ")[0]
    return cut(subject, _SUBJECT) + (f" ({cut(detail, _DETAIL)})" if detail else "")


def grouped(found: Iterable[Finding], usual: Severity = Severity.MAJOR) -> list[Group]:
    """The findings by problem: the most severe first, then the most frequent.

    Args:
        found: what was found.
        usual: the severity of those that have none of their own.
    """
    groups: dict[str, list[Finding]] = {}
    for each in found:
        groups.setdefault(each.problem, []).append(each)
    order = list(Severity)
    made = [Group(problem, _remedy(members), tuple(members)) for problem, members in groups.items()]
    return sorted(
        made, key=lambda each: (min(order.index(x.severity or usual) for x in each.members), -len(each.members))
    )


def _remedy(found: list[Finding]) -> str:
    """What to do about all of them; where it differs by its names, the first one stands for its kind."""
    remedies = list(dict.fromkeys(each.remedy for each in found if each.remedy))
    more = f" (and {len(remedies) - 1} more of the kind)" if len(remedies) > 1 else ""
    return f"{remedies[0]}{more}" if remedies else ""


def _repeated(found: list[Finding]) -> str:
    """The first of several findings on the same subject, and how many more there are."""
    return found[0].told + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")


def _listed(words: list[str], most: int) -> str:
    more = f", … {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def cut(text: str, width: int) -> str:
    """One line of at most `width` characters."""
    text = " ".join(REDACTOR.text(text).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def cut_indented(line: str, width: int) -> str:
    """The line behind its own indentation, of at most `width` characters."""
    body = line.lstrip(" ")
    return " " * (len(line) - len(body)) + cut(body, width)
