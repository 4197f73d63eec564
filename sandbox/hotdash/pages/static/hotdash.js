// The dashboard in the browser: fills tiles, acts on approvals, and follows the event stream.
"use strict";

const TILE_SECONDS = 15;
const live = document.querySelector("[data-testid=live-state]");
const list = document.getElementById("approvals");

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function showTile(tile, content) {
  const badge = tile.querySelector(".badge");
  badge.className = `badge occ-status-${content.status}`;
  badge.textContent = content.badge;
  const rows = content.rows.map(([label, value]) =>
    element("div", {}, element("dt", { textContent: label }), element("dd", { textContent: value })));
  tile.querySelector(".body").replaceChildren(
    element("p", { className: "figure", textContent: content.figure }),
    element("p", { className: "caption", textContent: content.caption }),
    element("dl", {}, ...rows));
}

function showError(tile, text) {
  const badge = tile.querySelector(".badge");
  badge.className = "badge";
  badge.textContent = "";
  const retry = element("button", { type: "button", textContent: "Retry" });
  retry.addEventListener("click", () => fillTile(tile));
  const block = element("div", { className: "tile-error" }, element("p", { textContent: text }), retry);
  block.setAttribute("role", "alert");
  tile.querySelector(".body").replaceChildren(block);
}

async function fillTile(tile) {
  const loaded = watchLoad(tile);
  try {
    const answer = await fetch(`/api/tiles/${tile.dataset.tile}`, { signal: AbortSignal.timeout(TILE_SECONDS * 1000) });
    const content = await answer.json();
    if (!answer.ok || content.error) {
      showError(tile, content.error || "This tile could not be loaded.");
    } else {
      showTile(tile, content);
      noteRefresh(tile);
    }
  } catch {
    showError(tile, "This tile could not be loaded.");
  }
  loaded();
  tile.removeAttribute("aria-busy");
}

function noteRefresh(tile) {
  const note = tile.querySelector(".refreshed");
  note.dataset.count = Number(note.dataset.count) + 1;
  note.textContent = `Updated at ${new Date().toLocaleTimeString("en-GB")}`;
}

function cardFor(approval) {
  const card = document.getElementById("card").content.firstElementChild.cloneNode(true);
  card.dataset.id = approval.id;
  card.dataset.testid = `approval-card-${approval.id}`;
  for (const name of ["kind", "customer", "summary"]) card.querySelector(`.${name}`).textContent = approval[name];
  return card;
}

async function refreshApprovals() {
  const answer = await fetch("/api/approvals");
  if (!answer.ok) return;
  const pending = (await answer.json()).approvals.filter((approval) => approval.status === "pending");
  const badge = document.querySelector("[data-testid=nav-approvals-count][data-live]");
  if (badge) badge.textContent = pending.length;
  noteBacklog(pending.length);
  if (!list) return;
  // Cards that stay are kept, so that the focus of whoever works with them stays too.
  const known = new Map([...list.children].map((card) => [card.dataset.id, card]));
  for (const [id, card] of known) if (!pending.some((approval) => approval.id === id)) card.remove();
  for (const approval of pending) if (!known.has(approval.id)) list.append(cardFor(approval));
  document.getElementById("no-approvals").hidden = pending.length > 0;
}

function askBefore(card, button) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = `${button.textContent}: ${card.querySelector(".customer").textContent}`;
  document.getElementById("confirm-summary").textContent = card.querySelector(".summary").textContent;
  document.getElementById("confirm-problem").textContent = "";
  dialog.returnValue = "cancel";
  dialog.onclose = async () => {
    if (dialog.returnValue !== "confirm") return;
    const answer = await fetch(`/api/approvals/${card.dataset.id}/${button.dataset.decision}`, { method: "POST" });
    if (answer.ok) {
      await refreshApprovals();
    } else {
      document.getElementById("confirm-problem").textContent = "This could not be saved. Try again.";
      dialog.showModal();
    }
  };
  dialog.showModal();
}

function follow() {
  const stream = new EventSource("/api/realtime/approvals");
  const say = (state, text) => { live.dataset.state = state; live.textContent = text; };
  stream.addEventListener("heartbeat", () => say("live", "Live"));
  stream.addEventListener("approval-update", (event) => {
    refreshApprovals();
    showUnread();
    const { action, approval } = JSON.parse(event.data);
    if (action === "created" && banners.dataset.toasts === "true") toast(`New approval: ${approval.customer}`);
  });
  stream.addEventListener("tile-refresh", (event) => {
    const tile = document.querySelector(`[data-tile="${JSON.parse(event.data).tile}"]`);
    if (tile) fillTile(tile);
  });
  stream.addEventListener("error", () => say("lost", "Reconnecting…"));
  // An open stream holds a connection; leaving the page must free it at once.
  window.addEventListener("pagehide", () => stream.close());
}

if (list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decision]");
    if (button) askBefore(button.closest(".card"), button);
  });
}
for (const tile of document.querySelectorAll("[data-tile][aria-busy]")) fillTile(tile);
follow();
