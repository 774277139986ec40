// Rows that can be added and removed in place. Without this script the same buttons submit the form and the server does it.
function renumber(list) {
  list.querySelectorAll("[data-rows-body] [data-row]").forEach((row, index) => {
    row.querySelectorAll("[data-row-number]").forEach((number) => { number.textContent = String(index + 1); });
  });
}

// Never a number that was used before: a gap in the numbers is allowed, a double name is not.
function nextIndex(list) {
  const name = list.dataset.rows;
  const used = [...list.querySelectorAll("[data-rows-body] [name]")]
    .map((input) => (input.name.startsWith(`${name}-`) ? parseInt(input.name.slice(name.length + 1), 10) : NaN))
    .filter((number) => !Number.isNaN(number));
  const next = Math.max(-1, Number(list.dataset.last ?? -1), ...used) + 1;
  list.dataset.last = String(next);
  return next;
}

function say(list, what) {
  const region = list.querySelector("[data-rows-said]");
  region.textContent = "";
  window.setTimeout(() => { region.textContent = region.dataset[what]; }, 50);
}

function changed(list) {
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function add(list, { quiet = false } = {}) {
  const template = list.querySelector("template[data-rows-template]");
  const index = String(nextIndex(list));
  const row = template.content.querySelector("[data-row]").cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__row__")) {
        element.setAttribute(attribute.name, attribute.value.replaceAll("__row__", index));
      }
    }
  }
  list.querySelector("[data-rows-body]").append(row);
  renumber(list);
  if (quiet) return; // our own script puts rows back that it knows: nobody is to be moved there
  changed(list);
  say(list, "added");
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function remove(list, button) {
  const row = button.closest("[data-row]");
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  changed(list);
  say(list, "removed");
  (neighbour?.querySelector("[data-remove-row]") ?? list.querySelector("[data-add-row]")).focus();
}

for (const list of document.querySelectorAll("[data-rows]")) {
  list.addEventListener("merila:add-row", () => add(list, { quiet: true }));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-remove-row]");
    if (!button || button.closest("[data-rows]") !== list) return;
    event.preventDefault();
    if (button.matches("[data-add-row]")) add(list);
    else remove(list, button);
  });
}
