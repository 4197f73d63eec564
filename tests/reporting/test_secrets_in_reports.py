"""A planted secret is nowhere in what a run leaves behind or shows."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, check, checks, contract

SECRET = "planted/seCret+word='x\"7"
SPELT = """
import base64, json, logging, os, sys, zipfile
from io import BytesIO
from urllib.parse import quote
import allure
"""
PLANTED = "SECRET = os.environ['TOY_TOKEN']\nCODED = base64.b64encode(b'me:' + SECRET.encode()).decode()\n"
ATTACHED = """
@pytest.fixture
def attached():
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trace.txt", f"cookie: {SECRET}")
        archive.writestr(f"{SECRET[:7]}/har.json", json.dumps({"authorization": SECRET, "basic": CODED}))
        archive.writestr("bytes", b"\\xff\\xfe" + SECRET.encode())
    allure.attach(made.getvalue(), name="trace", extension="zip")
    png = b"\\x89PNG\\r\\n\\x1a\\n\\xff" + f"tEXtComment\\0{SECRET}".encode()
    allure.attach(png, name="picture", attachment_type=allure.attachment_type.PNG)
    allure.attach(f"{SECRET} {quote(SECRET)} {CODED} {json.dumps(SECRET)}", name=f"text with {SECRET}")
"""
EVIDENCE = """
import os

def observe_secret(context) -> Toy:
    secret = os.environ["TOY_TOKEN"]
    return Toy(asked=f"Is it {secret}?", where=f"https://me:{secret}@toy", at=now(), again=secret, sizes={secret: 1.0})

def leaky_probes(probes=toy_probes):
    from verifier.core.subject import Probe
    return tuple(Probe("health", observe_secret) if each.name == "health" else each for each in probes())

toy_probes = leaky_probes
"""
PARTS = {
    "environment": ("measured", "measured(1); assert dict(os.environ) == {}"),
    "compared": ("measured", "mine = SECRET; measured(1); assert mine == 'other'"),
    "output": (
        "measured",
        "print(SECRET, CODED); print(SECRET, file=sys.stderr); logging.error(SECRET); assert not measured(1)",
    ),
    "exception": ("measured", "measured(1); raise KeyError(SECRET, quote(SECRET))"),
    "blind": ("measured", "raise CouldNotLook(Cause.NO_DATA, f'no {SECRET}', remedy=f'curl -u {SECRET}')"),
    "promise": (
        "measured",
        (
            "measured(SECRET)\n"
            "raise BrokenPromise(Finding(subject=SECRET, problem=CODED, detail=SECRET, remedy=CODED, place=SECRET))"
        ),
    ),
    "skipped": ("measured", "pytest.skip(f'without {SECRET}')"),
    "seen": ("health, measured", "measured(health.sizes); assert health.again == 'other'"),
    "attached": ("attached, measured", "assert not measured(1)"),
}
CASES = check(
    "cases", "assert not measured(x)", wants="x, measured", mark="@pytest.mark.parametrize('x', [1], ids=[SECRET])"
)
NAMES = [*PARTS, "cases", "kept"]
STRAY = "import os\nraise RuntimeError(os.environ['TOY_TOKEN'])\n"


def spellings() -> list[bytes]:
    """The secret as it may stand in a file; its middle, which most spellings share or which has the same neighbours."""
    coded = [base64.b64encode(b"\0" * each + SECRET.encode()).decode()[4:-4] for each in range(3)]
    forms = [SECRET, "seCret", quote(SECRET), quote(SECRET, safe=""), json.dumps(SECRET)[1:-1], *coded]
    return [form.encode() for form in forms + [each.replace("+", "-").replace("/", "_") for each in coded]]


def contents(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The content, and everything inside if it is an archive."""
    yield name, content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from contents(f"{name}/{each}", archive.read(each))


