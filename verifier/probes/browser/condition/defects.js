// What an operator would call broken on the part of the page that is in the window: [{kind, selector, told, box}].
// Words of the page stand in \u0001 and \u0002; they are shortened when secrets in them have been masked.
([ownOrigin, longest]) => {
    const { selector, visible, box } = window.hotdashLook;
    const found = [];
    const add = (kind, element, told, at) => found.push({ kind, selector: selector(element), told, box: at || box(element) });
    const quote = (text) => `\u0001${text.trim().replace(/\s+/g, " ").slice(0, longest)}\u0002`;
    const alpha = (color) => {
        const parts = color.match(/[\d.]+/g) || [];
        return color === "transparent" ? 0 : parts.length > 3 ? Number(parts[3]) : 1;
    };

    // Pictures that did not load. One that is still to come (lazy, slow) is not complete.
    for (const each of document.images) {
        if (!each.complete || each.naturalWidth > 0 || !each.currentSrc || !each.checkVisibility()) continue;
        if (ownOrigin && new URL(each.currentSrc, location.href).origin !== ownOrigin) continue;
        add("image-not-loaded", each, each.currentSrc.split(/[?#]/)[0]);
    }

    // Texts that are painted over each other.
    const clipped = (rect, element) => {
        let { left, top, right, bottom } = rect;
        for (let each = element; each; each = each.parentElement) {
            const style = getComputedStyle(each);
            if (style.overflowX !== "visible" || style.overflowY !== "visible" || style.clipPath !== "none") {
                const at = each.getBoundingClientRect();
                left = Math.max(left, at.left); right = Math.min(right, at.right);
                top = Math.max(top, at.top); bottom = Math.min(bottom, at.bottom);
            }
            if (style.position === "fixed") break;
        }
        return { left, top, right, bottom };
    };
    const moved = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const style = getComputedStyle(each);
            if (/^(fixed|sticky)$/.test(style.position) && scrollY > 0) return true;
            const turned = style.transform.match(/^matrix\(([^)]*)\)/);
            if (turned && turned[1].split(",").slice(1, 3).some((it) => Math.abs(Number(it)) > 0.01)) return true;
            if (style.rotate !== "none") return true;
        }
        return false;
    };
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node && texts.length < 3000; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!node.data.trim() || parent.closest("svg, script, style, noscript, option, template, rt") || !visible(parent)) continue;
        if (alpha(getComputedStyle(parent).color) < 0.1 || moved(parent)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) {
            const at = clipped(rect, parent);
            const trim = 0.25 * (rect.bottom - rect.top);  // the line is higher than its letters
            at.top = Math.max(at.top, rect.top + trim); at.bottom = Math.min(at.bottom, rect.bottom - trim);
            if (at.right - at.left < 4 || at.bottom - at.top < 3 || at.bottom < 0 || at.top > innerHeight) continue;
            texts.push({ ...at, node, parent });
        }
    }
    const hides = (element, other) => {  // whether what lies between the two covers the lower one
        for (let each = element; each && !each.contains(other); each = each.parentElement) {
            const style = getComputedStyle(each);
            if (alpha(style.backgroundColor) > 0.6 || style.backgroundImage !== "none" || style.backdropFilter !== "none") return true;
        }
        return false;
    };
    const seenPairs = new Set();
    texts.sort((a, b) => a.top - b.top);
    for (let i = 0; i < texts.length; i += 1) {
        for (let j = i + 1; j < texts.length && texts[j].top < texts[i].bottom; j += 1) {
            const [a, b] = [texts[i], texts[j]];
            if (a.node === b.node) continue;
            const left = Math.max(a.left, b.left), right = Math.min(a.right, b.right);
            const top = Math.max(a.top, b.top), bottom = Math.min(a.bottom, b.bottom);
            const lower = Math.min(a.bottom - a.top, b.bottom - b.top);
            if (right - left < 5 || bottom - top < 0.4 * lower) continue;
            const [x, y] = [(left + right) / 2, (top + bottom) / 2];
            const stack = document.elementsFromPoint(x, y);
            const [at, under] = [stack.indexOf(a.parent), stack.indexOf(b.parent)];
            const between = stack.slice(0, Math.max(at, under)).filter((it) => it !== a.parent && it !== b.parent);
            if (between.some((it) => !it.contains(a.parent) && !it.contains(b.parent) && hides(it, document.body)
                || /^(IMG|VIDEO|CANVAS)$/.test(it.tagName))) continue;
            if (at >= 0 && under >= 0 ? (at < under ? hides(a.parent, b.parent) : hides(b.parent, a.parent))
                : hides(a.parent, b.parent) || hides(b.parent, a.parent)) continue;
            const key = `${selector(a.parent)} ${selector(b.parent)}`;
            if (seenPairs.has(key)) continue;
            seenPairs.add(key);
            const whole = [Math.min(a.left, b.left) + scrollX, Math.min(a.top, b.top) + scrollY - 4,
                Math.max(a.right, b.right) - Math.min(a.left, b.left), Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top) + 8];
            add("overlapping-text", b.parent, `${quote(a.node.data)} and ${quote(b.node.data)}`, whole);
        }
    }

    // Regions in which there is nothing to see.
    const REPLACED = "img, picture, video, canvas, iframe, object, embed, input:not([type=hidden]), button, select, textarea, "
        + "progress, meter, hr, svg :is(path, rect, circle, ellipse, line, polyline, polygon, text, image, use, foreignObject)";
    const painted = (element) => {
        const style = getComputedStyle(element);
        if (style.backgroundImage !== "none" || alpha(style.backgroundColor) > 0.05 || style.maskImage !== "none") return true;
        return ["::before", "::after"].some((each) => {
            const content = getComputedStyle(element, each).content;
            return content !== "none" && content !== "normal";
        });
    };
    const shows = (element, besides) => {
        if ([...element.querySelectorAll(REPLACED)].some((it) => it.checkVisibility() && !besides?.contains(it))) return true;
        const inner = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node = inner.nextNode(); node; node = inner.nextNode()) {
            const shown = node.parentElement;
            if (besides?.contains(shown) || !node.data.trim() || !visible(shown)) continue;
            const at = shown.getBoundingClientRect();
            if (at.width > 2 && at.height > 2) return true;
        }
        return [...element.querySelectorAll("*")].some((it) => {
            const at = it.getBoundingClientRect();
            return !besides?.contains(it) && at.width * at.height > 16 && it.checkVisibility() && painted(it)
                || it.shadowRoot;
        });
    };
    const large = (element) => {
        const at = element.getBoundingClientRect();
        return at.width >= 120 && at.height >= 60;
    };
    const REGIONS = "main, [role=main], section, article, [role=region], [role=tabpanel], figure, [data-testid^=tile-], dialog[open], [role=dialog]";
    const blank = [];
    for (const each of document.querySelectorAll(REGIONS)) {
        if (!large(each) || !visible(each) || each.closest("[aria-busy=true], [aria-hidden=true]")) continue;
        if (blank.some((it) => it.contains(each))) continue;
        const heading = each.querySelector(":scope > :is(h1, h2, h3, h4, header, figcaption)");
        if (each.shadowRoot || getComputedStyle(each).backgroundImage !== "none") continue;
        if (!shows(each)) {
            blank.push(each);
            add("blank-region", each, "nothing can be seen in it");
        } else if (heading && !shows(each, heading) && [...each.children].some((it) => it !== heading && large(it) && visible(it))) {
            blank.push(each);
            add("blank-region", each, `nothing can be seen in it below ${quote(heading.innerText)}`);
        }
    }
    for (const each of document.querySelectorAll("svg")) {
        if (!large(each) || !visible(each) || each.closest("[aria-busy=true]") || blank.some((it) => it.contains(each))) continue;
        const drawn = [...each.querySelectorAll("path, rect, circle, ellipse, line, polyline, polygon, text, image, use, foreignObject")];
        if (!drawn.some((it) => { const at = it.getBoundingClientRect(); return at.width + at.height > 2; })) {
            add("blank-region", each, "nothing is drawn in it");
        }
    }
    return found.filter((each) => each.box[1] - scrollY < innerHeight && each.box[1] + each.box[3] > scrollY);
}
