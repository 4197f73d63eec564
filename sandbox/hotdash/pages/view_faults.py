"""Faults of the pages."""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Match

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.hotdash.answer_faults import ANSWERS
from sandbox.item_groups import PAGE_ITEMS, POSTDEPLOY_AND_MONITORING

_CONSOLE = ("no-console-errors",)
_NOT_THERE = (
    '<!doctype html><html lang="de"><title>HotDash</title><body><main><h1>Seite nicht gefunden</h1>'
    '<p>Die gewünschte Seite gibt es nicht. <a href="/app?mock=1">Zurück zur Übersicht</a></p></main></body></html>'
)
HEAD: Hook[str] = Hook()
"""HTML in the head of every page; `{strangers}` is a third-party origin."""
MAIN: Hook[str] = Hook()
"""HTML at the end of the content of every page."""


def _console(name: str, summary: str, html: str) -> None:
    """Declare a fault that the browser's console shows."""
    HEAD.add(Fault(name, summary, _CONSOLE), html)


_console(
    "csp-violation",
    "the content security policy blocks a script",
    """<meta http-equiv="content-security-policy" content="script-src 'self' 'unsafe-inline'">"""
    """<script src="https://widgets.hotdash.invalid/chat.js"></script>""",
)
_console(
    "mixed-content",
    "a page requests a script over plain http",
    '<script src="http://widgets.hotdash.invalid/chat.js"></script>',
)
HEAD.add(
    Fault(
        "third-party-error",
        "a third-party script answers 404, which is not the app's fault",
        green=("smoke-passed", "no-console-errors", "accessibility"),
    ),
    '<script src="{strangers}/gone.js" defer></script>',
)
HEAD.add(
    Fault(
        "third-party-hangs",
        "a third-party script never answers, and the page waits for it",
        ("smoke-passed",),
        unverified("unreachable", "no-console-errors", "accessibility") | unverified("timeout", "tiles-under-3s"),
    ),
    '<script src="{strangers}/hangs.js"></script>',
)
_console(
    "promise-rejected",
    "a promise is rejected, and nothing handles it",
    '<script>Promise.reject(new Error("the session has no shop"));</script>',
)
HEAD.add(
    Fault(
        "page-stuck",
        "a script of every page loops for ever, from soon after the load",
        ("smoke-passed",),
        unverified("unreachable", "no-console-errors", "accessibility"),
        perhaps=("tiles-under-3s",),
    ),
    '<script>addEventListener("load", () => setTimeout(() => { const asked = new XMLHttpRequest(); '
    'asked.open("GET", "{strangers}/hangs.js", false); asked.send(); }, 100));</script>',
)
_console(
    "console-error",
    "a page writes an error to the console",
    '<script>console.error("Unhandled rejection: failed to hydrate the dashboard");</script>',
)
_console(
    "script-missing", "a page requests a script that does not exist", '<script src="/static/vendor-8f31c2.js"></script>'
)
_console("page-error", "a script raises an exception when a page loads", "<script>window.dashboard.hydrate();</script>")
MAIN.add(
    Fault("image-missing-alt", "a page has an image without a text and a field without a label", ("accessibility",)),
    '<img src="/static/icon.svg" width="16" height="16"><input type="text">',
)
MAIN.add(
    Fault("contrast-low", "a sentence on every page is grey on grey", ("accessibility",)),
    '<p style="color:#b8b8b8;background:#eee">Figures are of yesterday.</p>',
)
HEAD.add(
    Fault(
        "focus-invisible",
        "links of the navigation do not show the keyboard's focus",
        ("accessibility", "phase-features"),
    ),
    "<style>nav a:focus-visible { outline: none !important }</style>",
)
MAIN.add(
    Fault("keyboard-trap", "a field on every page swallows Tab", ("accessibility",)),
    """<label>Note <input onkeydown="if (event.key === 'Tab') event.preventDefault()"></label>"""
    '<button type="button">Keep</button>',
)
MAIN.add(
    Fault("dialog-keeps-open", "a dialog on every page cannot be closed with Escape", ("accessibility",)),
    """<button type="button" aria-haspopup="dialog" onclick="this.nextElementSibling.showModal()">About</button>"""
    """<dialog aria-label="About" onkeydown="if (event.key === 'Escape') event.preventDefault()">"""
    """<p>HotDash</p><button type="button" onclick="this.parentElement.close()">Close</button></dialog>""",
)


def _looks(name: str, summary: str, html: str) -> None:
    """Declare a fault of which people are warned; the contract may let the promise fail on it."""
    MAIN.add(Fault(name, f"{summary}, which is a warning", green=("smoke-passed",)), html)


