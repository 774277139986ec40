// Sends each chosen or dropped file at once, in a request of its own: at most three at a time, with progress, tried again until the server
// has it. A question for files is a [data-files] inside a form; it carries the address and all texts. The same content sent twice counts
// once on the server, so trying again after a lost answer is safe. Without this script the files go with the form.
const PARALLEL = 3;
const MEGABYTE = 1024 * 1024;
const RETRY = [1000, 2000, 4000, 8000, 15000, 30000];
const STALLED = 60000; // no progress for so long: the line is dead, whatever the browser believes
const CHECKED = 150000; // the answer may take longer: the file is being checked
const TRANSIENT = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const questions = [...document.querySelectorAll("[data-files]")];
const form = questions[0]?.closest("form");
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const make = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const underway = new Set(); // waiting, being sent, or to be sent again
let held = null; // the form was sent while files were underway: { submitter }
let numbered = 0;

class Upload {
  constructor(question, file) {
    Object.assign(this, { question, file, failures: 0, state: "waiting", timer: 0 });
    const id = `upload-${numbered += 1}`;
    this.bar = make("progress", { className: "m-progress__bar", max: file.size, value: 0 });
    this.bar.setAttribute("aria-labelledby", id);
    this.text = make("span", { className: "m-files__state", textContent: question.dataset.waiting });
    this.button = make("button", { type: "button", className: "govuk-button govuk-button--secondary m-rows__remove" },
      question.dataset.cancel, make("span", { className: "govuk-visually-hidden", textContent: ` ${file.name}` }));
    this.button.addEventListener("click", () => this.end());
    this.item = make("li", { className: "m-files__upload" },
      make("p", { className: "govuk-body" }, make("strong", { id, textContent: file.name }), " ", this.text), this.bar, this.button);
    this.list = question.querySelector("[data-files-underway]");
    this.list.append(this.item);
    this.list.hidden = false;
    underway.add(this);
    if (file.size === 0) this.refuse(fillIn(question.dataset.empty, { name: file.name }));
    else if (file.size > Number(question.dataset.largest)) this.refuse(fillIn(question.dataset.tooLarge, { name: file.name }));
  }

  send() {
    window.clearTimeout(this.timer);
    this.state = "sending";
    const sent = new FormData();
    sent.set("csrf_token", form.elements.csrf_token.value);
    sent.set("fact", this.question.dataset.files);
    sent.set("file", this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    const watch = (patience) => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => request.abort(), patience);
    };
    request.open("POST", this.question.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      this.progress(event.total ? event.loaded / event.total : 0);
      watch(STALLED);
    });
    request.upload.addEventListener("load", () => {
      this.text.textContent = this.question.dataset.checking;
      watch(CHECKED);
    });
    request.addEventListener("loadend", () => {
      window.clearTimeout(this.timer);
      if (this.state === "sending") this.answered(request);
    });
    this.progress(0);
    watch(STALLED);
    request.send(sent);
  }

  progress(part) {
    this.bar.value = part * this.file.size;
    this.text.textContent = fillIn(this.question.dataset.sending, { part: `${Math.floor(part * 100)} %` });
  }

  async answered(request) {
    let data = {};
    try { data = JSON.parse(request.responseText); } catch { /* a proxy's page, or nothing at all */ }
    if (request.status === 200 && data.list !== undefined) this.arrived(data);
    else if (data.signed_out) await this.signedOut(data.sign_in);
    else if (!TRANSIENT.has(request.status)) this.refuse(data.happened || fillIn(this.question.dataset.broken, { name: this.file.name }));
    else if (await readable(this.file)) this.later(request.status === 0 ? "" : data.happened);
    else this.refuse(fillIn(this.question.dataset.broken, { name: this.file.name }));
  }

  // Signed out, or the token of an older sign-in: go on with the token of the present one if it is the same person.
  async signedOut(address) {
    try {
      const answer = await fetch(form.dataset.autosave, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
      const present = answer.ok ? await answer.json() : {};
      if (String(present.person) === form.dataset.person && form.elements.csrf_token.value !== present.csrf_token) {
        form.elements.csrf_token.value = present.csrf_token;
        this.state = "waiting";
        next();
        return;
      }
    } catch { /* no connection: asked again with the file */ }
    this.later(this.question.dataset.signedOut, make("a", { href: address, target: "_blank", rel: "noopener", className: "govuk-link", textContent: this.question.dataset.signIn }));
  }

  later(happened = "", link = null) {
    const wait = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    this.state = "pausing";
    this.text.replaceChildren([happened, fillIn(this.question.dataset.again, { seconds: wait / 1000 })].filter(Boolean).join(" "), " ", ...(link ? [link] : []));
    if (this.failures === 1) this.say(this.text.textContent);
    this.timer = window.setTimeout(() => this.again(), wait);
    next();
  }

  again() {
    if (this.state !== "pausing") return;
    window.clearTimeout(this.timer);
    this.state = "waiting";
    next();
  }

  arrived(data) {
    this.end();
    merge(this.question, data.list);
    used();
    this.say(data.said);
    form.dispatchEvent(new Event("change")); // the conditions may look at attached files
  }

  refuse(happened) {
    this.state = "refused";
    underway.delete(this);
    held = null;
    this.bar.remove();
    this.text.className = "govuk-error-message";
    this.text.setAttribute("role", "alert");
    this.text.textContent = happened;
    this.item.classList.add("m-files__upload--refused");
    this.button.firstChild.textContent = this.question.dataset.dismiss;
    next();
  }

  end() {
    this.state = "ended";
    window.clearTimeout(this.timer);
    this.request?.abort();
    underway.delete(this);
    this.item.remove();
    this.list.hidden = this.list.children.length === 0;
    next();
  }

  say(text) {
    this.question.querySelector("[data-files-said]").textContent = text;
  }
}

