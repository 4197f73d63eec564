"""What a line of plain text reports: a level that it states first of all, or words that no healthy process writes."""

from __future__ import annotations

import calendar
import re
from itertools import zip_longest

from verifier.probes.logs.weighing.circumstances import PEOPLE, is_a_callers_mistake
from verifier.probes.logs.weighing.levels import WORDS, Level, foreign_levels, level_of_severity, level_of_word

_BULLET = r"(?:[^\w\s(\[{<\"'#/*:=.,-]+ )?"
TRACEBACK = "Traceback (most recent call last)"
HEADLINE = re.compile(
    rf"^{_BULLET}\*\* \(\w|^ ?{_BULLET}(?:Uncaught )?"
    r"(?:[A-Za-z_$][\w$]{0,80}(?:::|\.)){0,9}(?:[A-Z]\w{0,80})?"
    r"(?:Error|Exception|Exit|Interrupt)(?: \[[\w.-]{1,60}\])?(?::(?: |$)|$| \()"
)
"""The first line of an exception, as Node, Python, Java, Ruby and Elixir write it; a sign may stand before it."""
_LOGFMT = re.compile(
    r"""^(?:[\d:.TZ/+-]+\s+)*(?:[\w.@-]{1,60}=(?:"(?:[^"\\]|\\.){0,400}"|'[^']{0,400}'|\S{0,400})\s+){0,12}"""
    r"""(?:level|lvl|severity|sev|lev|at|l|loglevel|log_level|log\.level|prio"
    r"|priority)[=:]"?([A-Za-z]+)(?:\+\d+)?"?(?=\s|$)"""
)
_PRIORITY = re.compile(r"^<(\d{1,3})>(?=1 |[A-Z][a-z]{2} )")
"""The beginning of a syslog line: facility times eight plus severity (RFC 5424, RFC 3164)."""
_TOKEN = re.compile(r"(?P<open>[\[(<{|*]*)(?P<word>[^\W\d_]{2,16})(?:\[\d+\])?(?P<close>[\])>}|:：*]*)(?P<rest>.*)")
_JOINED = re.compile(
    r"(?:\S*[\]\d/:]:|\w+\.)(?P<upper>[A-Z]{3,9}):|\[\w+:(?P<lower>[a-z]{3,9})\]"
    r"|(?P<slash>[A-Z]{4,8})/\S+\]|\[[\w-]+/(?P<after>[A-Z]{3,9})\]"
)
"""A level that is glued to its neighbours: by PostgreSQL, Monolog, Apache, Celery."""
_TIME_WORDS = (
    {"UTC", "GMT", "AM", "PM", "E,", "F,", "W,", "I,", "D,", "--", ":"}
    | set(calendar.month_abbr)
    | set(calendar.day_abbr)
)
_DENIALS = {"no", "without", "zero"}
_ABOUT = {"0", "none", "null", "false", "rate", "rates", "budget", "count", "boundary", "handler", "handlers"} | {
    *("page", "pages", "lines", "level", "levels", "messages", "logs", "logging", "codes", "tracking"),
    *("reporting", "reports"),
}
"""What follows the word 'error' where it names a thing and reports none."""
_STACK = "Trace:"
"""So Node begins a stack trace that somebody asked for."""
_PROGRAM = re.compile(
    r"^[A-Za-z][\w./-]{0,40}(?:\[\d+\])?: (?:[\w./()-]{1,40}: )?(?:(?P<word>[Ee]rror|[Ff]atal|[Cc]ritical|"
    r"[Pp]anic):|\[(?P<level>[a-z]{4,6})\]) "
    r"|^(?:[A-Z]\w{1,30} ){1,3}\[(?P<logger>[a-z]{4,7})\]: "
)
"""A level after the name of a program or of a logger."""
_SOFT = (
    r"(?!.{0,400}(?i:\b(?:retry|retrying|retried|will try|try again|tried again|falling back|fallback|continuing|"
    r"ignor(?:ed|ing)|skipp(?:ed|ing)|staying on|keeping|"
    r"using (?:the )?(?:cached?|defaults?|previous|\d+)|not fatal|non-fatal)\b))"
)
"""What is said of a failure that the process has dealt with."""
_UNHANDLED = (
    r"^(?!.{0,400}(?i:\b(?:install|regist|attach|listen|hook|enabled\b|ready\b)))"
    r".{0,400}(?i:\b(?:unhandled|uncaught)[ _]?(?:promise[ _]?)?(?:rejection|exception|error)\b(?! handlers?\b))"
)
"""Something that nobody caught; not the news that somebody will be told of such things."""
_ELSE = (
    r"(?:Not|Invalid|Timeout|Timed|Failed|Refused|Missing|Denied|Unavailable|Unauthorized|Forbidden|Deadlock|Closed)"
)
_START = r"^(?:[\d:.,TZ/+-]+ ){0,3}(?:\[[^\]]{1,60}\] ?|[\w.-]{1,40}: ){0,2}"
_ENDED = re.compile(r"\bexited (?:normally )?with (?:exit |status )*code:? (?!0\b|130\b|143\b)\d|\bcore dumped\? true")
"""A process that is asked to stop ends with 130 or 143; that is how the release before this one went."""
_SIGNS = (
    (Level.FATAL, r"^panic: |\bpanic serving \S+: |\bpanicked(?: at\b|\.)|^fatal error: |\bFATAL(?: ERROR)?:"),
    (
        Level.FATAL,
        r"\b[Ss]egmentation fault\b|\bsegfault at [0-9a-f]|\btraps: \S+ trap |\bgeneral protection fault\b",
    ),
    (
        Level.FATAL,
        r"\bcore dumped\b(?!\? false)|\bsignal '?SIG(?:SEGV|ABRT|BUS|ILL|FPE)\b|\bexited on signal (?:6|9|11)\b",
    ),
    (Level.FATAL, r"(?i:\boom[-_ ]?kill(?:ed|er)?\b(?![\"']?\s*[=:?]+\s*false))(?<!_kill)|\binvoked oom-killer\b"),
    (Level.FATAL, r"(?i:\bout of memory: kill)|heap out of memory|\bOutOfMemoryError\b"),
    (Level.FATAL, r"\bKernel panic - not syncing|^\[\s*\d+\.\d+\] BUG: |^\[\s*\d+\.\d+\] Oops: "),
    (
        Level.FATAL,
        r"^Fatal Python error: |^# A fatal error has been detected|^Fatal error: |\bPHP (?:Fatal|Parse|Core) error: ",
    ),
    (Level.FATAL, r"^memory allocation of \d+ bytes failed|^(?:.{0,60}: )?exec .{1,200}: exec format error"),
    (
        Level.FATAL,
        r"\bAssertion `?.{0,300}' failed\.|\bterminate called after throwing|\bstack smashing detected|^Killed$",
    ),
    (Level.FATAL, r"\bdouble free or corruption|\bmax(?:imum)? restart count\b"),
    (Level.ERROR, r"\bTraceback \(most recent call last\)|\bUnhandledPromiseRejection"),
    (Level.ERROR, _UNHANDLED),
    (Level.ERROR, rf"^(?:[A-Z]\w{{1,60}}::){{1,6}}\w{{0,60}}{_ELSE}\w{{0,60}}: "),
    (Level.ERROR, rf"{HEADLINE.pattern}{_SOFT}"),
    (Level.ERROR, rf"{_START}Error: (?!0\b|none\b|null\b|false\b){_SOFT}"),
    (
        Level.ERROR,
        rf"^(?!\(node:).{{0,300}}: [A-Z]\w{{0,80}}(?:Error|Exception): \S{_SOFT}|^.{{0,300}}: Error: \S{_SOFT}",
    ),
    (
        Level.ERROR,
        rf"{_START}(?:(?:[Ff]ailed|[Uu]nable) to|(?:[Cc]ould not|[Cc]annot|[Cc]an't|[Cc]ouldn't)) [a-z]+{_SOFT}",
    ),
    (Level.ERROR, rf"^(?:[A-Z]\w{{0,30}} )(?:\w{{1,30}} ){{0,2}}(?:could not|cannot) [a-z]+ {_SOFT}"),
    (Level.ERROR, rf"(?<!\d )\b[Ff]ailed: (?!0\b|none\b|null\b|\[\]|false\b)\S{_SOFT}|\bno server available!"),
    (
        Level.ERROR,
        rf"{_START}Error (?!handling|reporting|tracking|logging)(?:response|while|when|[a-z]+ing) {_SOFT}",
    ),
    (Level.ERROR, rf"{_START}(?:connect|read|write|listen|bind|spawn|getaddrinfo) E[A-Z_]{{4,20}}\b{_SOFT}"),
    (Level.ERROR, r"^Exception in thread |^npm (?:ERR!|error) |\bprisma:error\b|^[EF]\d{4} \d\d:\d\d:\d\d\.\d"),
    (
        Level.ERROR,
        r"^--- Logging error ---|^Task exception was never retrieved|^\*\* \(\w|^=(?:ERROR|CRASH|SUPERVISOR) REPORT",
    ),
    (Level.ERROR, r"\bin [`'][^`']{1,200}': .{1,400} \((?:[A-Z]\w*::)*[A-Z]\w*(?:Error|Exception)\)$"),
    (Level.ERROR, r"^\[\s*\d+\.\d+\] .{0,80}(?:\bI/O error, dev |-fs error \()"),
    (Level.ERROR, _ENDED.pattern),
    (Level.ERROR, r"\bstatus=[1-9]\d*/FAILURE|\bcode=(?:killed|dumped), status=|\bFailed with result '"),
    (
        Level.ERROR,
        r"^(?:/bin/)?(?:ba|da|a)?sh: (?:line )?\d+: .{1,200}: (?:.{0,9}not found|Permission denied|No such file)",
    ),
    (Level.ERROR, r"^[\w./-]{1,60}: line \d+: .{1,200}: (?:.{0,9}not found|Permission denied|No such file)"),
    (Level.ERROR, r"\bCommand failed with exit code [1-9]|^\s?ELIFECYCLE\b"),
    (Level.ERROR, r"\[P[ACMRU]\d\d\]"),  # Fly.io's proxy and machine errors (Fly docs, error codes)
)
_PATTERNS = tuple((level, re.compile(pattern, re.MULTILINE)) for level, pattern in _SIGNS)
_BROAD = re.compile(
    r"^(?P<scoped>[a-z]{4,7})\(\w+\): |^(?P<calm>info|debug) [a-z][\w.-]*: "
    r"|^%[A-Z][A-Z0-9_]+-(?:[A-Z0-9_]+-)?(?P<cisco>[0-7])-[A-Z0-9_]+:"
    r"|^(?:\[[^\]]{1,60}\] ?|[\d.:,/TZ-]+ +)(?:[\d.:,/-]+ +|UTC +|"
    r"\[?\d+\]? +){0,4}(?:[\w.$-]{1,30} +){0,2}(?P<letter>[VDIWEFT])[ /] *\S"
    r"|^(?P<glog>[IWEF])\d{4,8} \d\d:\d\d:\d\d\.\d"
    r"|^\[[^\]\"]{0,40}\"(?:[\d:T. Z-]+\", ?\")?(?P<array>[A-Za-z]{3,9})\"|\|\s*(?P<bar>[VDIWEFT])\s*\||(?:^"
    r"|: )<(?P<priority>[0-7])>(?=\S)"
    r"|^\[(?P<initial>[VDIWEFT])\] |^Msg \d+, Level (?P<mssql>\d+),|^(?:level|severity): ?(?P<keyed>\w+)"
    r"|[\[<(|](?P<marked>[A-Za-z]{3,11})[\]>)|]"
    r"|\b[A-Za-z]\w*-(?P<glib>CRITICAL|WARNING|ERROR|INFO|DEBUG|MESSAGE) \*\*"
    r"|(?<![\w'\"/.=-])(?P<upper>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|"
    r"CRIT|EMERG|FAILURE)(?=[\s:,|]\s*(?:[^\s=]|$))"
    r"|^\S*\d[^,]{0,40}, (?P<comma>Info|Warning|Error) "
    r"|(?<!=\{)(?<!=\{\")[\"'](?:level|lvl|severity|levelname|log\.level|log_level|@l"
    r"|severityText)[\"']\s*:\s*[\"']?(?P<cut>\w+)"
)
"""A level in a place of its own, wherever in the first words of a line; or in JSON that is cut."""
_INFORMS = 10
"""The highest severity with which SQL Server only informs (Database Engine error severities)."""
_WHERE = 200
"""Characters in which a level stands that a line states of itself."""
_NONE = re.compile(r"\s*[:=]\s*0\b(?![.:]\d)")
"""A count of such lines, which is none."""
_SECURITY = re.compile(r"\bCEF:\d\|(?:[^|]*\|){5}(?P<cef>\d{1,2})\||\bLEEF:[\d.]+\|.{0,400}?\bsev=(?P<leef>\d{1,2})\b")
"""Events of security products: ArcSight's Common Event Format, IBM's Log Event Extended Format."""
_CODED = re.compile(r"(?:[\d.:/-]+ +){0,3}[A-Z]{3,8}\d{3,5}([IWES]) ")
"""IBM's message identifiers, whose last letter tells how bad it is: information, warning, error, severe."""
_MARKUP = re.compile(
    r"<\w+ [^<>]{0,100}?\b(?:level|severity)=\"(\w+)\"|<\w+>(?:<\w+>[^<>]*</\w+>)*<level>(\w+)</level>"
)
"""A level in an attribute or an element of XML."""
_DEBUG = re.compile(r"\s*[a-z][\w.-]*(?::[\w.*-]+)+ .{1,400} \+\d+(?:ms|s|m|h)$")
"""A line of npm's `debug`."""
_SAYS_NOTHING = re.compile(r"[EF], \[[^\]]{1,60}\] +(?:ERROR|FATAL) -- [^:]{0,60}:\s*(?:\[[^\]]*\]\s*)*$")
"""Ruby's logger with an empty message: Rails writes one before and after an exception."""
_HIGH = 7
"""From here on, of ten, CEF calls a severity high."""
_LETTERS = {
    "V": Level.CLEAN,
    "T": Level.CLEAN,
    "D": Level.CLEAN,
    "I": Level.CLEAN,
    "W": Level.WARNING,
}
_NUMBERS = {"10": Level.CLEAN, "20": Level.CLEAN, "30": Level.CLEAN, "40": Level.WARNING}
_NUMBERS |= {"50": Level.ERROR, "60": Level.FATAL}
_CALM_VALUES = {
    "system": Level.CLEAN,
    "information": Level.CLEAN,
    "message": Level.CLEAN,
    "failure": Level.ERROR,
}


