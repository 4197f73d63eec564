"""What stands around a word of failure: a name that it is part of, a person who wrote it, a caller at fault, a count.

These tell by the form of a line, not by its words, whether something failed.
"""

from __future__ import annotations

import re

from verifier.probes.logs.weighing.words import NEGATIVE

_FAILED = (
    r"(?:fail(?:ed|ure|ures)?|errors?|timeout|crash(?:ed)?|exceeded|lost|denied|refused|unavailable|rejected|aborted)"
)
IDENTIFIER = re.compile(
    # namespaces, placeholders, words joined by colons
    r"\b\w+(?:\\\w+)+|\$\{[^}]*\}|%\{[^}]*\}|\{\{[^}]*\}\}|\b(?!(?:error|err|fatal|failure"
    r"|panic):)[a-z]\w*(?::[a-z][\w-]*)+\b(?![:(])"
    r"|\bname[:=] ?[\w.-]+|(?<![\w.])[a-z_]\w*(?:\.[a-z_]\w*)+(?=\()"
    # camel case that begins with a small letter
    r"|(?<![\w$])[a-z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?![\w(])"
    # snake case in small letters; after a sign of equation or a colon it may name an outcome
    rf"|(?<![=:\"'\w.-])(?<![:=] )(?<!\()[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b(?<!_failed)|\b[a-z]\w*_{_FAILED}_\w+"
    r"|\b(?:log|error|err|exception|crash|failure)_[a-z]+\b|\b\w*(?:level|statement|messages|mode|action|policy"
    r"|on_\w+)\s*[=:]\s*\w+"
    # three words and more joined by dashes, or two with a figure
    r"|\b(?!(?:out|no|not|non)-)[a-z]+(?:-[a-z0-9]+){2,}\b|\b[a-z]+-[a-z]*\d[\w-]*|\b[a-z]*\d\w*-[a-z]+\b"
    # what a task does with them
    r"|\b(?:purge|prune|retry|clean|clear|delete|remove|requeue|flush|handle|report|list|show|count|reap)[-_:]"
    r"(?:failed|failures?|errors?|dead|stale|lost)\b"
    # figures inside of a word
    r"|\b[a-z]+-?[a-z]+\d[\w.-]*",
)
"""Tokens that are names; words inside of them say what the thing is called."""
PEOPLE = re.compile(
    r"\b(?:reviews?|comments?|feedback|tickets?|chat|notes?|posts?|questions?|repl(?:y|ied)|titled?|subject|"
    r"search(?:ed|es)?|quer(?:y|ies)|wrote|writes|asks?|asked|says|said(?! into)|typed|named|called|labell?ed"
    r"|tagged|phrase|"
    r"keyword|prompt|caption|headline|bio|summary|mail|survey|complaint|text|input|description|reason given|story|"
    r"article|page|song|film|movie|book|product|item|mailing|mails|sending|newsletter|banner|announcement"
    r"|translations?|locale|"
    r"issue|bug|rule|alert|policy|check|job|test|template|monitor|dashboard|panel|button|option|setting|feature|flag"
    r"|metric|scenario|drill)\b[^\"“«=]{0,40}=?[\"“«][^\"”»]*[\"”»]"
    r"|^(?:\[[^\]]*\] ?)*:? *<\w{2,20}> .*|\bchat\b.{0,20}<\w{2,20}> .*"
    r"|\b(?:comment|review|question|feedback|complaint|message from \w+|reply)\b[^:\"=]{0,30}: .*",
    re.IGNORECASE | re.DOTALL,
)
"""What people wrote, searched for or called something."""
CALLERS = re.compile(
    r"(?<!\w)(?:users?|clients?|visitors?|customers?|bots?|crawlers?|log-?ins?|sign-?(?:in|up|on)s?|password"
    r"|passcode|"
    r"captcha|otp|2fa|coupon|voucher|card|form|field|quantity|validat\w+|rate[ -]?limit\w*|requests? from|"
    r"too many requests|e-?mail|upload|attachment|csrf|cookie|429|\(4\d\d\)|callers?|(?<![\d.])(?!10\.|127\.|192\."
    r"|172\.)\d{1,3}(?:\.\d{1,3}){3}|bad input|preauth)(?!\w)",
    re.IGNORECASE,
)
"""Who or what a refusal concerns where it is the caller's own fault."""
OURS = re.compile(
    r"\b(?:database|db|pool\w*|upstream|backend|provider|partner|peer|replica|primary|our|api[ -]?key"
    r"|service account|"
    r"smtp|bucket|server|checksum|login failed for user|cluster|broker|node|disk|kernel|postgres\w*|redis|vendor"
    r"|role|billing|gateway|worker|queue|"
    r"job|migration|fatal|panic|crash\w*|exception|corrupt\w*|lost|all (?:users|clients|customers)|every)\b",
    re.IGNORECASE,
)
"""What is on our side: where it is named, a refusal may be ours."""
REFUSAL = frozenset(
    {"invalid", "rejected", "rejecting", "denied", "refused", "blocked", "expired", "wrong", "incorrect", "declined",
     "missing", "malformed", "unauthorized", "forbidden", "exceeded", "exceeds", "throttled", "bounced", "duplicate",
     "unknown", "bad", "disconnecting", "disconnected", "limited", "banned", "oversized", "unsupported", "rejection",
     "negative", "failed", "failure", "terminated", "none", "timeout", "unrecognized", "unauthenticated", "never"}
)  # fmt: skip
"""Words of failure with which a caller is refused."""
_MEANT = (
    r"(?:fail(?:ed|ures|ing|s)|err(?:ors|ored)|crash(?:ed|es)|lost|dead|dropped|rejected|unreachable|corrupt(?:ed)?|"
    r"aborted|unhealthy|undelivered|unsent|unprocessed|bounced|missing|broken|mismatch(?:es)?|unsaved|refused"
    r"|invalid|"
    r"problems|issues|faults|exceptions|turned away|timed out|could not|not (?:saved|sent|applied|delivered|imported"
    r"|written)|violations?|conflicts)"
)
_DONE = (
    r"(?:sent|delivered|written|saved|stored|imported|exported|processed|charged|paid|booked|uploaded"
    r"|downloaded|applied|"
    r"indexed|copied|migrated|published|received|succeeded|passed|healthy|reachable|available|completed|accepted)"
)
_NUMBER = r"(?<![\w.:/-])(?!0+(?:[.,]0+)?\b)\d[\d,.]*"
COUNTED = re.compile(
    rf"{_NUMBER} (?:[a-z]+ ){{0,2}}(?<!no )(?<!without ){_MEANT}\b(?![\"']?\s*[:=])(?! (?:logins?|attempts?|tries"
    rf"|requests)\b)"
    r"|\b(?:only|just) \d+ (?:of|out of) \d+\b"
    rf"|\b(?:0|none) of (?:the |all )?[1-9][\d ,.]*(?:\w+ ){{0,2}}{_DONE}\b|\b{_DONE} (?:0|none) of (?:the "
    rf"|all )?[1-9]"
    r"|(?<![\d.,:/-])\b0 [a-z]+\b.{0,40}\bexpected (?!0\b)\d"
    r"|(?<![\d.,:/-])\b0 [a-z]+ (?:where|although|while|but) [1-9][\d ,.]*(?:\w+ )?(?:was|were) expected",
    re.IGNORECASE,
)
"""How many failed, where that is not none; in a text from which what is harmless was taken."""
COUNTS = re.compile(
    rf"\b(?<![\w.])(?!dead\b|could\b|not\b){_MEANT}(?:[_ ]?(?:count|jobs|tests|checks|rows|records|items|messages"
    rf"|tasks|files|requests))?"
    r"[\"']?\s*[:=]\s*[\"']?(?!0+(?:[.,]0+)?\b)\d+(?![\w.:%/-]|,\d)"
    r"|\berror=(?!0+\b)\d{1,2}\b"
    rf"|[✖✗✘❌⛔] ?(?!0)\d+"
    rf"|(?:^|[,;(] ?|\band ){_MEANT} (?!0+\b)\d[\d,.]*(?=\s*(?:$|[,;.)]))",
    re.IGNORECASE,
)
"""The same as a key and its value, or after a cross."""
MENDED = re.compile(
    r"\b(?:retr(?:y|ied|ies|ying)|will try|tr(?:y|ying|ied) again|recovered|resolved|ignor(?:ed|ing)|as expected|"
    r"re-?queued|repaired|corrected|fixed|previous(?:ly)?|so far|since start|max(?:imum)?|limit|up to|at most"
    r"|threshold|"
    r"dry[- ]run|would|cleaned|purged|removed|deleted|pruned|archived)\b"
    r"|\(0 errors",
    re.IGNORECASE,
)
"""What is said of a count that tells of nothing new."""
SUCCESS = re.compile(
    r"^\W{0,3}(?:OK|PASS(?:ED)?|DONE|SUCCESS)\b(?!:? ?false)|^\s*[✓✔✅☑]|^\[\s*OK\s*\]|^ok \d|^Normal\s"
    r"|[\s.…]{2,}(?:[\d.]+ ?m?s )?(?:DONE|done|OK|ok|PASS(?:ED)?|passed|✓|✔)\.?$"
    r"|\b(?:HTTP|status|returned|returning|answered|sent|->|→|got|with) ?(?:code )?20[0-4]\b|\b20[0-4] (?:returned"
    r"|sent|OK|Created)\b"
)
"""A mark of success that stands for the whole line."""
_NOT_ONE = (
    r"(?:\b0+|\bzero|\bno|\bnone|\bkein\w*|\bohne|\baucun\w*|\bsans|\bpas d[e']|\bsin|\bning[uú]n\w*"
    r"|\bnenhum\w*|\bsem|"
    r"\bnessun\w*|\bsenza|\bgeen|\bzonder|\binga|\butan|\bingen|\buden|\bbrak|\bbez|\bžádn\w*|\bnincs|\bei|"
    r"\bбез|\bнет|\bне найдено|\bnie)"
)
_BAD_NOUNS = (
    r"fehler\w*|erreurs?|[ée]checs?|errore[si]?|erro(?:s|res)?|falh[ao]s?|fallos?|bł[ąę]d\w*|chyb\w*|hat[al]\w*|"
    r"fout(?:en)?|fel|fejl|feil|hib\w*|virhe\w*|errores|ошиб\w*|сбо[йея]\w*|помил\w*|помилок|greš\w*"
)
FOREIGN_NONE = re.compile(
    rf"{_NOT_ONE}\s+(?:\w+\s+)?(?:{_BAD_NOUNS})|(?:{_BAD_NOUNS})\s*[:=]\s*0\b|(?:{_BAD_NOUNS}) (?:yok|behoben"
    rf"|corrig\w+)|"
    r"(?:エラー|異常|错误|錯誤|오류)\W{0,2}(?:なし|はありません|ありません|は検出されません|없음|없습니다|0)|(?:没有|無|无)(?:发现)?(?:任何)?(?:错误|錯誤|异常)"
    r"|[\"'][\w.]+[\"']: ?[\"'][^\"']*[\"']",
    re.IGNORECASE,
)
"""None of them, in other languages; and texts of a catalogue."""
FOREIGN_FAILURE = re.compile(
    r"(?:失[败敗]|[错錯][误誤]|エラー)(?!\W{0,3}0|ハンドラ|ページ|处理|處理|页)|できません|できませんでした|例外が|异常|損傷|损坏|超时|逾時|無法|无法|"
    r"タイムアウト|실패|오류|없습니다|ошибк|сбой|не удалось|невозможно|помилк|не вдалося|"
    r"\b(?:(?<!bei )(?<!nach )abbruch(?! (?:durch|des)\b)|nichts \w*(?:übernommen|gespeichert|gesendet"
    r"|geschrieben|importiert)|interrompu\w*|interrumpid[oa]|interrompid[oa]|interrott[oa]|afgebroken|avbruten|afbrudt"
    r"|przerwan\w+|"
    r"fehler (?:bei|beim|in|im|auf|aufgetreten|während|:)|fehlgeschlagen|gescheitert|beschädigt|abgebrochen|"
    r"abgestürzt|unerreichbar|nicht (?:gefunden|erreichbar|möglich|gespeichert|verfügbar)|verweigert|abgelaufen|"
    r"k[oa]nn(?:te)?\w* .{0,60}nicht|échec|échoué\w*|erreur|impossible d[e']|introuvable|refusée?|délai dépassé"
    r"|n'a pas pu|"
    r"falló|fallid[oa]|fallo al|error al|no se (?:pudo|puede|ha podido)|rechazad[oa]|agotado|falhou|falha|erro (?:ao"
    r"|de|na|no)|"
    r"não (?:foi possível|encontrad[oa]|pôde)|fallit[oa]|impossibile|errore (?:durante|nel|di)|non (?:trovat"
    r"|riuscit)[oa]|"
    r"verloren|nicht mehr|se perdió|quedaron sin|perdue?s?|s'est arrêtée?|ne \w+ont pas|halverwege|ontbre(?:ekt|ken)|"
    r"mislukt|kon niet|niet gevonden|misslyckades|kunde inte|mislykkedes|kunne ikke|epäonnistui|ei voi|"
    r"bł[ąę]d\w*|nie (?:można|udało|powiodło|istnieje|znaleziono)|odmowa|přerušen\w*|nelze|selhal\w*|chyba (?:při|v)|"
    r"başarısız\w*|hata(?:sı)? (?:oluştu|ile)|mevcut değil|bulunamadı|nem (?:sikerült|található)|sikertelen|gagal)",
    re.IGNORECASE,
)
"""The commonest words of failure of the languages into which the systems translate themselves."""


