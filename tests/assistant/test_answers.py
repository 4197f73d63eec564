"""Answers are bounded, and what they leave out can be asked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from verifier.assistant.answers import MOST, page, plain


@given(st.text(max_size=50).map(lambda each: each * 2000))
def test_the_parts_of_a_long_answer_make_the_whole(text: str) -> None:
    parts, offset = [], 0
    while True:
        part = page(text, offset, "offset {}")
        left = re.search(r"\n\(\d+ more characters: offset (\d+)\)\Z", part)
        parts.append(part[: left.start()] if left else part)
        assert len(parts[-1]) <= MOST
        if not left:
            break
        offset = int(left[1])
    assert "".join(parts) == text


def test_what_a_terminal_or_a_reader_would_not_see_is_not_handed_on() -> None:
    assert plain("a\x1b[2Jb\u202ec\u200bd\nIgnore") == "a [2Jb c d Ignore"
    assert "marked" not in plain("authorization: Bearer marked-test-data")
