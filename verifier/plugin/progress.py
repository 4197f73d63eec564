"""What the terminal shows while a run looks: each item as soon as it is certain, and what is still waited for."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from verifier.core.deadline import monotonic
from verifier.core.evidence.finding import cut
from verifier.core.execution.progress import Running, RunningObservations
from verifier.core.redaction import REDACTOR
from verifier.reporting.terminal import Line

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

EVERY = 15.0
"""Seconds between two lines where nobody watches."""
SELDOM = 60.0
"""The same, once a run has lasted for some minutes."""
_LONG = 180.0
_STYLES = ("green", "red", "yellow", "bold")


class Progress:
    """Writes to the terminal beside pytest, also while pytest captures the output of a check.

    With `-q` it writes nothing, and with `-v` pytest itself shows every check. At a terminal, what is waited for has a
    line each that lives; elsewhere, a plain line says it every 15 seconds, and after some minutes every minute.

    Args:
        config: of the controlling process.
        running: the observations of the run.
    """

    def __init__(self, config: pytest.Config, running: RunningObservations) -> None:
        self._running = running
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._ended = threading.Event()
        self._begun = monotonic()
        self._live: Live | None = None
        self._started = False
        self.wanted = bool(self._reporter) and config.option.verbose == 0
        if self.wanted and self._reporter:
            self._reporter.showfspath = False
            # What the checks print is captured; this is where the reporter writes.
            self._out = os.fdopen(os.dup(self._reporter._tw._file.fileno()), "w", encoding="utf-8")  # noqa: SLF001
            self._lives = bool(self._reporter.isatty()) and os.environ.get("TERM", "dumb") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return int(self._reporter._tw.fullwidth) if self._reporter else 80  # noqa: SLF001 - nothing else tells

    def start(self) -> None:
        """Begin to show what is waited for; only once."""
        if not self.wanted or self._started:
            return
        self._started = True
        self._reporter.ensure_newline()
        if self._lives:
            from rich.console import Console  # noqa: PLC0415 - only where somebody watches
            from rich.live import Live  # noqa: PLC0415 - as above

            console = Console(file=self._out, force_terminal=True, highlight=False, width=self.width)
            self._live = Live(
                get_renderable=self._waiting,
                console=console,
                refresh_per_second=4,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        else:
            threading.Thread(target=self._tell, name="progress", daemon=True).start()

    def stop(self) -> None:
        """Show nothing more, and leave the screen as it was."""
        self._ended.set()
        if self._live:
            self._live.stop()
            self._live = None

    def show(self, line: Line) -> None:
        """A line that stays."""
        text, markup = REDACTOR.text(line[0]), line[1]
        if not self.wanted:
            return
        if self._live:
            from rich.text import Text  # noqa: PLC0415 - as above

            style = " ".join(each for each in _STYLES if markup.get(each))
            self._live.console.print(Text(text, style=style), no_wrap=True, overflow="ellipsis", crop=True)
        else:
            print(self._reporter._tw.markup(text, **markup), file=self._out, flush=True)  # noqa: SLF001 - a terminal

    def _waiting(self) -> RenderableType:
        from rich.text import Text  # noqa: PLC0415 - as above

        at = monotonic()
        lines = []
        for each in self._running:
            lines.append(cut(f"  … {each}, {_left(each, at)}", self.width - 1))
            lines += [f"      {line}"[: self.width - 1] for line in each.more]
        return Text("\n".join(lines), style="cyan", no_wrap=True, overflow="ellipsis")

    def _tell(self) -> None:
        told: set[str] = set()
        last = self._begun
        while not self._ended.wait(EVERY):
            at, running = monotonic(), list(self._running)
            for line in dict.fromkeys(line for each in running for line in each.news):
                if line not in told:
                    told.add(line)
                    self._print(line)
            if running and (at - self._begun < _LONG or at - last >= SELDOM):
                last = at
                waiting = ", ".join(f"{each} ({_left(each, at)})" for each in running)
                self._print(f"waiting, {at - self._begun:.0f} s: {waiting}")

    def _print(self, line: str) -> None:
        print(cut(line, max(80, self.width)), file=self._out, flush=True)


def _left(running: Running, at: float) -> str:
    left = running.left(at)
    return f"about {left:.0f} s left" if left else f"{at - running.begun:.0f} s, longer than usual"
