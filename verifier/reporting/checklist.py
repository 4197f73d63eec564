"""The Definition of Done as a checklist in Markdown, for a manager to read and an engineer to act on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from verifier.core.verdict.ledger import NO_CHECK, Outcome, Verdict, coverage
from verifier.reporting.matrix import as_markdown

BOXES = {
    "passed": "[x] ✅",
    "failed": "[ ] ❌ **failed**",
    "unverified": "[ ] ❓ **unverified**",
    "not run": "[ ] ⬜ **not run**",
    "waived": "[ ] ⚠️ **waived**",
    "not applicable": "[ ] ➖ not applicable",
}
MEANING = {
    "DONE": "Every item was seen to hold.",
    "DONE in part": "What was judged was seen to hold, or is waived. What does not apply was not judged.",
    "NOT DONE": "At least one promise is broken.",
    "UNVERIFIED": "No promise was seen broken, but not all could be looked at. This is not a pass.",
    "PARTIAL": "The run was narrowed, so it makes no claim about the Definition of Done.",
    "incomplete": "The run did not end.",
}


def meaning(verdict: str, counts: Mapping[str, int]) -> str:
    """What the verdict claims, in one sentence: that every item holds only where it is so."""
    whole = verdict != Verdict.DONE or set(counts) <= {Outcome.PASSED}
    return MEANING[verdict if whole else "DONE in part"]


def checklist(record: dict[str, Any]) -> str:
    """The checklist for a verdict record."""
    lines = [
        f"# Definition of Done · {record['target']} · {record['verdict']}",
        "",
        meaning(record["verdict"], record["counts"]),
        "",
    ]
    lines += _findings(record)
    lines += _facts(record)
    judged = [each for each in record["items"] if each.get("reason") != NO_CHECK]
    for stage, items in groupby(sorted(judged, key=lambda each: each["stage"]), key=lambda each: each["stage"]):
        lines += ["", f"## {stage}", ""]
        for item in items:
            lines += _item(item)
    lines += _unchecked(record["items"])
    if record.get("matrix"):
        lines += ["", "## Every machine", "", *as_markdown(record["matrix"])]
    return "\n".join(lines + _rest(record)) + "\n"


def _unchecked(items: list[dict[str, Any]]) -> list[str]:
    """The items that nothing in this suite can judge, once for all of them."""
    names = [f"{each['promise']} (`{each['id']}`)" for each in items if each.get("reason") == NO_CHECK]
    return ["", f"- {BOXES['not run']} {NO_CHECK}: {'; '.join(names)}"] if names else []


def _findings(record: dict[str, Any]) -> list[str]:
    """What contradicts itself, above everything else."""
    lines = []
    for each in record["findings"]:
        lines += [f"> ‼️ **{each['title']}**", ">"]
        lines += [f"> - {side['who']}, {side['at']}: {side['said']} (`{side['evidence']}`)" for side in each["sides"]]
        lines += [f"> - do: {each['next']}", ""]
    return lines


def _facts(record: dict[str, Any]) -> list[str]:
    release, run = record["release"], record["run"]
    told = f"{release['version']} ({release['image']}, {release['status']})" if release else "not observed"
    facts = {
        "Target": f"{record['title']}, {record['target_url'] or 'no address known'}",
        "Release": told,
        "Items": coverage(record["counts"]),
        "Run": f"{run['id']}, {run['finished']}, {run['seconds']} s, suite {run['suite']}",
        "Exit status": record["exit_status"],
        "Narrowed by": ", ".join(run["narrowed"]),
        "Ended early": run["interrupted"],
    }
    return [f"- {name}: {value}" for name, value in facts.items() if value not in (None, "")]


def _item(item: dict[str, Any]) -> list[str]:
    figures = f" — {item['value']}" if item["value"] else ""
    limit = ", ".join(f"{key} {value}" for key, value in (item["limit"] or {}).items())
    lines = [
        f"- {BOXES[item['outcome']]} {item['promise']} (`{item['id']}`){figures}"
        + (f" · limit {limit}" if limit else "")
    ]
    if item["escalate"]:
        lines.append(f"  - tell: {', '.join(item['escalate'])}")
    lines += [f"  - ⚠️ {each}" for each in item["warnings"]]
    if item["outcome"] == "passed":
        return lines
    if not item["checks"]:
        return [*lines, f"  - {item['reason']}"]
    return lines + [line for check in item["checks"] if check["outcome"] != "passed" for line in _check(check)]


def _check(check: dict[str, Any]) -> list[str]:
    cause = f" ({check['cause']})" if check["cause"] else ""
    head = f"  - {check['title']} **{check['outcome']}**{cause}"
    looked = check["looked"] if check["outcome"] == "failed" else []
    body = [f"    - {line}" for line in [*(check["message"] or "").splitlines(), *looked] if line.strip()]
    remedy = [f"    - do: {check['remedy']}"] if check["remedy"] else []
    return [head, *body, *remedy]


def _rest(record: dict[str, Any]) -> list[str]:
    sections = {
        "Problems of the run": record["run"]["problems"],
        "Waivers to remove": record["stale_waivers"],
    }
    return [
        line for title, each in sections.items() if each for line in ("", f"## {title}", "", *(f"- {x}" for x in each))
    ]
