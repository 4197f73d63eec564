(() => {
  "use strict";
  const form = document.getElementById("filter");
  const said = document.getElementById("said");
  const items = [...document.querySelectorAll(".item")].map((it) => ({
    it,
    text: it.textContent.toLowerCase(),
    machines: it.dataset.m.split(" "),
    rows: [...it.querySelectorAll("tr[data-m]")],
  }));

  const wanted = (each, asked) =>
    (!asked.outcome || each.it.dataset.o === asked.outcome) &&
    (!asked.severity || each.it.dataset.s === asked.severity) &&
    (!asked.machine || each.machines.includes(asked.machine)) &&
    (asked.text || "").toLowerCase().split(/\s+/).every((word) => each.text.includes(word));

  const filter = () => {
    const asked = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const each of items) {
      each.it.hidden = !wanted(each, asked);
      shown += !each.it.hidden;
      for (const row of each.rows) row.hidden = Boolean(asked.machine) && row.dataset.m !== asked.machine;
    }
    for (const stage of document.querySelectorAll(".stage"))
      stage.hidden = Object.values(asked).some(Boolean) && !stage.querySelector(".item:not([hidden])");
    form.querySelector("output").textContent = `${shown} of ${items.length} items shown`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // The clipboard's own interface asks for permission in some browsers; this does not.
  const copied = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };
  for (const command of document.querySelectorAll(".command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${command.textContent.slice(0, 60)}`);
    button.addEventListener("click", () => {
      const done = copied(command.textContent);
      if (!done) getSelection().selectAllChildren(command);
      button.textContent = done ? "Copied" : "Selected";
      said.textContent = done ? "Copied to the clipboard" : "The command is selected";
      button.focus();
    });
    button.addEventListener("blur", () => { button.textContent = "Copy"; });
    command.after(button);
  }
})();
