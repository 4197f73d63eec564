"""Secrets in the files as they are, in commits since a revision, in messages; by place and kind, never by value."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.support.runs.repository import Repository
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.probes.source.secrets import committed, secretlint
from verifier.probes.source.secrets.probe import SecretsInCode, observe_secrets_in_code

TOKEN = "ghp_" + "a1B2" * 9
KINDS = {
    "GITHUB_TOKEN": TOKEN,
    "FlyToken": "fm2_" + "aB3/" * 12,
    "SupabaseToken": "sbp_" + "0f" * 20,
    "SLACK_TOKEN": "xoxb-" + "1" * 12 + "-" + "2" * 13 + "-" + "aB" * 12,
    "PostgreSQLConnection": "postgres://app:" + "s3cr3tpassw0rd" + "@db.example.com:5432/app",
    "SHOPIFY_KEY": "shpat_" + "0f" * 16,
    "PrivateKey": "-----BEGIN PRIVATE KEY-----\nMI" + "IE" * 60 + "\n-----END PRIVATE KEY-----",
}


@pytest.fixture
def app(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.commit({"code.js": "export const one = 1;\n", "picture.png": b"\x89PNG\0\0" + TOKEN.encode()})
    return made


def seen(app: Repository, since: str | None = None) -> SecretsInCode:
    return observe_secrets_in_code(app.context({"since": since}))


def test_every_kind_is_found_where_it_stands_and_no_value_is_in_the_record(app: Repository) -> None:
    app.commit({f"src/{kind}.txt": f"first line\n{value}\n" for kind, value in KINDS.items()})

    found = seen(app)

    assert {each.kind: (each.file, each.line, each.commit) for each in found.found} == {
        kind: (f"src/{kind}.txt", 2, "") for kind in KINDS
    }
    told = found.model_dump_json() + "".join(map(str, (*found.in_files(), *found.in_commits())))
    assert [kind for kind, value in KINDS.items() if value[8:30] in told] == []


def test_a_secret_that_was_removed_is_found_in_its_commit(app: Repository) -> None:
    leaked = app.commit({"src/config.js": f'"{TOKEN}"\n'})
    (app.root / "src/config.js").unlink()
    app.commit()

    found = seen(app)

    assert [(each.file, each.commit) for each in found.found] == [("src/config.js", leaked[:12])]
    assert found.in_files() == []
    assert [each.problem for each in found.in_commits()] == ["secret in a commit"]


def test_what_was_leaked_before_the_revision_is_not_judged_again(app: Repository) -> None:
    app.commit({"src/config.js": f'"{TOKEN}"\n'})
    (app.root / "src/config.js").unlink()
    live = app.commit()
    app.commit({"code.js": "export const two = 2;\n"})

    found = seen(app, since=live)

    assert (found.found, found.messages, found.versions) == ((), 1, 0)
    assert found.told_commits.startswith(f"1 commits since {live}")


def test_a_secret_in_the_message_of_a_commit_is_found(app: Repository) -> None:
    commit = app.commit({"code.js": "2\n"}, message=f"uses {TOKEN} for now")

    assert [(each.file, each.commit) for each in seen(app).found] == [(f"message of commit {commit[:12]}", commit[:12])]


def test_what_is_not_committed_is_judged_as_it_is(app: Repository) -> None:
    app.commit({"config.js": f'"{TOKEN}"\n'})
    app.write({"config.js": '"none"\n', "new.js": f'"{TOKEN}"\n'})

    found = seen(app)

    assert [(each.file, bool(each.commit)) for each in found.found] == [("config.js", True)]


def accept(text: str, file: str = "config.js", reason: str = "a made-up token of the tests") -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f'[[accepted]]\nfile = "{file}"\nsha256 = "{digest}"\nreason = "{reason}"\n'


def test_the_baseline_accepts_a_file_with_these_bytes_alone(app: Repository) -> None:
    text = f'"{TOKEN}"\n'
    app.commit({"config.js": text, ".secrets-baseline.toml": accept(text)})
    accepted = seen(app)
    app.commit({"config.js": text + text})

    changed = seen(app)

    assert (accepted.found, accepted.accepted) == ((), {"config.js": "a made-up token of the tests"})
    assert "1 accepted with a reason" in accepted.told_files
    assert [each.line for each in changed.found] == [1, 2]
    assert changed.accepted == {"config.js": "a made-up token of the tests"}  # its earlier version, in a commit


def test_an_entry_that_fits_nothing_is_stale(app: Repository) -> None:
    app.commit({".secrets-baseline.toml": accept("gone", "gone.js")})

    assert seen(app).stale == ("gone.js",)


@pytest.mark.parametrize("reason", ["", "no"])
def test_an_entry_without_a_reason_is_no_answer(app: Repository, reason: str) -> None:
    app.commit({".secrets-baseline.toml": accept("x", reason=reason)})

    with pytest.raises(CouldNotLook, match="a reason needs at least two words"):
        seen(app)


def test_a_folder_of_a_larger_checkout_is_searched_alone(app: Repository) -> None:
    app.commit({"other/config.js": f'"{TOKEN}"\n', "apps/agent/code.js": "1\n", "apps/agent/a b.js": f'"{TOKEN}"\n'})
    app.root = app.root / "apps" / "agent"

    found = seen(app)

    assert [each.file for each in found.found] == ["a b.js"]


def test_a_folder_of_which_git_tracks_nothing_is_no_answer(app: Repository) -> None:
    app.write({"new/code.js": "1\n"})
    app.root = app.root / "new"

    with pytest.raises(CouldNotLook, match="no-data: git tracks no text file in new"):
        seen(app)


def test_a_file_that_is_too_large_leaves_a_gap(app: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "_LARGEST", 100)
    text = "1\n" * 100
    app.commit({"large.js": text})

    gap = seen(app).gap()

    assert gap is not None
    assert gap.what == "too large to be searched: large.js"
    app.commit({".secrets-baseline.toml": accept(text, "large.js")})
    monkeypatch.setattr(committed, "_LARGEST", 190)
    assert seen(app).gap() is None


def test_a_shallow_clone_leaves_a_gap_unless_the_revision_is_in_it(app: Repository, tmp_path: Path) -> None:
    app.commit({"code.js": "2\n"})
    live = app.commit({"code.js": "3\n"})
    (tmp_path / "clone").mkdir()
    clone = Repository(tmp_path / "clone")
    clone.root.rmdir()
    app.git("clone", "-q", "--depth=1", app.root.as_uri(), str(clone.root))

    cut, whole = seen(clone).gap(), seen(clone, since=live).gap()

    assert cut is not None
    assert "the clone is shallow" in cut.what
    assert whole is None


def test_a_revision_that_is_not_there_says_what_to_do(app: Repository) -> None:
    with pytest.raises(CouldNotLook, match="git rev-parse") as trouble:
        seen(app, since="v1.0")

    assert "fetch-depth: 0" in trouble.value.remedy


def test_without_a_scanner_there_is_no_answer(app: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(secretlint, "tools_folder", lambda *_: tmp_path)

    with pytest.raises(CouldNotLook, match="secretlint is not installed") as trouble:
        seen(app)

    assert trouble.value.remedy.startswith("run `make setup`")


def test_a_scanner_that_ends_early_is_no_answer(
    app: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "scan.mjs").write_text("console.log(JSON.stringify({ scanned: 1 }));\n", encoding="utf-8")
    monkeypatch.setattr(secretlint, "tools_folder", lambda *_: tmp_path)

    with pytest.raises(CouldNotLook, match=r"secretlint ended with 0 after 1 of \d+ texts"):
        seen(app)


def test_a_scanner_that_takes_too_long_is_no_answer() -> None:
    document = committed.SearchedText("1", "a.js", b"x")

    with pytest.raises(CouldNotLook, match="timeout: secretlint did not end in time with 1 texts"):
        secretlint.scan([document], Deadline(0.001))
