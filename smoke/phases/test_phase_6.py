"""Phase 6: the settings, what the dashboard makes of them, and that they are kept.

What is chosen is shown before it is saved, so most of it can be seen where nothing may be written. Settings belong to a
person: all who look at the deployment with the suite's session see what is saved meanwhile.
"""

from urllib.parse import urlsplit

import pytest

from verifier.core.evidence.finding import Finding, fail_on

pytestmark = pytest.mark.remedy(
    "change the setting by hand, load the page again, and compare it with what the API keeps"
)

API = "/api/preferences"
LIST = "Tiles in their order"
SAVE = "Save settings"
THEMES = {"light": "Light", "dark": "Dark"}
VIEWS = {"dashboard": "Dashboard", "approvals": "Approvals"}
HEADINGS = {"dashboard": "Operator dashboard", "approvals": "Approvals"}


@pytest.fixture
def before(operator, writes, ask):
    """The preferences that are stored; they are put back in the end."""
    if not operator.writable:
        yield ask(API)
        return
    with writes.restored(API) as stored:
        yield stored


def other(choices, present):
    """The label of a choice that is not the present one."""
    return next(label for name, label in choices.items() if name != present)


def open_settings(operator):
    """Go to the settings, and wait until they can be used."""
    operator.open()
    operator.follow("Settings")
    operator.sees(operator.role("button", SAVE))
    operator.page.wait_for_load_state()


def shown(operator):
    """The settings as the page shows them: tiles in their order, those that are unchecked, theme, default view."""
    tiles = operator.role("list", LIST).get_by_role("checkbox")
    names = tiles.evaluate_all("boxes => boxes.map(each => each.labels[0].textContent.trim())")
    kept = tiles.evaluate_all("boxes => boxes.map(each => each.checked)")
    themes = [label for label in THEMES.values() if operator.role("radio", label).is_checked()]
    view = operator.page.get_by_role("combobox", name="HotDash opens with").locator("option:checked").inner_text()
    hidden = [name for name, visible in zip(names, kept, strict=True) if not visible]
    return {"tiles": names, "hidden": hidden, "theme": themes, "default view": view}


def told(operator, ask):
    """The settings as the API tells them, in the words of the page."""
    kept = ask(API)
    headings = {each.id.removeprefix("tile-"): each.heading for each in operator.dashboard.tile}
    return {
        "tiles": [headings.get(name, name) for name in kept["tile_order"]],
        "hidden": [headings.get(name, name) for name in kept["tile_order"] if name in kept["hidden_tiles"]],
        "theme": [THEMES[kept["theme"]]],
        "default view": VIEWS[kept["default_view"]],
    }


def tiles_of_the_dashboard(operator):
    """The headings of the tiles, in the order of the page."""
    headings = operator.page.locator(operator.dashboard.pattern).get_by_role("heading")
    return [text.strip() for text in headings.all_inner_texts()]


def background(operator):
    """The colour behind the page."""
    return operator.page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.proves("phase-features")
def test_the_settings_are_those_that_are_kept(operator, ask, measured):
    """The page shows the settings that are stored, and the dashboard follows them."""
    operator.step("open the settings")
    open_settings(operator)
    operator.step("see tiles, theme and default view as they are stored")
    kept = operator.agrees(lambda: shown(operator), lambda: told(operator, ask), "what the settings show")
    measured.present(kept["tiles"], "tiles in the settings")
    operator.step("see the dashboard follow them")
    operator.open()
    visible = [name for name in kept["tiles"] if name not in kept["hidden"]]
    measured(f"{len(visible)} of {len(kept['tiles'])} tiles, {kept['theme'][0]}, opens with {kept['default view']}")

    assert tiles_of_the_dashboard(operator) == visible


@pytest.mark.proves("phase-features")
@pytest.mark.usefixtures("alone")
def test_a_setting_is_kept(operator, before, ask, rows, measured):
    """Order and visibility of tiles, theme and default view change when they are chosen, and are kept when saved."""
    operator.step("open the settings")
    open_settings(operator)
    at_first, colour = shown(operator), background(operator)
    theme, view = other(THEMES, before["theme"]), other(VIEWS, before["default_view"])

    operator.step("choose the other theme, and see it")
    operator.click(operator.role("radio", theme))
    operator.awaits(lambda: background(operator) != colour, "the page", "does not change its colours with the theme")

    operator.step("move the first tile down, and see it")
    first, second, *others = at_first["tiles"]
    operator.click(operator.role("button", f"Move {first} down"))
    moved = [second, first, *others]
    operator.awaits(lambda: shown(operator)["tiles"] == moved, "the list of tiles", "does not follow its buttons")

    operator.step("hide the last tile, and choose the other default view")
    last = operator.role("list", LIST).get_by_role("checkbox").last
    operator.click(last, "the last tile's check box")
    operator.choose(operator.page.get_by_role("combobox", name="HotDash opens with"), view, "the default view")
    chosen = shown(operator)
    measured(f"chosen: {theme}, {second} before {first}, {view}")

    if operator.step("save, and be told so", writes=True):
        operator.click(operator.role("button", SAVE))
        said = operator.page.get_by_role("status").filter(has_text="saved")
        operator.reads(said, lambda text: text == "Settings saved", "what is said of the save", than="'Settings saved'")
    if operator.step("see the settings again as they were chosen, in a browser that remembers nothing", writes=True):
        operator.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        open_settings(operator)
        compare(operator, "the setting is not kept", chosen, shown(operator))
    if operator.step("see the dashboard with the chosen order, without the hidden tile", writes=True):
        operator.open()
        visible = [name for name in chosen["tiles"] if name not in chosen["hidden"]]
        operator.awaits(
            lambda: tiles_of_the_dashboard(operator) == visible, "the dashboard", "does not show the tiles as chosen"
        )
    if operator.step("see HotDash open with the chosen view", writes=True):
        operator.open(f"/?{urlsplit(operator.dashboard.path).query}")
        heading = HEADINGS[next(name for name, label in VIEWS.items() if label == view)]
        operator.sees(operator.role("heading", heading))
    if operator.step("find it stored in user_preferences", writes=True):
        compare(operator, "the setting is not what the API tells", chosen, told(operator, ask))
        stored = rows("user_preferences", theme=theme.lower(), default_view=view.lower())
        measured.present(stored, f"rows of user_preferences with {theme} and {view}")
        measured(f"{theme}, {second} before {first}, {view}: seen again, and stored")


def compare(operator, problem, wanted, found):
    """Fail where a setting is another one than wanted."""
    place = operator.page.url
    fail_on(
        *(
            Finding(subject=name, problem=problem, detail=f"{found[name]} instead of {wanted[name]}", place=place)
            for name in wanted
            if found[name] != wanted[name]
        )
    )
