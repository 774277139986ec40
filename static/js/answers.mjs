// While one types: which questions are asked, what is computed, the finance plan, the conditions. The server computes all of it; nothing is
// saved. Without this script the same is shown after saving.
for (const form of document.querySelectorAll("form[data-answers]")) {
  let waiting = 0;
  let turn = 0;

  function show(answer) {
    const asked = new Set(answer.asked);
    for (const question of form.querySelectorAll("[data-question]")) {
      question.hidden = !asked.has(question.dataset.question);
    }
    for (const part of form.querySelectorAll("[data-part]")) {
      part.hidden = ![...part.querySelectorAll("[data-question]")].some((question) => !question.hidden);
    }
    const now = new DOMParser().parseFromString(answer.html, "text/html");
    for (const region of now.querySelectorAll("[data-live]")) {
      const own = form.querySelector(`[data-live="${region.dataset.live}"]`);
      if (own && own.textContent.trim() !== region.textContent.trim()) { own.replaceChildren(...region.childNodes); }
    }
  }

  async function ask() {
    const own = ++turn;
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) {
      if (value instanceof File) { typed.delete(name); }
    }
    try {
      const answer = await fetch(form.dataset.answers, { method: "POST", body: typed, credentials: "same-origin" });
      if (answer.ok && own === turn) { show(await answer.json()); }
    } catch { /* offline: what was computed last stays, and saving computes it again */ }
  }

  function later(pause) {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, pause);
  }

  form.addEventListener("input", () => later(500));
  form.addEventListener("change", () => later(20));
}
