// Keeps a progress bar up to date: asks an address that answers {"done", "failed", "total"}, says it politely now and then.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function follow(box) {
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-progress-said]");
  let lost = 0;
  let tenth = -1;

  box.querySelector("[data-progress-refresh]")?.closest("p").setAttribute("hidden", "");

  async function ask() {
    let now;
    try {
      const answer = await fetch(box.dataset.source, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      now = await answer.json();
      lost = 0;
    } catch {
      lost += 1;
      if (lost === 3) said.classList.remove("govuk-visually-hidden");
      if (lost >= 3) said.textContent = box.dataset.lost;
      window.setTimeout(ask, Math.min(30000, 1000 * 2 ** lost));
      return;
    }
    said.classList.add("govuk-visually-hidden");
    const failed = now.failed ?? 0;
    const text = fill(box.dataset.text, now);
    bar.max = now.total || 1;
    bar.value = now.done;
    box.querySelector("[data-progress-count]").textContent = text;
    box.querySelector("[data-progress-failed]").hidden = failed === 0;
    box.querySelector("[data-progress-failed-count]").textContent = String(failed);
    if (now.done + failed >= now.total) {
      said.textContent = box.dataset.finished;
      window.setTimeout(() => window.location.reload(), 1200);
      return;
    }
    const part = Math.floor((10 * now.done) / (now.total || 1));
    if (part !== tenth) {
      tenth = part;
      said.textContent = text;
    }
    window.setTimeout(ask, document.hidden ? 5000 : 1000);
  }
  ask();
}

document.querySelectorAll("[data-progress][data-source]").forEach(follow);
