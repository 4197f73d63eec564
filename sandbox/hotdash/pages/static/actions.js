// The dialogs of tiles: what they offer is fetched when they open, and what is sent is kept by the API.
"use strict";

const OFFERS = {
  escalations: (each) => [each.subject, `${each.subject} (${each.customer}, ${each.waiting_minutes} min)`],
  levels: (each) => [each.sku, `${each.title} (${each.available} left)`],
};

async function offer(dialog) {
  const select = dialog.querySelector("select");
  if (!dialog.dataset.list) return;
  const answer = await fetch(dialog.dataset.list);
  const told = answer.ok ? await answer.json() : {};
  const [kind] = Object.keys(told).filter((each) => each in OFFERS);
  select.replaceChildren(...(told[kind] || []).map((each) => {
    const [value, text] = OFFERS[kind](each);
    return element("option", { value, textContent: text });
  }));
}

async function send(dialog, form) {
  const problem = dialog.querySelector(".problem");
  const answer = await fetch(dialog.dataset.send, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(new FormData(form))),
  }).catch(() => null);
  if (answer && answer.ok) {
    dialog.close("sent");
    toast("Saved.");
  } else {
    problem.textContent = "This could not be saved. Try again.";
  }
}

for (const dialog of document.querySelectorAll("dialog[data-send]")) {
  const form = dialog.querySelector("form");
  for (const slider of form.querySelectorAll("[type=range]")) {
    slider.addEventListener("input", () => { slider.nextElementSibling.textContent = slider.value; });
  }
  dialog.addEventListener("opens", () => {
    form.reset();
    for (const slider of form.querySelectorAll("[type=range]")) slider.nextElementSibling.textContent = slider.value;
    dialog.querySelector(".problem").textContent = "";
    offer(dialog);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "cancel") return;
    event.preventDefault();
    send(dialog, form);
  });
}
