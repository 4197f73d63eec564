"""A known secret is found in whatever it stands, however it is written; what cannot be searched is not published."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.runs.toy import KEPT, MakeSuite, check, checks, contract
from verifier.core.deadline import Deadline
from verifier.core.redaction import Redactor
from verifier.reporting import leaks
from verifier.reporting.leaks import search
from verifier.reporting.leaks.needles import needles

SECRET = "plAnted/s3cret+w0rd='x\"7&<ü>"
RAW = SECRET.encode()


@pytest.fixture(autouse=True)
def redactor(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows the planted secret and another one alone."""
    own = Redactor()
    own.learn(SECRET)
    own.learn("another-secret")
    for module in ("verifier.reporting.leaks.REDACTOR", "verifier.reporting.leaks.search.REDACTOR"):
        monkeypatch.setattr(module, own)


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def entities(text: str) -> str:
    return "".join(f"&#{ord(each)};" for each in text)


def every_letter(text: str) -> str:
    return "".join(f"\\u{ord(each):04X}" for each in text)


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


FIRST, SECOND = halves(SECRET)
WRITTEN: dict[str, str] = {
    "as it is": SECRET,
    "in a URL": quote(SECRET, safe=""),
    "in a URL, small letters": quote(SECRET, safe="").lower().replace("planted", "plAnted"),
    "in a URL within a URL": quote(quote(SECRET, safe=""), safe=""),
    "in JSON": json.dumps(SECRET),
    "in JSON within JSON": json.dumps(json.dumps(SECRET)),
    "in JSON, each letter escaped": f'"{every_letter(SECRET)}"',
    "in HTML": escape(SECRET),
    "in HTML, each letter an entity": entities(SECRET),
    "in HTML, with hexadecimal entities": "".join(f"&#x{ord(each):x};" for each in SECRET),
    "in HTML within JSON": json.dumps(escape(SECRET)),
    "in a URL within HTML within JSON": json.dumps(escape(f"/?a=1&b={quote(SECRET)}")),
    "as JavaScript": "".join(f"\\x{each:02x}" if each < 128 else chr(each) for each in SECRET.encode("latin-1")[:-2])
    + SECRET[-2:],
    "in base64": base64.b64encode(RAW).decode(),
    "in base64 for URLs": base64.urlsafe_b64encode(RAW).decode(),
    "in base64 at the second place": base64.b64encode(b"a" + RAW).decode(),
    "in base64 at the third place": base64.b64encode(b"ab" + RAW).decode(),
    "in base64 with lines": base64.encodebytes(b"user:" + RAW + b" and more words to come").decode(),
    "in base64 within JSON": json.dumps(base64.b64encode(RAW).decode()).replace("/", "\\/"),
    "in base64 of base64": base64.b64encode(base64.b64encode(bytes(90) + RAW)).decode(),
    "in base64 of a URL": base64.b64encode((quote(SECRET, safe="") * 4).encode()).decode(),
    "as hexadecimal digits": RAW.hex(),
    "as large hexadecimal digits": RAW.hex().upper(),
    "on two lines": f"{FIRST}\r\n    {SECOND}",
    "on two lines of JSON": json.dumps(f"{FIRST}\n{SECOND}"),
    "added up by a script": f"'{FIRST[:-1]}' + \"{FIRST[-1]}\" + '{SECOND}'",
    "in a list": json.dumps([FIRST, SECOND]),
    "with marked parts": f"<b>{escape(FIRST)}</b><i class='x'>{escape(SECOND)}</i>",
    "over two attributes": f'<input data-first="{escape(FIRST)}" data-second="{escape(SECOND)}">',
    "over two attributes in single quotes": f"<a title='{escape(FIRST)}' rel='{escape(SECOND)}'>",
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda content: zipped({"a/b.txt": content}),
    "zip that is not compressed": lambda content: zipped({"b.txt": content}, zipfile.ZIP_STORED),
    "zip in a zip": lambda content: zipped({"in.zip": zipped({"b.txt": content})}),
    "zip after other bytes": lambda content: b"#!/bin/sh\n" + zipped({"b.txt": content}),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "gzip in base64": lambda content: b'{"body": "' + base64.b64encode(gzip.compress(content + bytes(200))) + b'"}',
    "zip in base64 in a page": lambda content: b'd("a","' + base64.b64encode(zipped({"b.txt": content})) + b'")',
    "name in a zip": lambda content: zipped({content.decode().replace("/", "_") if b"/" not in content else "x": b""}),
}


