"""What conditions compare columns with, and want them to be, read from their text.

Function bodies are in any language, so this is no parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal

from verifier.probes.row_security.copy.values import Column, literals

_KEYS = re.compile(r"(?:->>?|\?) *'([A-Za-z_][\w.-]*)'")
_COMPARED = re.compile(
    r"\b(\w+)\)?(?:::[\w ]+)? *(?:=|<>|<=|>=|<|>|~~|IN|= ANY) *\(?(?:ARRAY\[)?((?:'[^']*'|-?\d+)[^)]*)", re.IGNORECASE
)
_LOOKED_UP = re.compile(
    r"SELECT (?:\w+\.)?(\w+)\s+FROM [^;']{1,200}?\){1,4}(?:::\w+)? *(?:=|<>|IN|= ANY) *\(?(?:ARRAY\[)?('[^)]*)",
    re.IGNORECASE,
)
_PARTED = re.compile(
    r"(?:foldername|split_part|string_to_array|starts_with)\(\(*(?:\w+\.)?\"?(\w+)\"?\)*(?:::\w+)?(?:, *\(?'(\W)')?"
)
_LIKE = re.compile(r"(\w+)\"?\)? ~~\*? \(*[^;']{0,80}'(\W)%'")
_OF_FILE = re.compile(
    r"\b(extension|filename)\(\(*(?:\w+\.)?\"?(\w+)\"?\)*(?:::\w+)?\)* *(<>|=|IN)(?: *A(?:NY|LL))? *"
    r"\(*(?:ARRAY *\[)?'([\w.-]+)'",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\b(\w+)\"?\)?(?:::\w+)? *(?:~~\*?|\bi?like\b) *\(?'%(\.\w+)'", re.IGNORECASE)
_RIGHT = re.compile(
    r"\bright\"?\(\(*(?:\w+\.)?\"?(\w+)\"?\)?(?:::\w+)?, *\d+\)+ *(?:=|IN|= ANY) *\(*(?:ARRAY *\[)?'(\.\w+)'",
    re.IGNORECASE,
)
_PATTERN = re.compile(r"\b(\w+)\"?\)?(?:::\w+)? ~\*? *\(?E?'[^']*?\\\\?\.\(?(\w+)[|)$]")
_JOINED = re.compile(r"\b(\w+)\"?\)?(?:::\w+)? = \(+[^;=']{0,80}\|\| '([/.][\w./-]+)'")
"""Values that end like this: what is compared is a part of them."""
_ENTRY = re.compile(r"->>? *\(*(?:SELECT )?\(?auth\.uid\(\)[^=;']{0,60}= *'([^']*)'")
_COLUMN = r"\(*(?:\w+\.)?\"?(\w+)\"?\)?(?:::\w+)?\)?"
_COMPARES = r"(?:=|<>|<=|>=|<|>|~~|\bi?like\b|\bin\b)(?: *any)?"
_CALL = re.compile(r"\b(\w+)\"? *\(")
_MODE = re.compile(r"\b(?:VARIADIC|INOUT) ")
_LONGEST_CALL = 1000
_NAMED = re.compile(r"^(?:\"?(\w+)\"? *(?:=>|:=) *)?(.*)", re.DOTALL)
_CONSTANT = re.compile(r"(?:VARIADIC )?\(*(?:ARRAY *\[)?(?:'|-?\d)", re.IGNORECASE)
_MOST_CALLS_DEEP = 3
"""How often a constant is passed on by the function that is given it."""
_END = r"(?:\)|::[\w ]+)+"
_ABSENT = re.compile(
    rf"NOT \({_COLUMN} IS DISTINCT FROM (?!'|\d|true|false)|NOT \([^;]{{1,200}}? IS DISTINCT FROM {_COLUMN}|"
    rf"\b{_COLUMN} IS NOT DISTINCT FROM (?!'|\d|true|false)|IS NOT DISTINCT FROM {_COLUMN}|"
    rf"COALESCE\({_COLUMN}, [^()]+{_END} = \(*COALESCE|COALESCE\([^;=]{{1,200}}\) = \(*COALESCE\({_COLUMN}, ",
    re.IGNORECASE,
)
"""Columns whose absent value equals the absent value of something else, such as a header that nobody sent."""
_NOW = r"\(?(?:now\(\)|CURRENT_|LOCALTIME|clock_timestamp|statement_timestamp|timezone\()"
_POLARITY = {
    "empty": re.compile(r"\b(\w+)\"?\)? IS NULL", re.IGNORECASE),
    "filled": re.compile(r"\b(\w+)\"?\)? IS NOT NULL", re.IGNORECASE),
    "past": re.compile(rf"\b(\w+)\"?\)? *<=? *{_NOW}|{_NOW}[^<>=]*>=? *\(?\"?(\w+)", re.IGNORECASE),
    "future": re.compile(rf"\b(\w+)\"?\)? *>=? *{_NOW}|{_NOW}[^<>=]*<=? *\(?\"?(\w+)", re.IGNORECASE),
    "false": re.compile(r"\bNOT \(?\"?(\w+)|\b(\w+)\"?\)? *(?:= *false|IS FALSE|IS NOT TRUE|<> *true)", re.IGNORECASE),
}


def forms(texts: str) -> dict[str, str]:
    """Columns that conditions take apart, such as the path of a file → how it is made of somebody's id, `{}/{}.pdf`."""
    signs = {name: sign or "/" for name, sign in [*_PARTED.findall(texts), *_LIKE.findall(texts)]}
    parts = [each for each in _OF_FILE.findall(texts) if each[2] != "<>"]
    ends = {name: f"{'.' if of == 'extension' else '/'}{text}" for of, name, _, text in reversed(parts)}
    ends = {name: f".{text}" for name, text in reversed(_PATTERN.findall(texts))} | ends
    for pattern in (_ENDING, _RIGHT, _JOINED):
        ends |= {name: end for name, end in reversed(pattern.findall(texts)) if name not in ends}
    wholes = {name: f"{{}}{sign}{{}}" for name, sign in signs.items()}
    return {name: wholes.get(name, "{}") + ends.get(name, "") for name in signs | ends}


