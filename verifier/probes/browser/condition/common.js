// Shared by all looks at a page: selectors that name one element, boxes in the page, and what is visible.
window.hotdashLook ??= (() => {
    const unique = (selector) => document.querySelectorAll(selector).length === 1;
    const selector = (element) => {
        const parts = [];
        for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
            const name = each.localName;
            const test = each.getAttribute("data-testid");
            const own = each.id ? `#${CSS.escape(each.id)}` : test ? `${name}[data-testid="${CSS.escape(test)}"]` : "";
            if (own && unique(own)) return [own, ...parts].join(" > ");
            const alike = each.parentElement ? [...each.parentElement.children].filter((it) => it.localName === name) : [each];
            parts.unshift(alike.length > 1 ? `${name}:nth-of-type(${alike.indexOf(each) + 1})` : name);
        }
        return parts.join(" > ") || "html";
    };
    const visible = (element) =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false });
    const box = (element) => {
        const at = element.getBoundingClientRect();
        return [at.left + scrollX, at.top + scrollY, at.width, at.height];
    };
    return { selector, visible, box };
})();
