"""Records a failing page in a further load: a Playwright trace with screenshots, and a HAR.

Recording slows a page down, so nothing is recorded while it is measured. Cookies, authorization and the run's secrets
are masked.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error

from verifier.core.evidence import CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import MASK, REDACTOR, names_secret
from verifier.probes.browser.auth import address
from verifier.probes.browser.session import in_plain_words, opened_context, unstuck

LOAD = 10.0
"""Seconds for the load and what follows it."""
_WRITING = 15.0
"""Seconds for writing trace and HAR; a stuck page does not answer."""
_AFTER = 1500
"""Milliseconds of recording after the load event."""
_PICTURES = (".jpeg", ".jpg", ".png", ".webp")
"""Members of a trace that show the page as it looked; nothing can be masked in them."""


def record(context: Context, browser: Browser, route: str, *, name: str = "") -> dict[str, bytes]:
    """File name → content of the trace (`trace.zip`) and the HAR (`requests.har`); empty if recording fails.

    A failed recording is no finding: the evidence was taken before.
    """
    stem = f"{name}-" if name else ""
    with tempfile.TemporaryDirectory() as folder:
        trace, har = Path(folder) / "trace.zip", Path(folder) / "requests.har"
        try:
            _load(context, browser, address(context, route), trace, har)
        except (CouldNotLook, Error):
            return {}
        return {f"{stem}{path.name}": masked(path.read_bytes()) for path in (trace, har) if path.is_file()}


def _load(context: Context, browser: Browser, url: str, trace: Path, har: Path) -> None:
    recorded = {"record_har_path": str(har), "record_har_content": "omit"}
    with (
        context.shared(),
        in_plain_words(context.deadline, url),
        opened_context(browser, context, **recorded) as opened,
    ):
        opened.tracing.start(screenshots=True, snapshots=True)
        page = opened.new_page()
        try:
            page.goto(url, timeout=1000 * context.deadline.shorter(LOAD).remaining())
            page.wait_for_timeout(_AFTER)
        except Error:
            pass  # then the trace shows that the page does not load
        with unstuck(page, context.deadline, _WRITING):
            opened.tracing.stop(path=str(trace))
            opened.close()  # closing writes the HAR


def masked(content: bytes) -> bytes:
    """The same archive or JSON with all credentials masked; without pictures, if a secret stood on the page."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            shown = any(_shows_secret(old.read(each)) for each in old.namelist() if each.endswith(".trace"))
            for entry in old.infolist():
                if not (shown and entry.filename.endswith(_PICTURES)):
                    new.writestr(entry.filename, _member(entry.filename, old.read(entry)))
        return made.getvalue()
    return _member("requests.har", content)


def _shows_secret(trace: bytes) -> bool:
    """Whether a secret stands in one of the pages as the trace keeps them."""
    lines = (line.decode("utf-8", "replace") for line in trace.splitlines() if b'"frame-snapshot"' in line)
    return any(map(REDACTOR.holds, lines))


def _member(name: str, content: bytes) -> bytes:
    """Mask one file: a HAR is one JSON value, a trace has one on each line; images stay as they are."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    if name.endswith((".har", ".json")):
        return _json(text).encode()
    if name.endswith((".trace", ".network", ".stacks")):
        return "\n".join(_json(line) if line else line for line in text.split("\n")).encode()
    return REDACTOR.text(text).encode()


def _json(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return REDACTOR.text(text)
    return json.dumps(REDACTOR.clean(_without_keys(value)), ensure_ascii=False, separators=(",", ":"))


def _without_keys(value: Any) -> Any:  # noqa: ANN401 - it walks JSON of any shape
    """Mask values by name: `{"name": "cookie", "value": …}`, `{"cookie": …}`, and cookies themselves."""
    if isinstance(value, list):
        return [_without_keys(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _without_keys(each) for name, each in value.items()}
    if isinstance(found.get("value"), str) and names_secret(str(found.get("name", ""))):
        found["value"] = MASK
    for name, each in found.items():
        if name == "cookies" and isinstance(each, list):
            found[name] = [one | {"value": MASK} if isinstance(one, dict) and "value" in one else one for one in each]
        elif isinstance(each, str) and each and names_secret(name):
            found[name] = MASK
    return found