def stated_in_text(text: str) -> Level | None:
    """The level that a line states: syslog's number, logfmt, or a word after time and logger."""
    if is_a_callers_mistake(text):
        return Level.WARNING
    if "=" in text and (stated := _LOGFMT.match(text)) and stated[1].lower() in WORDS:
        return WORDS[stated[1].lower()]
    if formal := _by_form(text):
        return formal
    if told := _PROGRAM.match(text):
        return WORDS.get(next(filter(None, told.groups())).lower())
    if word := _level_word(text):
        return level_of_word(word)
    if '"' in text:
        text = PEOPLE.sub(" ", text)
    return _broadly(text[:_WHERE])


def _by_form(text: str) -> Level | None:
    """The level of a line whose form has a place for it: syslog's, XML's, that of security products; or of a router."""
    if text[:1] == "<":
        number, element = _PRIORITY.match(text), _MARKUP.match(text)
        if number:
            return level_of_severity(int(number[1]) % 8)
        return level_of_word(element[1] or element[2]) if element else None
    if "EEF:" in text or "CEF:" in text:
        event = _SECURITY.search(text)
        return Level.ERROR if event and int(event["cef"] or event["leef"]) >= _HIGH else None
    if coded := _CODED.match(text):
        return _LETTERS.get(coded[1], Level.ERROR)
    if (
        text[:5] == "PASS "
        or (" +" in text and _DEBUG.match(text))
        or (text[1:3] == ", " and _SAYS_NOTHING.match(text))
    ):
        return Level.CLEAN
    return None


