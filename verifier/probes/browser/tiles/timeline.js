// Runs in every document from its start, and reports what each tile shows and since when.
// Times are milliseconds since the start of the navigation, taken in the animation frame that shows the content.
(config) => {
  const isTop = window === window.top;
  const binding = window[isTop ? config.from_top : config.from_frame];
  for (const name of [config.from_top, config.from_frame]) delete window[name];
  // As one string: serialising an object costs the page as much as all the rest.
  const report = (said) => binding(JSON.stringify(said));
  if (!binding || (isTop ? !location.protocol.startsWith("http") : location.protocol === "chrome-error:")) return;

  const MARKS = ["error", "unconfigured", "loading", "ready", "content"];
  const GRAPHICS = "img, svg, canvas, video, iframe, input, select, textarea";
  // A document in a frame is also checked as a whole: it may fill a tile of its parent.
  const asked = isTop ? config.tiles : [...config.tiles, { ...config.whole, id: "", css: "body" }];

  // Created only when there can be a tile: work before that delays the first content.
  const fresh = { state: "missing", since: null, stays: false, went_back: false, found: [], marks: null };
  let tiles = [];
  const begin = () => {
    tiles = asked.map((tile) => ({
      ...fresh,
      ...tile,
      pattern: tile.text ? RegExp(tile.text, "u") : null,
      marked: MARKS.map((name) => tile[name]).filter(Boolean).join(", "),
    }));
  };

  // ---- where tiles can be: the document, and every shadow tree in it

  // What changed: the set of tiles, or only the content of some, so that the others need no check.
  const roots = new Set();
  const touched = new Set();
  let stale = true;
  let changed = true;
  let owners = new Map();
  const touch = (target) => {
    let known = false;
    for (let node = target; node; node = node.parentNode ?? node.host) {
      for (const tile of owners.get(node) ?? []) {
        touched.add(tile);
        known ||= Boolean(tile.id);
      }
    }
    stale ||= !known;
  };
  const watcher = new MutationObserver((records) => {
    changed = true;
    stale ||= records.some(({ type, target }) => type === "attributes" && owners.has(target));
    for (const target of new Set(records.map((record) => record.target))) if (!stale) touch(target);
    stale ||= tiles.some((tile) => tile.id && !tile.found.some((element) => element.isConnected));
    ask();
  });
  const adopt = (root) => {
    if (roots.has(root)) return;
    roots.add(root);
    stale = true;
    ask();
    watcher.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  };
  Element.prototype.attachShadow = new Proxy(Element.prototype.attachShadow, {
    apply(attach, element, words) {
      const root = Reflect.apply(attach, element, words);
      adopt(root);
      return root;
    },
  });
  // The parser attaches shadow trees without a callback.
  let parsing = true;
  const adoptParsed = () => {
    if (!parsing) return;
    parsing = document.readyState === "loading";
    for (const root of roots) for (const each of root.querySelectorAll("*")) if (each.shadowRoot) adopt(each.shadowRoot);
  };

  const everywhere = (selector) => {
    const living = [...roots].filter((root) => root.isConnected);
    return living.flatMap((root) => [...root.querySelectorAll(selector)]);
  };

  // Shadow trees by the tile that they are in.
  let inside = new Map();
  const sortRoots = () => {
    inside = new Map();
    for (const root of roots) {
      if (root === document || !root.isConnected) continue;
      for (let node = root.host; node; node = node.parentNode ?? node.host) {
        if (owners.has(node)) inside.set(node, [...(inside.get(node) ?? []), root]);
      }
    }
  };
  const rootsIn = (element) => (inside.get(element) ?? []).filter((root) => root.isConnected);

  const find = () => {
    if (!tiles.length) begin();
    adoptParsed();
    const named = new Map();
    for (const each of everywhere("[data-testid]")) {
      const name = each.getAttribute("data-testid");
      named.set(name, [...(named.get(name) ?? []), each]);
    }
    owners = new Map();
    for (const tile of tiles) {
      tile.found = tile.css ? everywhere(tile.css) : (named.get(tile.id) ?? []);
      for (const element of tile.found) owners.set(element, [...(owners.get(element) ?? []), tile]);
    }
    sortRoots();
  };

  // ---- what a tile shows

  const SHOWN = { opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true };
  const visible = (element) => {
    if (!element.checkVisibility(SHOWN)) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };

  const within = (element, selector) => {
    if (!selector) return [];
    const own = element.matches(selector) ? [element] : [];
    return own.concat([element, ...rootsIn(element)].flatMap((root) => [...root.querySelectorAll(selector)]));
  };

  const words = (element) => {
    const parts = rootsIn(element).flatMap((root) => [...root.children].map((each) => each.innerText));
    return [element.innerText, ...parts].filter(Boolean).join(" ").replace(/\s+/g, " ").trim();
  };

  const blank = (element) =>
    !element.textContent.trim() && !element.matches(GRAPHICS) && !within(element, GRAPHICS).length &&
    !rootsIn(element).some((root) => root.textContent.trim());

  const marksOf = (tile, element) => {
    if (tile.marks?.element === element) return tile.marks;
    const marks = { element, said: tile.pattern ? tile.pattern.test(words(element)) : true, blank: blank(element) };
    const marked = within(element, tile.marked);
    for (const name of MARKS) marks[name] = tile[name] ? marked.filter((each) => each.matches(tile[name])) : [];
    return (tile.marks = marks);
  };

  const stateOf = (tile) => {
    const element = (tile.element = tile.found.find(visible));
    if (!element) return tile.found.length ? "hidden" : "missing";
    const marks = marksOf(tile, element);
    for (const state of ["error", "unconfigured", "loading"]) if (marks[state].some(visible)) return state;
    const ready = tile.ready ? marks.ready.find(visible) : element;
    if (!ready || !marks.said) return "unmarked";
    const filled = tile.content ? marks.content.some((each) => visible(each) && !blank(each)) : !marks.blank;
    if (!filled) return "empty";
    return /attention/i.test(`${ready.getAttribute("class")} ${ready.textContent}`) ? "attention" : "healthy";
  };

  // ---- since when, and whether it stays

  // Scripts of the document may still undo what it showed; one that hangs is not waited for much longer.
  let parsed = null;
  let loaded = null;
  addEventListener("DOMContentLoaded", () => (parsed = performance.now()));
  addEventListener("load", () => (loaded = performance.now()));
  const rest = () => (parsed === null ? Infinity : Math.min(loaded ?? Infinity, parsed + config.scripts));

  let done = false;
  let seen = 0;
  let all_seen = 0;
  const due = (now) => {
    const all = stale || now - all_seen >= config.beat;
    for (const tile of stale ? tiles : touched) tile.marks = null;
    // A change inside a tile may have added another one; that is rare, and found by the timer.
    if (stale || (all && changed)) {
      find();
      changed = false;
    }
    const some = all ? tiles : [...touched]; // after the search, which fills them the first time
    if (all) all_seen = now;
    stale = false;
    touched.clear();
    return some;
  };
  const look = () => {
    const now = performance.now();
    seen = now;
    const other = due(now).filter((tile) => {
      const state = stateOf(tile);
      const content = state === "healthy" || state === "attention";
      const since = content ? (tile.since ?? now) : null;
      const stays = content && now - Math.max(since, rest()) >= config.settle;
      if (state === tile.state && since === tile.since && stays === tile.stays) return false;
      tile.went_back ||= tile.since !== null && since === null;
      Object.assign(tile, { state, since, stays });
      return true;
    });
    note(other); // at once, because it needs a layout, and there is one now
    if (other.length) tell();
  };

  // ---- reports

  // The indices of frames from the top, the only path known across origins.
  const indexOf = (around, frame) => Array.from({ length: around.length }, (_, at) => at).find((at) => around[at] === frame);
  const path = () => {
    const steps = [];
    for (let frame = window; frame !== frame.top; frame = frame.parent) steps.unshift(indexOf(frame.parent, frame));
    return steps.join(".");
  };
  const framesIn = (tile) => {
    const frames = tile.marks ? within(tile.marks.element, "iframe").filter(visible) : [];
    return frames.map((each) => [path(), indexOf(window, each.contentWindow)].filter((step) => step !== "").join("."));
  };

  const others = () => {
    const known = tiles.filter((tile) => tile.id).flatMap((tile) => tile.found);
    const strange = everywhere(config.pattern).filter((each) => !known.some((tile) => tile.contains(each)));
    return strange.map((each) => {
      const name = each.getAttribute("data-testid");
      if (name !== null) return [name, `[data-testid="${CSS.escape(name)}"]`];
      return each.id ? [each.id, `#${CSS.escape(each.id)}`] : [each.localName, ""];
    });
  };

  const navigation = () => performance.getEntriesByType("navigation")[0];

  const beginning = () => ({ url: location.href, title: "", first_byte: navigation()?.responseStart ?? 0 });
  const page = () => ({
    ...beginning(),
    title: document.title,
    text: done && document.body ? words(document.body).slice(0, config.words) : "",
    complete: document.readyState !== "loading",
    signed_in: config.signed_in ? everywhere(config.signed_in).length > 0 : false,
    others: others(),
  });

  // The rendered text needs a layout; before the end, the text content has to do.
  const said = ({ since, stays, found, element = found[0] }) => {
    if (!element || (since !== null && !stays)) return "";
    if (stays || done) return words(element);
    const [whole, most] = [element.textContent, 5 * config.words];
    const flat = whole.slice(0, most).replace(/\s+/g, " ").trim();
    return whole.length > most ? flat.slice(0, -config.longest || undefined) : flat; // a secret may have been cut
  };

  const told = (tile) => {
    const { id, state, since, stays, went_back } = tile;
    const text = said(tile);
    const frames = state === "unmarked" || state === "empty" ? framesIn(tile) : [];
    return { id, state, since, stays, went_back, text: text.slice(0, config.words), frames };
  };

  // The page itself is reported when its tiles have settled, and at the end.
  const news = new Set();
  const tasks = [];
  let resting = false;
  let sending = null;
  const note = (some) => {
    for (const tile of some) news.add(Object.assign(tile, { told: told(tile) }));
  };
  const rests = () => tiles.every((tile) => tile.stays || tile.state === "missing");
  const say = (more) => report({ began: performance.timeOrigin, top: isTop, path: path(), done, ...more });
  const send = () => {
    clearTimeout(sending);
    sending = null;
    const whole = done || (rests() && !resting);
    resting = rests();
    say({ tiles: [...news].map((tile) => tile.told), tasks: tasks.splice(0), ...(whole ? { page: page() } : {}) });
    news.clear();
  };
  // The receiver uses the CPU of the page, so changes are batched, except for the last report.
  const tell = () => {
    if (done) return;
    const last = rests() && tiles.some((tile) => tile.stays);
    if (last) clearTimeout(sending);
    if (last || sending === null) sending = setTimeout(send, last ? 0 : config.telling);
  };

  // Long tasks: what a slow machine stretches.
  if (isTop) {
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map((each) => [each.startTime, each.startTime + each.duration]));
      tell();
    }).observe({ type: "longtask", buffered: true });
  }

  const finish = () => {
    if (done) return;
    look();
    done = true;
    note(tiles);
    send();
  };
  // An animation frame is requested after a change, so that an idle page stays idle; during animations, every frame.
  // The timer sees what no observer reports, such as a disabled style sheet or a covered tile.
  // Before there can be a tile, none is requested: it would add a paint.
  const CANDIDATES = [...new Set(asked.map((tile) => tile.css ?? "[data-testid]"))].join(", ");
  let begun = false;
  let asked_for = false;
  let moving = 0;
  function ask() {
    begun ||= roots.size > 1 || document.querySelector(CANDIDATES) !== null;
    if (asked_for || done || !begun) return;
    asked_for = true;
    requestAnimationFrame(() => {
      asked_for = false;
      if (done) return;
      look();
      if (performance.now() < moving) ask();
    });
  }
  const move = () => {
    moving = performance.now() + config.moving;
    ask();
  };
  for (const name of ["transitionrun", "animationstart"]) addEventListener(name, move, { capture: true });
  addEventListener("load", ask, { capture: true }); // of a sheet as well
  adopt(document);
  say({ tiles: [], page: beginning() });
  setTimeout(finish, config.overrun - performance.now());
  // Nothing follows an error page.
  addEventListener("DOMContentLoaded", () => isTop && navigation()?.responseStatus >= 400 && finish());
  // An off-screen frame of another origin gets no animation frames.
  setInterval(() => {
    const now = performance.now();
    if (!done && (asked_for ? now - seen > config.frameless : now - all_seen >= config.beat)) look();
  }, config.frameless / 3);
}
