"""A walk with the keyboard writes nothing, however much the page invites to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.pages.tile_browser import context, target
from verifier.probes.browser.condition.probe import Looking, PageCondition, condition_of
from verifier.probes.browser.session import opened_browser, opened_context

SEND = "const send = (what) => fetch(`/write/${what}`, { method: 'POST', body: what });"
TEMPTING = f"""<!doctype html><html lang="en"><title>Orders</title><body><main><h1>Orders</h1>
<button id="delete" onclick="send('delete')">Delete</button>
<form method="post" action="/write/form"><label>Name <input name="name"></label><button>Submit</button></form>
<label>Note <input id="note" onfocus="send('focus')" onblur="navigator.sendBeacon('/write/blur', 'x')"></label>
<button id="opens" aria-haspopup="dialog"
    onclick="send('opened'); document.getElementById('kept').showModal()">Grade</button>
<button id="asks" aria-haspopup="dialog"
    onclick="send('first').then(() => document.getElementById('late').showModal())">Assign</button>
<button id="late-write" aria-haspopup="dialog"
    onclick="document.getElementById('other').showModal(); setTimeout(() => send('later'), 300)">Archive</button>
<button id="sticks" aria-haspopup="dialog" onclick="document.getElementById('stuck').showModal()">Refuse</button>
<dialog id="kept"><p>Grade it</p><button onclick="send('grade')">Send</button></dialog>
<dialog id="late"><p>Assign it</p><button>Close</button></dialog>
<dialog id="other" onclose="send('closed')"><p>Archive it</p><button onclick="send('archive')">Archive</button></dialog>
<dialog id="stuck" oncancel="event.preventDefault()"><p>Refuse it</p><button autofocus>Refuse</button></dialog>
</main><script>{SEND}
for (const name of ["keydown", "keyup"]) addEventListener(name, (it) => send(`${{name}}-${{it.key}}`));
addEventListener("pagehide", () => navigator.sendBeacon("/write/pagehide", "x"));
fetch("/query", {{ method: "POST", body: "what is there" }});
</script>"""


class Asked(BaseHTTPRequestHandler):
    """Serves the page, and notes every request that is not a GET."""

    protocol_version = "HTTP/1.1"
    writes: list[str]

    def do_GET(self) -> None:
        body = TEMPTING.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.writes.append(f"{self.command} {self.path}")
        self.send_response(204)
        self.end_headers()

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the names that the server asks for

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[PageCondition, list[str]]]:
    """The condition of the page, and what the server was asked to write until the browser was closed."""
    writes: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Asked,), {"writes": writes}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        given = context(target(f"http://127.0.0.1:{server.server_port}"))
        with opened_browser(given) as browser, opened_context(browser, given) as opened:
            condition = condition_of(given, opened, f"{given.url}/", "/", Looking(given, thorough=10))
        yield condition, writes
    finally:
        server.shutdown()
        server.server_close()


def test_only_the_page_itself_asks_while_it_is_opened(seen: tuple[PageCondition, list[str]]) -> None:
    condition, writes = seen

    assert condition.walk is not None
    assert condition.walk.dialogs == 3, condition.walk
    assert set(writes) == {"POST /query"}
    assert len(writes) == 2, "opened at first, and after the dialog that does not close"


@pytest.mark.parametrize("what", ["focus", "blur", "opened", "first", "later", "closed", "keydown-Tab"])
def test_what_the_page_wanted_to_write_is_told(seen: tuple[PageCondition, list[str]], what: str) -> None:
    condition, _ = seen

    assert condition.walk is not None
    assert any(f"/write/{what})" in told for told in condition.walk.unseen), condition.walk.unseen


def test_a_dialog_that_opens_by_writing_alone_is_not_called_broken(seen: tuple[PageCondition, list[str]]) -> None:
    condition, _ = seen

    assert condition.walk is not None
    assert any(told.startswith("#asks opens no dialog without writing") for told in condition.walk.unseen)
    assert "dialog-does-not-open" not in {each.kind for each in condition.walk.defects}
