"""What the preflight finds is told at once to everybody who would need it."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from tests.support.runs.toy import CONFTEST, KEPT, TARGET, MakeSuite, checks
from verifier.core.config.target import new_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.probe import Context
from verifier.probes.fly import platform as fly
from verifier.probes.platform import preflight_probe as first_look
from verifier.probes.platform.preflight import Preflight
from verifier.probes.platform.preflight_probe import observe_preflight


def looked(monkeypatch: pytest.MonkeyPatch, *, ahead: float = 0.0, closed: str = "", status: int = 200) -> Preflight:
    """The preflight, where clocks are `ahead`, all answer with `status`, and the host `closed` with nothing."""

    def answer(request: httpx.Request) -> httpx.Response:
        if closed and request.url.host == closed:
            raise httpx.ConnectError("refused")
        date = format_datetime((now() + timedelta(seconds=ahead)).replace(microsecond=0), usegmt=True)
        tokens = {"tokens": [{"org_slug": "hotdash"}]}
        content: Any = tokens if request.url.path.endswith("current") else {"name": "toy", "error": "no"}
        return httpx.Response(status, json=content, headers={"date": date})

    for module in (first_look, fly):
        monkeypatch.setattr(module, "client", lambda _: httpx.Client(transport=httpx.MockTransport(answer)))
    monkeypatch.setattr(first_look, "SECONDS", 0.5)
    urls = {"machines_url": "http://machines.test", "api_url": "http://api.test"}
    target = new_target(name="toy", title="a toy", app="toy", url="http://toy.test", platform=urls)
    credentials = Credentials(given={"FLY_API_TOKEN": "marked-test-data"})
    unused: dict[str, Any] = {each.name: None for each in fields(Context)}
    context = Context(**{**unused, "target": target, "credentials": credentials, "deadline": Deadline(60)})
    return observe_preflight(context)


def test_a_good_start_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looked(monkeypatch)

    assert (seen.troubles, seen.told) == ((), "token good for this app (organization hotdash), clocks 0 s apart")
    require(seen.platform_told())
    require(seen.clocks_agree())


@pytest.mark.parametrize(
    ("status", "cause"), [(401, Cause.UNAUTHORIZED), (403, Cause.UNAUTHORIZED), (404, Cause.PRECONDITION)]
)
def test_a_token_that_does_not_open_the_app_is_found_at_once(
    monkeypatch: pytest.MonkeyPatch, status: int, cause: Cause
) -> None:
    seen = looked(monkeypatch, status=status)

    with pytest.raises(CouldNotLook) as caught:
        require(seen.platform_told())
    assert (caught.value.cause, bool(caught.value.remedy)) == (cause, True)


@pytest.mark.parametrize("ahead", [0, 25, -25])
def test_clocks_that_agree_well_enough_are_no_trouble(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    assert looked(monkeypatch, ahead=ahead).troubles == ()


@pytest.mark.parametrize("ahead", [60, -60, 90_000])
def test_clocks_that_differ_make_times_incomparable(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    seen = looked(monkeypatch, ahead=ahead)

    with pytest.raises(CouldNotLook, match="the platform's clock is"):
        require(seen.clocks_agree())
    assert len(seen.troubles) == 1


def test_a_target_that_is_silent_is_told_in_the_header_and_keeps_nobody_from_looking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = looked(monkeypatch, closed="toy.test")

    assert [each.cause for each in seen.troubles] == [Cause.UNREACHABLE]
    require(seen.platform_told())


def test_a_platform_that_is_silent_is_a_cause_for_all_who_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looked(monkeypatch, closed="machines.test")

    assert seen.skew is None
    with pytest.raises(CouldNotLook, match="unreachable"):
        require(seen.platform_told())


def test_a_missing_token_stands_in_the_header_once(make_suite: MakeSuite) -> None:
    platform = '[platform]\nmachines_url = "http://127.0.0.1:9"\napi_url = "http://127.0.0.1:9"\n'
    suite = make_suite({"checks/test_toy.py": checks(KEPT)}, target=TARGET + platform)
    suite.write({"conftest.py": CONFTEST})  # the probes of the product, not those of the toy

    ended = suite.run()

    header = ended.output.partition("collected")[0]
    assert header.count("no FLY_API_TOKEN") == 1, header
    assert "release: not known, see preflight" in header, header
