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
  const toSee = what === "wide" || what === "unread"; // something is left to do
  region.classList.toggle("govuk-visually-hidden", !toSee);
  region.classList.toggle("govuk-error-message", toSee);
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

// The cells of a spreadsheet, line by line. A cell with breaks or tabs in it comes in quotation marks, and those in it are doubled.
function cellsOf(text) {
  const lines = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n?|\n|$)/y;
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, after] = cell.exec(text);
    lines.at(-1).push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if (after === "\t" && cell.lastIndex === text.length) lines.at(-1).push("");
    if (after !== "\t" && after !== "") lines.push([]);
  }
  return lines.filter((line) => line.some((one) => one !== ""));
}

// How a column is called: by its label, or where each of its answers has one by the question above them.
function called(control) {
  const name = control.type === "radio" || control.type === "checkbox" ? control.closest("fieldset")?.querySelector("legend") : control.labels?.[0];
  return (name?.firstChild?.textContent ?? "").trim().toLowerCase();
}

// Cells of a spreadsheet pasted into a cell: they fill the cells from there on, and rows are added as needed. As on the server a first line
// with the names of the columns is left out, and lines that are wider than the table are not taken at all.
function paste(list, event) {
  const from = event.target;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const several = text.includes("\t") || (from.tagName !== "TEXTAREA" && /[\r\n]./.test(text));
  let row = from.closest("[data-row]");
  if (!from.name || !row || !several) return;
  event.preventDefault();
  const lines = cellsOf(text);
  const names = (one) => [...new Set(controlsOf(one).map((control) => control.name.split("-").slice(2).join("-")))];
  const first = names(row).indexOf(from.name.split("-").slice(2).join("-"));
  const columns = names(row).slice(first).map((name) => called(controlsOf(row).find((one) => one.name.endsWith(`-${name}`))));
  const written = (lines[0] ?? []).filter((cell) => cell !== "");
  if (2 * lines[0]?.filter((cell, place) => cell !== "" && cell.toLowerCase() === columns[place]).length > written.length) lines.shift();
  if (lines.some((line) => line.slice(columns.length).some((cell) => cell !== ""))) {
    say(list, "wide");
    return;
  }
  let unread = false;
  lines.forEach((cells, index) => {
    if (index > 0) {
      if (!row.nextElementSibling) add(list, { quiet: true });
      row = row.nextElementSibling;
    }
    names(row).slice(first).forEach((name, column) => {
      if (column < cells.length && !write(controlsOf(row).filter((one) => one.name.endsWith(`-${name}`)), cells[column])) unread = true;
    });
  });
  changed(list);
  say(list, unread ? "unread" : "pasted");
}

const SAID = { y: ["yes", "da", "sì", "si", "x", "1", "true"], n: ["no", "ne", "0", "false"] };
const answers = (control, words) => [control.value.toLowerCase(), words, ...(control.type === "radio" ? SAID[control.value] ?? [] : [])];
const words = (control) => (control.labels?.[0]?.textContent ?? "").trim().toLowerCase();

// Whether the cell took it. What is none of the possible answers leaves it empty: what stood there before belongs to another row.
function write(controls, text) {
  const wanted = text.toLowerCase();
  let taken = text === "";
  for (const one of controls) {
    if (one.type === "radio" || one.type === "checkbox") {
      one.checked = (one.type === "radio" ? [wanted] : wanted.split(/[,/]/)).some((part) => part.trim() !== "" && answers(one, words(one)).includes(part.trim()));
      taken ||= one.checked;
    } else if (one.tagName === "SELECT") {
      one.value = [...one.options].find((option) => answers(option, option.text.trim().toLowerCase()).includes(wanted))?.value ?? "";
      taken ||= one.value !== "";
    } else {
      one.value = one.tagName === "TEXTAREA" ? text : text.replace(/\s*\n\s*/g, " ");
      taken = true;
    }
  }
  return taken;
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
