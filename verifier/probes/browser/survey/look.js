// What a page looks like to somebody who sees it for the first time; changes nothing in it.
// Its words are not shortened to less than `longest`: that is for whoever has masked the secrets in them.
(longest) => {
  const SHOWN = { opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true };
  const HEADINGS = "h2, h3, h4, [role=heading]";
  const MOST = 40;
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility(SHOWN) && box.width > 0 && box.height > 0;
  };
  const words = (element) => (element.innerText ?? "").replace(/\s+/g, " ").trim();
  const alone = (selector) => document.querySelectorAll(selector).length === 1;

  // The shortest selector that fits this element alone and does not depend on how many others there are, if possible.
  const selectorOf = (element) => {
    const tag = element.localName;
    const own = [
      element.dataset.testid && `[data-testid="${CSS.escape(element.dataset.testid)}"]`,
      element.id && !/\d{3}|:/.test(element.id) && `${tag}#${CSS.escape(element.id)}`,
      element.getAttribute("aria-label") && `${tag}[aria-label="${CSS.escape(element.getAttribute("aria-label"))}"]`,
      ...[...element.classList].map((name) => `${tag}.${CSS.escape(name)}`),
      tag,
    ].filter(Boolean);
    const found = own.find(alone);
    if (found || !element.parentElement) return found ?? tag;
    const same = [...element.parentElement.children].filter((each) => each.localName === tag);
    return `${selectorOf(element.parentElement)} > ${tag}:nth-of-type(${same.indexOf(element) + 1})`;
  };

  // What may tell a state: classes and attributes of the tile and of all that is visible in it.
  const tokensOf = (tile) => {
    const told = new Set();
    for (const element of [tile, ...tile.querySelectorAll("*")]) {
      if (!visible(element)) continue;
      for (const name of element.classList) told.add(`.${CSS.escape(name)}`);
      for (const { name, value } of element.attributes) {
        if (/^(aria-busy|role|data-(state|status|loading|error))$/.test(name) && value.length < 40) {
          told.add(`[${name}="${CSS.escape(value)}"]`);
        }
      }
    }
    return [...told];
  };

  const headingIn = (tile) => [...tile.querySelectorAll(HEADINGS)].find(visible) ?? null;
  const marked = [...document.querySelectorAll('[data-testid^="tile-"]')].filter(visible);
  // A tile is the largest element around one heading that holds no other.
  const around = (heading) => {
    let tile = heading;
    for (let next = tile.parentElement; next && !next.matches("main, body"); next = next.parentElement) {
      if ([...next.querySelectorAll(HEADINGS)].filter(visible).length > 1) break;
      tile = next;
    }
    return tile;
  };
  const headings = [...document.querySelectorAll(HEADINGS)]
    .filter((each) => visible(each) && !each.closest("nav, header, footer, dialog, [role=dialog]"));
  const found = marked.length ? marked : [...new Set(headings.map(around))].filter((each) => !each.matches(HEADINGS));
  const tiles = found.slice(0, MOST).map((tile) => {
    const heading = words(headingIn(tile) ?? tile).slice(0, longest);
    return {
      id: tile.dataset.testid || tile.id,
      heading,
      selector: tile.dataset.testid?.startsWith("tile-") ? "" : selectorOf(tile),
      words: words(tile).slice(0, longest),
      tokens: tokensOf(tile),
      own: [...tile.classList].map((name) => `.${CSS.escape(name)}`),
    };
  });

  const main = document.querySelector("main, [role=main]");
  const navigation =
    ["nav a[href]", "[role=navigation] a[href]", "header a[href]", "aside a[href]"].find((each) => document.querySelector(each)) ?? "";
  return {
    tiles,
    heading: words(document.querySelector("h1") ?? document.createElement("p")).slice(0, longest),
    main: main ? (main.localName === "main" ? "main" : "[role=main]") : "body",
    words: words(main ?? document.body).slice(0, longest),
    navigation,
    links: navigation ? [...document.querySelectorAll(navigation)].map((each) => each.href) : [],
    password: [...document.querySelectorAll("input[type=password]")].some(visible),
  };
}
