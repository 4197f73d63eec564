"""The page of trends: what the history of a target keeps of its accepted releases, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.support.pages.report_page import opened_page
from tests.support.pages.tile_browser import context, target
from tests.support.runs.records import item, released
from tests.support.runs.toy import contract
from verifier.commands import main
from verifier.core.evidence.store import EvidenceStore
from verifier.core.evidence.trend_chart import trend
from verifier.core.execution.run import Run
from verifier.core.verdict.baseline import Baseline, read_baseline
from verifier.core.verdict.results import Outcome
from verifier.probes.browser.session import opened_browser
from verifier.reporting import write_texts
from verifier.reporting.history import MOST_RELEASES, remember
from verifier.reporting.model import JudgedItem
from verifier.reporting.record.canonical import digest

CONTRACT = contract(fast="limit = { seconds = 3.0 }", errors="limit = { share = 0.01 }", calm="limit = { count = 5 }")
Accept = Callable[..., Baseline]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser(context(target("http://127.0.0.1:9"), seconds=600)) as opened:
        yield opened


@pytest.fixture
def accept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Accept:
    """Ends a run DONE with these figures, and hands over what is kept then."""
    monkeypatch.chdir(tmp_path)
    Path("definition_of_done.toml").write_text(CONTRACT, encoding="utf-8")

    def end(
        version: int,
        run: str = "run",
        samples: tuple[float, ...] = (),
        items: Sequence[JudgedItem] = (),
        **figures: float,
    ) -> Baseline:
        limits = {"fast": {"seconds": 3.0}, "errors": {"share": 0.01}, "calm": {"count": 5}}
        measured = [item(name, figure=figure, limit=limits[name]) for name, figure in figures.items()]
        report = released(
            *items, *measured, item("kept"), run=run, target="toy", samples={"tile-a": samples} if samples else {}
        )
        report = report.model_copy(update={"release": {**(report.release or {}), "version": version}})
        write_texts(tmp_path / "run", report)
        history = tmp_path / "reports" / "history" / "toy.json"
        store = EvidenceStore(tmp_path / "run" / "evidence")
        made = SimpleNamespace(files_only=False, folder=tmp_path / "run", history=history, store=store)
        assert "kept for later releases" in remember(cast("Run", made), report)
        kept = read_baseline(made.history)
        assert kept is not None
        return kept

    return end


def test_each_accepted_release_keeps_its_figures_medians_and_record(accept: Accept, tmp_path: Path) -> None:
    accept(40, "first", fast=0.5, errors=0.002)
    kept = accept(41, "second", samples=(0.4, 0.6, 0.5), fast=0.7)
    assert [(each.release, each.run) for each in kept.releases] == [("40", "first"), ("41", "second")]
    assert kept.releases[0].figures == {"fast": (0.5, 3.0), "errors": (0.002, 0.01)}
    assert (kept.releases[1].figures, kept.releases[1].medians) == ({"fast": (0.7, 3.0)}, {"tile-a": 0.5})
    assert kept.releases[1].sha256 == digest(tmp_path / "run" / "verdict.json")


def test_runs_of_one_release_are_one_entry_with_the_figures_of_all_and_the_record_of_the_last(accept: Accept) -> None:
    accept(41, "deploy", calm=1.0)
    kept = accept(41, "postdeploy", fast=0.5)
    assert [(each.run, set(each.figures)) for each in kept.releases] == [("postdeploy", {"calm", "fast"})]


def test_a_run_that_measures_less_makes_nobody_forget_what_was_measured(accept: Accept) -> None:
    accept(40, samples=(0.4, 0.4, 0.4))
    deployed = accept(41, "deploy", calm=1.0)
    assert (deployed.seconds, deployed.releases[-1].medians) == ({"tile-a": (0.4, 0.4, 0.4)}, {})
    assert accept(41, "postdeploy", samples=(0.7, 0.7)).seconds == {"tile-a": (0.7, 0.7)}
    assert accept(41, "postdeploy", samples=(0.8,)).seconds == {"tile-a": (0.7, 0.7, 0.8)}


def test_what_a_run_did_not_judge_is_known_as_it_was(accept: Accept) -> None:
    waived = [item("old", Outcome.WAIVED)]
    assert [each.item for each in accept(40, items=waived).findings] == ["old"]
    assert [each.item for each in accept(41, calm=1.0).findings] == ["old"]
    assert accept(41, items=[item("old")]).findings == ()


def test_only_so_many_releases_are_kept(accept: Accept) -> None:
    for version in range(MOST_RELEASES + 3):
        kept = accept(version, fast=0.5)
    assert [each.release for each in kept.releases] == [str(each) for each in range(3, MOST_RELEASES + 3)]


def test_the_page_shows_every_figure_in_its_unit_beside_its_limit(
    accept: Accept, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(40, fast=0.5, errors=0.004)
    accept(41, samples=(0.4, 0.6, 0.5), fast=1.5, calm=2.0)
    assert main(["trends", "toy"]) == 0
    assert "2 accepted releases: reports/trends-toy.html" in capsys.readouterr().out
    page = Path("reports/trends-toy.html").read_text(encoding="utf-8")
    for words in (
        "40: 0.5 s",
        "41: 1.5 s",
        "limit 3 s",
        "40: 0.4 %",
        "limit 1 %",
        "41: 2<",
        "limit 5<",
        "tile-a",
        "41: 0.5 s",
    ):
        assert words in page
    assert re.findall(r"""(?:src|href)="(?!data:)""", page) == []
    assert page.index("The toy is fast".lower()) < page.index("the toy is errors") < page.index("the toy is calm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_asks_for_nothing(accept: Accept, browser: Browser, scheme: str) -> None:
    accept(40, fast=0.5, errors=0.004)
    accept(41, samples=(0.4, 0.6, 0.5), fast=1.5)
    assert main(["trends", "toy"]) == 0
    with opened_page(browser, Path("reports/trends-toy.html")) as (page, asked):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of both
        told = Axe().run(page)
        assert {each["id"]: [node["html"] for node in each["nodes"]] for each in told.response["violations"]} == {}
        assert (asked.elsewhere, asked.refused, asked.errors) == ([], [], [])


def test_without_an_accepted_release_the_command_says_which_there_are(
    accept: Accept, capsys: pytest.CaptureFixture[str]
) -> None:
    accept(40, fast=0.5)
    assert main(["trends", "shop"]) == 4
    assert "no accepted release of 'shop' in reports/history; there are toy" in capsys.readouterr().err


def drawn(*values: float | None, limit: float | None = None) -> str:
    return trend("Waits", [(f"v{number}", each) for number, each in enumerate(values)], limit, "s")


def test_a_release_without_a_figure_interrupts_the_line() -> None:
    assert (drawn(1, 2, 3).count("<polyline"), drawn(1, 2, None, 2, 1).count("<polyline")) == (1, 2)
    assert (drawn(1, None, 3).count("<polyline"), drawn(1, None, 3).count("<circle")) == (0, 2)


def test_a_limit_far_above_is_told_and_not_drawn_because_it_would_flatten_the_line() -> None:
    near, far = drawn(1, 2, limit=3), drawn(1, 2, limit=300)
    assert ("limit 3 s<" in near, near.count("stroke-dasharray")) == (True, 1)
    assert ("limit 300 s, far above" in far, far.count("stroke-dasharray")) == (True, 0)


def test_a_figure_over_its_limit_has_another_colour() -> None:
    colours = re.findall(r'<circle [^>]*fill="(#\w+)"', drawn(1, 4, limit=3))
    assert colours[0] != colours[1]


@pytest.mark.parametrize("values", [(None,), (0.0,), (0.0, 0.0), (1.0,)])
def test_whatever_there_is_is_drawn(values: tuple[float | None, ...]) -> None:
    assert drawn(*values, limit=0.0).endswith("</svg>\n")
