"""Signatures of a record: who signed is told, and what was not signed so is red; with a Sigstore of our own."""

from __future__ import annotations

import base64
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from sigstore.dsse import Statement
from sigstore.errors import Error
from sigstore.models import Bundle
from sigstore.verify import Verifier

from tests.support.runs.records import item, left, record
from tests.support.servers.local_sigstore import IDENTITY, ISSUER, LocalSigstore
from verifier.commands import main
from verifier.reporting.record.statement import close_report

OTHER = "https://github.com/OWNER/OTHER/.github/workflows/release.yml@refs/heads/main"


@pytest.fixture(scope="module")
def sigstore() -> LocalSigstore:
    return LocalSigstore()


@pytest.fixture
def trusted(sigstore: LocalSigstore, monkeypatch: pytest.MonkeyPatch) -> LocalSigstore:
    """Our Sigstore in the place of the public one."""
    local = Verifier(trusted_root=sigstore.roots)
    monkeypatch.setattr(Verifier, "production", lambda *, offline: local if offline else None)
    return sigstore


@pytest.fixture
def report(tmp_path: Path, sigstore: LocalSigstore) -> Path:
    """A closed report that is signed."""
    folder = left(tmp_path / "report", record(item("fine")))
    put(folder, sigstore)
    return folder


def put(folder: Path, sigstore: LocalSigstore, **who: str) -> None:
    """Sign the statement as it is now."""
    bundle = sigstore.sign((folder / "attestation.json").read_bytes(), **who)
    (folder / "attestation.sigstore.json").write_bytes(bundle)


def verify(folder: Path, *words: str) -> int:
    return main(["verify", str(folder), *words])


@pytest.mark.usefixtures("trusted")
def test_a_signature_that_holds_is_told_with_its_signer(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(report) == 0
    told = f"signed by {IDENTITY} (vouched for by {ISSUER}), 2026-01-31 11:59:00 UTC"
    assert told in capsys.readouterr().out
    assert verify(report, "--signed-by", IDENTITY) == 0


@pytest.mark.usefixtures("trusted")
def test_a_file_that_was_altered_is_red_though_the_signature_holds(report: Path) -> None:
    (report / "definition-of-done.md").write_text("all fine", encoding="utf-8")
    assert verify(report) == 1


def another_statement(folder: Path, _: LocalSigstore) -> None:
    """The statement is made anew for altered files, and the old signature stays."""
    (folder / "more.txt").write_text("more", encoding="utf-8")
    close_report(folder, record(item("fine")))


def another_payload(folder: Path, _: LocalSigstore) -> None:
    path = folder / "attestation.sigstore.json"
    bundle = json.loads(path.read_text(encoding="utf-8"))
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"]).replace(b"ITEM_fine", b"ITEM_fake")
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(bundle), encoding="utf-8")


def another_instance(folder: Path, _: LocalSigstore) -> None:
    put(folder, LocalSigstore())


def another_signer(folder: Path, sigstore: LocalSigstore) -> None:
    put(folder, sigstore, identity=OTHER)


def another_voucher(folder: Path, sigstore: LocalSigstore) -> None:
    put(folder, sigstore, issuer="https://accounts.example")


def cut(folder: Path, _: LocalSigstore) -> None:
    path = folder / "attestation.sigstore.json"
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize(
    "alter", [another_statement, another_payload, another_instance, another_signer, another_voucher, cut]
)
def test_what_was_not_signed_so_is_red(
    report: Path, trusted: LocalSigstore, alter: object, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(report, trusted)  # type: ignore[operator]  # one of the functions above
    assert verify(report, "--signed-by", IDENTITY, "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert [each["problem"] for each in found["objections"]] == ["signature does not hold"]
    assert found["signer"] is None


def test_the_public_sigstore_knows_nothing_of_ours(report: Path) -> None:
    assert verify(report) == 1


def test_without_the_library_a_signature_cannot_be_told(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sigstore.verify", None)
    assert verify(report) == 6
    assert "the package sigstore is not installed; make setup" in capsys.readouterr().out


@pytest.fixture
def in_a_workflow(trusted: LocalSigstore, monkeypatch: pytest.MonkeyPatch) -> LocalSigstore:
    """GitHub vouches for this process, and our Sigstore signs for the public one."""

    def signed(statement: Statement) -> Bundle:
        return Bundle.from_json(trusted.sign(statement._contents))

    context = SimpleNamespace(signer=lambda _: nullcontext(SimpleNamespace(sign_dsse=signed)))
    monkeypatch.setattr("sigstore.oidc.detect_credential", lambda: "a token")
    monkeypatch.setattr("sigstore.oidc.IdentityToken", str)
    monkeypatch.setattr("sigstore.models.ClientTrustConfig.production", lambda: None)
    monkeypatch.setattr("sigstore.sign.SigningContext.from_trust_config", lambda _: context)
    return trusted


@pytest.mark.usefixtures("in_a_workflow")
def test_what_is_signed_verifies(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (report / "attestation.sigstore.json").unlink()
    assert main(["sign", str(report)]) == 0
    assert "signed: " in capsys.readouterr().out
    assert verify(report, "--signed-by", IDENTITY) == 0


@pytest.mark.usefixtures("in_a_workflow")
def test_a_report_that_was_altered_is_not_signed(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (report / "attestation.sigstore.json").unlink()
    (report / "more.txt").write_text("more", encoding="utf-8")
    assert main(["sign", str(report)]) == 4
    assert "added after the run had ended: more.txt" in capsys.readouterr().err
    assert not (report / "attestation.sigstore.json").exists()


def test_where_nobody_vouches_nothing_is_signed(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (report / "attestation.sigstore.json").unlink()
    monkeypatch.setattr("sigstore.oidc.detect_credential", lambda: None)
    assert main(["sign", str(report)]) == 6
    assert "id-token: write" in capsys.readouterr().err
    assert not (report / "attestation.sigstore.json").exists()


@pytest.mark.usefixtures("in_a_workflow")
def test_a_service_that_fails_leaves_a_report_unsigned(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise Error("the log is closed")

    (report / "attestation.sigstore.json").unlink()
    monkeypatch.setattr("sigstore.sign.SigningContext.from_trust_config", fail)
    assert main(["sign", str(report)]) == 6
    assert "Sigstore has not signed: Error: the log is closed; sign again later" in capsys.readouterr().err


def test_what_is_not_signed_is_verified_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left(tmp_path / "report", record(item("fine")))
    for name in [each for each in sys.modules if each.startswith("sigstore.")]:
        monkeypatch.delitem(sys.modules, name)
    assert verify(folder) == 0
    assert [each for each in sys.modules if each.startswith("sigstore.")] == []