// Whether the file is still there: one that was moved or changed on the disk meanwhile can never be sent.
async function readable(file) {
  try { await file.slice(0, 1).arrayBuffer(); return true; } catch { return false; }
}

function next() {
  const all = [...underway];
  const free = PARALLEL - all.filter((one) => one.state === "sending").length;
  for (const one of all.filter((each) => each.state === "waiting").slice(0, Math.max(0, free))) one.send();
  tell();
  if (underway.size === 0 && held) {
    const { submitter } = held;
    held = null;
    form.requestSubmit(submitter?.isConnected ? submitter : undefined);
  }
}

// Which files are still underway, said in words at the end of the form.
const told = make("div", { className: "m-files__told", hidden: true });
told.setAttribute("role", "status");

function tell() {
  const texts = questions[0].dataset;
  const names = [...underway].map((one) => one.file.name).join(", ");
  const text = names ? [fillIn(texts.underway, { names }), ...(held ? [texts.then] : [])].join(" ") : "";
  if (told.textContent !== text) told.textContent = text;
  told.hidden = !text;
}

// Answers may overtake each other: what is shown grows by what an answer adds, what was removed stays away, and what is used is counted
// from what is shown.
const removed = new Set();
function merge(question, fragment) {
  const place = question.querySelector("[data-files-attached]");
  const fresh = new DOMParser().parseFromString(fragment, "text/html").body;
  if (!place.querySelector("ul")) place.replaceChildren(make("ul", { className: "govuk-list" }));
  const list = place.querySelector("ul");
  for (const item of fresh.querySelectorAll("[data-attached]")) {
    const id = item.dataset.attached;
    if (!removed.has(id) && !list.querySelector(`[data-attached="${id}"]`)) list.append(item);
  }
}

function used() {
  const sizes = [...document.querySelectorAll("[data-attached]")].map((one) => Number(one.dataset.size));
  const tenths = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) * 10 / MEGABYTE); // never rounded down, as on the server
  const shown = (tenths / 10).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  document.querySelectorAll("[data-files-used]").forEach((one) => { one.textContent = fillIn(one.dataset.filesUsed, { used: shown }); });
}

async function remove(question, button) {
  const item = button.closest("[data-attached]");
  const sent = new FormData();
  sent.set("csrf_token", form.elements.csrf_token.value);
  button.disabled = true;
  let said = question.dataset.notRemoved;
  try {
    const answer = await fetch(button.dataset.remove, { method: "POST", body: sent, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } });
    const data = (answer.headers.get("Content-Type") ?? "").startsWith("application/json") ? await answer.json() : {};
    if (answer.ok || answer.status === 404) { // 404: somebody else has removed it, which is what was wanted
      removed.add(item.dataset.attached);
      question.querySelector("[data-files-said]").textContent = data.said ?? "";
      item.remove();
      used();
      question.querySelector("input[type=file]").focus();
      form.dispatchEvent(new Event("change"));
      return;
    }
    if (data.signed_out) said = form.dataset.signedOut;
    else if (answer.status === 403) said = data.happened;
  } catch { /* said below */ }
  button.disabled = false;
  item.querySelector(".govuk-error-message")?.remove();
  const error = make("p", { className: "govuk-error-message", textContent: said });
  error.setAttribute("role", "alert");
  item.append(error);
}

for (const question of questions) {
  const input = question.querySelector("input[type=file]");
  const take = (files) => {
    for (const file of files) new Upload(question, file);
    next();
  };
  input.addEventListener("change", () => {
    const chosen = [...input.files];
    input.value = ""; // the form must not send them a second time
    take(chosen);
  });
  question.querySelector("[data-files-drop]").hidden = false;
  question.addEventListener("dragover", () => question.classList.add("m-files--over"));
  question.addEventListener("dragleave", (event) => { if (!question.contains(event.relatedTarget)) question.classList.remove("m-files--over"); });
  question.addEventListener("drop", (event) => {
    question.classList.remove("m-files--over");
    if (event.dataTransfer?.files.length) take([...event.dataTransfer.files]);
  });
  question.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-remove]");
    if (button) { event.preventDefault(); remove(question, button); }
  });
}

if (form) {
  const buttons = [...form.querySelectorAll(".govuk-button-group")].pop();
  if (buttons) buttons.before(told); else form.append(told);
  // A file that is dropped beside its place must not open instead of the form.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  }
  window.addEventListener("submit", (event) => {
    if (event.target !== form || underway.size === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { submitter: event.submitter };
    tell();
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (underway.size) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
  const hurry = () => underway.forEach((one) => one.again());
  window.addEventListener("online", hurry);
  window.addEventListener("focus", hurry);
}
