// Saves a form question by question while one types. Silent when it works: it only shows when it last did. When it fails it says so
// loudly, with the cause and what to do, and keeps what was typed in this browser until the server has acknowledged it.
// The form carries data-autosave (the address), data-person and data-key; its hidden fields `version` and `base` tell with what the page began.
// Without this script the same form is saved with its button.
const SOON = 1200;
const RETRY = [3000, 5000, 10000, 20000, 30000];
const form = document.querySelector("form[data-autosave]");

const questionOf = (name) => /^f_([a-z0-9_]+)(-|$)/.exec(name)?.[1];
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// What a form holds, question by question, as the server would receive it; `begun` reads what the page came with, not what a browser put back.
function read(begun = false) {
  const held = new Map();
  for (const control of form.elements) {
    const question = control.name && !control.disabled ? questionOf(control.name) : undefined;
    if (question === undefined || control.type === "file" || control.type === "submit" || control.type === "button") continue;
    if (!held.has(question)) held.set(question, []);
    const entries = held.get(question);
    if (control.type === "radio" || control.type === "checkbox") {
      if (begun ? control.defaultChecked : control.checked) entries.push([control.name, control.value]);
    } else if (control.tagName === "SELECT") {
      const options = [...control.options];
      const chosen = begun ? (options.find((one) => one.defaultSelected) ?? options[0])?.value : control.value;
      entries.push([control.name, chosen ?? ""]);
    } else {
      entries.push([control.name, begun ? control.defaultValue : control.value]);
    }
  }
  // A list whose rows were all removed has no fields left: it is a question all the same.
  for (const list of form.querySelectorAll("[data-rows]")) {
    const question = questionOf(list.dataset.rows);
    if (question && !held.has(question)) held.set(question, []);
  }
  return held;
}

// Line ends as a form sends them, and rows by their order: two readings are equal when the server would keep the same.
function flat(entries) {
  const rows = new Map();
  const placed = (name) => name.replace(/^(f_[a-z0-9_]+-)(\d+)(?=-)/, (_, list, row) => {
    if (!rows.has(row)) rows.set(row, rows.size);
    return list + rows.get(row);
  });
  return JSON.stringify(entries.map(([name, value]) => [placed(name), value.replace(/\r\n?/g, "\n")]));
}

