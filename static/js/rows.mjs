// Rows that can be added, removed, copied, moved and pasted in place. Without this script the same buttons submit the form and the server does it.
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

const controlsOf = (row) => [...row.querySelectorAll("input, select, textarea")].filter((one) => one.name);
const cellOf = (control) => control.name.split("-").slice(2).join("-") + (control.type === "radio" || control.type === "checkbox" ? `=${control.value}` : "");

// What one row holds, cell by cell; and the same put into a row. Rows are moved by their contents, so that numbers and names stay.
function held(row) {
  return new Map(controlsOf(row).map((one) => [cellOf(one), one.type === "radio" || one.type === "checkbox" ? one.checked : one.value]));
}

function put(row, cells) {
  for (const one of controlsOf(row)) {
    const value = cells.get(cellOf(one));
    if (one.type === "radio" || one.type === "checkbox") one.checked = Boolean(value);
    else one.value = value ?? "";
  }
}

function copy(list, button) {
  const cells = held(button.closest("[data-row]"));
  add(list, { quiet: true });
  const row = list.querySelector("[data-rows-body]").lastElementChild;
  put(row, cells);
  changed(list);
  say(list, "copied");
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function move(list, button, up) {
  const row = button.closest("[data-row]");
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  const [one, two] = [held(row), held(other)];
  put(row, two);
  put(other, one);
  changed(list);
  say(list, "moved");
  (other.querySelector(up ? "[data-row-up]" : "[data-row-down]") ?? other.querySelector("button")).focus();
}

// Cells of a spreadsheet pasted into a cell: they fill the cells from there on, and rows are added as needed.
function paste(list, event) {
  const from = event.target;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const several = text.includes("\t") || (from.tagName !== "TEXTAREA" && /[\r\n]./.test(text));
  if (!from.name || !from.closest("[data-row]") || !several) return;
  event.preventDefault();
  const lines = text.replace(/[\r\n]+$/, "").split(/\r?\n|\r/).map((line) => line.split("\t"));
  const names = (row) => [...new Set(controlsOf(row).map((one) => one.name.split("-").slice(2).join("-")))];
  const first = names(from.closest("[data-row]")).indexOf(from.name.split("-").slice(2).join("-"));
  let row = from.closest("[data-row]");
  lines.forEach((cells, index) => {
    if (index > 0) {
      if (!row.nextElementSibling) add(list, { quiet: true });
      row = row.nextElementSibling;
    }
    names(row).slice(first).forEach((name, column) => {
      if (column < cells.length) write(controlsOf(row).filter((one) => one.name.endsWith(`-${name}`)), cells[column].trim());
    });
  });
  changed(list);
  say(list, "pasted");
}

const words = (control) => (control.labels?.[0]?.textContent ?? "").trim().toLowerCase();

function write(controls, text) {
  const wanted = text.toLowerCase();
  for (const one of controls) {
    if (one.type === "radio" || one.type === "checkbox") one.checked = [one.value.toLowerCase(), words(one)].includes(wanted);
    else if (one.tagName === "SELECT") one.value = [...one.options].find((option) => [option.value.toLowerCase(), option.text.trim().toLowerCase()].includes(wanted))?.value ?? one.value;
    else one.value = text;
  }
}

for (const list of document.querySelectorAll("[data-rows]")) {
  list.addEventListener("paste", (event) => paste(list, event));
  list.addEventListener("merila:add-row", () => add(list, { quiet: true }));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row], [data-remove-row], [data-copy-row], [data-row-up], [data-row-down]");
    if (!button || button.closest("[data-rows]") !== list) return;
    event.preventDefault();
    if (button.matches("[data-add-row]")) add(list);
    else if (button.matches("[data-copy-row]")) copy(list, button);
    else if (button.matches("[data-row-up], [data-row-down]")) move(list, button, button.matches("[data-row-up]"));
    else remove(list, button);
  });
}
