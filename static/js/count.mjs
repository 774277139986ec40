// Says how many characters are left, counted as the server counts them (scoring/facts.py, clean_text): a new line is one character, a sign
// outside the basic plane is one, and what the server throws away is none.
const GONE = /(?![\n\t])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const SPACE = "[\\t\\n\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${SPACE}|${SPACE}$`, "gu");

export function clean(text) {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").normalize("NFC").replace(GONE, "").replace(ENDS, "");
}

export const count = (text) => [...clean(text)].length;

// A single line borrows its words from the page, and says nothing as long as plenty is left.
const PLENTY = 0.25;

function words(box, left) {
  if (left === 0) { return box.dataset.none; }
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(Math.abs(left));
  const kind = left > 0 ? "left" : "over";
  const text = box.getAttribute(`data-${kind}-${form}`) ?? box.getAttribute(`data-${kind}-other`);
  return text.replace("%{count}", Math.abs(left).toLocaleString(document.documentElement.lang || undefined));
}

function follow(box) {
  const area = box.querySelector("textarea, input");
  const seen = box.querySelector("[data-count-seen]");
  const heard = box.querySelector("[data-count-heard]");
  const most = Number(box.dataset.maxlength);
  const line = box.dataset.none === undefined;
  const texts = line ? document.querySelector("[data-count-words]") : box;
  let waiting = 0;

  function show() {
    const left = most - count(area.value);
    seen.hidden = line && left > most * PLENTY;
    seen.textContent = seen.hidden ? "" : words(texts, left);
    seen.classList.toggle("govuk-error-message", left < 0);
    seen.classList.toggle("govuk-hint", left >= 0);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { heard.textContent = seen.textContent; }, 1000);
  }

  area.addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
}

// Rows that are added later bring their own boxes: they are taken up when they are first written into.
const followed = new WeakSet();
function take(box) {
  if (box && !followed.has(box)) { followed.add(box); follow(box); }
}
document.querySelectorAll("[data-count]").forEach(take);
document.addEventListener("focusin", (event) => take(event.target.closest?.("[data-count]")));