class Autosave {
  constructor() {
    this.base = JSON.parse(form.elements.base.value || "{}");
    this.begun = new Map([...read(true)].map(([question, entries]) => [question, flat(entries)]));
    this.said = document.querySelector("[data-autosave-said]");
    this.alert = document.querySelector("[data-autosave-alert]");
    this.news = document.querySelector("[data-autosave-news]");
    this.key = `merila:${form.dataset.key}:${form.dataset.person}`;
    this.shown = new Set();
    this.unsure = new Map(); // what was sent and not answered, by question: perhaps the server has it
    this.failures = 0;
    this.halted = false;
    this.busy = false;
    this.timer = 0;
    form.autocomplete = "off";
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("submit", (event) => {
      this.halted = true;
      window.clearTimeout(this.timer);
      // Replaced on purpose: what was typed there must not come back from this browser.
      this.replaced = event.submitter?.name === "replace_answer" ? event.submitter.value : "";
      this.keep();
      form.elements.touched.value = [...this.dirty().keys()].join(" ");
    });
    window.addEventListener("online", () => this.now());
    window.addEventListener("focus", () => this.failures && this.now());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leaving() : this.failures && this.now()));
    window.addEventListener("pagehide", () => this.leaving());
    window.addEventListener("pageshow", (event) => { if (event.persisted) { this.halted = false; this.replaced = ""; } });
    this.restore();
    if (this.dirty().size) this.later();
  }

  // The questions whose answers the server does not have, with their entries.
  dirty() {
    const found = new Map();
    for (const [question, entries] of read()) {
      if (this.begun.get(question) !== flat(entries)) found.set(question, entries);
    }
    return found;
  }

  later() {
    this.keep();
    if (this.halted) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.now(), SOON);
  }

  keep() {
    const unsaved = this.dirty();
    unsaved.delete(this.replaced);
    try {
      if (unsaved.size === 0) { localStorage.removeItem(this.key); return; }
      const base = Object.fromEntries([...unsaved.keys()].map((question) => [question, this.base[question] ?? ""]));
      localStorage.setItem(this.key, JSON.stringify({ at: new Date().toISOString(), base, answers: Object.fromEntries(unsaved), sent: Object.fromEntries(this.unsure) }));
      this.local = true;
    } catch {
      this.local = false; // private windows and full stores: the page itself still holds everything, and the alert says so
    }
  }

  // What an earlier page of this browser could not hand over comes back into the form, and is saved from there.
  restore() {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(this.key) ?? "null"); } catch { kept = null; }
    if (!kept) return;
    const back = [];
    for (const [question, entries] of Object.entries(kept.answers)) {
      if (!this.begun.has(question) || this.begun.get(question) === flat(entries)) continue;
      const arrived = kept.sent?.[question] && this.begun.get(question) === flat(kept.sent[question]); // then nobody else changed it since
      if (!fill(question, entries)) continue;
      if (!arrived) this.base[question] = kept.base[question] || this.base[question];
      back.push(question);
    }
    if (back.length === 0 || this.dirty().size === 0) {
      localStorage.removeItem(this.key); // the server has it all: an earlier page was acknowledged after it was closed
    } else {
      const moment = new Date(kept.at).toLocaleString(document.documentElement.lang);
      this.tell(fillIn(form.dataset.restored, { moment }));
    }
  }

  fields(unsaved) {
    const sent = new FormData();
    sent.set("csrf_token", form.elements.csrf_token.value);
    sent.set("version", form.elements.version.value);
    sent.set("base", JSON.stringify(this.base));
    for (const [question, entries] of unsaved) {
      sent.append("changed", question);
      for (const [name, value] of entries) sent.append(name, value);
    }
    return sent;
  }

  async now() {
    window.clearTimeout(this.timer);
    if (this.halted || this.busy) { this.again = this.busy; return; }
    const unsaved = this.dirty();
    if (unsaved.size === 0) { this.fine(); return; }
    this.busy = true;
    // What was sent before without an answer goes first: if the server has it, it says so, and what was typed since is no change by somebody else.
    const older = [...unsaved.keys()].some((question) => this.unsure.has(question));
    for (const [question, entries] of unsaved) {
      if (this.unsure.has(question)) unsaved.set(question, this.unsure.get(question));
      else this.unsure.set(question, entries);
    }
    this.keep();
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: this.fields(unsaved), credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
      });
      if (![502, 503, 504].includes(answer.status)) for (const question of unsaved.keys()) this.unsure.delete(question);
      await this.answered(answer, unsaved);
      if (older && answer.ok) this.again = true;
    } catch {
      this.unconfirmed(unsaved);
      this.failed(navigator.onLine ? form.dataset.unreached : form.dataset.offline);
    } finally {
      this.busy = false;
    }
    if (this.again) { this.again = false; this.later(); }
  }

  // Perhaps the server has it and only the answer was lost: whatever is typed now has to be sent, even what the page came with.
  unconfirmed(unsaved) {
    for (const question of unsaved.keys()) this.begun.delete(question);
  }

  async answered(answer, unsaved) {
    const data = (answer.headers.get("Content-Type") ?? "").startsWith("application/json") ? await answer.json() : {};
    if (answer.ok && data.saved) {
      for (const [question, mark] of Object.entries(data.saved)) {
        this.base[question] = mark;
        this.begun.set(question, flat(unsaved.get(question)));
      }
      form.elements.version.value = data.version;
      this.meanwhile(data.others);
      form.elements.base.value = JSON.stringify(this.base);
      this.keep();
      this.said.textContent = data.at;
      if (data.conflicts.length) this.conflict(data.conflicts);
      else this.fine();
      form.dispatchEvent(new CustomEvent("merila:autosaved", { detail: data }));
    } else if (data.signed_out) {
      await this.signedOut(data.sign_in);
    } else if (answer.status === 403 || answer.status === 404) {
      this.halted = true; // submitted, sealed or taken away meanwhile: saving again cannot help
      this.failed(data.happened || form.dataset.broken, data.todo);
    } else {
      this.failed(data.happened || form.dataset.broken, data.todo);
    }
  }

  // Signed out, or the token of an older sign-in: ask for the token of the present one, and go on if it is the same person.
  async signedOut(address) {
    const answer = await fetch(form.dataset.autosave, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
    if (answer.ok) {
      const present = await answer.json();
      if (String(present.person) === form.dataset.person) {
        form.elements.csrf_token.value = present.csrf_token;
        this.again = true;
        return;
      }
    }
    this.failed(form.dataset.signedOut, "", address);
  }

  fine() {
    this.failures = 0;
    if (this.alert.hidden === false && this.dirty().size === 0) this.alert.hidden = true;
    if (this.dirty().size === 0) form.dispatchEvent(new CustomEvent("merila:saved"));
  }

  // Loud: what happened, what to do, and where the text is meanwhile.
  failed(happened, todo = "", address = "") {
    const wait = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    const link = address ? Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener", className: "govuk-link", textContent: form.dataset.signIn }) : null;
    this.warn([happened, todo].filter(Boolean).join(" "), [this.local === false ? form.dataset.notKept : form.dataset.kept], link);
    if (!this.halted) this.timer = window.setTimeout(() => this.now(), wait);
  }

  // Two people changed the same answer. Both versions are kept: the button sends the form, and its page sets them side by side.
  conflict(conflicts) {
    const button = Object.assign(document.createElement("button"), { type: "submit", className: "govuk-button", textContent: form.dataset.compare });
    button.setAttribute("form", form.id);
    this.warn(form.dataset.conflict, conflicts.map((one) => one.said), button);
  }

  warn(title, lines, action) {
    const text = [title, ...lines].join("\n");
    if (!this.alert.hidden && this.alert.dataset.text === text) return; // said already: a screen reader need not hear it every few seconds
    this.alert.dataset.text = text;
    const heading = Object.assign(document.createElement("h2"), { className: "govuk-heading-s", textContent: title });
    const said = lines.map((line) => Object.assign(document.createElement("p"), { className: "govuk-body", textContent: line }));
    this.alert.replaceChildren(heading, ...said, ...(action ? [action] : []));
    this.alert.hidden = false;
  }

  tell(text) {
    this.news.append(Object.assign(document.createElement("p"), { className: "govuk-body", textContent: text }));
    this.news.hidden = false;
  }

  // What others saved: put into the page where nobody is typing, and told once.
  meanwhile(others) {
    const own = this.dirty();
    for (const one of others) {
      const entries = one.fields;
      const busy = [...form.elements].some((control) => control === document.activeElement && questionOf(control.name ?? "") === one.fact);
      if (entries && !busy && !own.has(one.fact) && fill(one.fact, entries)) {
        this.base[one.fact] = one.mark;
        this.begun.set(one.fact, flat(read().get(one.fact) ?? []));
      }
      if (!this.shown.has(one.fact + one.mark)) {
        this.shown.add(one.fact + one.mark);
        this.tell(entries ? one.said : `${one.said} ${form.dataset.reload}`);
      }
    }
  }

  // The page is being left: one last try that does not need the page any more. What is too large for it is in the local copy.
  leaving() {
    const unsaved = this.dirty();
    this.keep();
    if (this.halted || this.busy || unsaved.size === 0) return;
    this.busy = true;
    fetch(form.dataset.autosave, { method: "POST", body: this.fields(unsaved), credentials: "same-origin", redirect: "manual", keepalive: true, headers: { Accept: "application/json" } })
      .then((answer) => this.answered(answer, unsaved)).catch(() => this.unconfirmed(unsaved)).finally(() => { this.busy = false; });
  }
}