def leaking(folder: Path) -> list[str]:
    """The files below `folder` in which the secret stands, in their names or their bytes."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    found = [each for path in files for each in contents(str(path.relative_to(folder)), path.read_bytes())]
    return [name for name, content in found if any(each in content or each in name.encode() for each in spellings())]


@pytest.fixture(scope="module", params=[["-n", "0"], ["-n", "2"]], ids=" ".join)
def run(request: pytest.FixtureRequest, make_suite: MakeSuite) -> Ended:
    parts = [check(name, body, wants=wants) for name, (wants, body) in PARTS.items()]
    files = {"checks/test_toy.py": checks(SPELT, PLANTED, ATTACHED, *parts, CASES, KEPT)}
    suite = make_suite(files, contract=contract(*NAMES), target=TARGET, conftest=EVIDENCE)
    suite.environment["TOY_TOKEN"] = SECRET
    return suite.run(*request.param)


def test_every_check_of_the_planted_suite_did_what_it_was_planted_for(run: Ended) -> None:
    assert run.verdict["counts"] == {"failed": 7, "unverified": 2, "not run": 1, "passed": 1}


def test_no_file_that_the_run_leaves_holds_the_secret(run: Ended) -> None:
    assert leaking(run.root / "reports") == []


def test_what_the_terminal_shows_does_not_hold_the_secret(run: Ended) -> None:
    assert [each for each in spellings() if each in run.output.encode()] == []


def test_nothing_unredacted_is_left_in_the_scratch_folder(run: Ended) -> None:
    assert list((run.root / "tmp").glob("definition-of-done-*")) == []


def test_the_attachments_are_there_without_the_secret(run: Ended) -> None:
    (attached,) = [
        each for each in run.folder.glob("allure-results/*-result.json") if "test_attached" in each.read_text()
    ]
    found = json.loads(attached.read_text(encoding="utf-8"))["attachments"]
    names = [each["name"] for each in found]
    assert {"trace", "picture", "text with [redacted]"} <= set(names)
    (picture,) = [each for each in found if each["name"] == "picture"]
    assert (run.folder / "allure-results" / picture["source"]).read_text(encoding="utf-8").startswith("Not published")
    (archive,) = run.folder.glob("allure-results/*.zip")
    assert zipfile.ZipFile(archive).read("trace.txt") == b"cookie: [redacted]"


@pytest.mark.parametrize("words", [["-rA", "-vv", "--tb=long", "--showlocals"], ["-rA", "--tb=native"]], ids=" ".join)
def test_more_words_on_the_terminal_do_not_tell_the_secret(make_suite: MakeSuite, words: list[str]) -> None:
    parts = [check(name, body, wants=wants) for name, (wants, body) in PARTS.items()]
    files = {"checks/test_toy.py": checks(SPELT, PLANTED, ATTACHED, *parts, KEPT)}
    suite = make_suite(files, contract=contract(*NAMES), target=TARGET, conftest=EVIDENCE)
    suite.environment["TOY_TOKEN"] = SECRET
    run = suite.run(*words)
    assert run.verdict["counts"]["failed"] == 6
    assert [line for line in run.output.splitlines() if any(each in line.encode() for each in spellings())] == []


@pytest.mark.parametrize("words", [[], ["-n", "2"], ["-rA", "--tb=long"]], ids=" ".join)
def test_a_file_that_cannot_be_imported_does_not_tell_the_secret(make_suite: MakeSuite, words: list[str]) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT), "checks/test_stray.py": STRAY})
    suite.environment["TOY_TOKEN"] = SECRET
    run = suite.run(*words)
    assert "checks/test_stray.py cannot be collected" in str(run.verdict["run"]["problems"])
    assert [line for line in run.output.splitlines() if any(each in line.encode() for each in spellings())] == []
    assert leaking(run.root / "reports") == []


def test_the_name_of_a_check_that_was_not_run_does_not_tell_the_secret(make_suite: MakeSuite) -> None:
    leaving = check("kept", "pytest.exit('enough')")
    suite = make_suite(
        {"checks/test_toy.py": checks(SPELT, PLANTED, leaving, CASES)}, contract=contract("kept", "cases")
    )
    suite.environment["TOY_TOKEN"] = SECRET
    run = suite.run()
    assert "test_cases[" in (run.folder / "verdict.json").read_text(encoding="utf-8")
    assert [line for line in run.output.splitlines() if any(each in line.encode() for each in spellings())] == []
