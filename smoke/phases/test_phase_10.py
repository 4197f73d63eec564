"""Phase 10: the history of decisions, its filters, and the same as a CSV file.

The table and the file are compared with the API's whole history, filtered here: a filter that page and API ignore alike
is seen, too. Others may decide meanwhile.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from verifier.core.evidence.finding import BrokenPromise, Finding, fail_on, findings

pytestmark = pytest.mark.remedy("compare the table with the file that is exported, and both with the API's history")

API = "/api/approvals/history"
HEADING = "Approval history"
COLUMNS = ["Date", "Customer", "Summary", "Decision", "Note"]
DECISIONS = {
    "approved": "Approved",
    "rejected": "Rejected",
    "changes_requested": "Changes requested",
    "requested": "Requested",
}


def open_history(operator):
    """Open the history."""
    operator.open()
    operator.follow("History")
    operator.sees(operator.role("heading", HEADING))


def in_table(operator):
    """The rows of the table."""
    cells = "rows => rows.map(row => [...row.cells].map(each => each.textContent.trim()))"
    return operator.page.get_by_role("table").locator("tbody tr").evaluate_all(cells)


def in_file(operator):
    """The rows of the file that the page hands out, without its head, which is judged here."""
    with operator.page.expect_download() as download:
        operator.click(operator.role("link", "Export CSV"))
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file)) or [[]]
    if head != COLUMNS:
        raise operator.broken("the head of the CSV file", "is not that of the table", f"{head} instead of {COLUMNS}")
    return [[each.strip() for each in row] for row in rows]


def in_api(ask, fits=lambda _: True):
    """The rows that the API has, those that fit."""
    return [_cells(each) for each in ask(API)["history"] if fits(each)]


def _cells(row):
    at = row["created_at"][:16].replace("T", " ")
    decision = DECISIONS.get(row["action"], row["action"])
    return [each.strip() for each in (at, row["customer"] or "", row["summary"] or "", decision, row["note"] or "")]


def shown_again(operator):
    """The rows of the table, after the page was loaded again: it does not change by itself."""
    operator.page.reload()
    return in_table(operator)


def same_rows(operator, shown, told, what):
    """The rows that are shown, which are those that are told, in their order; else a finding for each that is not."""
    try:
        return operator.agrees(shown, told, what)
    except BrokenPromise:
        seen, wanted = (Counter(tuple(row) for row in rows) for rows in (shown(), told()))
        fail_on(
            *(
                Finding(subject=", ".join(filter(None, row)), problem=f"{problem} {what}")
                for problem, rows in (("is missing in", wanted - seen), ("does not belong into", seen - wanted))
                for row in rows.elements()
            )
        )
        raise  # they differ in their order alone


@pytest.mark.proves("phase-features")
def test_the_history_and_its_file_hold_every_decision(operator, ask, measured):
    """The table has a row for each decision, the newest first, and says how many; the CSV file has the same rows."""
    operator.step("open the history")
    open_history(operator)
    operator.step("see a row for each decision that the API has")
    found = same_rows(operator, lambda: shown_again(operator), lambda: in_api(ask), "the history")
    measured.present(found, "decisions in the history")
    operator.step("see how many they are")
    said = operator.page.get_by_role("status").filter(has_text="decision")
    operator.reads(said, lambda text: text.split()[0] == str(len(in_table(operator))), "how many decisions there are")
    operator.step("export them, and find every one in the file")
    rows = same_rows(operator, lambda: in_file(operator), lambda: in_api(ask), "the CSV file")
    measured(f"{len(found)} rows in the table, {len(rows)} in the file, as in the API")


@pytest.mark.proves("phase-features")
def test_a_filter_is_honoured_by_table_and_file(operator, ask, measured):
    """Decision, search and dates narrow the table, and the file that is exported then."""
    some = ask(API)["history"]
    decided = next((each for each in some if each["action"] != "requested" and each["customer"]), None)
    measured.present([decided["customer"]] if decided else [], "decisions to filter by")
    last = decided["created_at"][:10]

    def by_decision(row):
        return row["action"] == decided["action"]

    def by_all(row):
        words = f"{row['customer'] or ''} {row['summary'] or ''}".lower()
        return by_decision(row) and decided["customer"].lower() in words and row["created_at"][:10] <= last

    operator.step("open the history")
    open_history(operator)
    operator.step("choose a decision, and see only such rows")
    label = DECISIONS[decided["action"]]
    operator.choose(operator.page.get_by_role("combobox", name="Decision"), label, "the filter by decision")
    operator.click(operator.role("button", "Apply filters"))
    compared(operator, ask, by_decision)
    operator.step("search for a customer until a day, and see only such rows")
    operator.type(operator.page.get_by_role("searchbox", name="Search"), decided["customer"], "the search")
    operator.type(operator.page.get_by_label("To", exact=True), last, "the last day")
    operator.click(operator.role("button", "Apply filters"))
    rows = compared(operator, ask, by_all)
    operator.step("export what is filtered, and find the same rows in the file")
    same_rows(operator, lambda: in_file(operator), lambda: in_api(ask, by_all), "the filtered CSV file")
    measured(f"{label}, '{decided['customer']}' until {last}: {len(rows)} of {len(some)} rows in table and file")


def compared(operator, ask, fits):
    """The rows of the table, which are those that fit."""
    operator.sees(operator.role("heading", HEADING))
    found = same_rows(operator, lambda: shown_again(operator), lambda: in_api(ask, fits), "the filtered history")
    if not found:
        raise operator.broken("the filter", "hides what it was made for", operator.seen())
    return found


@pytest.mark.proves("phase-features")
def test_a_decision_enters_the_history(operator, queue, approval, ask, measured):
    """What is decided now stands in the history at once, with who it was about."""
    operator.step("open the history")
    open_history(operator)
    rows = same_rows(operator, lambda: shown_again(operator), lambda: in_api(ask), "the history")
    measured(f"{len(rows)} rows; no decision was taken")
    if operator.step("decide an approval, and find its row", writes=True):
        queue.decide(approval, "rejected")
        wanted = [approval.content["customer"], approval.content["summary"], "Rejected"]
        operator.awaits(
            lambda: wanted in [row[1:4] for row in shown_again(operator)], "the decision", "is not in the history"
        )
        kept = [each for each in ask(API)["history"] if each.get("approval_id") == approval.id]
        measured(f"{wanted[2]} for '{wanted[0]}': in the table, and {len(kept)} in the API")
        missing = {} if len(kept) == 1 else {approval.id: f"{len(kept)} rows instead of 1"}
        fail_on(*findings("decision is not in the API's history once", missing))
