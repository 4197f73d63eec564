"""How an answer is kept short enough for whoever reads it, without secrets and without what a terminal obeys."""

from __future__ import annotations

from verifier.core.redaction import REDACTOR

MOST = 16_000
"""Characters of one answer."""


def plain(text: str) -> str:
    """One line as it may be handed on: redacted, and without characters that only a program would notice."""
    return "".join(each if each.isprintable() else " " for each in REDACTOR.text(text))


def page(text: str, offset: int, how: str) -> str:
    """The part of a text that begins at `offset`, in at most `MOST` characters; its end says how to get the rest.

    Args:
        text: the whole, of any length.
        offset: the first character that is wanted.
        how: the call that hands over a part, with `{}` for the offset.
    """
    part = text[offset : offset + MOST]
    left = len(text) - offset - len(part)
    return f"{part}\n({left} more characters: {how.format(offset + len(part))})" if left > 0 else part