def of_a_caller(text: str) -> bool:
    """Whether a text speaks of a caller, and of nothing that is ours."""
    return bool(CALLERS.search(text)) and not OURS.search(text)


_MISTAKE = re.compile(
    r"^Error: No route matches URL |^Error: Not found: /|\bRoutingError \(No route matches \["
    r"|\bNotFoundHttpException: \"No route found "
    r"|\bopen\(\) \"[^\"]*(?:favicon|apple-touch-icon|robots\.txt|/wp-|xmlrpc|/\.[a-z])[^\"]*\" failed \(2: "
    r"|\bHTTP parse error, malformed request\b|\bModSecurity: Access denied with code 4\d\d\b"
    r"|\bInvalid HTTP_HOST header: '(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?'|\brequest\b.{0,400} status=4(?!29)\d\d\b"
    r"|\bclient denied by server configuration\b|\bpassword is incorrect\b.{0,60}\bIP\b"
    r"|\bUnsuccessful (?:\w+ )?authentication attempt by user\b"
)
"""An address that nobody serves (React Router, SvelteKit, Rails, Symfony, nginx, Apache), a wrong password
(Vaultwarden, Authelia), a request that is none (Puma), names no host (Django) or was refused (Ory, ModSecurity): they
call it an error."""
_MISTAKEN = (
    *("No route", "Not found: /", "failed (2:", "password is inc", "Unsuccessful ", "client denied"),
    *("malformed request", "Invalid HTTP_HOST", "status=4", "ModSecurity: "),
)
"""Without one of these a text tells of none."""