def found(content: bytes) -> str:
    """Where the search finds something; nothing if it does not."""
    leak = leaks.leak_in(content)
    return str(leak) if leak else ""


@pytest.mark.parametrize("way", WRITTEN)
def test_a_secret_is_found_however_it_is_written(way: str) -> None:
    text = f"<p>before {WRITTEN[way]} after</p>"
    assert found(text.encode()).endswith(" held a secret")


@pytest.mark.parametrize("way", ["as it is", "in base64", "in HTML, each letter an entity", "over two attributes"])
@pytest.mark.parametrize("how", [each for each in PACKED if each != "name in a zip"])
def test_a_secret_is_found_in_whatever_is_packed(how: str, way: str) -> None:
    assert "held a secret" in found(PACKED[how](f"before {WRITTEN[way]} after".encode()))


@pytest.mark.parametrize("how", PACKED)
def test_what_holds_none_is_published(how: str) -> None:
    assert found(PACKED[how](b"an innocent text with a plAnted seed")) == ""


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "latin-1"])
def test_a_secret_is_found_in_other_codings(coding: str) -> None:
    assert found(b"\xff\xfe" + f"it is {SECRET}".encode(coding)) == " held a secret"


def test_the_place_is_told_from_the_outside_in() -> None:
    content = zipped({"trace.zip": zipped({"trace.network": gzip.compress(RAW)})})
    assert found(content) == " (trace.zip → trace.network → unpacked) held a secret"


def test_a_secret_in_a_name_is_found_and_not_repeated() -> None:
    told = found(zipped({"another-secret.txt": b""}))
    assert "held a secret" in told
    assert "another-secret" not in told


@pytest.mark.parametrize("before", range(0, 3 * 1000, 97))
def test_a_secret_at_the_end_of_a_piece_is_found(monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    monkeypatch.setattr(search, "PIECE", 1000)
    text = "." * before + WRITTEN["in HTML, each letter an entity"] + "." * 2000
    assert found(text.encode()) == " held a secret"


NOISE = b"".join(hashlib.sha256(bytes([each])).digest() for each in range(250))
LONG = {
    "archive": base64.b64encode(zipped({"noise": NOISE, "b.txt": RAW})),
    "gzip for URLs": base64.urlsafe_b64encode(gzip.compress(NOISE + RAW)),
    "text": base64.b64encode(NOISE + entities(SECRET).encode() + NOISE),
    "value where it ends": base64.b64encode(NOISE)[:-3] + RAW,
    "value after it": base64.b64encode(NOISE) + b'": ' + entities(SECRET).encode(),
}


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("before", [0, 37, 990])
def test_a_text_in_base64_that_is_longer_than_a_piece_is_unpacked_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, what: str, before: int
) -> None:
    monkeypatch.setattr(search, "PIECE", 1000)
    assert "held a secret" in found(b"x " * before + b":" + LONG[what] + b" and more")
    assert found(b"x " * before + b":" + base64.b64encode(zipped({"noise": NOISE * 3})) + b" and more") == ""


@pytest.mark.parametrize("before", range(0, 1000, 83))
def test_an_archive_in_base64_that_ends_near_the_end_of_a_piece_is_no_damaged_one(
    monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(search, "PIECE", 1000)
    assert found(b"x " * before + b":" + base64.b64encode(zipped({"noise": NOISE[:300]})) + b" and more" * 300) == ""


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("before", [0, 250, 1300])
def test_a_secret_is_found_in_small_pieces(monkeypatch: pytest.MonkeyPatch, way: str, before: int) -> None:
    monkeypatch.setattr(search, "PIECE", 300)
    assert found(f"{'. ' * before}{WRITTEN[way]}{' .' * 700}".encode()).endswith("held a secret")


@settings(max_examples=60)
@given(secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=8), noise=st.binary(max_size=200))
def test_any_secret_is_found_in_any_noise(secret: str, noise: bytes) -> None:
    wanted = needles(frozenset([secret]))
    for content in (secret.encode(), base64.b64encode(b"ab" + secret.encode() + b"c"), zipped({"a": secret.encode()})):
        assert search.Search(wanted, Deadline(60)).of(io.BytesIO(noise + content + noise)) is not None


