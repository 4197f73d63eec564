"""What a run leaves behind: the checklist, the verdict record and Allure's results."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.runs.toy import CHECKOUT, KEPT, TARGET, Ended, MakeSuite, check, checks, contract, waiver

SLOW = "assert measured(Readings({'a': 6.5, 'b': 1.0})) <= limit.for_each(['a', 'b'])"
PARTS = [
    KEPT,
    check("slow", SLOW, wants="limit, measured"),
    check("blind", "measured(1)", wants="logs, measured"),
    check("seen", "measured(health.sizes); assert health.sizes == {}", wants="health, measured"),
    check("waived", "measured(1); raise BrokenPromise(Finding(subject='paint', problem='blue instead of red'))"),
    check("elsewhere", "measured(1)"),
    check("tripped", "raise KeyError('what now')"),
]
MORE = {
    "slow": "limit = { seconds = 3.0 }\n"
    'escalate = [{ to = "investigate", above = 5.0 }, { to = "manager", above = 9.0 }]\n',
    "seen": 'escalate = [{ to = "immediate", on = "failed" }]\n',
    "kept": 'escalate = [{ to = "alert", on = "failed" }]\n',
}
NAMES = ["kept", "slow", "blind", "seen", "waived", "elsewhere", "tripped", "forgotten"]
REST = """
[not_applicable]
elsewhere = "others do it"
"""
WAIVED = waiver("waived", "blue instead of red", "paint")
STATUS = {
    "kept": "passed",
    "slow": "failed",
    "blind": "broken",
    "seen": "failed",
    "waived": "skipped",
    "elsewhere": "skipped",
    "tripped": "broken",
    "forgotten": "unknown",
}


@pytest.fixture(scope="module")
def run(make_suite: MakeSuite) -> Ended:
    files = {"checks/test_toy.py": checks(*PARTS), "waivers.toml": WAIVED}
    return make_suite(files, contract=contract(*NAMES, **MORE), target=TARGET + REST).run()


@pytest.fixture(scope="module")
def results(run: Ended) -> dict[str, dict[str, Any]]:
    """Allure's results by the item that they speak of."""
    found = [json.loads(each.read_text(encoding="utf-8")) for each in run.folder.glob("allure-results/*-result.json")]
    return {labels(each)["suite"].split(" — ")[0]: each for each in found}


def labels(result: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in result["labels"]}


def checklist(run: Ended) -> str:
    return (run.folder / "definition-of-done.md").read_text(encoding="utf-8")


BOXES = {
    "kept": "- [x] ✅ the toy is kept (`kept`) — as it should be",
    "slow": "- [ ] ❌ **failed** the toy is slow (`slow`) — a 6.5 s, b 1 s · limit seconds 3.0",
    "blind": "- [ ] ❓ **unverified** (unreachable) the toy is blind (`blind`)",
    "waived": "- [ ] ⚠️ **waived** the toy is waived (`waived`) — 1",
    "elsewhere": "- [ ] ➖ not applicable the toy is elsewhere (`elsewhere`)",
    "forgotten": "- [ ] ⬜ **not run** this version has no check for it: the toy is forgotten (`forgotten`)",
}


@pytest.mark.parametrize("name", BOXES)
def test_the_checklist_has_a_box_for_each_outcome(run: Ended, name: str) -> None:
    assert BOXES[name] in checklist(run).splitlines()


def test_only_what_passed_is_ticked(run: Ended) -> None:
    assert re.findall(r"\[x\].*\(`(.*?)`\)", checklist(run)) == ["kept"]


def test_the_checklist_begins_with_target_verdict_and_meaning(run: Ended) -> None:
    assert checklist(run).splitlines()[:3] == [
        "# Definition of Done · toy · NOT DONE",
        "",
        "At least one promise is broken.",
    ]


def test_the_checklist_says_what_to_do(run: Ended) -> None:
    assert "  - do: open the box" in checklist(run).splitlines()


