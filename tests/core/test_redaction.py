"""No secret survives the redactor, in whatever spelling it stands."""

from __future__ import annotations

import base64
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.core.redaction import MASK, SHORTEST, Redactor
from verifier.reporting import leaks

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SECRET = st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST).filter(lambda each: each not in MASK)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "URL-encoded": quote,
    "URL-encoded with slashes": lambda text: quote(text, safe=""),
    "URL-encoded with plus": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with all letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "as Python writes it": lambda text: repr(text)[1:-1],
    "as Python writes it where both quotes occur": lambda text: repr(text + '"')[1:-2],
    "as Python writes bytes that can change": lambda text: repr(bytearray(text.encode()))[12:-2],
}


def taught(*secrets: str) -> Redactor:
    redactor = Redactor()
    for secret in secrets:
        redactor.learn(secret)
    return redactor


def texts_in(value: object) -> Iterator[str]:
    """Every text in a structure, keys included."""
    if isinstance(value, str):
        yield value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(key)
            yield from texts_in(inner)
    if isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=SECRET, before=TEXT, after=TEXT)
def test_a_secret_does_not_survive_in_any_spelling(spelling: str, secret: str, before: str, after: str) -> None:
    spelt = SPELLINGS[spelling](secret)
    text = taught(secret).text(f"{before}{spelt}{after}")
    assert spelt not in text.replace(MASK, "")
    assert MASK in text


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@given(secret=SECRET, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_a_secret_does_not_survive_inside_base64(
    encode: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    text = taught(secret).text(encode(before + secret.encode() + after).decode())
    rest = text.split(MASK)
    assert len(rest) > 1
    # Up to two bytes at each end of the secret share a character with their neighbours.
    assert max(len(each) for each in rest) <= len(encode(before + after)) + 4


@given(secret=SECRET, key=TEXT)
def test_a_secret_does_not_survive_in_a_structure(secret: str, key: str) -> None:
    cleaned = taught(secret).clean({key: [secret, (secret, {secret: 1})], secret: None, "n": 3})
    texts = list(texts_in(cleaned))
    assert MASK in texts
    assert [each for each in texts if secret in each] == []


class Pair(NamedTuple):
    """As records hold them."""

    name: str
    value: str


def test_a_named_tuple_is_cleaned_and_stays_one() -> None:
    assert taught("planted-secret").clean([Pair("a", "planted-secret")]) == [Pair("a", MASK)]


def test_two_threads_that_learn_at_the_same_time_both_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second secret that is learnt while the pattern of the first is made is not forgotten."""
    redactor = Redactor()
    other = threading.Thread(target=redactor.learn, args=("second-secret",), daemon=True)
    make = re.compile

    def interrupted(pattern: str) -> re.Pattern[str]:
        if not other.ident:
            other.start()
            other.join(0.2)  # it may have to wait for this one
        return make(pattern)

    monkeypatch.setattr(re, "compile", interrupted)
    redactor.learn("first-secret")
    other.join()
    assert redactor.text("first-secret second-secret") == f"{MASK} {MASK}"


@given(secrets=st.lists(SECRET, min_size=2, max_size=4))
def test_of_secrets_that_contain_one_another_none_survives(secrets: list[str]) -> None:
    text = taught(*secrets, secrets[0] + secrets[1]).text(secrets[0] + secrets[1])
    assert text == MASK


def test_the_password_in_an_address_is_a_secret_of_its_own() -> None:
    redactor = taught("postgresql://reader:p%40ss-word@db.example/toys")
    assert redactor.text("p%40ss-word or p@ss-word") == f"{MASK} or {MASK}"


@pytest.mark.parametrize(
    "name", ["FLY_API_TOKEN", "my_secret", "DB_PASSWORD", "DATABASE_URL", "Api_Key", "AUTH_HEADER"]
)
def test_variables_whose_names_tell_of_a_secret_are_learnt(name: str) -> None:
    redactor = Redactor()
    redactor.learn_environment({name: "planted-value"})
    assert redactor.text("the planted-value") == f"the {MASK}"


def test_variables_with_other_names_and_paths_are_left_alone() -> None:
    redactor = Redactor()
    redactor.learn_environment({"LANG": "C.UTF-8", "SSH_AUTH_SOCK": "/run/agent.sock"})
    assert redactor.text("C.UTF-8 /run/agent.sock") == "C.UTF-8 /run/agent.sock"


@pytest.mark.parametrize(
    "shape",
    [
        "Authorization: Bearer abcdefgh12345678",
        "Authorization: FlyV1 fm2_lJPECAAAAAAAAAAA",
        "fm2_lJPECAAAAAAAAAAA",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "postgresql://reader:unlearnt@db.example/toys",
    ],
)
def test_what_looks_like_a_secret_is_masked_unlearnt(shape: str) -> None:
    masked = Redactor().text(f"seen: {shape}")
    assert MASK in masked
    assert not any(word in masked for word in ("abcdefgh", "lJPEC", "c2lnbm", "unlearnt"))


def test_ordinary_text_is_left_as_it_is() -> None:
    text = "GET https://toy.example/health → 200 after 12 ms, basic checks passed"
    assert taught("some-secret-value").text(text) == text


@pytest.fixture
def redactor(monkeypatch: pytest.MonkeyPatch) -> Redactor:
    """A redactor of its own, which knows one secret."""
    fresh = taught("planted-secret")
    monkeypatch.setattr(leaks, "REDACTOR", fresh)
    return fresh


def zipped(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    return path


def leaves(path: Path | BytesIO) -> dict[str, bytes]:
    """The members of an archive and of all archives in it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if zipfile.is_zipfile(BytesIO(content)):
                found |= {f"{name}/{each}": inner for each, inner in leaves(BytesIO(content)).items()}
            else:
                found[name] = content
    return found


@pytest.mark.usefixtures("redactor")
def test_a_text_is_published_without_the_secret() -> None:
    assert leaks.redacted_bytes(b"the planted-secret") == f"the {MASK}".encode()


@pytest.mark.usefixtures("redactor")
def test_a_binary_file_with_a_secret_is_not_published() -> None:
    assert leaks.redacted_bytes(b"\xff\xfe planted-secret") is None


@pytest.mark.usefixtures("redactor")
def test_an_archive_is_published_without_the_secret_in_names_and_members(tmp_path: Path) -> None:
    source = zipped(
        tmp_path / "a", {"planted-secret.txt": b"the planted-secret", "b": b"\xff planted-secret", "c": b"c"}
    )
    with zipfile.ZipFile(BytesIO(leaks.redacted_bytes(source.read_bytes()) or b"")) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"{MASK}.txt": f"the {MASK}".encode(),
            "c": b"c",
        }


@pytest.mark.usefixtures("redactor")
def test_an_archive_in_an_archive_is_searched_too(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner", {"deep.txt": b"the planted-secret"})
    source = zipped(tmp_path / "a", {"inner.zip": inner.read_bytes()})
    assert leaves(BytesIO(leaks.redacted_bytes(source.read_bytes()) or b"")) == {
        "inner.zip/deep.txt": f"the {MASK}".encode()
    }


@pytest.mark.usefixtures("redactor")
@pytest.mark.parametrize("kind", ["text", "binary", "archive"])
def test_what_leaked_all_the_same_is_withdrawn_and_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "deep" / "file"
    path.parent.mkdir()
    content = {"text": b"the planted-secret", "binary": b"\xff\x00planted-secret\xfe"}
    if kind == "archive":
        zipped(path, {"member": b"the planted-secret"})
    else:
        path.write_bytes(content[kind])
    place = " (member)" if kind == "archive" else ""
    assert leaks.withdraw_leaks(tmp_path) == [f"deep/file{place} held a secret and was withdrawn"]
    assert not path.exists()


@pytest.mark.parametrize(
    "written",
    [
        "".join(f"&#{ord(each)};" for each in "pla-s3cret<w"),
        "".join(f"&#x{ord(each):x};" for each in "pla-s3cret<w"),
        "".join(f"\\u{ord(each):04x}" for each in "pla-s3cret<w"),
        "".join(f"\\x{ord(each):02x}" for each in "pla-s3cret<w"),
        "".join(f"%{ord(each):02x}" for each in "pla-s3cret<w"),
        "pla-s3\r\n   cret<w",
        "pla-s3\\ncret&lt;w",
    ],
)
def test_a_secret_whose_letters_are_disguised_is_masked_in_its_place(written: str) -> None:
    redactor = Redactor()
    redactor.learn("pla-s3cret<w")
    assert redactor.text(f"before & {written} after\n") == f"before & {MASK} after\n"


def test_what_is_cut_is_redacted_before() -> None:
    redactor = Redactor()
    redactor.learn("pla-s3cret<w")
    assert redactor.cut("x pla-s3cret<w", 6) == f"x {MASK}"[:6]


@pytest.mark.parametrize("before", range(0, 70, 3))
def test_of_a_text_that_others_have_cut_no_half_of_a_secret_is_kept(before: int) -> None:
    secret, most = "GQXKVMZTRWNHJL" * 4, 100
    redactor = taught(secret)
    whole = "a " * 20 + "." * before + f" {secret} {secret} " * 20
    told = whole[: most + redactor.longest]

    assert len(redactor.beginning("a short text", most)) == len("a short text")
    kept = redactor.beginning(told, most)
    assert kept.startswith("a a a a")
    assert len(kept) <= most
    assert not set(kept) & set(secret)


def test_a_text_that_holds_no_secret_stays_as_it_is() -> None:
    redactor = Redactor()
    redactor.learn("pla-s3cret<w")
    text = "100%\nof &amp; 'pla-s3' \\u0041 %41\n cret"
    assert redactor.text(text) == text