def damaged() -> bytes:
    content = bytearray(zipped({"b.txt": b"an innocent text" * 50}))
    content[45:55] = b"\0" * 10
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(zipped({"b.txt": b"an innocent text"}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def bottomless() -> bytes:
    content = b"an innocent text"
    for _ in range(search.DEEPEST + 1):
        content = zipped({"in.zip": content})
    return content


UNSEARCHED = {
    "damaged": (damaged, " (b.txt) could not be searched for secrets: damaged or encrypted"),
    "cut off": (lambda: zipped({"b.txt": b"x" * 50})[:60], " could not be searched for secrets: damaged (BadZipFile)"),
    "encrypted": (encrypted, " (b.txt) could not be searched for secrets: damaged or encrypted"),
    "cut off within": (lambda: gzip.compress(b"x" * 50)[:-9], " (unpacked) could not be searched for secrets: damaged"),
    "too deep": (bottomless, "could not be searched for secrets: more than 6 files within each other"),
}


@pytest.mark.parametrize("name", UNSEARCHED)
def test_what_cannot_be_searched_is_not_published(name: str) -> None:
    make, told = UNSEARCHED[name]
    assert told in found(make())


def test_what_unpacks_to_more_than_anybody_can_search_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGEST", 1_000_000)
    assert "more than 1,000,000 bytes, unpacked" in found(zipped({"bomb": bytes(2_000_000)}))


def test_what_there_was_no_time_for_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late.txt").write_text("an innocent text", encoding="utf-8")
    monkeypatch.setattr(leaks, "SECONDS", 0.0)
    (told,) = leaks.withdraw_leaks(tmp_path)
    assert "no time was left" in told
    assert not (tmp_path / "late.txt").exists()


def test_a_file_with_a_secret_in_its_name_is_withdrawn_without_repeating_it(tmp_path: Path) -> None:
    (tmp_path / "another-secret.txt").write_text("an innocent text", encoding="utf-8")
    assert leaks.withdraw_leaks(tmp_path) == ["a file in . had a secret in its name and was withdrawn"]


def test_without_a_secret_to_look_for_everything_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "REDACTOR", Redactor())
    (tmp_path / "cut.zip").write_bytes(zipped({"b.txt": RAW})[:60])
    assert leaks.withdraw_leaks(tmp_path) == []


SPELT = """
import base64, gzip, io, os, zipfile
import allure
SECRET = os.environ["TOY_TOKEN"]
PARTS = f"'{SECRET[:9]}' + '{SECRET[9:]}'"  # what nobody masks in its place

@pytest.fixture
def attached():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trace.network", PARTS)
    allure.attach(made.getvalue(), name="trace", extension="zip")
"""


def test_a_secret_in_a_trace_withdraws_it_and_the_run_is_no_pass(make_suite: MakeSuite) -> None:
    tracing = check("traced", "measured(1)", wants="attached, measured")
    suite = make_suite({"checks/test_toy.py": checks(SPELT, KEPT, tracing)}, contract=contract("kept", "traced"))
    suite.environment["TOY_TOKEN"] = "planted-secret-word"
    run = suite.run()
    (told,) = run.verdict["run"]["problems"]
    assert run.ending == ("UNVERIFIED", 6)
    assert told.endswith(".zip (trace.network) held a secret and was withdrawn")
    assert list(run.folder.glob("allure-results/*.zip")) == []
    assert told in run.output


def test_a_verdict_that_would_tell_a_secret_is_not_published(make_suite: MakeSuite, tmp_path: Path) -> None:
    telling = check(
        "telling", "measured(1); raise BrokenPromise(Finding(subject='page', problem='shows', detail=PARTS))"
    )
    suite = make_suite({"checks/test_toy.py": checks(SPELT, KEPT, telling)}, contract=contract("kept", "telling"))
    suite.environment["TOY_TOKEN"] = "planted-secret-word"
    run = suite.run("--junitxml", str(tmp_path / "junit.xml"))
    assert (run.status, run.verdict["verdict"]) == (1, "incomplete")
    assert "verdict.json held a secret and was withdrawn" in run.output
    assert not (tmp_path / "junit.xml").exists()
    assert [
        each.name for each in run.folder.rglob("*") if each.is_file() and "planted-s" in each.read_text("latin-1")
    ] == []
