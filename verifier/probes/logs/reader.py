"""Reads a log into a tally: to the present, or to where enough is known, and says what it could not read."""

from __future__ import annotations

from datetime import timedelta

from verifier.core.deadline import Deadline, now
from verifier.core.evidence import moment
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.cursor import Pages

CONTROL_SECONDS = 10.0
"""How long a line may take until it is in the log."""
MOST_PAGES = 1000
MANY_PAGES = 20
"""From here on, where only the first lines matter and every machine has told enough, reading goes on at the present."""
PLENTY = 500


class Reader:
    """Reads page after page into a tally.

    Args:
        pages: the log.
        tally: where the lines go.
        machines: the machines that are expected to write.
        deadline: how long reading may take.
        first_lines: whether only the first lines of each machine matter, so that what follows may be left out.
    """

    def __init__(
        self, pages: Pages, tally: Tally, machines: tuple[str, ...], deadline: Deadline, *, first_lines: bool
    ) -> None:
        self.gaps: list[str] = []
        self._pages, self._tally, self._machines, self._deadline = pages, tally, machines, deadline
        self._marked = tally.expects_marks
        self._began = now()
        self._done = False
        self._may_leap = first_lines and self._marked

    @property
    def satisfied(self) -> bool:
        """Whether reading on would show nothing more that matters."""
        return self._done or (self._tally.lines > 0 and self._tally.tells_of_now)

    def read(self) -> None:
        """Read to the present: to where the last mark of every machine was found. Lines may come late, in any order."""
        self.read_on()
        self._deadline.shorter(CONTROL_SECONDS).eventually(self._read_again, lambda _: self.satisfied)
        if not self.satisfied:
            self._look_beyond()

    def _read_again(self) -> None:
        self._pages.look_again()
        self.read_on()

    def read_on(self) -> None:
        """Read to the present, or to the end of the log."""
        while not self._done:
            entries = self._pages.next()
            for entry in entries:
                self._tally.add(entry)
            self._consider()
            if not entries or (self._tally.lines and self._at_present()):
                return

    def catch_up(self) -> None:
        """Read what has been written by now."""
        present = now()
        self._pages.look_again()
        while not self._done and (entries := self._pages.next()):
            for entry in entries:
                self._tally.add(entry)
            self._consider()
            if self._tally.last is not None and self._tally.last >= present:
                return

    def _at_present(self) -> bool:
        """Whether the present is reached: by our marks, or by the clock where there are none."""
        if self._marked:
            return self._tally.tells_of_now
        return self._tally.last is not None and self._tally.last >= self._began

    def _consider(self) -> None:
        if self._pages.stuck:
            self._end("the log's cursor does not move")
        elif self._pages.read >= MOST_PAGES or self._deadline.over:
            self._end(f"reading stopped after {self._pages.read} pages")
        elif self._may_leap and self._pages.read >= MANY_PAGES and self._told_plenty():
            self._may_leap = False
            self.gaps.append(f"after {self._pages.read} pages, reading went on at the present")
            self._pages.go_to(self._began - timedelta(minutes=1))

    def _end(self, why: str) -> None:
        self._done = True
        self.gaps.append(why)

    def _told_plenty(self) -> bool:
        counts = (self._tally.machines.get(machine) for machine in self._machines)
        return all(each is not None and each.lines >= PLENTY for each in counts)

    def _look_beyond(self) -> None:
        """Ask for the newest lines: whether the log goes on behind a page that is empty."""
        newest = self._pages.newest()
        if not newest:
            return
        self.read_on()  # they may just have come
        if self.satisfied:
            return
        last, entries = self._tally.last, self._pages.leap_to(newest)
        if not entries:
            return
        after = moment(last) if last else "its beginning"
        self.gaps.append(f"after {after} the log has no page, although it holds lines of {moment(entries[0].at)}")
        for entry in entries:
            self._tally.add(entry)
        self.read_on()
