"""Where secrets come from, in which order, and what is written when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.toy import KEPT, TARGET, MakeSuite, check, checks, contract
from verifier.core import credentials as credentials_module
from verifier.core.credentials import Credentials
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.redaction import Redactor

TOKENS = ("token-of-environment", "token-of-vault", "token-of-login")


@pytest.fixture(autouse=True)
def redactor(monkeypatch: pytest.MonkeyPatch) -> Redactor:
    """A redactor of its own, so that no test teaches another."""
    fresh = Redactor()
    monkeypatch.setattr(credentials_module, "REDACTOR", fresh)
    return fresh


@pytest.fixture
def places(tmp_path: Path) -> Credentials:
    """A token in each of the three places, each different."""
    environment, vault, login = TOKENS
    folder = tmp_path / "vault" / "occ" / "fly"
    folder.mkdir(parents=True)
    (folder / "read-only.env").write_text(f"# a comment\nFLY_API_TOKEN='{vault}'\n", encoding="utf-8")
    (tmp_path / "fly home").mkdir()
    (tmp_path / "fly home" / "config.yml").write_text(f"access_token: {login}\n", encoding="utf-8")
    given = {"FLY_API_TOKEN": environment, "FLY_CONFIG_DIR": str(tmp_path / "fly home")}
    return Credentials(vault=tmp_path / "vault", environment=given)


def without(credentials: Credentials, name: str) -> Credentials:
    left = {key: value for key, value in credentials.environment.items() if key != name}
    return Credentials(vault=credentials.vault, environment=left)


def test_the_vault_comes_first(places: Credentials) -> None:
    assert places.get("fly") == "token-of-vault"
    assert (places.found, places.searched) == ({"fly": "vault/occ/fly/"}, {"vault/occ/fly/": True})


def test_the_environment_comes_before_the_login(places: Credentials) -> None:
    places.vault = None
    assert places.get("fly") == "token-of-environment"
    assert (places.found, places.searched) == ({"fly": "environment"}, {"vault/occ/fly/": False})


def test_the_login_of_flyctl_comes_last(places: Credentials) -> None:
    last = without(places, "FLY_API_TOKEN")
    last.vault = None
    assert last.get("fly") == "token-of-login"


def test_the_login_is_looked_for_at_home_without_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".fly").mkdir()
    (tmp_path / ".fly" / "config.yml").write_text("access_token: token-at-home\n", encoding="utf-8")
    assert Credentials(environment={"HOME": str(tmp_path)}).get("fly") == "token-at-home"


@pytest.mark.parametrize("config", ["access_token: 7\n", "[]\n", ": : :\n\t", "access_token:\n", "other: token\n"])
def test_a_login_that_holds_no_token_is_no_login(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.yml").write_text(config, encoding="utf-8")
    with pytest.raises(CouldNotLook):
        Credentials(environment={"FLY_CONFIG_DIR": str(tmp_path)}).get("fly")


def test_a_plain_file_in_the_vault_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "occ" / "supabase"
    folder.mkdir(parents=True)
    (folder / "DATABASE_URL").write_text("postgresql://reader:word@db/toys\n", encoding="utf-8")
    assert Credentials(vault=tmp_path, environment={}).get("database") == "postgresql://reader:word@db/toys"


def test_what_the_start_command_gave_counts_alone(places: Credentials) -> None:
    given = Credentials(given={"DATABASE_URL": "postgresql://a:b@c/d"}, environment=places.environment)
    with pytest.raises(CouldNotLook, match="checked what the target's start command provided"):
        given.get("fly")


@pytest.mark.parametrize("value", ["", "short", "     ", "  ab  "])
def test_a_value_that_is_too_short_is_none(value: str) -> None:
    with pytest.raises(CouldNotLook):
        Credentials(environment={"FLY_API_TOKEN": value}).get("fly")


def test_a_short_value_does_not_hide_a_good_one(places: Credentials) -> None:
    (places.vault / "occ" / "fly" / "FLY_ACCESS_TOKEN").write_text("oops", encoding="utf-8")  # type: ignore[operator]
    assert places.get("fly") == "token-of-vault"


def test_a_missing_secret_says_what_where_and_how(tmp_path: Path) -> None:
    missing = Credentials(vault=tmp_path / "vault", environment={})
    with pytest.raises(CouldNotLook) as caught:
        missing.get("fly")
    assert caught.value.cause == Cause.MISSING_CREDENTIAL
    assert "vault/occ/fly/, environment (FLY_ACCESS_TOKEN, FLY_API_TOKEN), flyctl's login" in caught.value.what
    assert caught.value.remedy.startswith("export FLY_API_TOKEN=…")


@pytest.mark.parametrize("service", ["google", "bing", "publer", "any-name"])
def test_a_secret_of_any_service_is_looked_for_in_its_own_folder_of_the_vault(tmp_path: Path, service: str) -> None:
    found = Credentials(vault=tmp_path / "vault", environment={"API_KEY": "key-of-environment"})
    assert found.named(f"{service}/API_KEY") == "key-of-environment"
    assert found.searched == {f"vault/occ/{service}/": False}
    (tmp_path / "vault" / "occ" / service).mkdir(parents=True)
    (tmp_path / "vault" / "occ" / service / "keys.env").write_text("API_KEY=key-of-vault\n", encoding="utf-8")
    assert found.named(f"{service}/API_KEY") == "key-of-vault"


def test_what_is_missing_is_told_with_every_place() -> None:
    missing = Credentials(environment={})
    with pytest.raises(CouldNotLook):
        missing.named("publer/API_KEY", purpose="posts")
    (told,) = missing.missing.values()
    assert (told.name, told.service, told.purpose) == ("API_KEY", "publer", "posts")
    assert (told.vault, told.elsewhere) == ("vault/occ/publer/", ("environment (API_KEY)",))


def test_nothing_is_missing_where_it_was_found(places: Credentials) -> None:
    places.get("fly")
    assert places.missing == {}


def test_a_secret_is_taught_to_the_redactor_before_anybody_has_it(places: Credentials, redactor: Redactor) -> None:
    assert redactor.text(f"with {places.get('fly')}") == "with [redacted]"


ASKING = """
@pytest.fixture
def database_url(request):
    from verifier.core.execution.run import RUN
    return request.config.stash[RUN].credentials.get("database")
