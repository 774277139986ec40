// The clock of the server, ticking: it decides what is in time. It starts from the second in which the server made the page and
// goes on by what has passed since; the clock of this device is never asked. Without this script the page shows that second.
const ZONE = "Europe/Ljubljana";

for (const region of document.querySelectorAll("[data-server-now]")) {
  const shown = region.querySelector("[data-clock]");
  const left = region.querySelector("[data-left]");
  const over = region.querySelector("[data-over]");
  const closes = Number(region.dataset.closes);
  const answered = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
  let start = Number(region.dataset.serverNow) - answered;
  const seconds = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  const day = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZoneName: "short" };
  const spoken = (parts, language = document.documentElement.lang) => new Intl.DateTimeFormat(language, { timeZone: ZONE, ...parts });
  const words = spoken({ ...day, ...seconds }), dated = spoken(day), ticking = spoken(seconds, "sl");
  const said = shown.textContent, begun = dated.format(Number(region.dataset.serverNow));

  // In the words of the page as long as its day and summer time hold, so that both instants read alike.
  function told(instant) {
    return dated.format(instant) === begun ? said.replace(/\d\d:\d\d:\d\d/, ticking.format(instant)) : words.format(instant);
  }

  function now() { return start + performance.now(); }

  function tick() {
    const instant = now();
    shown.textContent = told(instant);
    const rest = Math.max(0, Math.ceil((closes - instant) / 1000));
    const clock = [Math.floor(rest / 3600) % 24, Math.floor(rest / 60) % 60, rest % 60].map((n) => String(n).padStart(2, "0"));
    left.textContent = left.dataset.left.replace("0", String(Math.floor(rest / 86400))).replace("00:00:00", clock.join(":"));
    left.hidden = rest === 0;
    over.hidden = rest > 0;
    window.setTimeout(tick, 1000 - (now() % 1000));
  }

  // A device that slept has lost count: ask the server again.
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) { return; }
    const sent = performance.now();
    try {
      const answer = await fetch(region.dataset.time, { cache: "no-store" });
      const at = Number(await answer.text());
      if (answer.ok && Number.isFinite(at)) { start = at - (sent + performance.now()) / 2; }
    } catch { /* offline: go on counting */ }
  });

  tick();
}
