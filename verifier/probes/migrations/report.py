"""The migration confirmation: what the engineer who applies the files has to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.core.evidence.store import EvidenceStore

_MARKS = {"additive": "✅ additive", "needs a person": "❓ needs a person", "blocking": "❌ blocking",
          "destructive": "❌ destructive"}  # fmt: skip
_ITEMS = ("migrations-additive", "migrations-apply", "schema-matches-migrations", "tables-exist", "rls-protects")


def confirmation(store: EvidenceStore, record: dict[str, Any]) -> str:
    """The confirmation in Markdown; empty if this run read no migration.

    Args:
        store: the evidence of the run.
        record: the verdict record.
    """
    reading, rehearsal = store.raw("migrations"), store.raw("rehearsal")
    if reading is None:
        return ""
    parts = [
        *_head(reading, rehearsal, record),
        *_live(store.raw("schema")),
        *_files(reading, rehearsal),
        *_findings(reading, rehearsal),
        *_tables(rehearsal, store.raw("tables"), _live_security(store)),
        *_beside(reading, rehearsal),
    ]
    return "\n".join(parts) + "\n"


def _head(reading: dict[str, Any], rehearsal: dict[str, Any] | None, record: dict[str, Any]) -> Iterator[str]:
    yield f"# Migrations · {record['target']}"
    yield ""
    for item in record["items"]:
        if item["id"] in _ITEMS:
            yield f"- **{item['id']}**: {item['outcome']}"
    share = f"{len(reading['judged'])} of {len(reading['history'])} files judged"
    yield f"- Read: {reading['where']}, {reading['at']}; {share}"
    yield f"- Rehearsed: {rehearsal['where'] if rehearsal else 'no'}"
    yield f"- Again: `{reading['again']}`"
    yield "- Nothing was applied to a live database by this run; a person does that."


def _live(schema: dict[str, Any] | None) -> Iterator[str]:
    """Which revision is live, by the database's own table of migrations."""
    if schema and schema["since"]:
        yield f"- Live, as the database records it: `--since {schema['since']}` judges what is not applied yet"


def _files(reading: dict[str, Any], rehearsal: dict[str, Any] | None) -> Iterator[str]:
    yield from ("", "## Files", "", "| file | read | rehearsed | a second pass | squawk |", "|---|---|---|---|---|")
    done = {each["path"]: each for each in rehearsal["files"]} if rehearsal else {}
    for each in reading["judged"]:
        mark = _MARKS[each["verdict"]] + (f" (reviewed: {each['reviewed']})" if each["reviewed"] else "")
        squawk = each["squawk"]
        rules = "not asked" if squawk is None else ", ".join(f"{rule} × {n}" for rule, n in squawk.items()) or "–"
        result, again = _rehearsed(done.get(each["path"]))
        yield f"| `{each['path']}` | {mark} | {result} | {again} | {rules} |"


def _rehearsed(applied: dict[str, Any] | None) -> tuple[str, str]:
    if applied is None:
        return "not tried", ""
    if applied["failure"]:
        because = f", because `{applied['because']}` was refused" if applied["because"] else ""
        return f"❌ refused at line {applied['failure']['line']}: {_cell(applied['failure']['message'])}{because}", ""
    lacking = f"; without {', '.join(applied['lacking'])}" if applied["lacking"] else ""
    losses = [each for each in applied["findings"] if each["verdict"] != "needs a person"]
    mark = (
        "❌ applied, with losses" if losses else "❓ applied, with questions" if applied["findings"] else "✅ applied"
    )
    return mark + lacking, _cell(applied["again"])


def _findings(reading: dict[str, Any], rehearsal: dict[str, Any] | None) -> Iterator[str]:
    found = [each for file in reading["judged"] for each in file["findings"]]
    found += [each for file in (rehearsal["files"] if rehearsal else []) for each in file["findings"]]
    found += reading["problems"]
    if not found:
        return
    yield from ("", "## What to look at", "", "| where | | what | instead |", "|---|---|---|---|")
    for each in found:
        place = f"{each['file']}:{each['line']}" if each["line"] else each["file"]
        yield f"| `{place}` | {each['verdict']} | {_cell(each['what'])} | {_cell(each['instead'])} |"


def _live_security(store: EvidenceStore) -> dict[str, Any]:
    """Live relation → whether row-level security is on; empty if that was not observed."""
    seen = store.raw("row_security") or {}
    relations = seen.get("catalogue", {}).get("relations", [])
    named = relations.values() if isinstance(relations, dict) else relations
    return {each["name"]: each["enabled"] for each in named if {"name", "enabled"} <= set(each)}


def _tables(rehearsal: dict[str, Any] | None, live: dict[str, Any] | None, protected: dict[str, Any]) -> Iterator[str]:
    if not rehearsal:
        return
    yield from ("", "## Tables after these files", "")
    yield from ("| table | row-level security | policies | indexes | live |", "|---|---|---|---|---|")
    there = set(live["existing"]) if live else None
    for each in rehearsal["tables"]:
        short = each["name"].removeprefix("public.")
        security = "view" if each["view"] else ("forced" if each["forced"] else "on") if each["rls"] else "**off**"
        seen = "not looked" if there is None else "there" if short in there else "**missing**"
        if not each["view"] and short in protected:
            seen += ", protected" if protected[short] else ", **row-level security off**"
        indexes = ", ".join(each["indexes"])
        yield f"| {each['name']} | {security} | {', '.join(each['policies'])} | {indexes} | {seen} |"


def _beside(reading: dict[str, Any], rehearsal: dict[str, Any] | None) -> Iterator[str]:
    lists = {
        "Down migrations, which no runner applies": reading["rollbacks"],
        "Passed by": [f"{name}: {reason}" for name, reason in reading["skipped"].items()],
        "Extensions that the embedded server lacks": rehearsal["lacking"] if rehearsal else [],
        "Tables without sample rows": [f"{name}: {why}" for name, why in rehearsal["without_rows"].items()]
        if rehearsal
        else [],
    }
    for title, lines in lists.items():
        if lines:
            yield from ("", f"## {title}", "", *(f"- {line}" for line in lines))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
