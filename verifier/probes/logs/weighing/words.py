"""Words that speak of failure, and what is said around them where none happened.

The words and phrases are data, in `words.toml`. What is here are rules that are built of them.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_TOLD = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def _joined(rule: str, kind: str) -> str:
    return "|".join("".join(each) for each in _TOLD[rule].get(kind, ()))


def _any(rule: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """One of the phrases of a rule."""
    whole, stems, parts = (_joined(rule, kind) for kind in ("whole", "stems", "parts"))
    every = (whole and rf"\b(?:{whole})\b", stems and rf"\b(?:{stems})", parts)
    return re.compile("|".join(filter(None, every)), flags)


GRAVE = frozenset(_TOLD["words"]["grave"])
"""Words of failure that mean one even on a line that states a calm level."""
LIGHT = frozenset(_TOLD["words"]["light"])
"""Words that may speak of failure on a line that states no level."""
_ALONE = LIGHT.difference(_TOLD["words"]["never_alone"])
BEGIN = GRAVE | LIGHT | frozenset(_TOLD["words"]["others"])
"""Without any of these, and without a text of a system, a line in words speaks of no failure."""
NEGATIVE = f"(?:{_joined('negative', 'whole')})"
"""What failure is called, as a regular expression."""
HARMLESS = re.compile(
    r"--?log-?level[= ]\w+|"
    # places and names
    r"\b[a-z][a-z0-9+]{1,12}://[^\s\"'`<>)|]+"
    r"|(?<![\w.])/[\w.@%+~:?&=#-]+(?:/[\w.@%+~:?&=#-]*)*"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:log|js|ts|css|html?|json|ya?ml|conf|cfg|ini|txt|md|py|go|rb|rs|php|"
    r"service|target|lua|png|jpe?g|gif|svg|webp|ico|pdf|csv|xml|sql|sh|cr|nim|zig|exs?|erl|hs|ml|jl|pl|pm|swift|dart"
    r"|java|kt|"
    r"cs|c|h|cpp|tsx|jsx|mjs|cjs|vue|svelte|zip|gz|tar|db|sqlite|mp[34]|woff2?|ttf|map|lock|env|tpl|erb|ejs)\b"
    r"|\b(?![\w.]*(?:Error|Exception|Fault)\b)(?:[a-z_]\w*\.){2,}[\w$]+"
    r"|\b(?![\w.]*(?:Error|Exception|Fault)\b)[a-z_]\w*\.[a-z_]\w*\b(?!\()|\b[\w-]{2,}(?:/[\w.-]{2,})+"
    r"|\b[\w]+-(?:errors?|exceptions?)\b|\b(?:errors?|fail(?:ed)?|crash|panic|kill|dead(?!-letter)|bad|"
    r"conflict|lost|abort|fault|timeout)[-+](?!\s)[\w@.-]+"
    r"|<?\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+>?|\b[\w.-]{1,80}/(?=\s|$)|\b(?:error|fail|catch)\(\)"
    r"|\b(?:absolute|squared|standard|relative|rounding) error\b"
    r"|\b(?:queue|backlog|outbox) is (?:now )?empty\b"
    rf"|\b{NEGATIVE}\s*:\s*no\s+(?:\w+\s+){{0,3}}{NEGATIVE}\b"
    # settings: their names say nothing, and nor do calm values
    rf"|[\"']?\b[\w.-]*{NEGATIVE}[\w.-]*[\"']?\s*[:=]+\s*[\"']?(?:0+(?:[.,]0+)?%?|none|never|null|nil|false|"
    rf"no(?! \w)|off|n/a|-|\[\]|\{{\}})(?=$|[\s\"',;)}}\]])"
    r"|\b(?!(?:ok|success|succeeded|healthy)\b)[\w.-]+[\"']?\s*[:=]\s*[\"']?(?:false|0+)\b(?![.:]\d| \w)"
    r"|\b(?!status)[\w.-]+=(?=\S)"
    # none of them
    rf"|\b(?:0|no|zero|without|never|nothing|nobody|free of|not|non|nor)(?:\s+|-)(?:(?:any|a|an|more|new|further|"
    rf"known|other|fatal|such|been|\w+ing)\s+){{0,2}}{NEGATIVE}\b"
    rf"|\b(?:no|zero|0|without)\s+\w+(?:,)?\s+(?:(?:or|and)\s+)?(?:{NEGATIVE}|found)\b"
    rf"|\b(?:no|nobody|none)\s+(?:\w+ ){{0,2}}(?:is|are|was|were|has|have|had)\s+(?:been\s+)?{NEGATIVE}\b"
    rf"|\b{NEGATIVE}\s*[:=]\s*0\b|\b{NEGATIVE}\s+0\b(?![.:]\d)"
    rf"|\b0(?:[.,]0+)?\s?%\s+{NEGATIVE}\b"
    rf"|\b(?:0|none) of (?:the )?\d+ \w+ (?:(?:are|is|was|were) )?{NEGATIVE}\b"
    # things that are named after failure
    r"|\b\w+_errors\b|\berrors?_\w+|\$\{{[^}}]*\}}|(?<!\S)--?[A-Za-z]+:?[+-]?\w*(?:Error|Fail|error|fail)\S*"
    r"|(?<=[│|])\s*\w+\s*(?=[│|])|(?:\b[\w-]+, ){3,}[\w-]+|^(?:[A-Za-z_][\w-]*,){3,}[\w-]+$"
    r"|^\[(?:errors|exceptions|failures|crashes|problems|alerts)\] |\bpage not found\b"
    r"|\bfailure-\w+\S*"
    rf"|\b{NEGATIVE}[ _-](?:handl\w+|boundar\w+|rates?|budget|counts?|counters?|pages?|logs?|logging|"
    rf"reports?|reporting|"
    r"reporter|dumps|tracking|tracker|listeners?|codes?|levels?|monitor\w*|rules?|channel|stream|topic|class\w*"
    r"|templates?|"
    r"detect\w+|thresholds?|limits?|settings?|config\w*|tuples?|letters?|controllers?|budgets?|intervals?|domains?|"
    r"polic\w+|modes?|buttons?|switch\w*|middleware|recovery|correction|messages?|tests?|checks?|checker|scenarios?|"
    r"scores?|bars|bounds?|sets?|queues?|events?|metrics?|stats|statistics|filters?|collector|responses? (?:format|"
    r"mapping)|jobs? table|"
    r"notifications?|notifier|hooks?|state is (?:ok|normal|none)|analysis|cases?|injection|tolerance|"
    r"tolerant|scan\w*)\b"
    r"|\b(?:fail(?:ed)?[ -]?(?:over|safe|fast|back)|error[ -]free|non-?fatal|crash-?only|"
    r"fault[ -]toleran\w+|dead tuples?)\b"
    r"|\b(?:read|write|connect\w*|idle|request|session|lock|statement|query|keep-?alive|shutdown|"
    r"grace|default|election|"
    r"heartbeat|socket|client|server|upstream|global|max\w*|min\w*)[ _-]?timeouts?(?:\s*(?:is|of|set|"
    r"=|:|to|at|\(|-)|\s+\d)"
    r"|\btimeouts?\s*(?:is|of|set|to|=|:|\()\s*(?:to\s+)?\d[\d.]*|\b\d+ ?(?:ms|s|sec|seconds|m|"
    r"min) timeout\b|\btime ?out:? \d+"
    rf"|\b{NEGATIVE}(?:\s+[\w'-]+){{0,3}}\s*[:=]\s*(?:0|none|no)\b(?![.:]\d| (?:such|route|space|more|further))"
    rf"|\b{NEGATIVE}\b[\"']?(?:\s+\w+)?\s+(?:are|is|will be|get|gets)\s+(?:sent|forwarded|logged|"
    rf"reported|shown|written|sampled|"
    r"rendered|returned|converted|formatted|turned|wrapped|printed|kept|held|archived|recorded|handled|captured"
    r"|tracked|collected|fatal|ignored|retried|counted|expected|exposed|displayed|mapped|caught)\b"
    rf"|\b(?:fatal\s+)?errors\s+(?:exit|abort|stop|end|go)\b|\blog ?levels?\s*(?:is|set|"
    rf"changed)?\s*(?:to|=|:)?\s+[\"']?\w+"
    r"|\bhandlers?\s+(?:for|of|on)\s+.{0,100}|\bkeys?\s+\S+|\bon-\w+"
    rf"|\b(?:max\w*|at most|up to|limit\w*)\s+(?:of\s+)?\d+\s+{NEGATIVE}\b"
    r"|\b(?:kill|drop|clos|expir|evict|prun|reap|reject|invalidat|abort|"
    r"discard)\w*\s+(?:\d+\s+)?(?:idle|stale|old|expired|unused|privileges|caches?|outdated|"
    r"superseded)\b(?:\s+\w+)?"
    rf"|\btimeouts?\s+(?:\w+\s+){{0,3}}(?:set|is|are)\b|\bmax\w*\s+{NEGATIVE}\b|\b(?:rejected|dropped|"
    rf"lost|missed|failed|skipped|discarded)\s+0\b"
    rf"|\b{NEGATIVE}\s+(?:lists?|words|order|sources?|free|days|zones?|keys?)\s+(?:has|have|is|are|"
    rf"contains?|loaded|filter|was|were)\b"
    r"|\bgarbage collect\w*|\bdropped (?:index|table|view|column|database|schema)\b|\b\w*_(?:errors?|"
    r"fail\w*|crash|panic)_\w+"
    # conditions and intentions
    rf"|\b(?:if|unless|in case(?: of)?|upon|until|any|when|whenever|whether)\s+(?:(?!(?:to|is|was|"
    rf"has)\b)[\w']+\s+){{0,2}}{NEGATIVE}\b(?! (?:to|at|in|with|while|because)\b)"
    rf"|\b(?:on|for|of|about)\s+(?:unhandled|uncaught|failed|\w*[a-z]Exception|\w*[a-z]Rejection|"
    rf"{NEGATIVE})\w*(?:(?:,| and| or)\s+{NEGATIVE})*\b(?! (?:to|at|in|with|while|because)\b)"
    rf"|\b(?:install|regist|attach|listen|hook|enabl|load|configur|creat|add|remov|clean|check|scann|"
    rf"monitor|detect|prevent|"
    rf"clear|purg|delet|subscrib|expos|collect|count|avoid|report)(?:s|ed|er|ing|ered|ering|ding|ling|"
    rf"ning)?\s+(?:(?!(?:is|are|was|were|has|have|had|with|closed|by|due|because|after|that|but"
    rf"|and)\b)[\w'-]+\s+){{0,3}}{NEGATIVE}\b(?:\s*(?:,|and|or)\s+{NEGATIVE}\b)*"
    rf"|\b{NEGATIVE}\s+(?:[\w'-]+\s+){{0,3}}(?:registered|enabled|disabled|installed|loaded|ready|configured|added|"
    r"passed|resolved|cleared|fixed|handled|recovered|removed|cleaned|reset|closed|corrected|is off|"
    r"is ok|purged|repaired)\b",
    re.IGNORECASE,
)
"""Parts of a line in which words of failure tell of none."""
NAMES = re.compile(
    r"\b(?!\w*(?:Error|Exception|Fault|Failed)\b|CrashLoopBackOff)\w*(?:Error|Exception|Fail(?:ure|ed)?|Crash|Panic|"
    r"Exceeded|Timeout|Rejection|Leak|Invalid|Missing)(?:s\b|[A-Z]\w*)"
)
"""Names in camel case that have a word of failure inside, and are no error's."""
STATEMENT = re.compile(
    r"^\++ .*|(?-i:^#\d+ (?:\[[^\]]*\] )?(?:COPY|RUN|ADD|WORKDIR|FROM|ENV|CMD|ENTRYPOINT) .*)|"
    r"\bparam(?:eter)?s: ?\{.*\}|\bHEAD is now at [0-9a-f]{7,} .*|\bRunning (?:up|down)grade \S* -> \S+, .*"
    r"|^\s*[*•-] (?:fix|feat|chore|docs|refactor|test|perf)(?:\([\w.-]+\))?!?: .*"
    r"|(?-i:^\s*(?:SELECT|FROM|WHERE|(?:ORDER|GROUP) BY)\s.*)|\b(?:Cond|Filter): \(.*|^.*\(cost=\d.*"
    r"|^\s*[a-z]+(?:_[a-z]+)+ [^;=]*;$"
    r"|^[A-Za-z_]\w*\s+0(?:\.0+)?(?:\s.*|$)|\bbackground worker \"logical replication launcher\".*|\b(?:q"
    r"|query|search|vars|args|params|rules|title|subject|comment|"
    r"input)=(?:\"[^\"]*\"|\{.*\}|\S+)"
    r"|(?:[Cc]ommand line|[Cc]md ?line|argv|[Uu]ser-?[Aa]gent)\s*[:=] .*|\b(?:SELECT\s.{1,200}\sFROM|"
    r"INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX|FUNCTION|TYPE)|"
    r"(?:created?|dropp?(?:ed)?|add(?:ed)?|alter(?:ed)?) (?:unique )?(?:index|table|column|view|constraint|trigger"
    r"|function))\b.*",
    re.DOTALL | re.IGNORECASE,
)
"""What is quoted: SQL, commands, what people wrote or searched for; what it names did not happen."""
HANDLED = _any("handled")
"""What is said of a failure that has been dealt with."""
ENDED = _any("ended")
"""A process that ended by itself; one that is asked to stop ends with 130 or 143."""
DEADLY = _any("deadly")
"""What no healthy process writes, at whatever level."""
GAVE_UP = _any("gave_up")
"""A failure that is final."""
NOT_DONE = _any("not_done")
"""A failure that keeps the process from its work."""
PHRASE = _any("phrase")
"""Words that speak of failure only together."""
SYMBOL = re.compile("[✖✗✘❌⛔🔥💥🚨‼⁉🛑☠⨯]|!!!|^\\s*(?:×|✕|x|\\[x\\]|\\[!\\]|not ok)\\s")
EVENT = _any("event")
"""What happened, rather than what something is called."""
ANSWERED = re.compile(
    r"\b(?:status|status_?code|responded(?: with)?|answered(?: with)?|sent|completed|upstream|"
    r"returned)\W{1,3}5\d\d(?!\d| ?(?:ms|bytes|"
    r"B|s|kB|rows)\b|[.,]\d)",
    re.IGNORECASE,
)
"""A request that the server failed, in whatever words."""

OUTCOME = _any("outcome")
"""A field that tells how something ended."""
QUOTES_ANOTHER = _any("quotes_another", re.NOFLAG)
"""What makes a failure of a warning: somebody's graver level that it quotes, or something that has ended."""
_IS = re.compile(r"\b(?:is|are|was|were|be|been|now|went|got|still|gone|marked)\s+(?:\w+ly\s+)?([a-z]+)", re.IGNORECASE)


def is_said_to_be(text: str) -> str:
    """What something is said to be, where that speaks of failure, or nothing."""
    return next((told[0] for told in _IS.finditer(text) if told[1].lower() in LIGHT), "")


def strongest(words: set[str]) -> str:
    """The word of failure among these that means most, or nothing."""
    return min(words & GRAVE, default="") or min(words & _ALONE, default="")