def test_every_key_of_the_verdict_is_documented_and_every_documented_key_is_there(run: Ended) -> None:
    text = (CHECKOUT / "docs" / "verdict.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    top = {word for cell in cells for word in re.findall(r"`([a-z_]+)(?:\[\])?`", cell)}
    assert top == set(run.verdict)
    for item in run.verdict["items"]:
        missing = {key for key in item if f".{key}`" not in text and f"items[].{key}" not in text}
        assert missing == set()


def test_the_keys_of_a_check_and_of_the_run_are_documented(run: Ended) -> None:
    text = (CHECKOUT / "docs" / "verdict.md").read_text(encoding="utf-8")
    keys = {*run.verdict["items"][0]["checks"][0], *run.verdict["run"]}
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_the_verdict_names_release_value_and_limit(run: Ended) -> None:
    slow = run.item("slow")
    assert run.verdict["release"]["version"] == 7
    assert (slow["value"], slow["limit"]) == ("a 6.5 s, b 1 s", {"seconds": 3.0})


def test_a_figure_above_the_first_bound_alone_escalates_there_alone(run: Ended) -> None:
    escalated = {each["id"]: each["escalate"] for each in run.verdict["items"] if each["escalate"]}
    assert escalated == {"slow": {"investigate": "6.5 is above 5"}, "seen": {"immediate": "it failed"}}


@pytest.mark.parametrize(
    ("name", "whom", "why"), [("slow", "investigate", "6.5 is above 5"), ("seen", "immediate", "it failed")]
)
def test_an_escalation_stands_in_terminal_checklist_and_report(
    run: Ended, results: dict[str, dict[str, Any]], name: str, whom: str, why: str
) -> None:
    told = f"tell '{whom}', because {why}"
    assert f"    ! {told}" in run.output.split(f"{name} (")[1].split("✘")[0]
    assert f"  - {told}" in checklist(run).splitlines()
    assert f"**Escalate:** {told}" in results[name]["description"]


def test_a_failure_tells_where_and_how_to_look_again(run: Ended) -> None:
    (check,) = run.item("seen")["checks"]
    moment = r"the toy box, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    assert re.search(moment, "\n".join(check["looked"]))
    assert "ls box" in "\n".join(check["looked"])
    assert "ls box" in checklist(run)


def test_readings_over_their_limits_are_told_one_by_one(run: Ended) -> None:
    assert "a: 6.5 s (limit 3 s)" in run.item("slow")["reason"]
    assert "b: " not in run.item("slow")["reason"]


@pytest.mark.parametrize("name", STATUS)
def test_allure_gets_the_status_of_the_table(results: dict[str, dict[str, Any]], name: str) -> None:
    assert results[name]["status"] == STATUS[name]


def test_allure_gets_a_result_for_every_judged_item(results: dict[str, dict[str, Any]]) -> None:
    assert sorted(results) == sorted(NAMES)


def test_allure_gets_the_tree_of_stage_and_item(results: dict[str, dict[str, Any]]) -> None:
    found = labels(results["slow"])
    assert (found["parentSuite"], found["suite"]) == ("postdeploy", "slow — the toy is slow")


def test_allure_gets_reason_limit_and_measured_value(results: dict[str, dict[str, Any]]) -> None:
    text = results["slow"]["description"]
    assert re.search(r"Limit\W+seconds 3\.0", text)
    assert re.search(r"Measured\W+a 6\.5 s, b 1 s", text)
    assert "the painter is ill" in results["waived"]["statusDetails"]["message"]
    assert "others do it" in json.dumps(results["elsewhere"])


def test_only_trouble_of_the_suite_itself_carries_a_trace(results: dict[str, dict[str, Any]]) -> None:
    traced = {name for name, each in results.items() if each.get("statusDetails", {}).get("trace")}
    assert traced == {"tripped"}


def test_allure_gets_the_evidence_that_a_check_read(run: Ended, results: dict[str, dict[str, Any]]) -> None:
    (found,) = results["seen"]["attachments"]
    (attached,) = results["seen"]["steps"][0]["attachments"]
    assert found["name"] == "findings.json"
    content = json.loads((run.folder / "allure-results" / attached["source"]).read_text(encoding="utf-8"))
    assert (attached["name"], content["sizes"]) == ("evidence: health", {"a": 1.0})


def test_the_identity_of_a_check_stays_from_run_to_run(
    make_suite: MakeSuite, results: dict[str, dict[str, Any]]
) -> None:
    suite = make_suite({"checks/test_toy.py": checks(*PARTS)}, contract=contract(*NAMES, **MORE), target=TARGET + REST)
    again = [json.loads(each.read_text()) for each in suite.run().folder.glob("allure-results/*-result.json")]
    assert {each["historyId"] for each in again} == {each["historyId"] for each in results.values()}
    assert len({each["uuid"] for each in again} & {each["uuid"] for each in results.values()}) == 0


def test_allure_gets_the_facts_of_the_run(run: Ended) -> None:
    facts = (run.folder / "allure-results" / "environment.properties").read_text(encoding="utf-8")
    assert (
        "Verdict=NOT DONE: 1 of 8 items verified; 2 failed, 2 unverified, 1 not run, 1 waived, 1 not applicable\n"
        in facts
    )
    assert "Target=toy (http://127.0.0.1:9)\nRelease=7 toy:7\nMode=writes forbidden\n" in facts


def test_the_terminal_shows_a_line_for_each_item_and_ends_with_the_verdict(run: Ended) -> None:
    shown = re.findall(r"^[✔✘?·!-] (\S+)  ", run.output, flags=re.MULTILINE)
    assert sorted(shown) == sorted(set(NAMES) - {"forgotten", "elsewhere"})
    closing = run.output.split("NOT DONE: ")[1].splitlines()
    assert closing[0].endswith("· exit status 1")


def test_the_newest_run_is_the_latest(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)})
    first, second = suite.run(), suite.run()
    assert first.folder != second.folder
    assert (suite.root / "reports/latest").resolve() == second.folder


