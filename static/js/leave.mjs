// Asks before a page is left whose form (data-leave) has something typed and not sent.
const forms = [...document.querySelectorAll("form[data-leave]")];
const state = (form) => [...new FormData(form)].map(([name, value]) =>
  name === "csrf_token" ? "" : `${name}=${value instanceof File ? value.name : value}`).join("\u0000");
const before = new Map(forms.map((form) => [form, state(form)]));
// A form that came back with errors holds typed values that are stored nowhere, unless it says that they are (data-leave="saved").
const unsaved = new Set(forms.filter((form) => form.dataset.leave !== "saved" && document.querySelector(".govuk-error-summary")));
let sending = false;

for (const form of forms) {
  form.addEventListener("submit", () => { sending = true; });
  // An autosaving script tells us that the server has everything.
  form.addEventListener("merila:saved", () => { before.set(form, state(form)); unsaved.delete(form); });
}

window.addEventListener("beforeunload", (event) => {
  if (!sending && forms.some((form) => unsaved.has(form) || before.get(form) !== state(form))) {
    event.preventDefault();
    event.returnValue = "";
  }
});
window.addEventListener("pageshow", () => { sending = false; });
