// Toasts, banners and the notification centre.
"use strict";

const TOAST_SECONDS = 8;
const SLOW_SECONDS = 5;
const banners = document.getElementById("banners");
const centre = document.getElementById("notification-centre");

function toast(text) {
  const made = element("div", { className: "toast" }, element("span", { textContent: text }));
  const dismiss = element("button", { type: "button", textContent: "Dismiss" });
  dismiss.addEventListener("click", () => made.remove());
  made.append(dismiss);
  document.getElementById("toasts").append(made);
  setTimeout(() => made.remove(), TOAST_SECONDS * 1000);
}

function banner(name, text) {
  const shown = banners.querySelector(`[data-banner="${name}"]`);
  if (!text) {
    if (shown) shown.remove();
  } else if (shown) {
    shown.textContent = text;
  } else {
    const made = element("p", { className: "banner", textContent: text });
    made.dataset.banner = name;
    made.setAttribute("role", "alert");
    banners.append(made);
  }
}

function noteBacklog(waiting) {
  const most = Number(banners.dataset.backlog);
  banner("backlog", waiting > most ? `${waiting} approvals wait, more than ${most}.` : "");
}

function watchLoad(tile) {
  const name = tile.dataset.tile;
  const heading = tile.querySelector("h2").textContent;
  const late = setTimeout(() => banner(`slow-${name}`, `${heading} takes longer than ${SLOW_SECONDS} s to load.`), SLOW_SECONDS * 1000);
  return () => { clearTimeout(late); banner(`slow-${name}`, ""); };
}

async function showUnread() {
  const answer = await fetch("/api/notifications");
  if (!answer.ok) return null;
  const told = await answer.json();
  document.querySelector("[data-testid=unread-count]").textContent = told.unread;
  return told.notifications;
}

function noteFor(each) {
  const made = element("li", {}, element("span", { textContent: each.message }));
  if (each.read_at) {
    made.append(element("span", { className: "soft", textContent: "Read" }));
    return made;
  }
  const read = element("button", { type: "button", textContent: "Mark as read" });
  read.setAttribute("aria-label", `Mark as read: ${each.message}`);
  read.addEventListener("click", async () => {
    const answer = await fetch(`/api/notifications/${each.id}/read`, { method: "POST" });
    if (answer.ok) fillCentre();
  });
  made.append(read);
  return made;
}

async function fillCentre() {
  const notes = await showUnread();
  const list = centre.querySelector(".notes");
  if (notes) list.replaceChildren(...notes.map(noteFor));
  const preferences = await (await fetch("/api/notification-preferences")).json();
  centre.querySelector("[name=toasts]").checked = preferences.toasts;
  centre.querySelector("[name=queue_backlog]").value = preferences.queue_backlog;
  centre.querySelector(".problem").textContent = "";
}

centre.addEventListener("opens", fillCentre);
centre.querySelector("form").addEventListener("submit", async (event) => {
  if (!event.submitter || event.submitter.value === "close") return;
  event.preventDefault();
  const sent = {
    toasts: centre.querySelector("[name=toasts]").checked,
    queue_backlog: Number(centre.querySelector("[name=queue_backlog]").value),
  };
  const answer = await fetch("/api/notification-preferences", {
    method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(sent),
  }).catch(() => null);
  if (!answer || !answer.ok) {
    centre.querySelector(".problem").textContent = "This could not be saved. Try again.";
    return;
  }
  banners.dataset.backlog = sent.queue_backlog;
  banners.dataset.toasts = sent.toasts;
  centre.close();
  toast("Preferences saved.");
  refreshApprovals();
});

for (const button of document.querySelectorAll("[data-dialog]")) {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.dialog);
    dialog.dispatchEvent(new Event("opens"));
    dialog.showModal();
  });
}
window.addEventListener("offline", () => banner("offline", "You are offline. What you see may be old."));
window.addEventListener("online", () => { banner("offline", ""); refreshApprovals(); });
