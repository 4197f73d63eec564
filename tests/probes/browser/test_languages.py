"""Errors in another language than the app's are told, those in the same are not, nor what cannot be told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.pages.tile_browser import context, target
from verifier.core.deadline import now
from verifier.probes.browser.condition.error_pages import NOWHERE, look_at_errors
from verifier.probes.browser.condition.languages import foreign_language, language_of_app
from verifier.probes.browser.condition.probe import Looking, PageConditions, tried
from verifier.probes.browser.session import opened_browser

GERMAN = "Übersicht Freigaben Einstellungen: Umsatz, Lager und Kunden der letzten sieben Tage"
ENGLISH = "Approvals Dashboard Settings: revenue, stock and customers of the last seven days"
"""What a page of the app shows."""


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", ENGLISH, "en"),
        ("en-GB", "Café", "en"),
        ("de", GERMAN, "de"),
        ("en", GERMAN, "de"),
        ("", GERMAN, "de"),
        ("", ENGLISH, "en"),
        ("", "Login", ""),
        ("nb-NO", "Ordre", "no"),
        ("fr", "", "fr"),
    ],
)
def test_the_language_of_an_app_is_that_of_its_words_or_what_it_declares(
    declared: str, text: str, language: str
) -> None:
    assert language_of_app(declared, text) == language


@pytest.mark.parametrize(
    ("app", "declared", "text", "foreign"),
    [
        ("en", "", "Not Found", ""),
        ("de", "", "Not Found", "en"),
        ("de", "", "502 Bad Gateway\nnginx/1.25.3", "en"),
        ("de", "en", "Cannot GET /no-such-page", "en"),
        ("de", "", '{"detail": "Not Found", "status": 404}', "en"),
        ("en", "", '{"detail": "Nicht gefunden: die Seite gibt es nicht"}', "de"),
        ("en", "", "Seite nicht gefunden", "de"),
        ("en", "en", "Die Seite ist vorübergehend nicht erreichbar", "de"),
        ("en", "de", "Verboten", "de"),
        ("de", "en", "Verboten", ""),
        ("en", "", "Session expired", ""),
        ("fr", "fr", "Page introuvable", ""),
        ("en", "", "404", ""),
        ("en", "", "", ""),
        ("", "de", "Seite nicht gefunden", ""),
        ("xx", "de", "Seite nicht gefunden", ""),
    ],
)
def test_words_are_foreign_only_where_they_or_their_page_say_so(
    app: str, declared: str, text: str, foreign: str
) -> None:
    assert foreign_language(app, declared, text) == foreign


PAGE = '<!doctype html><html lang="{lang}"><title>App</title><body><main><h1>{text}</h1>{more}</main></body></html>'
INVALID = (
    '<input aria-label="SKU" aria-invalid="true" aria-errormessage="e"><p id="e">Bitte füllen Sie dieses Feld aus</p>'
)


@contextmanager
def app(pages: dict[str, tuple[int, str]]) -> Iterator[str]:
    """The address of an app with these answers; every other path has nothing to show."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = pages.get(self.path, (404, ""))
            body = content.encode()
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def told(pages: dict[str, tuple[int, str]]) -> list[str]:
    """What is told of the languages of this app: route, and the words with both languages; all with a picture."""
    with app(pages) as url:
        given = context(target(url))
        with opened_browser(given) as browser:
            looking = Looking(given, thorough=10)
            first = tried(given, browser, "/app", looking)
            failing = [route for route, (status, _) in pages.items() if status >= 500]
            errors = look_at_errors(given, browser, failing, looking.language, looking.left)
    seen = PageConditions(asked="", where="", at=now(), again="", pages={"/app": first}, errors=errors, thorough=10)
    found = [each for part in (first, *errors) for each in part.looks if each.kind == "mixed-languages"]
    assert [each.trouble for each in errors] == [""] * len(errors)
    assert all(each.content for each in found)
    assert len(seen.looks()["mixed-languages"]) == len(found)
    return [f"{each.where}: {each.told}" for each in found]


def test_the_error_pages_and_messages_of_an_app_are_compared_with_its_language() -> None:
    german = {
        "/app": (200, PAGE.format(lang="de", text=GERMAN, more="")),
        NOWHERE: (404, "Not Found"),
        "/report": (503, PAGE.format(lang="de", text="Die Verwaltung ist nicht erreichbar", more="")),
    }
    english = {
        "/app": (200, PAGE.format(lang="en", text=ENGLISH, more=INVALID)),
        NOWHERE: (404, PAGE.format(lang="en", text="Seite nicht gefunden", more="")),
        "/report": (500, "Internal Server Error"),
    }

    assert told(german) == [f"{NOWHERE}: 'Not Found' is in 'en', the app is in 'de'"]
    assert told(english) == [
        "/app: 'Bitte füllen Sie dieses Feld aus' is in 'de', the app is in 'en'",
        f"{NOWHERE}: 'Seite nicht gefunden' is in 'de', the app is in 'en'",
    ]


def test_an_app_with_errors_in_its_own_language_and_one_that_shows_nothing_give_nothing() -> None:
    english = {"/app": (200, PAGE.format(lang="en", text=ENGLISH, more="")), NOWHERE: (404, "Not Found")}

    assert told(english) == []
    assert told({"/app": english["/app"], "/report": (500, "")}) == []