// Puts entries [[name, value]] into the controls of one question; rows are matched by their order, and added or removed to fit.
function fill(question, entries) {
  const list = [...form.querySelectorAll("[data-rows]")].find((one) => questionOf(one.dataset.rows) === question);
  if (!list) {
    const controls = [...form.elements].filter((control) => questionOf(control.name ?? "") === question && control.type !== "file");
    if (controls.length === 0) return false;
    set(controls, entries.map(([, value]) => value));
    return true;
  }
  const grouped = new Map();
  for (const [name, value] of entries) {
    const [, row, cell] = /^f_[a-z0-9_]+-(\d+)-(.+)$/.exec(name) ?? [];
    if (row === undefined) return false;
    if (!grouped.has(row)) grouped.set(row, new Map());
    const cells = grouped.get(row);
    cells.set(cell, [...(cells.get(cell) ?? []), value]);
  }
  const wanted = [...grouped.values()];
  const rows = () => [...list.querySelectorAll("[data-rows-body] [data-row]")];
  for (let guard = 0; rows().length < wanted.length && guard < 500; guard += 1) list.dispatchEvent(new CustomEvent("merila:add-row"));
  for (const extra of rows().slice(wanted.length)) extra.remove();
  rows().forEach((row, index) => {
    const controls = [...row.querySelectorAll("input, select, textarea")];
    const names = new Set(controls.map((control) => control.name.split("-").slice(2).join("-")));
    for (const cell of names) set(controls.filter((control) => control.name.endsWith(`-${cell}`)), wanted[index].get(cell) ?? []);
  });
  return true;
}

function set(controls, values) {
  for (const control of controls) {
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
}

// After the other scripts of the page: rows are put back with the help of theirs.
if (form) document.addEventListener("DOMContentLoaded", () => new Autosave());
