// The conditions for taking part, computed anew while one types. Nothing is saved; without this script they are shown after saving.
for (const region of document.querySelectorAll("[data-conditions]")) {
  const form = document.getElementById(region.dataset.form);
  let waiting = 0;
  let asked = 0;

  async function ask() {
    const turn = ++asked;
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) {
      if (value instanceof File) { typed.delete(name); }
    }
    try {
      const answer = await fetch(region.dataset.conditions, { method: "POST", body: typed, credentials: "same-origin" });
      if (!answer.ok || turn !== asked) { return; }
      const fragment = new DOMParser().parseFromString((await answer.json()).conditions, "text/html").body;
      if (region.textContent.trim() !== fragment.textContent.trim()) { region.replaceChildren(...fragment.childNodes); }
    } catch { /* offline: what was computed last stays, and saving computes it again */ }
  }

  function later() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 600);
  }

  if (form) {
    form.addEventListener("input", later);
    form.addEventListener("change", later);
  }
}
