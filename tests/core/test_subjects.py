"""A project adds a subject of its own, and touches no file of the verifier."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module

import pytest

from tests.support.runs.toy import CHECKOUT, TARGET, MakeSuite, check, checks
from verifier.core.subject import Reference, subjects

INIT = """
from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)
SUBJECT = Subject(
    probes=(_HERE.probe("weather", "probe:observe_weather", columns=("sky",)),),
    sections={"weather": _HERE("section:Weather")},
)
"""
SECTION = """
from verifier.core.config.target import Section


class Weather(Section):
    \"\"\"What the sky should be.\"\"\"

    sky: str
"""
PROBE = """
from verifier.core.deadline import now
from verifier.core.evidence import Cell, Evidence
from verifier.core.probe import Context
from weather.section import Weather


class Sky(Evidence):
    \"\"\"What the sky was.\"\"\"

    seen: str
    wanted: str

    def by_machine(self, ceiling):
        return {"sky": {"m1": Cell(said=self.seen, well=self.seen == self.wanted)}}


def observe_weather(context: Context) -> Sky:
    \"\"\"Look up.\"\"\"
    wanted = context.target.section(Weather).sky
    return Sky(asked="How is the sky?", where="above", at=now(), again="look up", seen="blue", wanted=wanted)
"""
PACKAGE = {"weather/__init__.py": INIT, "weather/section.py": SECTION, "weather/probe.py": PROBE}
CHECK = check("kept", "assert measured(weather.seen) == weather.wanted", wants="weather, measured")
PLATFORM = check("platform", "measured(1)", wants="platform, measured", proves="kept")
SETTINGS = (CHECKOUT / "pytest.ini").read_text(encoding="utf-8")


@pytest.mark.parametrize(("sky", "ending"), [("blue", ("DONE", 0)), ("grey", ("NOT DONE", 1))])
@pytest.mark.parametrize("words", [("-n", "0"), ("-n", "1")], ids=" ".join)
def test_its_section_is_read_its_probe_runs_its_check_judges_and_its_column_is_shown(
    make_suite: MakeSuite, words: tuple[str, ...], sky: str, ending: tuple[str, int]
) -> None:
    suite = make_suite(
        {**PACKAGE, "checks/test_toy.py": checks(CHECK, PLATFORM), "pytest.ini": f"{SETTINGS}subjects = weather\n"},
        target=f'{TARGET}[weather]\nsky = "{sky}"\n',
    )

    run = suite.run(*words)

    assert run.ending == ending, run.output
    assert run.verdict["matrix"]["columns"] == ["sky"]
    assert run.verdict["matrix"]["machines"]["m1"]["sky"] == {"said": "blue", "well": sky == "blue"}
    kept = next(each for each in run.item("kept")["checks"] if "test_kept" in each["check"])
    assert kept["evidence"] == ["weather"]
    record = json.loads(next((run.folder / "evidence").rglob("weather.json")).read_text(encoding="utf-8"))
    assert record["wanted"] == sky


def test_what_is_wrong_in_its_section_is_told_with_all_other_mistakes(make_suite: MakeSuite) -> None:
    suite = make_suite(
        {**PACKAGE, "checks/test_toy.py": checks(CHECK), "pytest.ini": f"{SETTINGS}subjects = weather\n"},
        target=f"{TARGET}nonsense = 1\n[weather]\nclouds = 3\n",
    )

    run = suite.run()

    assert run.status == 4
    for told in ("targets/toy.toml: nonsense", "targets/toy.toml: weather.sky: missing", "weather.clouds"):
        assert told in run.output


def test_two_probes_of_one_name_are_refused(make_suite: MakeSuite) -> None:
    twice = {**PACKAGE, "weather/__init__.py": INIT.replace('"weather", "probe', '"health", "probe')}
    suite = make_suite(
        {**twice, "checks/test_toy.py": checks(CHECK), "pytest.ini": f"{SETTINGS}subjects = weather\n"},
        target=f'{TARGET}[weather]\nsky = "blue"\n',
    )

    run = suite.run()

    assert (run.status, "two probes are called health" in run.output) == (4, True), run.output


def test_a_package_that_is_not_there_is_a_usage_error(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(CHECK), "pytest.ini": f"{SETTINGS}subjects = wether\n"}

    run = make_suite(files).run()

    assert (run.status, "subjects in pytest.ini: wether: " in run.output) == (4, True), run.output
    assert "Traceback" not in run.output


def references(declared: object) -> Iterator[Reference]:
    """All references that something declared holds, however deep."""
    if isinstance(declared, Reference):
        yield declared
    elif is_dataclass(declared):
        for each in fields(declared):
            yield from references(getattr(declared, each.name))
    elif isinstance(declared, Mapping | tuple):
        for one in declared.values() if isinstance(declared, Mapping) else declared:
            yield from references(one)


def test_every_reference_of_a_subject_leads_to_something() -> None:
    declared = [each for subject in subjects() for each in references(subject)]
    modules = [each for subject in subjects() for each in subject.plugins]

    assert len(declared) > len(subjects())
    for each in declared:
        assert each.get() is not None
    for module in modules:
        import_module(module)
