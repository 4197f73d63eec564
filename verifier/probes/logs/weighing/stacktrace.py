"""Groups the lines of a stack trace with the line that they belong to."""

from __future__ import annotations

import re
from enum import Enum, auto

from verifier.probes.logs.weighing.heuristics import HEADLINE, TRACEBACK
from verifier.probes.logs.weighing.levels import Level
from verifier.probes.logs.weighing.line import ParsedLine

_FRAME = re.compile(
    r"^\s+(?:at .{0,400}(?::\d+(?::\d+)?|\(<anonymous>\)|:line \d+)\)?$|File \".{1,400}\", line \d+,? in )"
)
_DEEP = re.compile(r"\t|  |$")
"""Indented like a part of something; one space alone stands before Fly.io's own levels."""
_CONTINUES = re.compile(
    r"During handling of the above|The above exception was|Caused by: |Suppressed: |\.\.\. \d+ more"
    r"|Node\.js v|[\]})]+[,;]?$|goroutine \d+ \[|\[signal SIG|exit status \d|future: <"
    r"|Call stack:|Message: |Arguments: "
    r"|Error code: P\d|Process appears to have been OOM killed|Please make sure |Invalid `"
    r"|(?:Current t|T)hread 0x|npm (?:ERR!|error)(?: |$)"
    r"|stack backtrace:|note: run with|called `"
    r"|.{0,200}\b(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION):  "
)
_NOT_YET = re.compile(r"\s*$|future: <")
"""What may stand between a logger's line and the exception that it was given."""
_CHAINED = re.compile(r"During handling of the above|The above exception was")
_LAST_OF_TRACEBACK = re.compile(r"[A-Za-z_][\w.]*(?::|$)")
_WARNS = "Warning: "
_INTRODUCES = re.compile(r"Error code: P|Invalid `")
"""After these lines of Prisma comes what it has to say."""


class TracePart(Enum):
    """What a line is to the lines before it."""

    HEAD = auto()
    FOLLOWS = auto()
    ASIDE = auto()
    """Another's line in the middle of a stack trace, and nothing bad."""
    ORPHAN = auto()
    """A stack frame, although nothing before it was an error or states what it is."""


class LineHistory:
    """What the last lines of one process were."""

    def __init__(self) -> None:
        self.before = ""
        self.concluded = False
        """Whether the line that was placed last ends a traceback: it names the exception."""
        self._head: ParsedLine | None = None
        self._interrupted = False
        self._in_traceback = False
        self._fresh = False
        self._chained = False

    def pass_known(self, line: ParsedLine, text: str) -> bool:
        """Note a calm line, as `place` does, where nothing goes on that it may belong to; otherwise do nothing.

        Args:
            line: what another line of its kind was read as.
            text: the line.
        """
        head = self._head
        if head is not None and line.structured and head.bad:
            # As in `place`: what others say in the meantime ends no trace.
            self.concluded, self._interrupted = False, True
            return True
        if head is not None and not line.structured and (head.bad or _warns(head)):
            return False
        self.concluded = self._interrupted = self._in_traceback = self._chained = False
        self._head, self._fresh, self.before = line, True, text
        if line.level is Level.WARNING:
            self._head = line._replace(text=text)
        return True

    def place(self, line: ParsedLine) -> TracePart:
        """Where the line belongs; remembers it."""
        self.concluded = False
        if line.structured and not line.bad:
            if self._head is not None and self._head.bad:
                # Requests that others make in the meantime end no trace; only what is indented goes on with it then.
                self._interrupted = True
                return TracePart.ASIDE
            if line.level is not Level.WARNING:
                self._head, self.before = line, line.text
                return TracePart.HEAD
        follows = self._head is not None and not line.structured and self._follows(self._head, line)
        if follows:
            self._fresh = self._fresh and bool(_NOT_YET.match(line.text))
            self._chained = bool(_CHAINED.match(line.text)) or (self._chained and not line.text.strip())
            self.before = line.text if line.text.strip() else self.before
            return TracePart.FOLLOWS
        return self._begin(line)

    def _begin(self, line: ParsedLine) -> TracePart:
        orphan = bool(_FRAME.match(line.text)) and not line.structured and not line.bad
        if orphan:
            return TracePart.ORPHAN
        self._head, self._interrupted, self._fresh, self._chained = line, False, True, False
        self._in_traceback = TRACEBACK in line.text and "\n" not in line.text.strip()
        self.before = line.text
        return TracePart.HEAD

    def adopted(self, before: str, line: ParsedLine) -> ParsedLine:
        """The error that an orphan and the line before it are together; what comes next may follow it."""
        whole = ParsedLine(
            f"{before}\n{line.text}".lstrip("\n"), None, structured=False, stated=None, level=Level.ERROR
        )
        self._head, self._interrupted, self._fresh = whole, False, False
        return whole

    def _follows(self, head: ParsedLine, line: ParsedLine) -> bool:
        if head.bad or _warns(head):
            return self._continues(head, line)
        return head.stated is not None and bool(_DEEP.match(line.text)) and bool(line.text.strip())

    def _continues(self, head: ParsedLine, line: ParsedLine) -> bool:
        text = line.text
        if TRACEBACK in text and not self._interrupted and (self._fresh or self._chained):
            self._in_traceback = True
            return True
        if _DEEP.match(text) and TRACEBACK not in text:
            return True
        if self._in_traceback and _LAST_OF_TRACEBACK.match(text):
            self._in_traceback, self.concluded = False, True
            return True
        if self._interrupted:
            return False
        if _CONTINUES.match(text) or (text[:1] == " " and line.stated is None):
            return True
        return self._belongs(head, text)

    def _belongs(self, head: ParsedLine, text: str) -> bool:
        """Whether it is the exception that a logger was given, or the same said once more."""
        if _INTRODUCES.match(self.before):
            return True
        if not HEADLINE.match(text):
            return False
        if not head.bad and head.text.startswith("Warning:"):
            return False  # some program's own words; who logs at a level is taken at it
        same = text.split(": ", 1)[-1].strip() in head.text
        # An object holds what its logger was given, so that what comes after is said by itself.
        given = self._fresh and head.stated is not None and not HEADLINE.match(head.text)
        given = given and (head.bad or not head.structured)
        return given or same


def _warns(head: ParsedLine) -> bool:
    return not head.bad and (head.level is Level.WARNING or _WARNS in head.text)
