"""What a target file could say: content and comments by section, and the text that holds all of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Any

TOP = ""
"""The key of what stands before all sections."""
_WIDTH = 118


@dataclass(frozen=True)
class Proposed:
    """What a subject would write under one key of a target file. Several for the same key are laid on each other.

    Attributes:
        key: of the section; `TOP` for what stands before all of them.
        content: as the section's model reads it.
        seen: what was observed, in sentences.
        assumed: what was concluded from it, and may be wrong.
        unknown: what could not be seen.
        inapplicable: item → why it does not apply, where its absence was observed.
        perhaps: item → the reason that a person may confirm; written as a comment, so that the item stays unverified.
    """

    key: str = TOP
    content: Mapping[str, Any] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    inapplicable: Mapping[str, str] = field(default_factory=dict)
    perhaps: Mapping[str, str] = field(default_factory=dict)

    def within(self, items: Collection[str]) -> Proposed:
        """The same, without items that the contract does not have."""
        kept = (
            {item: reason for item, reason in each.items() if item in items}
            for each in (self.inapplicable, self.perhaps)
        )
        inapplicable, perhaps = kept
        return replace(self, inapplicable=inapplicable, perhaps=perhaps)


def target_text(proposals: Iterable[Proposed], *, head: Iterable[str], end: Iterable[str]) -> str:
    """The text of a target file.

    Args:
        proposals: in any order; sections are written in the order of their keys.
        head: the line that names the schema, and sentences of the first comment.
        end: sentences of the last comment.
    """
    by_key: dict[str, list[Proposed]] = {TOP: []}
    for each in proposals:
        by_key.setdefault(each.key, []).append(each)
    everything = [each for group in by_key.values() for each in group]
    schema, *sentences = head
    blocks = [
        "\n".join([schema, *_comment("", sentences)]),
        *("\n".join(_section(key, by_key[key])) for key in sorted(by_key)),
    ]
    blocks += ["\n".join(_left_out(everything)), "\n".join(_comment("", end))]
    return "\n\n".join(each for each in blocks if each) + "\n"


def toml_text(value: str) -> str:
    """A basic string of TOML: as in JSON, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _section(key: str, parts: Iterable[Proposed]) -> Iterator[str]:
    content: dict[str, Any] = {}
    told: dict[str, None] = {}
    for each in parts:
        content |= each.content
        for kind, sentences in (("seen", each.seen), ("assumed", each.assumed), ("not known", each.unknown)):
            told |= dict.fromkeys(_comment(f"{kind}: ", sentences))
    if told and key and not content:
        yield f"# [{key}]"
    yield from told
    if key and content:
        yield f"[{key}]"
    yield from (f"{_name(name)} = {_value(value)}" for name, value in content.items())


def _left_out(proposals: Iterable[Proposed]) -> Iterator[str]:
    written: dict[str, str] = {}
    perhaps: dict[str, str] = {}
    for each in proposals:
        written |= each.inapplicable
        perhaps |= each.perhaps
    if not (written or perhaps):
        return
    yield from _comment(
        "", ["What the target does not have: each line stands in every report with its reason. Remove what is wrong."]
    )
    yield "[not_applicable]"
    yield from (f"{item} = {toml_text(reason)}" for item, reason in sorted(written.items()))
    if perhaps := {item: reason for item, reason in perhaps.items() if item not in written}:
        yield from _comment("", ["Not seen, which does not prove that it is not there. Remove the # where it is so:"])
        yield from (f"# {item} = {toml_text(reason)}" for item, reason in sorted(perhaps.items()))


def _comment(kind: str, sentences: Iterable[str]) -> Iterator[str]:
    """Lines of comment. What was seen may hold anything: a line break in it must not end the comment."""
    for each in sentences:
        plain = "".join(letter if letter.isprintable() else " " for letter in f"{kind}{each}")
        yield from (f"# {line}" for line in wrap(plain, _WIDTH - 2, break_on_hyphens=False, subsequent_indent="    "))


def _name(key: str) -> str:
    bare = key.isascii() and key.replace("-", "_").isidentifier()
    return key if bare else toml_text(key)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_name(name)} = {_value(each)}' for name, each in value.items())} }}"
    if isinstance(value, (list, tuple)):
        parts = [_value(each) for each in value]
        many = any(isinstance(each, Mapping) for each in value) or len(", ".join(parts)) > _WIDTH - 20
        return "[\n" + "".join(f"    {each},\n" for each in parts) + "]" if many else f"[{', '.join(parts)}]"
    return toml_text(value) if isinstance(value, str) else json.dumps(value)
