// The settings: shown at once where they can be, kept when they are saved.
const form = document.getElementById("settings");
const order = form.querySelector(".order");
const saved = document.getElementById("saved");

form.addEventListener("change", (event) => {
  saved.textContent = "";
  if (event.target.name === "theme") document.documentElement.dataset.theme = event.target.value;
});
order.addEventListener("click", (event) => {
  const moved = event.target.closest("li"), direction = event.target.value;
  if (direction !== "up" && direction !== "down") return;
  saved.textContent = "";
  if (direction === "up" && moved.previousElementSibling) moved.previousElementSibling.before(moved);
  if (direction === "down" && moved.nextElementSibling) moved.nextElementSibling.after(moved);
  event.target.focus();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = new FormData(form), visible = chosen.getAll("visible");
  const names = [...order.children].map((each) => each.dataset.tileName);
  const answer = await fetch("/api/preferences", {
    method: "PATCH", headers: { "content-type": "application/json" },
    body: JSON.stringify({
      theme: chosen.get("theme"), default_view: chosen.get("default_view"),
      tile_order: names, hidden_tiles: names.filter((name) => !visible.includes(name)),
    }),
  }).catch(() => ({ ok: false }));
  saved.textContent = answer.ok ? "Settings saved" : "The settings could not be saved. Try again.";
});
