"""What a finding tells: the chain from where a deploy begins to the command that applies a migration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verifier.probes.deploy_files.checkout import Checkout
from verifier.probes.deploy_files.commands.tools import tools
from verifier.probes.deploy_files.entries.following import follow_all
from verifier.probes.deploy_files.probe import told
from verifier.probes.deploy_files.shell.conditions import holds

RELEASE = 'app = "a"\n[deploy]\nrelease_command = "{}"\n'
SCRIPTS = json.dumps(
    {"scripts": {"docker-start": "npm run setup && node .", "setup": "prisma migrate deploy"}}, indent=1
)
STEPS = "on: push\njobs:\n  ship:\n    steps:\n      - run: |\n          ./ship.sh live\n          fly deploy\n"


def ways(root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [told(each).way for each in follow_all(Checkout(root)).walk.applied.values()]


@pytest.mark.parametrize(
    ("files", "way"),
    [
        (
            {"fly.toml": RELEASE.format("npm run docker-start"), "package.json": SCRIPTS},
            "fly.toml release_command -> npm run docker-start -> setup -> prisma migrate deploy (package.json:4)",
        ),
        (
            {"fly.toml": RELEASE.format("sh -c 'cd db && make up'"), "db/Makefile": "up:\n\t@dbmate up\n"},
            "fly.toml release_command -> make up -> dbmate up (db/Makefile:2)",
        ),
        (
            {".github/workflows/x.yml": STEPS, "fly.toml": 'app = "a"\n', "ship.sh": "up() { knex migrate:up; }\nup\n"},
            ".github/workflows/x.yml ship -> ship.sh -> up() -> knex migrate:up (ship.sh:1)",
        ),
    ],
)
def test_a_chain_names_every_link_and_ends_at_the_line(files: dict[str, str], way: str, tmp_path: Path) -> None:
    assert ways(tmp_path, files) == [way]


def test_a_link_that_leads_out_of_the_checkout_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.sh").write_text("prisma migrate deploy\n", encoding="utf-8")
    app = tmp_path / "app"
    app.mkdir()
    (app / "run.sh").symlink_to(tmp_path / "secret.sh")

    assert ways(app, {"fly.toml": RELEASE.format("sh run.sh")}) == []
    assert "run.sh" not in Checkout(app)


@pytest.mark.parametrize(
    ("words", "patterns", "truth"),
    [
        (["-n", "x"], False, True),
        (["-z", "x"], False, False),
        (["a", "=", "a"], False, True),
        (["a", "!=", "a"], False, False),
        (["abc", "==", "a*"], True, True),
        (["abc", "==", "a*"], False, False),
        (["2", "-gt", "1"], False, True),
        (["!", "a", "=", "b"], False, True),
        (["a", "=", "b", "-o", "c", "=", "c"], False, True),
        (["\ue000NAME\ue001", "=", "a"], False, None),
        (["a", "=", "b", "-a", "\ue000NAME\ue001", "=", "a"], False, False),
        (["-f", "file"], False, None),
    ],
)
def test_a_condition_is_known_only_where_the_files_tell(words: list[str], patterns: bool, truth: bool | None) -> None:  # noqa: FBT001 - cases
    assert holds(words, patterns=patterns) is truth


def test_no_harmless_subcommand_hides_one_that_applies() -> None:
    hidden = {
        (name, each, other)
        for name, tool in tools().items()
        for each in tool.harmless
        for other in tool.applies
        if other.split()[: len(each.split())] == each.split()
    }

    assert len(tools()) > 60
    assert hidden == set()