def digest(texts: str) -> Literal["md5", "sha256", "sha512"]:
    """The function by which secrets are compared."""
    return "sha256" if "sha256" in texts else "sha512" if "sha512" in texts else "md5"


def compared(texts: str, more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Column → the constants that it is compared with, and more that are known to be."""
    found: dict[str, list[str]] = {}
    whole = _OF_FILE.sub("", _ENDING.sub("", texts))
    for column, rest in (*_COMPARED.findall(whole), *_LOOKED_UP.findall(texts)):
        found.setdefault(column, []).extend(literals(rest))
    for column, constants in more.items():
        found.setdefault(column, []).extend(constants)
    return {column: tuple(dict.fromkeys(each)) for column, each in found.items()}


def passed(bodies: Mapping[str, str], arguments: Mapping[str, str], texts: str) -> dict[str, tuple[str, ...]]:
    """Column → the constants that a function compares it with because it is given them: `has_role(team_id, 'admin')`.

    Args:
        bodies: function → its text.
        arguments: function → what it takes, as PostgreSQL prints that, its defaults included.
        texts: of all conditions.
    """
    taken = {name: _separated(f"({_MODE.sub('', told)})") for name, told in arguments.items()}
    names = {name: [each.split(" ")[0].strip('"') for each in parts] for name, parts in taken.items()}
    given = {name: [_constants(each.partition(" DEFAULT ")[2]) for each in parts] for name, parts in taken.items()}
    calls = [
        (caller, call.group(1), _separated(text[call.end() - 1 :][:_LONGEST_CALL]))
        for caller, text in [*((name, bodies.get(name, "")) for name in names), ("", texts)]
        for call in _CALL.finditer(text)
        if call.group(1) in names
    ]
    for _ in range(_MOST_CALLS_DEEP):
        for caller, called, values in calls:
            own = names.get(caller, [])
            for number, value in enumerate(values):
                to, argument = _NAMED.findall(value)[0]
                place = names[called].index(to) if to in names[called] else number
                same = argument.partition("::")[0].rpartition(".")[2]
                if place < len(given[called]):
                    given[called][place] |= given[caller][own.index(same)] if same in own else _constants(argument)
    found: dict[str, dict[str, None]] = {}
    for function, wanted in given.items():
        for number, constants in enumerate(wanted, start=1):
            name = rf"(?:\w+\.)?(?:{re.escape(names[function][number - 1])}|\${number})(?!\w)"
            sides = rf"{_COLUMN} *{_COMPARES} *\(*{name}|(?<![\w.]){name}\)?(?:::\w+)? *{_COMPARES} *{_COLUMN}"
            pairs = re.findall(sides, bodies.get(function, ""), re.IGNORECASE) if constants else []
            for column in (each for pair in pairs for each in pair if each):
                found.setdefault(column, {}).update(dict.fromkeys(sorted(constants)))
    return {column: tuple(each) for column, each in found.items()}


def _constants(value: str) -> set[str]:
    """The constants that an argument is; none if it is computed."""
    found = literals(value) if _CONSTANT.match(value) else ()
    return {part for each in found for part in (each[1:-1].split(",") if each.startswith("{") else (each,)) if part}


def _separated(text: str) -> list[str]:
    """The parts between the commas of the bracket with which a text begins."""
    parts, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign in "([") - (sign in ")]")
        if depth == 0:
            break
        if sign == "," and depth == 1 and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    parts[0] = parts[0][1:]
    return [stripped for each in parts if (stripped := each.strip())]


def polarity(texts: str) -> dict[str, frozenset[str]]:
    """What columns are wanted to be; a name that is wanted both ways is taken as usual."""
    found = {name: frozenset(map("".join, pattern.findall(texts))) for name, pattern in _POLARITY.items()}
    timed = found["past"] | found["future"]
    return found | {"past": found["past"] - found.pop("future"), "either": found["empty"] & timed}


def absent(texts: str) -> frozenset[str]:
    """Columns whose absent value equals another absent value."""
    return frozenset(name for names in _ABSENT.findall(texts) for name in names if name)


def keys(texts: str) -> tuple[str, ...]:
    """JSON keys that are looked up."""
    return tuple(dict.fromkeys(_KEYS.findall(texts)))


def entry(texts: str) -> str:
    """What is asked for at the key of somebody's id in JSON."""
    found = _ENTRY.search(texts)
    return found.group(1) if found else "true"


def unasked(column: Column, value: str | None, asked: Collection[str]) -> str | None:
    """The value, or another of the few that the column may have if conditions ask for this one."""
    others = [each for each in column.labels or literals(*column.checks) if each not in asked]
    return others[-1] if value in asked and others else value