"""


@pytest.mark.parametrize("words", [["-n", "0"], ["-n", "1"]], ids=" ".join)
def test_a_missing_secret_makes_its_items_unverified_and_writes_the_request(
    make_suite: MakeSuite, words: list[str]
) -> None:
    asking = check("asking", "measured(1)", wants="database_url, measured")
    files = {"checks/test_toy.py": checks(ASKING, asking, KEPT)}
    run = make_suite(files, contract=contract("asking", "kept"), target=TARGET).run(*words)
    request = (run.folder / "credential-requests.md").read_text(encoding="utf-8")
    assert (run.ending, run.told("asking")) == (("UNVERIFIED", 6), ("unverified", "missing-credential"))
    assert "**Need**: DATABASE_URL, a PostgreSQL URL" in request
    assert "**Checked**: vault/occ/supabase/ (not found)\n" in request
    assert "secrets to ask for: reports/" in run.output


def test_a_secret_in_the_vault_of_the_caller_is_found(make_suite: MakeSuite) -> None:
    suite = make_suite(
        {"checks/test_toy.py": checks(ASKING, check("kept", "measured(1)", wants="database_url, measured"))}
    )
    suite.write({"my vault/occ/supabase/read.env": "DATABASE_URL=postgresql://reader:secret-word@db/toys\n"})
    assert suite.run("--vault", "my vault").ending == ("DONE", 0)
