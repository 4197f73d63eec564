// The charts of the agents' performance: drawn from the figures of the API, with the same figures as a table.
const charts = document.getElementById("charts");
const period = document.getElementById("period");
const SECONDS = 15, BAR = 26, WIDE = 440, HIGH = 160, LINE = 20, NAMES = 110, FIGURES = 60;

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function figure(title, drawing, heads, rows) {
  const id = `chart-${title.toLowerCase().replaceAll(" ", "-")}`;
  const cells = (kind, row) => element("tr", {}, ...row.map((text) => element(kind, { textContent: text })));
  const table = element("table", {},
    element("caption", { className: "hidden", textContent: `${title}: the figures` }),
    element("thead", {}, cells("th", heads)), element("tbody", {}, ...rows.map((row) => cells("td", row))));
  const made = element("figure", {},
    element("figcaption", { id, textContent: title }), drawing,
    element("details", {}, element("summary", { textContent: "Show the figures" }), table));
  made.setAttribute("aria-labelledby", id);
  return made;
}

function barOf(label, value, shape) {
  return svg("rect", { ...shape, class: "mark", role: "img", "aria-label": `${label}: ${value}` });
}

function words(text, place) {
  return svg("text", { ...place, "aria-hidden": "true" }, text);  // the mark beside it says the same
}

function ratesByAgent(agents) {
  const names = agents.map((each) => each.agent);
  if ("namesSorted" in charts.dataset) names.sort();
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${BAR * agents.length}`, role: "group", "aria-label": "Bars" });
  agents.forEach((each, place) => {
    const long = (WIDE - NAMES - FIGURES) * each.approval_rate / 100, y = BAR * place + 4, value = `${each.approval_rate} %`;
    drawing.append(
      words(names[place], { x: 0, y: y + 14 }),
      barOf(names[place], value, { x: NAMES, y, width: long, height: BAR - 8 }),
      words(value, { x: NAMES + long + 6, y: y + 14 }));
  });
  return figure("Approval rate by agent", drawing, ["Agent", "Drafts", "Approved", "Rate"],
    agents.map((each) => [each.agent, each.drafts, each.approved, `${each.approval_rate} %`]));
}

function draftsByDay(days) {
  const most = Math.max(...days.map((each) => each.drafts), 1);
  const least = "axisCut" in charts.dataset ? Math.min(...days.map((each) => each.drafts)) - 1 : 0;
  const wide = WIDE / Math.max(days.length, 1);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH + 2 * LINE}`, role: "group", "aria-label": "Columns" });
  days.forEach((each, place) => {
    const height = HIGH * (each.drafts - least) / (most - least);
    const y = LINE + HIGH - height;
    drawing.append(barOf(each.day, `${each.drafts} drafts`, { x: wide * place + 2, y, width: wide - 4, height }));
    if (days.length <= 14) drawing.append(words(`${each.drafts}`, { x: wide * (place + .5), y: y - 5, "text-anchor": "middle" }));
  });
  const y = HIGH + 2 * LINE - 4;
  drawing.append(words(days.at(0)?.day ?? "", { x: 2, y }), words(days.at(-1)?.day ?? "", { x: WIDE - 2, y, "text-anchor": "end" }));
  return figure("Drafts by day", drawing, ["Day", "Drafts"], days.map((each) => [each.day, each.drafts]));
}

function waiting() {
  const skeleton = element("div", { className: "chart-loading" },
    element("span", { className: "hidden", textContent: "Loading the charts" }), ...[1, 2, 3].map(() => element("i", {})));
  skeleton.setAttribute("role", "status");
  charts.replaceChildren(skeleton);
  charts.setAttribute("aria-busy", "true");
}

function failed() {
  const retry = element("button", { type: "button", textContent: "Retry" });
  if (!("noRetry" in charts.dataset)) retry.addEventListener("click", draw);
  const block = element("div", { className: "tile-error" }, element("p", { textContent: "The charts could not be loaded." }), retry);
  block.setAttribute("role", "alert");
  charts.replaceChildren(block);
}

async function draw() {
  const days = period.value;
  waiting();
  try {
    const answer = await fetch(`/api/agents/performance?days=${days}`, { signal: AbortSignal.timeout(SECONDS * 1000) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const figures = await answer.json();
    if (period.value !== days) return;  // another period was chosen meanwhile
    charts.replaceChildren(ratesByAgent(figures.agents), draftsByDay(figures.by_day));
  } catch {
    failed();
  }
  charts.removeAttribute("aria-busy");
}

period.addEventListener("change", draw);
draw();
