"""Turning the pages of a log: each line is read once, or something is known to be missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from verifier.core.deadline import Deadline
from verifier.core.platform import LogLine, LogPage, Platform
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.cursor import Pages, nanoseconds
from verifier.probes.logs.reader import Reader

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SECOND = 10**9


class Log:
    """A log of ten lines, a second apart, three to a page; subclasses do something wrong."""

    app_name = "toy"

    def __init__(self, lines: int = 10) -> None:
        begin = int(nanoseconds(NOON))
        self.moments = [begin + SECOND * number for number in range(1, lines + 1)]
        self.asked: list[str] = []

    def log_page(self, token: str) -> LogPage:
        self.asked.append(token)
        after = [each for each in self.moments if not token or each > int(token)]
        page = after[-3:] if not token else after[:3]
        return LogPage(tuple(self.line(each) for each in page), self.following(page, token))

    def following(self, page: list[int], token: str) -> str:
        return str(page[-1]) if page else token

    def line(self, moment: int) -> LogLine:
        at = datetime.fromtimestamp(moment / SECOND, UTC)
        return LogLine("m1", "app", at, "info", f"line of {moment}", f"m1-{moment}", moment)


class Leaping(Log):
    def following(self, page: list[int], token: str) -> str:
        return str(page[-1] + 4 * SECOND) if page else token


class LateHost(Log):
    """A host that sends each of its lines a second after a later one of another host."""

    def __init__(self) -> None:
        super().__init__(6)
        self.late = [moment - SECOND // 2 for moment in self.moments]
        self.sent: list[int] = []

    def log_page(self, token: str) -> LogPage:
        self.asked.append(token)
        after = [each for each in sorted([*self.moments, *self.sent]) if not token or each > int(token)]
        page = after[-3:] if not token else after[:3]
        self.sent = self.late if self.moments[-1] in page else self.sent
        return LogPage(tuple(self.line(each) for each in page), self.following(page, token))

    def line(self, moment: int) -> LogLine:
        machine = "m2" if moment in self.late else "m1"
        return super().line(moment)._replace(machine=machine, id=f"{machine}-{moment}")


class Repeating(Log):
    """A cursor that stands for the line itself, not for what comes after it."""

    def log_page(self, token: str) -> LogPage:
        return super().log_page(str(int(token) - 1) if token else "")


class Unmoved(Log):
    """Hands out the cursor that it was asked with; its lines tell their moments all the same."""

    def following(self, page: list[int], token: str) -> str:  # noqa: ARG002 - of its kind
        return token


class Endless(Log):
    """Whatever is asked, there is one line more."""

    def log_page(self, token: str) -> LogPage:
        self.moments.append(self.moments[-1] + SECOND)
        return super().log_page(token)


class Heedless(Log):
    """Hands out its newest lines, whatever is asked."""

    def log_page(self, token: str) -> LogPage:  # noqa: ARG002 - of its kind
        return super().log_page("")


class Returning(Log):
    """Hands out its first lines, whatever is asked."""

    def log_page(self, token: str) -> LogPage:  # noqa: ARG002 - of its kind
        return LogPage(tuple(self.line(each) for each in self.moments[:3]), "the same")


class EmptyOnce(Log):
    def log_page(self, token: str) -> LogPage:
        first = token not in self.asked
        page = super().log_page(token)
        return LogPage((), token) if first and self.moments[2] == int(token or 0) else page


class Ending(Log):
    """After its sixth line it has no further page, though it has newer lines."""

    def log_page(self, token: str) -> LogPage:
        page = super().log_page(token)
        return LogPage((), token) if token and int(token) >= self.moments[5] else page


class Growing(Log):
    """While somebody asks for its newest lines, one more is written."""

    def log_page(self, token: str) -> LogPage:
        if not token:
            self.moments.append(self.moments[-1] + SECOND)
        return super().log_page(token)


class WithoutIds(Log):
    def line(self, moment: int) -> LogLine:
        return super().line(moment)._replace(id="", nanoseconds=None)


class Standing(WithoutIds):
    def following(self, page: list[int], token: str) -> str:  # noqa: ARG002 - of its kind
        return token


def read(log: Log, mark: str = "") -> tuple[Tally, Reader, Pages]:
    tally = Tally(marks={mark: "m1"} if mark else {}, since={"m1": NOON})
    pages = Pages(cast("Platform", log), NOON, Deadline(0.2))
    reader = Reader(pages, tally, ("m1",), Deadline(0.2), first_lines=False)
    reader.read()
    return tally, reader, pages


@pytest.mark.parametrize("kind", [Log, Leaping, Repeating, Unmoved, WithoutIds])
def test_every_line_is_read_once(kind: type[Log]) -> None:
    log = kind()

    tally, reader, _ = read(log, f"line of {log.moments[-1]}")

    assert (tally.machines["m1"].lines, reader.gaps) == (10, [])


def test_a_log_without_an_end_is_read_as_far_as_it_is_known_to_reach_the_present() -> None:
    log = Endless()
    tally, reader, _ = read(log, f"line of {log.moments[9]}")
    assert (reader.gaps, tally.machines["m1"].lines >= 10) == ([], True)

    _, reader, pages = read(Endless(), "a mark that never comes")
    assert pages.read > 10
    assert reader.gaps == [f"reading stopped after {pages.read} pages"]


def test_a_line_that_comes_after_later_ones_of_another_machine_is_read() -> None:
    log = LateHost()
    marks = {f"line of {log.moments[-1]}": "m1", f"line of {log.late[-1]}": "m2"}
    tally = Tally(marks=marks, since={"m1": NOON, "m2": NOON})
    reader = Reader(
        Pages(cast("Platform", log), NOON, Deadline(1)), tally, ("m1", "m2"), Deadline(1), first_lines=False
    )

    reader.read()

    lines = {machine: each.lines for machine, each in tally.machines.items()}
    assert (reader.satisfied, reader.gaps) == (True, [])
    assert lines == {"m1": 6, "m2": 3}  # the last seconds are asked for again, and no line counts twice


def test_a_cursor_that_leaps_is_told() -> None:
    _, _, pages = read(Leaping())

    assert pages.leaps > 0


def test_a_page_that_is_empty_once_ends_nothing() -> None:
    log = EmptyOnce()
    tally, pages = Tally(), Pages(cast("Platform", log), NOON, Deadline(1))
    reader = Reader(pages, tally, ("m1",), Deadline(1), first_lines=False)

    reader.read_on()
    stopped_at = tally.lines
    reader.read_on()

    assert (stopped_at, tally.lines, reader.gaps) == (3, 10, [])


def test_a_page_that_stays_empty_before_newer_lines_is_a_gap() -> None:
    log = Ending()

    tally, reader, _ = read(log, f"line of {log.moments[-1]}")

    assert tally.lines == 9  # six, and the newest three
    assert len(reader.gaps) == 1
    assert "has no page, although it holds lines of 2026-01-15 12:00:08" in reader.gaps[0]


def test_lines_that_come_while_the_end_is_looked_at_are_no_gap() -> None:
    log = Growing()

    tally, reader, _ = read(log, "never there")

    assert (tally.lines, reader.gaps) == (11, [])


def test_a_cursor_that_stands_still_is_a_gap() -> None:
    _, reader, _ = read(Standing(), "never there")

    assert reader.gaps == ["the log's cursor does not move"]


def test_reading_begins_where_it_is_told_to() -> None:
    log = Log()
    pages = Pages(cast("Platform", log), NOON + timedelta(seconds=4), Deadline(1))

    assert [entry.message for entry in pages.next()] == [f"line of {each}" for each in log.moments[4:7]]


@pytest.mark.parametrize("kind", [Heedless, Returning])
@pytest.mark.parametrize("marked", [True, False])
def test_a_log_that_does_not_heed_its_cursor_is_a_gap(kind: type[Log], marked: bool) -> None:  # noqa: FBT001
    log = kind()

    tally, reader, pages = read(log, f"line of {log.moments[-1]}" if marked else "")

    assert (tally.lines, pages.heeded, len(reader.gaps)) == (3, False, 1)


def test_without_marks_too_the_end_counts_only_if_the_newest_lines_agree() -> None:
    _, reader, _ = read(Ending())

    assert len(reader.gaps) == 1
    assert "has no page, although it holds lines" in reader.gaps[0]
