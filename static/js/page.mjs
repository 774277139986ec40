// On every page: wakes those govuk-frontend components that the page has, and loads their script only if it has any.
const components = {
  "govuk-button": "Button",
  "govuk-checkboxes": "Checkboxes",
  "govuk-error-summary": "ErrorSummary",
  "govuk-password-input": "PasswordInput",
  "govuk-radios": "Radios",
};

document.body.classList.add("js-enabled", "govuk-frontend-supported");

const wanted = Object.entries(components).filter(([name]) => document.querySelector(`[data-module="${name}"]`));
if (wanted.length) {
  import("../vendor/govuk-frontend-6.6.0.min.js").then((govuk) => {
    for (const [, name] of wanted) govuk.createAll(govuk[name]);
  });
}

// A result or a refusal is read first, unless there is a list of errors, which is more urgent.
const flash = document.querySelector("[data-flash]");
if (flash && !document.querySelector(".govuk-error-summary")) {
  flash.setAttribute("tabindex", "-1");
  flash.addEventListener("blur", () => flash.removeAttribute("tabindex"), { once: true });
  flash.focus();
}

// What is folded away on the screen must be on the paper.
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((one) => { one.open = true; });
});
window.addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