def _broadly(text: str) -> Level | None:
    for told in _BROAD.finditer(text):
        kind, word = str(told.lastgroup), str(told[str(told.lastgroup)])
        if kind in {"cisco", "priority"}:
            return level_of_severity(int(word))
        if kind == "mssql":
            return Level.ERROR if int(word) > _INFORMS else Level.CLEAN
        if kind in {"letter", "glog", "bar", "initial"}:
            return _LETTERS.get(word, Level.FATAL if word == "F" else Level.ERROR)
        level = _NUMBERS.get(word) or _CALM_VALUES.get(word.lower()) or level_of_word(word)
        if level is not None and not (kind == "upper" and _names_a_thing(text[told.end() :])):
            return level
    return None


def _names_a_thing(rest: str) -> bool:
    """Whether what follows a level word makes it the name of something."""
    return next(iter(rest.split()), "").lower().strip(".,;:") in _ABOUT or _NONE.match(rest) is not None


def sign_in(text: str) -> Level | None:
    """How bad the text is by words that no healthy process writes; nothing if it has none of them."""
    return next((level for level, pattern in _PATTERNS if pattern.search(text)), None)


def _level_word(text: str) -> str:
    """The level that a line states before it says anything else, lower-case; or nothing."""
    tokens = text[:300].replace("|", " ").split()[:12]
    timed = stranger = False
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        word = _as_level(token, following, bare=not stranger)
        if word:
            return word
        if _before_level(token, following):
            timed = timed or bool(re.search(r"\d[:/-]\d", token))
        elif timed and not stranger and token.lower() not in _DENIALS:
            stranger = True  # the name of a thread, a host or a logger
        else:
            return ""
    return ""


