"""Words that speak of failure, and what is said around them where none happened.

Longer than 300 lines because it is one vocabulary: a word is added here and its exceptions beside it.
"""

from __future__ import annotations

import re

GRAVE = frozenset(
    {"aborted", "aborting", "cannot", "corrupt", "corrupted", "corruption", "crash", "crashed", "crashes", "crashing",
     "couldn't", "deadlock", "denied", "died", "dying", "exhausted", "fail", "failed", "failing", "fails", "failure",
     "failures", "fatal", "irrecoverable", "killed", "lockup", "lost", "panic", "panicked", "panicking", "refused",
     "refuses", "refusing", "segfault", "stuck", "unable", "unavailable", "unreachable", "unrecoverable",
     "unresponsive", "unhandled", "uncaught", "exception", "abend", "critical", "severe"}
)  # fmt: skip
"""Words of failure that mean one even on a line that states a calm level."""
LIGHT = frozenset(
    {"abort", "absent", "abnormal", "abnormally", "alert", "bad", "blocked", "bounced", "breach", "broken", "can't",
     "conflict", "damn", "dead", "degraded", "disconnected", "doesn't", "dropped", "dropping", "duplicate", "emergency",
     "err", "error", "errors", "evicted", "exceeded", "exceeds", "exceptions", "exited", "expired", "fault", "faulted",
     "forbidden", "full", "gone", "halted", "hung", "illegal", "inaccessible", "incompatible", "incomplete",
     "inconsistent", "incorrect", "insufficient", "interrupted", "invalid", "isn't", "kill", "leak",
     "leaked", "loop", "malformed", "mismatch", "missing", "never", "none", "nonexistent", "offline", "oom", "oops",
     "orphaned", "overflow", "overflowed", "overrun", "partial", "problem", "rejected", "rejecting", "revoked",
     "sigabrt",
     "sigbus", "sigill", "sigkill", "sigsegv", "stale", "stalled", "starved", "terminated", "throttled", "timeout",
     "timeouts", "timedout", "trap", "trouble", "truncated", "unauthorized", "unauthenticated", "undefined",
     "unexpected",
     "unexpectedly", "unfound", "unhealthy", "unknown", "unsupported", "untrusted", "unusable", "violates",
     "violation", "violated",
     "vanished", "warning", "won't", "wrong", "down",
     "prematurely", "misbehaving", "misbehaved", "impossible", "odd", "declined", "kicked", "wedged",
     "jammed", "starving", "unbalanced", "unrecognized", "unrecognised", "unresolved", "undeliverable",
     "undelivered", "unreadable", "unwritable", "unstable", "unparsable", "unparseable", "inoperable", "inoperative",
     "bogus", "garbage", "garbled", "faulty", "defect", "defective", "disappeared",
     "evicting", "exploded", "fenced", "flapping", "frozen", "hang", "hanging", "hangs",
     "hangup", "impaired", "inability", "incapable", "lagging", "mangled", "misconfigured", "misrouted",
     "outage", "overload", "overloaded", "overheated", "overheating", "poison", "poisoned", "preempted",
     "quarantined", "rogue", "runaway", "severed", "sick", "skewed", "smashed", "spurious",
     "struggling", "suspended", "tampered", "torn", "tripped", "unclean", "underflow", "underrun",
     "undervoltage", "unmet", "unsatisfied", "unsuccessful", "unsuccessfully", "weird", "wiped", "zombie",
     "disallowed", "disconnecting", "dangling", "inverted", "discarded", "discarding", "refusal", "denial",
     "denying", "rejects", "rejection", "negative", "nacked", "declines", "bailing", "bail",
     "bailed", "ouch", "sorry", "unlucky", "sadly", "unfortunately", "mistaken",
     "mistake", "nonsense", "collision", "collided", "contention", "congested", "congestion", "saturated",
     "starvation", "split-brain", "unsynchronized", "desynchronized", "divergence", "diverged", "regressed", "unsynced",
     "failsafe", "unassigned", "unallocated", "exhaustion", "depleted", "undersized", "oversized", "overcommitted",
     "overdue", "missed", "misses", "unanswered", "unacknowledged", "backlogged",
     "damaged", "damage", "choked", "choking", "botched", "flaky", "hosed", "lapsed", "misread", "scrambled",
     "shattered", "spoiled", "tainted", "thwarted", "toppled", "stranded", "strangled", "strayed", "ruined",
     "leaderless",
     "headless", "nonsensical", "thrashing", "livelock", "livelocked", "deadlocked", "deadlocks", "backpressure",
     "brownout",
     "blackout", "downtime", "disrupted", "disruption", "degradation", "erroneous", "erroneously", "errored",
     "failover",
     "fallen", "foul", "fouled", "glitch", "hiccup", "inoperational", "insolvent", "intermittent", "interruption",
     "lossy", "malfunction", "malfunctioning", "meltdown", "nonfunctional", "obstructed", "omitted", "outdated",
     "overran",
     "overwritten", "panics", "paralysed", "paralyzed", "repudiated", "ruptured", "stalling", "stalls", "starves",
     "stopgap", "stumbled", "subpar", "swamped", "sever", "shedding", "shed", "suspect", "undecided", "unfit",
     "unsafe", "unsound", "untenable", "unusual", "vetoed", "void", "wreck", "wrecked", "yanked", "evacuated",
     "dropouts", "dropout", "overwhelmed", "overloading", "overruns", "underruns", "shortage", "shortfall",
     "lacking", "lacks",
     "lack", "throttling", "hijacked", "compromised", "breached", "burnt", "burned", "dies", "ejected",
     "expelled", "faults", "forced", "giveup", "halting", "halts", "hogging", "illegible",
     "inadequate", "incoherent", "irreparable", "irreversible", "jeopardy", "leaking", "leaks", "limping",
     "nonresponsive", "orphan", "orphans", "ousted", "outran", "overspent", "unbootable", "unmountable"}
)  # fmt: skip
"""Words that may speak of failure on a line that states no level."""
_ALONE = LIGHT - {"none", "alert", "never", "loop", "warning", "kill", "down", "gone", "full", "blocked",
                  "partial", "isn't", "doesn't", "terminated", "disconnected", "trap", "emergency", "undefined",
                  "interrupted", "expired", "duplicate", "offline", "exited", "stale", "fault"}  # fmt: skip
