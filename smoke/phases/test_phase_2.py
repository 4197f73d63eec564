"""Phase 2: the dialogs of tiles: each closed by the keyboard, filled and sent; what was sent is in its table."""

import pytest

pytestmark = pytest.mark.remedy(
    "open the tile's dialog by hand, and follow its POST under Network in the developer tools"
)

GRADES = {"Tone": "5", "Accuracy": "2", "Policy": "4"}


def dialog_opened(operator, tile, button, heading):
    """Open a dialog from its tile, close it by the keyboard, and open it again."""
    operator.step(f"open the dialog '{heading}'")
    operator.open()
    opens = operator.role("button", button, within=operator.page.get_by_test_id(tile))
    dialog = operator.role("dialog", heading)
    operator.click(opens)
    operator.sees(dialog)
    operator.step(f"close the dialog '{heading}' by the keyboard")
    operator.press("Escape")
    operator.sees_no_more(dialog)
    operator.step(f"see the fields of the dialog '{heading}'")
    operator.click(opens)
    operator.sees(dialog)
    return dialog


def offered(operator, dialog, name):
    """The options of a list, once there are any."""
    options = operator.role("combobox", name, within=dialog).get_by_role("option")
    told = operator.agrees(lambda: options.count() > 0, lambda: True, f"options of '{name}'")
    return options.all_inner_texts() if told else []


def kept(operator, rows, table, mark, wanted):
    """Wait until the one row that carries the mark is as it was typed; hands it over."""

    def found():
        return [{name: row[name] for name in wanted} for row in rows(table, notes=mark)]

    return operator.agrees(found, lambda: [wanted], f"the row in {table}")[0]


@pytest.mark.proves("phase-features")
def test_an_escalation_is_graded(operator, writes, rows, measured):
    """The dialog of an escalation has three sliders from 1 to 5, and keeps the three grades."""
    dialog = dialog_opened(operator, "tile-cx-escalations", "Review escalation", "Review an escalation")
    conversations = measured.present(offered(operator, dialog, "Conversation"), "conversations to review")
    sliders = {name: operator.role("slider", name, within=dialog) for name in GRADES}
    for slider in sliders.values():
        operator.sees(slider)
    ranges = {name: f"{each.get_attribute('min')} to {each.get_attribute('max')}" for name, each in sliders.items()}
    assert measured(ranges) == dict.fromkeys(GRADES, "1 to 5")
    operator.step("move a slider by the keyboard")
    before = sliders["Tone"].input_value()
    operator.press("ArrowRight", sliders["Tone"])
    assert int(sliders["Tone"].input_value()) == int(before) + 1
    measured(f"{len(conversations)} conversations, sliders {ranges}")
    if operator.step("save the grades, and find them in their table", writes=True):
        with writes.marked("/api/escalations/grades", list_key="actions", field="notes") as mark:
            for name, grade in GRADES.items():
                operator.type(sliders[name], grade)
            operator.type(operator.role("textbox", "Note", within=dialog), mark)
            operator.click(operator.role("button", "Save grades", within=dialog))
            operator.sees_no_more(dialog)
            wanted = {name.lower(): int(grade) for name, grade in GRADES.items()}
            measured(kept(operator, rows, "escalation_grades", mark, wanted))


@pytest.mark.proves("phase-features")
def test_a_sales_action_is_recorded_with_notes(operator, writes, rows, measured):
    """The dialog of the sales takes an action with notes, refuses empty notes, and keeps both."""
    dialog = dialog_opened(operator, "tile-sales-pulse", "Record action", "Record a sales action")
    actions = measured.present(offered(operator, dialog, "Action"), "actions to record")
    notes = operator.role("textbox", "Notes", within=dialog)
    operator.sees(notes)
    operator.step("see that it is not sent without notes")
    operator.click(operator.role("button", "Save action", within=dialog))
    assert notes.evaluate("field => field.validity.valueMissing"), "empty notes are taken"
    operator.sees(dialog)
    measured(f"{len(actions)} actions; notes are asked for")
    if operator.step("save an action, and find it in its table", writes=True):
        with writes.marked("/api/sales-pulse/actions", list_key="actions", field="notes") as mark:
            operator.choose(operator.role("combobox", "Action", within=dialog), actions[-1])
            operator.type(notes, mark)
            operator.click(operator.role("button", "Save action", within=dialog))
            operator.sees_no_more(dialog)
            measured(kept(operator, rows, "sales_pulse_actions", mark, {"action": actions[-1]}))


@pytest.mark.proves("phase-features")
def test_stock_is_reordered(operator, writes, rows, measured):
    """The dialog of the stock offers each article, and keeps what was ordered."""
    dialog = dialog_opened(operator, "tile-inventory-heatmap", "Reorder stock", "Reorder stock")
    articles = measured.present(offered(operator, dialog, "Article"), "articles to order")
    quantity = operator.role("spinbutton", "Quantity", within=dialog)
    operator.sees(quantity)
    operator.step("see that less than one is not ordered")
    operator.type(quantity, "0")
    assert quantity.evaluate("field => field.validity.rangeUnderflow"), "an order of 0 is taken"
    measured(f"{len(articles)} articles; an order of 0 is refused")
    if operator.step("order, and find the order in its table", writes=True):
        with writes.marked("/api/inventory/actions", list_key="actions", field="notes") as mark:
            articles_list = operator.role("combobox", "Article", within=dialog)
            operator.choose(articles_list, articles[0])
            sku = articles_list.input_value()
            operator.type(quantity, "7")
            operator.type(operator.role("textbox", "Note to the supplier", within=dialog), mark)
            operator.click(operator.role("button", "Order", within=dialog))
            operator.sees_no_more(dialog)
            measured(kept(operator, rows, "inventory_actions", mark, {"sku": sku, "quantity": 7}))