def _as_level(token: str, following: str, *, bare: bool) -> str:
    """The level that the token is: in capitals, or marked by a bracket or a colon; or glued to something."""
    if glued := _JOINED.fullmatch(token):
        word = next(filter(None, glued.groups())).lower()
        return word if word in WORDS else ""
    found = _TOKEN.fullmatch(token)
    if found and found["close"][:1] in {":", "："} and not found["open"] and found["word"].lower() in foreign_levels():
        return found["word"].lower()
    if found and not found["rest"] and found["word"].isupper() and _is_foreign_error(found["word"].lower()):
        return found["word"].lower()
    if not found or found["word"].lower() not in WORDS or (found["rest"] and not found["close"]):
        return ""
    if following.lower().strip(".,;:") in _ABOUT or token == _STACK:
        return ""
    marked = bare and bool(found["open"] or found["close"])
    return found["word"].lower() if found["word"].isupper() or marked else ""


def _is_foreign_error(word: str) -> bool:
    """Whether another language calls an error so; short words may be names."""
    level = foreign_levels().get(word) if len(word) > len("fout") else None
    return level is not None and level.bad


def _before_level(token: str, following: str) -> bool:
    """Whether the token may stand before the level: time, process id, brackets, dashes, a logger before a dash."""
    if any(character.isdigit() for character in token) or not any(map(str.isalnum, token)):
        return True
    separated = bool(following) and not any(map(str.isalnum, following))
    return token[0] == "[" or token[-1] == "]" or token in _TIME_WORDS or separated