WITHOUT = {
    "Node": "from verifier.reporting.allure_report import html\nhtml.node_path = lambda: None\n",
    "Allure": "import pathlib\nfrom verifier.reporting.allure_report import html\n"
    "html._CLI = pathlib.Path('nowhere.js')\nhtml.node_path = lambda: 'node'\n",
}
HINTS = {
    "Node": "Node ≥ 20.19 is not installed: run `make setup`",
    "Allure": "Allure's command line is not installed: run",
}


@pytest.mark.parametrize("lack", WITHOUT)
def test_without_the_means_for_html_the_run_gives_its_verdict_and_says_how(make_suite: MakeSuite, lack: str) -> None:
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=WITHOUT[lack]).run("--html", "write")
    assert run.ending == ("DONE", 0)
    assert HINTS[lack] in run.output
    assert not (run.folder / "index.html").exists()


GENERATOR = """
import pathlib, sys
import verifier.reporting.allure_report.html
verifier.reporting.allure_report.html._CLI = pathlib.Path("cli.js")
verifier.reporting.allure_report.html.node_path = lambda: sys.executable
"""
"""Python in the place of Node, and a script in the place of Allure's."""
PRINTS = """
import json, pathlib, sys
config = json.loads(pathlib.Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
folder = pathlib.Path(config["output"])
folder.mkdir()
(folder / "index.html").write_text("<head>" + config["name"])
"""


def test_the_page_is_written_into_the_folder_of_the_run_and_named_last(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT), "cli.js": PRINTS}, conftest=GENERATOR)
    run = suite.run("--html", "write")
    assert "DONE · 1 of 1 items verified · toy" in (run.folder / "index.html").read_text(encoding="utf-8")
    assert f"report: reports/{run.folder.name}/definition-of-done.html" in run.output


def test_a_page_that_tells_a_secret_is_withdrawn_and_no_pass(make_suite: MakeSuite) -> None:
    leaks = PRINTS.replace('config["name"]', "__import__('os').environ['TOY_TOKEN']")
    suite = make_suite({"checks/test_toy.py": checks(KEPT), "cli.js": leaks}, conftest=GENERATOR)
    suite.environment["TOY_TOKEN"] = "planted-secret"
    run = suite.run("--html", "write")
    assert (run.ending, (run.folder / "index.html").exists()) == (("UNVERIFIED", 6), False)
    assert run.verdict["run"]["problems"] == ["index.html held a secret and was withdrawn"]
    page = (run.folder / "definition-of-done.html").read_text(encoding="utf-8")
    assert ("<h1>UNVERIFIED</h1>" in page, 'href="index.html"' in page) == (True, False)
    assert not (run.root / "reports" / "history").exists()


def test_a_page_that_cannot_be_generated_does_not_change_the_verdict(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(KEPT), "cli.js": "raise SystemExit('no paper')\n"}
    run = make_suite(files, conftest=GENERATOR).run("--html", "write")
    assert run.ending == ("DONE", 0)
    assert "Allure wrote no report: no paper" in run.output


@pytest.mark.parametrize("trouble", ["OSError", "ValueError"])
def test_a_report_that_cannot_be_written_is_no_pass(make_suite: MakeSuite, trouble: str) -> None:
    full = f"""
        import verifier.reporting

        def no_space(*_, **__):
            raise {trouble}("no space left")

        verifier.reporting.finish_results = no_space
        """
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, conftest=full).run()
    assert run.status == 6
    assert re.search(r"the report could not be written: .*no space left", run.output)
    assert run.verdict["verdict"] != "DONE"
