"""Judge a deployment, or files before a deploy: `judge -m STAGE --target NAME`; takes every option of pytest.

It is `pytest` with the contract and the checks of this suite, wherever it is called: targets/, vault/ and waivers.toml
are those of the caller's folder, and reports/ is written there. docs/options.md lists the options.

Exit status: 0 for DONE alone, 1 if an item failed, 6 if something could not be seen, 4 for a mistake.
"""

from __future__ import annotations

from pathlib import Path

from verifier.core.suite import place_of, pytest_words


def hand_over(words: list[str]) -> int:
    """Run pytest with these words; its exit status."""
    import pytest  # noqa: PLC0415 - whoever asks for the list of commands need not wait for it

    return int(pytest.main(pytest_words(place_of(Path.cwd()), words)))