_looks(
    "dead-link",
    "a link on every page leads nowhere",
    '<p style="padding:24px 0"><a href="/help/gone">How this page is read</a></p>',  # far enough from other targets
)
_looks(
    "picture-not-loaded",
    "a picture on every page does not load",
    '<img src="data:image/png;base64,AAAA" alt="The shop" width="160" height="90">',
)
_looks(
    "texts-overlap",
    "two texts overlap on a telephone",
    '<div style="position:relative;height:2rem"><span style="position:absolute;left:0;white-space:nowrap">'
    'Revenue of the last seven days</span><span style="position:absolute;right:0;white-space:nowrap">'
    "1,204,118 euros in all shops</span></div>",
)
_looks("region-blank", "a region of every page is blank", '<section aria-label="Sales" style="height:200px"></section>')
_looks(
    "layout-shifts",
    "a banner pushes every page down",
    '<script>requestAnimationFrame(() => setTimeout(() => { const banner = document.createElement("div"); '
    'banner.style.height = "400px"; banner.textContent = "News"; '
    'document.querySelector("main").prepend(banner); }, 150));</script>',
)


@ANSWERS.by(
    Fault(
        "error-page-foreign",
        "a path that is not there answers with a page in German, which is a warning",
        green=("smoke-passed",),
    )
)
async def _not_there(request: Request, _figure: str) -> Response | None:
    known = any(each.matches(request.scope)[0] != Match.NONE for each in request.app.routes)
    return None if known else HTMLResponse(_NOT_THERE, 404)


WRONG_PAGE = declare(Fault("wrong-page", "the settings are served where the dashboard was", ("tiles-under-3s",)))
BOUNCE_PAGE = declare(
    Fault(
        "bounce-page",
        "every page is the bounce page: 200, and no tiles",
        (),
        unverified("unauthorized", "smoke-passed", "response-time", *PAGE_ITEMS),
    )
)
WITHOUT_BUTTONS = declare(
    Fault("approvals-without-buttons", "the cards of approvals have no buttons", ("phase-features",))
)
BADGE_STAYS = declare(Fault("badge-stays", "events do not change the badge in the navigation", ("phase-features",)))
BADGE_WRONG = declare(
    Fault("badge-without-the-newest", "the badge in the navigation does not count the newest one", ("phase-features",))
)
MAIN.add(
    Fault("dialogs-without-escape", "no dialog can be closed by the keyboard", ("phase-features",)),
    """<script>addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); }, true);"""
    "</script>",
)
MAIN.add(
    Fault("welcome-without-escape", "the welcome cannot be closed by the keyboard", ("phase-features",)),
    """<script>addEventListener("keydown", (event) => { if (event.key === "Escape" && """
    """document.querySelector("#welcome[open]")) event.preventDefault(); }, true);</script>""",
)
MAIN.add(
    Fault("backlog-unnoticed", "no banner tells of a backlog in the queue", ("phase-features",)),
    "<style>[data-banner=backlog] { display: none }</style>",
)
MAIN.add(
    Fault("slow-tile-unnoticed", "no banner tells of a tile that loads for long", ("phase-features",)),
    "<style>[data-banner^=slow-] { display: none }</style>",
)
HEAD.add(
    Fault("titles-alike", "every page has the same title", ("phase-features",)),
    """<script>document.title = "HotDash";</script>""",
)


def _lost(name: str, summary: str, method: str, path: str, status: int = 200) -> None:
    """Declare a fault that confirms what is sent to a path, and keeps nothing of it."""

    async def confirmed(request: Request, _figure: str) -> Response | None:
        sent = request.method == method and re.fullmatch(path, request.url.path)
        return JSONResponse({}, status) if sent else None

    ANSWERS.add(Fault(name, summary, ("phase-features",)), confirmed)


_lost(
    "grades-not-saved",
    "grades of an escalation are confirmed, and not kept",
    "POST",
    "/api/escalations/grades",
    201,
)
_lost(
    "notification-stays-unread",
    "a notification that is marked as read stays unread",
    "POST",
    "/api/notifications/[^/]+/read",
)
_lost(
    "notification-preferences-not-kept",
    "preferences of notifications are confirmed, and not kept",
    "PUT",
    "/api/notification-preferences",
)


ANSWERS.at(
    "/settings",
    Fault(
        "route-500",
        "/settings answers 500",
        ("smoke-passed", "no-server-errors"),
        unverified("unreachable", "no-console-errors", "accessibility", "phase-features"),
    ),
    lambda: PlainTextResponse("Internal Server Error", 500),
)
ANSWERS.at(
    "/app|/approvals|/settings",
    Fault(
        "agents-refused",
        "the pages answer 410 to the browser of the suite",
        (),
        unverified("unauthorized", "smoke-passed", "uptime", "response-time", *PAGE_ITEMS),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    lambda: PlainTextResponse("Gone", 410),
)
