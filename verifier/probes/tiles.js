// Runs in the page from the first moment of every document, and reports what each tile shows and since when.
// Times are milliseconds since the navigation of the document began, taken in the frame that shows the content.
(config) => {
  const report = window[config.report];
  delete window[config.report];
  if (window !== window.top || !location.protocol.startsWith("http")) return;

  const selectors = ["ready", "loading", "error", "unconfigured", "signed_in"].map((name) => config[name]);
  for (const selector of [...selectors, ...config.tiles.map((tile) => tile.css)]) {
    try {
      if (selector) document.querySelector(selector);
    } catch {
      report({ done: true, invalid: selector });
      return;
    }
  }

  const tiles = config.tiles.map((tile) => ({ ...tile, state: "missing", since: null, went_back: false }));

  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const options = { opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true };
    return box.width > 0 && box.height > 0 && element.checkVisibility(options);
  };

  const mark = (element, selector) =>
    selector && [element, ...element.querySelectorAll(selector)].find((each) => each.matches(selector) && visible(each));

  const stateOf = (selector) => {
    const found = [...document.querySelectorAll(selector)];
    if (!found.length) return "missing";
    const element = found.find(visible);
    if (!element) return "hidden";
    for (const state of ["error", "unconfigured", "loading"]) if (mark(element, config[state])) return state;
    const badge = mark(element, config.ready);
    if (!badge) return "unmarked";
    return /attention/i.test(`${badge.getAttribute("class")} ${badge.textContent}`) ? "attention" : "healthy";
  };

  const textOf = (element) => (element?.innerText ?? "").replace(/\s+/g, " ").trim().slice(0, 200);

  const others = () => {
    const expected = tiles.flatMap((tile) => [...document.querySelectorAll(tile.css)]);
    const found = [...document.querySelectorAll('[data-testid^="tile-"]')];
    return found.filter((each) => !expected.some((tile) => tile.contains(each))).map((each) => each.dataset.testid);
  };

  const navigation = () => performance.getEntriesByType("navigation")[0];

  const send = (done) =>
    report({
      done,
      url: location.href,
      title: document.title,
      text: done ? textOf(document.body) : "",
      complete: document.readyState !== "loading",
      signed_in: config.signed_in ? document.querySelector(config.signed_in) !== null : false,
      began: performance.timeOrigin,
      first_byte: navigation()?.responseStart ?? 0,
      others: others(),
      tiles: tiles.map(({ id, css, state, since, went_back }) => {
        return { id, state, since, went_back, text: textOf(document.querySelector(css)) };
      }),
    });

  const look = () => {
    let changed = false;
    for (const tile of tiles) {
      const state = stateOf(tile.css);
      const content = state === "healthy" || state === "attention";
      changed ||= state !== tile.state;
      tile.state = state;
      tile.went_back ||= !content && tile.since !== null;
      tile.since = content ? (tile.since ?? performance.now()) : null;
    }
    return changed;
  };

  const settled = () => tiles.every((tile) => tile.since !== null && performance.now() - tile.since >= config.settle);

  let done = false;
  const finish = () => {
    if (done) return;
    look();
    done = true;
    send(true);
  };
  const frame = () => {
    if (done) return;
    const changed = look();
    if (settled()) finish();
    else {
      if (changed) send(false);
      requestAnimationFrame(frame);
    }
  };
  send(false);
  setTimeout(finish, config.overrun - performance.now());
  // Nothing more is to come after an error page.
  addEventListener("DOMContentLoaded", () => navigation()?.responseStatus >= 400 && finish());
  requestAnimationFrame(frame);
}