def is_a_callers_mistake(text: str) -> bool:
    """Whether a line tells of what only a caller did wrong, at whatever level."""
    return any(map(text.__contains__, _MISTAKEN)) and _MISTAKE.search(text) is not None


_THINGS = re.compile(
    r"\b(?:queues?|topics?|tables?|index|buckets?|channels?|namespaces?|groups?|schemas?|datasets?|images?|packages?"
    r"|modules?|"
    r"labels?|streams?|collections?|views?|routes?|TaskQueue|column|key|flag|class|plugin|command)\s+[\"'`]?"
    r"(?:failures|errors|crashes|exceptions|timeouts|incidents|alerts|rejected|dead)\b[\"'`]?(?! (?:to|in|on|by|with"
    r"|because|after|while)\b)"
    rf"|[\"'`]{NEGATIVE}[\"'`]"
    rf"|\bto {NEGATIVE}\b(?<!down)|\bno (?:\w+ ){{1,3}}to {NEGATIVE}\b|\bnone (?:of \w+ )?(?:\w+ )?(?:ha(?:s|ve) "
    rf"|were |was |is |are )?{NEGATIVE}\b"
    r"|\ballocation failure\W*(?:$|[;)])|\baborting any active\b|"
    r"\b(?:terminated|exited|ended|finished|stopped|completed) (?:with )?(?:success\w*|cleanly|normally)|"
    r"\b(?:critical|security|bug|error|crash) (?:bug )?(?:fix(?:es)?|patch(?:es)?|updates?|advisor(?:y|ies))\b|"
    r"\b(?:bad|dead|fail|lost|stop)[ -]?(?:words?|letters?|over|men|man)\b(?! (?:to|because)\b)(?= (?:filter|list"
    r"|queue|loaded|set|drill)| \()|"
    r"\blast used\W+never\b|\bnever (?:used|expires?|seen|run|before)\b|\bnot (?:yet )?due\b|\bunder load\b|"
    r"\b(?:limit|threshold|quota|maximum|ceiling)\w* (?:is |was )?not (?:reached|exceeded|hit|met)\b",
    re.IGNORECASE,
)


def bared(text: str) -> str:
    """A text without the names in it, and without what says of a word of failure that it is one."""
    return _THINGS.sub(" ", IDENTIFIER.sub(" ", text))