BEGIN = GRAVE | LIGHT | frozenset(
    {"not", "no", "could", "can", "gave", "give", "giving", "signal", "exit",
     "code", "status", "out", "timed", "went", "returned", "responded", "answered", "stopped",
     "blew", "broke", "fell", "ran", "assert", "reached", "max", "allocation", "stack",
     "nothing", "threw", "hit", "switched", "logged", "thrown", "was", "abandoned", "sent", "completed", "upstream",
     "double", "adding", "with", "marked", "health", "outcome", "result", "state", "false", "unaligned", "halfway",
     "midway", "says", "bug", "lose", "loses", "losing", "too", "unknown",
     "only", "just", "behind", "expected", "got", "turned", "cut", "shut", "piling", "piled", "all", "two", "split",
     "attempt", "non", "empty", "dirty", "half", "instead", "differs", "differ", "limit", "ulimit", "quota", "used",
     "restart", "rolled", "partly", "closed", "nok", "twice", "has", "already", "read", "readonly", "read-only",
     "locked", "raised", "line", "cond", "hresult", "back-off", "off", "back", "beyond",
     "did", "does", "removed", "without", "nobody", "should", "kicked", "over", "middle", "remaining", "rest",
     "neither", "verloren", "nicht", "quedaron", "perdu", "perdue", "halverwege", "ontbreken", "ontbreekt", "ora",
     "tns"}
)  # fmt: skip
"""Without any of these, and without a text of a system, a line in words speaks of no failure."""
NEGATIVE = (
    r"(?:err(?:or|ors)?|poison\w*|throttled|fail(?:ed|ure|ures|s|ing|over)?|exceptions?|crash(?:es|ed)?|"
    r"panics?|fatal|"
    r"timeouts?|timed out|"
    r"abort(?:ed|s)?|rejected|rejections?|denied|dropped|lost|missing|invalid|unreachable|unhealthy|"
    r"corrupt(?:ed|ion)?|"
    r"conflicts?|violations?|kill(?:ed)?|dead|died|expired|duplicates?|unavailable|refused|broken|problems?|unknown|"
    r"bounce[sd]?|leak(?:s|ed)?|overflows?|mismatch(?:es)?|deadlocks?|oom|stale|skipped|down|outages?"
    r"|incidents?|alerts?|"
    r"warnings?|bad|critical|exceeded|unknown(?= \w+ (?:order|keys))|misse[sd]|suspended|uncaught\w*|"
    r"unhandled\w*|faults?|degraded|interrupt(?:ed|s)?|stuck|stalled|orphan(?:s|ed)?|lagging|late|overdue)"
)
HARMLESS = re.compile(
    # places and names
    r"\b[a-z][a-z0-9+]{1,12}://[^\s\"'`<>)]+"
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
    r"|(?<=[│|])\s*\w+\s*(?=[│|])|(?:\b[\w-]+, ){3,}[\w-]+"
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
    r"^\++ .*|\bparam(?:eter)?s: ?\{.*\}|\bHEAD is now at [0-9a-f]{7,} .*|\bRunning (?:up|down)grade \S* -> \S+, .*"
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
HANDLED = re.compile(
    r"^\s*[✓✔✅☑] |^\s*--- PASS: |^=== (?:RUN|PAUSE|CONT|NAME)\b|^\s+--?\w[\w-]*(?:[ =]\S+)?\s{2,}"
    r"|\bCompleted [34]\d\d\b|\bnot set,? (?:so )?using\b"
    r"|\bNo route matches URL\b|\bclient \S+ (?:has )?disconnected\b"
    r"|^\W*(?:(?:tip|hint|usage|example|faq|help|note|deprecat\w*)\b)|: note: |^\W*(?:\w+: )?(?:deleted|removed"
    r"|purged|pruned|cleaned|cleared|reaped|archived|swept) (?!from)|\b(?:received|got|caught|sent) SIG(?:TERM|INT"
    r"|HUP)\b|\bas planned\b|\^C\b|\bby (?:the )?operator\b|\b(?:second|third|next|last|later|\d+(?:nd|rd"
    r"|th)) (?:one|try|attempt|time) (?:answered|worked|succeeded|was ok)|\b(?:worked|succeeded|went through) (?:at"
    r"|on|in) the\b|\b(?:is|are|was|were) back\b|(?<!never )\bback (?:again|after)\b|\b(?:alive|up|online|healthy"
    r"|there) again\b|^ok \d+\b|\.\.\. ?(?:ok|OK)$|\(0 errors,"
    r"|^(?:Not Found|Forbidden|Bad Request|Unauthorized|Method Not Allowed)(?: \(.{0,80}\))?: /"
    r"|\b(?:sent|delivered|connected|saved|completed|stored|uploaded)\b.{0,60}\bon attempt \d|"
    r"\banswered 4\d\d\b|\b(?:on|at) (?:his|her|their) request\b|\bdeactivated successfully\b|"
    r"\bwould have\b|\b(?:(?<!stopped )(?<!\")(?:will |to )?retry(?:ing)?\b(?!-attempts)(?! (?:limit|timeout|"
    r"count)\b.{0,30}(?:exceed|reach|exhaust))|"
    r"(?<!not be )(?<!can't be )retried|will try|(?:try|trying|tried) again|"
    r"falling back|fallback|continuing|"
    r"ignor(?:ed|ing|e)(?!=)|skipp(?:ed|ing)(?!=)|staying on|keeping|using (?:the )?(?:cached?|defaults?|"
    r"previous)|not fatal|non-fatal|"
    r"recovered|recovery (?:is )?complete\w*|reconnect(?:ed|ing)|re-?established|resolved|succeeded|"
    r"back (?:up|online|to normal)|"
    r"cancell?ed by (?:the )?(?:user|client|caller|request)|(?:by|asked by) (?:the )?(?:user|"
    r"client)(?: request)?|user asked|"
    r"client (?:has )?(?:disconnect\w*|closed|gone|went away|abort\w*)|user abort|gracefully|"
    r"as expected|is expected|harmless|"
    r"already exists, skipping|dry[- ]run|no action (?:is )?(?:needed|required)|no user action|"
    r"informational|will be created|"
    r"healthy again|is (?:now )?(?:up|healthy|reachable|available)|corrected|repaired|restored|passed|"
    r"all (?:tests|checks))\b",
    re.IGNORECASE,
)
"""What is said of a failure that has been dealt with."""
ENDED = re.compile(
    r"\bexited \((?!0+\)|130\)|143\))\d+\)|\bexited with (?:exit |status )?code:? (?!0+\b|130\b|143\b)\d+\b"
    r"|\bexited (?!0+\b|130\b|143\b)\d{1,3}$"
    r"|\b(?:exited|return(?:ed|s)?|ended|"
    r"terminated|completed|finished|failed|died|quit|stopped)\b.{0,30}?"
    r"\b(?:code|status|rc|value|retcode)\W{0,4}(?:code|status)?\W{0,3}(?!0+\b|130\b|143\b|"
    r"[1-5]\d\d\b(?<!137)(?<!139)(?<!134)|1000\b|1001\b)\d+\b(?!\.\d)"
    r"|\bexit[ _-]?(?:code|status)[\"']?\W{1,3}(?!0\b|130\b|143\b)\d+\b"
    r"|\bstatus=(?!0/)\d+/[A-Z]|\bnon-?zero (?:exit|return|status)|\bABEND[=\s]|\b(?:rc|retcode|"
    r"exit)=(?!0+\b|130\b|143\b)-?\d+\b",
    re.IGNORECASE,
)
"""A process that ended by itself; one that is asked to stop ends with 130 or 143."""
DEADLY = re.compile(
    r"\bout of memory\b|\bpid terminated\b|\bterminating during boot\b|\bfork: (?:retry: )?Resource\b"
    r"|\boom[-_ ]?kill(?!er (?:disabled|enabled)|\w*[\"']?\s*[=:]\s*false)|"
    r"\binvoked oom|\b(?:was |been |got )?killed by (?:signal|SIG|the (?:kernel|oom))"
    r"|\b(?:terminated|exited|died|killed|dumped|crashed|aborted|stopped) (?:by|with|on|due to|from|"
    r"after) (?:a )?(?:signal|sig)(?!.{0,24}(?:SIGTERM|SIGINT|SIGHUP|\b15\b|\b2\b|\b1\b|TERM\b|INT\b|HUP\b))"
    r"|\bsignal:? (?:killed|aborted|segmentation)|\bsegmentation fault|\bsegfault(?:ed)?\b|"
    r"\bcore dumped\b(?!\? false)|\bcore-dump\b|\bsig=(?:4|6|7|8|9|11|31)\b"
    r"|\bkernel panic - |\b(?:soft|hard) lockup\b|\bblocked for more than \d+|\bI/O error\b|"
    r"\bremounting (?:filesystem )?read-only"
    r"|\bkilled process \d|\bSIG(?:KILL|SEGV|ABRT|BUS|ILL|FPE)\b(?!\W+(?:to|handler|from operator))|"
    r"\bSIGTERM timed out"
    r"|\bno space left\b|\bdisk (?:is )?full\b|\bdata ?(?:has been |was |is )?(?:loss|lost)\b|"
    r"\blost data\b|\b(?:orders?|events?|messages?|records?|rows?|writes?|updates?|partitions?|"
    r"samples?|jobs?|quorum) (?:were |was |is |have been |are )?lost\b(?! and)"
    r"|\b(?:page|data|index|block|table|file|database|filesystem|checksum|memory|heap|record|"
    r"journal)\w* (?:is |are |was )?corrupt(?:ed|ion)?\b|\bcorrupt(?:ed|ion)? (?:detected|found|on|in|"
    r"of|page|block|record)"
    r"|\b(?:failed|unable|could ?n[o']t|cannot|can't|refus\w+|did not|fails|failing) (?:to )?(?:start|"
    r"boot|launch|bind|spawn|fork|initiali[sz]e|come up|listen)\b"
    r"|\b(?:startup|boot|launch|start) (?:has )?(?:failed|aborted)\b|\baddress already in use\b"
    r"|\b(?:crash(?:ed|ing)|crash ?loop\w*|unrecoverable|irrecoverable)\b|\bfatal (?:error|exception|"
    r"signal)\b|\b(?:unexpectedly|abnormally) (?:exited|died|ended|terminated|stopped)|"
    r"\b(?:died|exited|ended|terminated|stopped) (?:unexpectedly|abnormally)"
    r"|\b(?:worker|process|server|child|thread|backend|job|node|task|instance|container|machine|"
    r"service|consumer|broker|replica|leader|primary)\b[^\[\]]{0,30}\b(?:died|is dead|was killed|got killed|"
    r"killed:|crashed)\b"
    r"|\b(?:double free|invalid pointer|corrupted size|unaligned tcache)\b|"
    r"\bmemory allocation of \d+ bytes failed|\bemergency mode\b(?! is not)|\bOOMKilled\b|\bCrashLoopBackOff\b|"
    r"\bguru meditation\b|\bhardware error\b|\bmachine check (?:events? logged|exception|error)",
    re.IGNORECASE,
)
"""What no healthy process writes, at whatever level."""
GAVE_UP = re.compile(
    r"\b(?:g[ai]v(?:e|en|ing) up|called off|(?:cannot|can't|will not|won't) be retried|"
    r"because .{0,60}\b(?:is|are|was) not (?:accessible|reachable|responding|available)|permanently failed"
    r"|failed permanently|(?:max(?:imum)?|all|"
    r"too many)(?: \w+){0,3} (?:retries|attempts|tries)\b.{0,20}(?:exceed|reach|exhaust|fail|used)?|"
    r"max(?:imum)? (?:\w+ ){0,2}(?:restart|retry)\w* (?:count|limit|attempts)|retr(?:y|"
    r"ies)\w*(?: limit| count| budget)? (?:exceeded|exhausted|reached)|(?:retries|attempts) (?:were |"
    r"are |have been )?(?:exhausted|used up)|"
    r"no (?:more|further) (?:retries|attempts|connections)|dead[- ]lettered\b|to (?:the )?dead[- ]letter|"
    r"(?:dropp|discard|throw)(?:ed|ing|n away)? (?:data|events|spans|it)|(?:data|jobs?|batch|"
    r"target) (?:was |were )?(?:dropped|discarded|abandoned)|"
    r"(?:abort\w*|stopp\w*|abandon\w*) (?:halfway|midway)|with an error\b(?! (?:handler|page))|"
    r"(?:store|database|lease|lock|volume|leader|peer) (?:is |was )?gone\b(?! to)|"
    r"marked as failed|never (?:reached|completed|arrived|returned|finished|came back)|(?:will be|were|"
    r"are) (?:blocked|marked read-only)|"
    r"(?:events|items|spans|samples|records|rows) (?:dropped|discarded)\b(?!.{0,40}(?:intentional=)?true)|abandoned|"
    r"hit (?:its|the) (?:\w+ )?(?:limit|ceiling|quota)|could no longer|can no longer (?:be )?(?:save|read|"
    r"write|reach|load|connect|open)\w*|"
    r"(?:failed|failure) after \d+|"
    r"(?:were|was) (?:never|not) (?:written|saved|sent|delivered|stored|processed|persisted))\b",
    re.IGNORECASE,
)
"""A failure that is final."""
NOT_DONE = re.compile(
    r"\b(?:(?:could not|cannot|couldn't|unable to|failed to) (?:be )?(?:recover|allocate|connect|"
    r"write|save|persist|commit|open|reach|deliver|send|complete|load))\b",
    re.IGNORECASE,
)
"""A failure that keeps the process from its work."""
PHRASE = re.compile(
    r"\b(?:not (?!(?:modified|needed|required|applicable|used|only|yet due|present, creating|"
    r"set, using|enabled|configured|a |the |cached|changed|necessary|logged|shown|printed|in use|"
    r"tracked|stored)\b)(?:found|open|loaded|set|ready|running|enough|a valid|in sync|trusted|healthy|"
    r"usable|acquire\w*|accept\w*|complete\w*|finished|known|mounted|present|reachable|recogni\w+|"
    r"resolv\w+|satisf\w+|sent|started|stored|balanced|permitted|allowed|permitted|available|"
    r"responding|reachable|connected|supported|installed|exist|be \w+|working|writable|enough)|"
    r"(?:does|did|do|could|can|would|must|has|have|is|was|are) ?n[o']t (?:be )?\w+|could not|cannot|"
    r"can not|can't|timed out|time-?d? ?out\b(?! \d| of)|"
    r"too (?:many|large|long|small|big|short|old|late|slow)\b|went (?:away|down|wrong|offline)|"
    r"out of (?:range|disk|space|sync|file|bounds|date|order|resources|connections|threads)|"
    r"(?:status|status_?code|responded(?: with)?|response|returned|answered(?: with)?|HTTP|"
    r"says|code)\W{1,3}5\d\d(?!\d| ?(?:ms|bytes|B|s|kB|rows)\b|[.,]\d)|Completed 5\d\d|"
    r"nothing could|nothing (?:was|has been|have been) (?:imported|exported|sent|saved|written|stored|delivered"
    r"|published|"
    r"charged|booked|paid|printed|indexed|copied|uploaded)|received nothing|nobody (?:can|could|acknowledged"
    r"|(?:has )?picked up)|but neither|"
    r"(?:could|can) be neither|the (?:rest|remaining)\b.{0,20}\bnot|(?:has|have) 0 \w+ (?:left|free|remaining)|"
    r"(?:ends?|ended|stops?|stopped|broke) .{0,40}in the middle|gave out|(?:shut|cut) off|dirty database|"
    r"\d+ \w+ differ|no (?:usable|working) \w+|no key for|fell down|"
    r"threw\b|returned null|switched off|thrown away|was stopped by|blew up|fell over|"
    r"broke down|ran out|stopped (?:retrying|responding|working)|assert: |"
    r"removed from (?:the )?(?:pool|rotation|cluster|service)|no (?:such|route|server|space|more|"
    r"longer \w+able|response|route|matching|valid|available|healthy|\w+ (?:available|left|found|"
    r"loaded|available|responded))|"
    r"(?:is|was|are|went|gone|marked|now|reported|state to|state:|=) down\b|goes? down|link down|"
    r"shut ?down due|not-found|"
    r"duplicate (?:key|entry)|(?:has|have|had|is) expired|terminated (?:by|with|un|ab|prem)|"
    r"read-only (?:transaction|mode|file)|gone away|listen queue|table full|queue (?:is )?full|"
    r"buffer (?:is )?full|unknown (?:user|host|column|database|error|command|ca|option)|emergency\b|"
    r"in loop|stuck in|killed\b|blocked by|(?:is|are|was) missing|"
    r"status:? (?:timeout|error|failed|failure)|undefined (?:method|variable|reference|symbol|"
    r"function|index|local)|interrupted (?:by|system|unexpectedly)|reset by peer|undefined is not|"
    r"disconnected (?:from|unexpectedly|due)|restart(?:ing|ed)? (?:failed|too)|nil value|null pointer|assertion)\b"
    r"|\b(?:is|are|was|were|now|went) (?:empty|dirty|offline|late|overdue|lost|read[- ]only|half)\b(?! (?:by|when"
    r"|because) )|"
    r"\bhas no (?!change|pending|effect|update|new\b|more|orders|rows|error|migration|item|data\b|entries|result"
    r"|content)\w+|\bhalf[- ]\w+ed\b|"
    r"\bstopped (?!work|respond|retry|listen|runn)\w+ing\b|\b(?:charged|sent|billed|booked|paid|delivered|processed"
    r"|counted|executed|ran|"
    r"written|inserted|started|sold|shipped|created) twice\b|\bread[- ]only (?:since|from|now|until)\b"
    r"|\balready been (?:removed|deleted"
    r"|dropped|closed)\b"
    r"|\binstead of\b|\bdiffers? from\b|\b(?:limit|ulimit|quota|ceiling|maximum) (?:is |was )?(?:hit|reached"
    r"|exceeded|exhausted)\b|\bran into\b|"
    r"\bused up\b|\b(?:100|9[5-9]) ?% (?:full|used)\b|\b(?:restart|crash|boot|redirect|infinite|endless) loop\b"
    r"|\bnever (?:became|came|got|made|\w+ed)\b"
    r"(?<!never used)|\b(?-i:NOK)\b|\brolled back\b|\bonly (?:in part|partly|partially|half)\b"
    r"|\bclosed by (?:the )?(?:server|peer|remote|upstream)\b|"
    r"\b(?-i:(?:[A-Z]+_)+(?:FOUND|DENIED|REFUSED|FAILED|FAILURE|EXCEEDED|EXHAUSTED|TIMEOUT|UNAVAILABLE|INVALID|ERROR"
    r"|LOST|ABORTED|CLOSED|RESET))\b"
    r"|\bexpected\b.{1,80}?\b(?:got|was|found|but|actual|received|instead)\b|\b(?:got|found|have"
    r"|saw)\b.{1,60}?\b(?:want(?:ed)?|expected)\b"
    r"|\bonly \d+ (?:of|/|out of) ?\d+|\b(?:fell|falling|lagging|lags|far|is|are|runs?|running) (?:\S+ ){0,3}behind\b"
    r"|\bturned (?:away|down)\b|\bcut (?:off|short)\b|\b(?:locked|shut|thrown|kicked|burn(?:ed|t)|wiped|timed"
    r"|bail(?:ed|ing)?) out\b|"
    r"\bpil(?:ing|ed) up\b|\bsplit[ -]brain\b|\btwo (?:leaders|primaries|masters)\b|\bout of (?:balance|step|bounds"
    r"|credit|quota|reach|control)\b|"
    r"\bno (?:\w+ ){0,2}(?:answer|reply|leader|quorum|heartbeats?|response|backends?|upstreams?|capacity|memory"
    r"|space|room|slots?|"
    r"workers?|owner|primary|master|consumers?|licen[cs]e|credits?|quota|route|entry|match(?:ing)?)\b(?! (?:needed"
    r"|required|yet to|limit|configured))|"
    r"\ball \d+ (?:\w+ ){1,2}(?:are |is )?(?:in use|busy|taken|used|down|dead)\b|\bnobody (?:answer\w*|listens?"
    r"|listening)|"
    r"\bnot (?!yet\b)(?:sav|writ|sent|stor|deliver|start|respond|answer|sync|listen|process|publish|persist|import"
    r"|export|index|match|"
    r"appl(?:y|ied)|fit|pars|decod|read|execut|creat|upload|verif|valid|render|convert|migrat|charg|pay|paid|book"
    r"|print|refund|balanc|"
    r"replicat|commit|flush|clos|join|elect|register|resum|recover|restor|return|reach|receiv|resolv|remov"
    r"|updat|work|"
    r"authori[sz]ed|authenticated|priced?|ship|support|permit|allow|possible|equal|mounted|supplied)\w*|"
    r"\battempt to (?:index|call|perform|compare|concatenate|get length|use|write|read|divide)\b|\bnon-?exhaustive\b|"
    r"\bun\w{3,}able\b(?<!unable)|\b(?:ir|in|non-?)\w{3,}(?:able"
    r"|ible)\b(?<!invisible)(?<!inflatable)(?<!inevitable)(?<!invaluable)|"
    r"\bmis(?!sion|ter|sing|sed|c\b)\w{4,}(?:ed|ing)\b|\bun(?!chang|us|modif|limit|restrict|sign|pack|zip|it|regist"
    r"|subscrib|"
    r"load|mount|filter|schedul|publish|compress|tagg|affect|touch|buffer|sort|index|encrypt|read|link|seal|block"
    r"|paus|freez|fold|"
    r"roll|wrapp|select|pinn|lock|install|interest|cach|shar|nam|typ|assist|guard|attend|escap|structur|cover"
    r"|priv|align"
    r"|sav)\w{3,}ed\b|"
    r"\b(?:should|must) (?:have been|be|not be|equal)\b.{0,60}\b(?:but|is|was|got)\b|\b(?:(?:exceed\w*"
    r"|beyond) (?:its|the|their)|over (?:its|their)) \w+|\bassert(?:ion)?\b(?=\W)"
    r"|<<loop>>|^(?:\S+ )?[A-Z]{2,6}-\d{3,6}\b(?!.*\b(?:success|complete)\w*)|\b[A-Z]{3,8}\d{3,5}[ES]\b|"
    r"\b(?:HEALTH|STATUS|STATE)_(?:ERR|FAIL)\w*",
    re.IGNORECASE,
)
"""Words that speak of failure only together."""
SYMBOL = re.compile("[✖✗✘❌⛔🔥💥🚨‼⁉🛑☠⨯]|!!!|^\\s*(?:×|✕|x|\\[x\\]|\\[!\\]|not ok)\\s")
EVENT = re.compile(
    r"\b(?:failed|failure|fails|crash\w*|died|killed|lost|refused|denied|unable|cannot|couldn't|"
    r"unreachable|unavailable|exhausted|deadlock|corrupt\w*|abort(?:ed|ing)|stuck|panic\w*|uncaught|"
    r"unhandled|with an error|un(?:recover|respons)\w+|could not|can't|lockup|segfault|abend|error:|error (?:while|"
    r"when|during|in|from|occurred|code)|exception:)",
    re.IGNORECASE,
)
"""What happened, rather than what something is called."""
ANSWERED = re.compile(
    r"\b(?:status|status_?code|responded(?: with)?|answered(?: with)?|sent|completed|upstream|"
    r"returned)\W{1,3}5\d\d(?!\d| ?(?:ms|bytes|"
    r"B|s|kB|rows)\b|[.,]\d)",
    re.IGNORECASE,
)
"""A request that the server failed, in whatever words."""

OUTCOME = re.compile(
    r"\b[\w.]*(?:status|state|result|outcome|health|phase|conclusion|verdict|grpc\.code)[\"']?\s*[=:]\s*[\"']?"
    r"(?:fail(?:ed|ure)?|errors?|errored|critical|unhealthy|dead|crashed|aborted|rejected|bounced|internal|"
    r"unavailable|dataloss|discard(?:ed)?)\b(?!-)"
    r"|\bup=0\b|\b(?:code|status)=000\b|(?:^|\s)\+[os]down\b|\b[\w-]{16,23} \*\* \S+@\S+|(?:^|: )fail(?:ed)?$"
    r"|\bfail(?:ure)? event (?:detected )?on\b|(?-i:\b(?:ORA|TNS|PLS)-0*[1-9]|\bEAI_[A-Z]+\b)"
    r"|\bSQLSTATE\W{1,3}(?!0[0-2])\w{5}\b"
    r"|\b(?:ok|success|succeeded|healthy)[\"']?\s*[=:]\s*[\"']?false\b"
    r"|^(?:\S+ +){0,2}Warning:? +(?:Failed\w+|BackOff|Evicted|Unhealthy|Error in)|\bTaskOOM\b|\b(?:moved|"
    r"sent) to (?:the )?dead[- ]letter|\bparked (?:in|on) (?:the )?dead[- ]letter"
    r"|\b(?:failed|failures|errors|unreachable|corruptions|lost|dropped|rejected)=0*[1-9]\d*\b"
    r"|(?-i:[a-z]\w* ?[:= ] ?(?:DOWN|DEAD|UNHEALTHY|NOK|OFFLINE|UNREACHABLE)\b)"
    r"| at \S+\.(?:pl|pm|t|cgi) line \d|\bCOND(?:ITION)? CODE (?!0*[04]\b)\d+|\b(?:HRESULT|NTSTATUS|hr|code|status"
    r"|result|with)\W{0,4}0x[89c][0-9a-f]{7}\b"
    r"|\bback-?off (?:restarting|pulling)|\b(?:adding dead|removed from the (?:replica |active )?(?:set|pool|quorum"
    r"|ring|cluster))\b|"
    r"^\W*(?-i:FAIL(?:ED)?|NOT OK|BROKEN|DOWN)\b(?![- ]?(?:0\b|safe|over|fast|back))",
    re.IGNORECASE,
)
"""A field that tells how something ended."""
QUOTES_ANOTHER = re.compile(
    r"(?<![\w\"'=.-])(?:FATAL|PANIC|ERROR)[: ]+(?=[a-z])|\b[Uu]nhandled (?:error|rejection|exception)\b(?! handler)"
    r"|\b(?:[Ff]atal|pooler) error:|\braised exception\b|\bhas been failing\b|\bis (?:now )?(?:critical|down"
    r"|dead|failed|unhealthy)\b|\breached (?:the )?retry"
    r"|\bexit(?:ed)? with reason (?!normal|shutdown\b)"
    r"|\bgave up\b|\bdead\b(?! (?:tuples|letters?|code|links?))"
)
"""What makes a failure of a warning: somebody's graver level that it quotes, or something that has ended."""
_IS = re.compile(r"\b(?:is|are|was|were|be|been|now|went|got|still|gone|marked)\s+(?:\w+ly\s+)?([a-z]+)", re.IGNORECASE)


def is_said_to_be(text: str) -> str:
    """What something is said to be, where that speaks of failure, or nothing."""
    return next((told[0] for told in _IS.finditer(text) if told[1].lower() in LIGHT), "")


def strongest(words: set[str]) -> str:
    """The word of failure among these that means most, or nothing."""
    return min(words & GRAVE, default="") or min(words & _ALONE, default="")
