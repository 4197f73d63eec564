// The welcome of a person who has not seen the tour, and the tour.
const STEPS = [
  [".grid", "Your tiles", "Each tile says in its badge whether it needs you. Settings changes their order, and hides what you do not use."],
  ["nav a[href^='/approvals']", "Approvals", "What the agents propose waits here for your decision. The number tells how many wait."],
  [".live", "Live", "Tiles and numbers change by themselves while this says 'Live'."],
  ["nav a[href^='/settings']", "Settings", "Choose how HotDash looks, and the page with which it opens."],
];
const welcome = document.getElementById("welcome");
const tour = document.getElementById("tour");
const button = (name) => tour.querySelector(`[value=${name}]`);
let at = 0, onboarded = true;

function showStep(step) {
  document.querySelector("[data-pointed-at]")?.removeAttribute("data-pointed-at");
  at = step;
  const [place, title, text] = STEPS[at];
  document.querySelector(place).setAttribute("data-pointed-at", "");
  document.getElementById("tour-step").textContent = `Step ${at + 1} of ${STEPS.length}`;
  document.getElementById("tour-title").textContent = title;
  document.getElementById("tour-text").textContent = text;
  button("back").hidden = at === 0;
  button("next").textContent = at === STEPS.length - 1 ? "Finish" : "Next";
  document.getElementById("tour-title").focus();
}

function startTour() {
  tour.showModal();
  showStep(0);
}

async function remember() {
  if (onboarded) return;
  const answer = await fetch("/api/preferences", {
    method: "PATCH", headers: { "content-type": "application/json" },
    body: JSON.stringify({ onboarded_at: new Date().toISOString() }),
  });
  onboarded = answer.ok;
}

welcome.addEventListener("click", (event) => {
  if (event.target.value === undefined) return;
  welcome.returnValue = event.target.value;
  welcome.close(event.target.value);
});
welcome.addEventListener("close", () => (welcome.returnValue === "tour" ? startTour() : remember()));
tour.addEventListener("click", (event) => {
  const last = at === STEPS.length - 1;
  if (event.target.value === "back") showStep(at - 1);
  if (event.target.value === "next" && !last) showStep(at + 1);
  if (event.target.value === "next" && last) "endless" in tour.dataset ? showStep(0) : tour.close();
  if (event.target.value === "end") tour.close();
});
tour.addEventListener("close", () => {
  document.querySelector("[data-pointed-at]")?.removeAttribute("data-pointed-at");
  remember();
});
document.getElementById("take-tour").addEventListener("click", startTour);

(async () => {
  const answer = await fetch("/api/preferences");
  if (!answer.ok) return;
  onboarded = (await answer.json()).onboarded_at !== null;
  if (!onboarded) { welcome.returnValue = ""; welcome.showModal(); }
})().catch(() => {});
