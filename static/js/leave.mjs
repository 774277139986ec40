// Asks before a page is left whose form (data-leave) has something typed and not sent.
const forms = [...document.querySelectorAll("form[data-leave]")];
// What an autosaving script sends, and all the rest: files, and choices that only the buttons send.
const AUTOSAVED = /^(f_|base$|version$|touched$|csrf_token$)/;
const state = (form, autosaved) => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && (AUTOSAVED.test(name) && !(value instanceof File)) === autosaved)
  .map(([name, value]) => `${name}=${value instanceof File ? value.name : value}`).join("\u0000");
const before = new Map(forms.map((form) => [form, { typed: state(form, true), rest: state(form, false) }]));
const changed = (form) => before.get(form).typed !== state(form, true) || before.get(form).rest !== state(form, false);
// A form that came back with errors holds typed values that are stored nowhere, unless it says that they are (data-leave="saved").
const unsaved = new Set(forms.filter((form) => form.dataset.leave !== "saved" && document.querySelector(".govuk-error-summary")));
let sending = false;

for (const form of forms) {
  form.addEventListener("submit", () => { sending = true; });
  // An autosaving script tells us that the server has everything that was typed.
  form.addEventListener("merila:saved", () => { before.get(form).typed = state(form, true); unsaved.delete(form); });
}

window.addEventListener("beforeunload", (event) => {
  if (!sending && forms.some((form) => unsaved.has(form) || changed(form))) {
    event.preventDefault();
    event.returnValue = "";
  }
});
window.addEventListener("pageshow", () => { sending = false; });
