// For the walk with the keyboard: what can be reached, how it looks, and where the focus is.
window.hotdashFocus ??= (() => {
    const { selector, visible, box } = window.hotdashLook;
    const NATIVE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, audio[controls], "
        + "video[controls], [contenteditable=''], [contenteditable=true], [tabindex]";
    const PROPERTIES = ["outlineStyle", "outlineWidth", "outlineColor", "outlineOffset", "boxShadow", "backgroundColor", "backgroundImage",
        "color", "borderTopColor", "borderTopWidth", "borderBottomColor", "borderBottomWidth", "borderLeftColor", "borderLeftWidth",
        "textDecorationLine", "textDecorationColor", "textDecorationThickness", "transform", "opacity", "filter", "fontWeight", "clipPath", "left", "top"];
    const ground = (element) => {
        for (let each = element.parentElement; each; each = each.parentElement) {
            const color = getComputedStyle(each).backgroundColor;
            if (!/, 0\)$|^transparent$/.test(color)) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const clipped = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const style = getComputedStyle(each);
            if (/^inset\((50|100)%|^circle\(0/.test(style.clipPath) || /^rect\([01]px, [01]px, [01]px, [01]px\)/.test(style.clip)) return true;
        }
        return false;
    };
    const plain = (style, property, below) => {
        // An outline that is not drawn, or in the colour of what is below it, looks the same in all its widths.
        if (property.startsWith("outline") && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0
            || style.outlineColor === below || /, 0\)$|^transparent$/.test(style.outlineColor))) return "";
        return style[property];
    };
    const look = (element) => {
        const near = [element, element.parentElement, element.parentElement?.parentElement, element.nextElementSibling,
            ...(element.labels || []), element.firstElementChild].filter(Boolean);
        const below = ground(element);
        return near.map((each) => [null, "::before", "::after"].map((part) => {
            const style = getComputedStyle(each, part);
            return PROPERTIES.map((property) => plain(style, property, below)).join("|");
        }).join("#")).join("\n");
    };
    const active = () => {
        let found = document.activeElement;
        while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
        return found && found !== document.body && found !== document.documentElement ? found : null;
    };
    const modal = () => [...document.querySelectorAll("dialog:modal, [aria-modal=true]")].filter(visible).at(-1) || null;
    const known = new Map();
    const named = new Map();  // element → its selector when the walk began, which another element may have later
    const listed = () => {
        const within = modal() || document;
        const groups = new Set();
        return [...within.querySelectorAll(NATIVE)].filter((each) => {
            if (each.tabIndex < 0 || each.matches(":disabled") || each.closest("[inert]") || !each.checkVisibility({ visibilityProperty: true })) return false;
            if (each.matches("summary") && each.parentElement.querySelector("summary") !== each) return false;
            if (each.matches("input[type=radio]") && each.name) {
                const group = `${each.form ? selector(each.form) : ""} ${each.name}`;
                if (groups.has(group)) return false;
                groups.add(group);
            }
            return true;
        });
    };
    const first = (element) => (element.matches("input[type=radio]") && element.name
        ? (element.form || document).querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]`) : element);
    const name = (element) => named.get(first(element)) ?? selector(first(element));
    return {
        begin: () => {
            active()?.blur();
            known.clear();
            named.clear();
            const all = listed();
            for (const each of all) named.set(first(each), selector(first(each)));
            for (const each of document.querySelectorAll(NATIVE)) known.set(each, look(each));
            return all.map((each) => ({ selector: name(each), box: box(each) }));
        },
        now: () => {
            const each = active();
            if (!each) return null;
            const at = each.getBoundingClientRect();
            const shown = at.width > 1 && at.height > 1 && !clipped(each) || Boolean(each.labels?.length);
            return { selector: name(each), box: box(each), inside: each.tagName === "IFRAME", shown, caret: each.matches("textarea, [contenteditable], input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio], [type=range], [type=color], [type=file], [type=image])"),
                changed: !known.has(each) || known.get(each) !== look(each) };
        },
        active,
        // Of what was there when the walk began: a notification that came meanwhile was never passed by.
        remaining: (selectors) => [...named].filter(([each, it]) => selectors.includes(it) && each.isConnected && each.checkVisibility())
            .map(([, it]) => it),
        unreachable: () => [...document.querySelectorAll("[role=button], [role=link], [role=switch], [role=checkbox], div[onclick], span[onclick]")]
            .filter((each) => visible(each) && each.tabIndex < 0 && !each.hasAttribute("tabindex") && !each.matches(":disabled, [aria-disabled=true]")
                && !each.closest("a[href], button, label, [inert]") && !each.querySelector(NATIVE))
            .map((each) => ({ selector: selector(each), box: box(each) })),
        openers: (named) => [...new Set([...document.querySelectorAll("[aria-haspopup=dialog], [command=show-modal][commandfor]"),
            ...(named.length ? document.querySelectorAll(named.join(", ")) : [])])]
            .filter((each) => visible(each) && !each.matches(":disabled") && !each.closest("[inert]")).map(selector),
        dialogs: () => [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")].filter(visible).map(selector),
        within: (dialog) => { const each = active(); const it = document.querySelector(dialog); return Boolean(each && it?.contains(each)); },
        selector,
    };
})();
