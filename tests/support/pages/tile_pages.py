"""Pages with tiles at known times: each page records the time in the task in which it inserts a tile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Template
from urllib.parse import parse_qs, urlsplit

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tiles</title><link rel="icon" href="data:,">
<style>body { margin: 1rem; font: 16px sans-serif } .tile { min-height: 40px } .gone { display: none }</style>
<script>
// The truth of this page, in milliseconds since 1970: when each tile was inserted, the frame after that, its paint.
window.truth = {};
window.stamp = (id) => {
  const at = performance.timeOrigin + performance.now();
  window.truth[id] = { inserted: at };
  requestAnimationFrame(() => (window.truth[id].frame = performance.timeOrigin + performance.now()));
};
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    const told = (window.truth[each.identifier] ??= {});
    told.painted ??= performance.timeOrigin + each.renderTime;
  }
}).observe({ type: "element", buffered: true });
window.content = (id) => `<h2>Tile</h2><b class="ready">Healthy</b><p class="figure" elementtiming="$${id}">42</p>`;
window.fill = (id, root = document) => {
  root.querySelector(`[data-testid="$${id}"]`).innerHTML = window.content(id);
  window.stamp(id);
};
window.wait = (ms) => new Promise((done) => setTimeout(done, ms));
</script></head><body>"""
SKELETON = '<section class="tile" data-testid="tile-a"><h2>Tile</h2><i class="loading">…</i></section>'
READY = (
    '<section class="tile" data-testid="tile-a"><h2>Tile</h2><b class="ready">Healthy</b>'
    '<p class="figure" elementtiming="tile-a">42</p></section><script>stamp("tile-a")</script>'
)
SCRIPTS = {
    # Content that comes and stays, at a known time.
    "fetched": f'{SKELETON}<script>fetch("/wait?ms=$ms").then(() => fill("tile-a"))</script>',
    "replaced-in-one-frame": f"""{SKELETON}<script>wait($ms).then(() => {{ fill("tile-a");
        const again = () => {{ const old = document.querySelector(".tile"); old.replaceWith(old.cloneNode(true)); }};
        setInterval(again, 30); }})</script>""",
    "shown-by-style": f"""{READY.replace('class="tile"', 'class="tile gone"')}
        <script>wait($ms).then(() => {{ document.querySelector(".tile").classList.remove("gone");
        stamp("tile-a") }})</script>""",
    "shown-by-sheet": f"""<style>.tile {{ visibility: hidden }}</style>{READY}<script>wait($ms).then(() => {{
        document.styleSheets[1].disabled = true; stamp("tile-a") }})</script>""",
    "below-the-fold": f"""<div style="height: 4000px"></div>{SKELETON}
        <script>wait($ms).then(() => fill("tile-a"))</script>""",
    "skipped-below-the-fold": f"""<div style="height: 4000px"></div><div style="content-visibility: auto;
        contain-intrinsic-size: auto 100px">{SKELETON}</div><script>wait($ms).then(() => fill("tile-a"))</script>""",
    "in-a-frame": '<iframe src="/page?kind=fetched&ms=$ms"></iframe>',
    "in-a-frame-of-another-origin": '<iframe src="$other/page?kind=fetched&ms=$ms"></iframe>',
    "in-a-frame-out-of-sight": """<div style="height: 4000px"></div>
        <iframe src="$other/page?kind=fetched&ms=$ms"></iframe>""",
    "a-frame-in-the-tile": """<section class="tile" data-testid="tile-a"><h2>Tile</h2>
        <iframe src="$other/page?kind=bare&ms=$ms"></iframe></section>""",
    "nested-and-renamed": """<section class="tile" data-testid="tile-new"><h2>Around</h2>
        <div class="tile" data-testid="tile-a">old</div></section><script>wait($ms).then(() => {
        const old = document.querySelector("div.tile");
        old.append("gone"); old.dataset.testid = "tile-old";
        old.insertAdjacentHTML("afterend", `<div data-testid="tile-a">$${content("tile-a")}</div>`);
        stamp("tile-a") })</script>""",
    "nested-and-replaced": """<section class="tile" data-testid="tile-new"><h2>Around</h2>
        <div class="tile" data-testid="tile-a"><i class="loading">…</i></div></section><script>wait($ms).then(() => {
        document.querySelector("div.tile").outerHTML = `<div data-testid="tile-a">$${content("tile-a")}</div>`;
        stamp("tile-a") })</script>""",
    "moved-to-another-host": '<script>location.replace("$other/page?kind=fetched&ms=$ms")</script>',
    "around": '<nav>Admin</nav><iframe src="$own/page?kind=fetched&ms=$ms"></iframe>',
    "around-an-error": '<nav>Admin</nav><iframe src="$own/broken"></iframe>',
    "around-nothing": "<nav>Admin</nav><h1>Session expired</h1>",
    "bare": """<main></main><script>wait($ms).then(() => {
        document.querySelector("main").innerHTML = content("tile-a"); stamp("tile-a") })</script>""",
    "in-open-shadow": """<div id="host"></div><script>
        const root = document.getElementById("host").attachShadow({ mode: "open" });
        root.innerHTML = `<section class="tile" data-testid="tile-a"><i class="loading">…</i></section>`;
        wait($ms).then(() => fill("tile-a", root))</script>""",
    "in-closed-shadow": """<div id="host"></div><script>
        const root = document.getElementById("host").attachShadow({ mode: "closed" });
        root.innerHTML = `<section class="tile" data-testid="tile-a"><i class="loading">…</i></section>`;
        wait($ms).then(() => fill("tile-a", root))</script>""",
    "in-parsed-shadow": """<section class="tile" data-testid="tile-a"><template shadowrootmode="open">
        <i class="loading">…</i></template></section><script>wait($ms).then(() => {
        document.querySelector(".tile").shadowRoot.innerHTML = content("tile-a"); stamp("tile-a") })</script>""",
    "hydrated": f"""{READY}<script>wait($ms / 2).then(() => {{
        document.querySelector(".tile").innerHTML = '<i class="loading">…</i>';
        wait($ms / 2).then(() => fill("tile-a")) }})</script>""",
    "computed": f"""{SKELETON}<script>for (let turn = 0; turn < 12; turn++) {{
        const rows = Array.from({{ length: 3000 }}, (_, at) => ({{ name: "row " + (at * 31) % 7919 }}));
        JSON.parse(JSON.stringify(rows)).sort((one, other) => one.name.localeCompare(other.name)) }}
        fill("tile-a")</script>""",
    "document-replaced": """<script>if (!location.hash) wait($ms / 2).then(() => {
        location.replace("/page?kind=fetched&ms=" + $ms / 2) })</script>""",
    "beside-a-stream": f"""{SKELETON}<script>new EventSource("/stream"); new EventSource("/stream");
        fetch("/wait?ms=$ms").then(() => fill("tile-a"))</script>""",
    "beside-an-image-that-hangs": f"""{SKELETON}<img src="/wait?ms=9000">
        <script>wait($ms).then(() => fill("tile-a"))</script>""",
    # No content, or content that does not stay.
    "missing": "<p>no tile</p><nav>the dashboard</nav>",
    "hidden": f"""{SKELETON.replace('class="tile"', 'class="tile gone"')}
        <script>wait($ms).then(() => fill("tile-a"))</script>""",
    "loading": SKELETON,
    "in-error": SKELETON.replace("<i", '<p class="error">It broke</p><i'),
    "shown-then-in-error": f"""{READY}<script>wait($ms).then(() => {{
        document.querySelector(".tile").innerHTML = '<p class="error">It broke</p>' }})</script>""",
    "shown-then-stuck": f"""{READY}<script>wait($ms).then(() => {{ const asked = new XMLHttpRequest();
        asked.open("GET", "/wait?ms=60000", false); asked.send(); }})</script>""",
    "shown-then-removed": f'{READY}<script>wait($ms).then(() => document.querySelector(".tile").remove())</script>',
    "empty": SKELETON.replace('<i class="loading">…</i>', '<b class="ready">Healthy</b><p class="figure"> </p>'),
    "unmarked": SKELETON.replace('<i class="loading">…</i>', "<p>words</p>"),
    "unexpected": READY + READY.replace("tile-a", "tile-new"),
    "unexpected-in-error": READY
    + '<section class="tile" data-testid="tile-new"><h2>New</h2><i class="error">gone</i></section>',
    "unexpected-by-id": READY + '<section class="tile" id="new.one"><h2>New</h2><i class="error">gone</i></section>',
    "unexpected-without-a-name": READY + '<section class="tile"><h2>New</h2></section>',
    "unexpected-and-never-the-same": f"""{READY}<script>
        document.querySelector(".tile").insertAdjacentHTML("afterend", content(""));
        document.body.lastElementChild.dataset.testid = "tile-" + Math.random()</script>""",
}
"""What is in the body of each kind of page; `$ms` is the delay, `$own` this address, `$other` that of
another site."""


class Pages(BaseHTTPRequestHandler):
    """Serves `/page?kind=K&ms=N`, `/wait?ms=N`, `/stream`; and documents that are slow or chunked."""

    protocol_version = "HTTP/1.1"
    own = other = ""

    def do_GET(self) -> None:
        """Answer one request."""
        asked = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        milliseconds = float(given.get("ms", "0"))
        if asked.path == "/wait":
            time.sleep(milliseconds / 1000)
            self._answer(b"{}", "application/json")
        elif asked.path == "/broken":
            self._answer(b"<title>Oh</title>", "text/html", 500)
        elif asked.path == "/stream":
            self._stream()
        elif given["kind"] == "rendered":
            time.sleep(milliseconds / 1000)
            self._page(READY)
        elif given["kind"] == "streamed":
            self._parts(HEAD + "<p>one moment</p>" * 100, READY + "</body></html>", milliseconds / 1000)
        elif given["kind"].isdigit():
            self._page(many(int(given["kind"])))
        else:
            self._page(
                Template(SCRIPTS[given["kind"]]).substitute(ms=given.get("ms", "0"), own=self.own, other=self.other)
            )

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _page(self, body: str) -> None:
        self._answer((HEAD.replace("$$", "$") + body + "</body></html>").encode(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _parts(self, first: str, second: str, seconds: float) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(first.replace("$$", "$").encode())
        time.sleep(seconds)
        self.wfile.write(second.encode())
        self.close_connection = True

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        with_end = threading.Event()
        self.close_connection = True
        try:
            while not with_end.wait(0.2):
                self.wfile.write(b": ping\n\n")
        except OSError:
            return


def many(number: int) -> str:
    """A page with this many tiles of ten elements, half of them in the document, the others one after another."""
    rows = "".join(f"<li>row {row} <em>value</em></li>" for row in range(5))
    ready = '<b class="ready">Healthy</b><p class="figure" elementtiming="tile-{0}">42</p><ul>' + rows + "</ul>"
    tile = '<section class="tile" data-testid="tile-{0}"><h2>Tile {0}</h2>{1}</section>'
    halves = [tile.format(at, ready.format(at) if at % 2 else '<i class="loading">…</i>') for at in range(number)]
    script = """<script>const rows = `%s`;
      for (const tile of document.querySelectorAll(".tile")) {
        const id = tile.dataset.testid;
        if (tile.querySelector(".ready")) { stamp(id); continue; }
        wait(10 * (Number(id.slice(5)) %% 40)).then(() => {
          tile.innerHTML = content(id) + "<ul>" + rows + "</ul>"; stamp(id); });
      }</script>"""
    return "".join(halves) + script % rows


class Served(ThreadingHTTPServer):
    """Ignore connections that a closed page has cut."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the pages on a free port; their address. Frames of another site use the other name of this host."""
    handler = type("Handler", (Pages,), {})
    server = Served(("127.0.0.1", 0), handler)
    handler.own, handler.other = (f"http://{name}:{server.server_port}" for name in ("127.0.0.1", "localhost"))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
