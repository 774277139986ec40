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
  const words = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: ZONE, weekday: "long", day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZoneName: "short",
  });

  function now() { return start + performance.now(); }

  function tick() {
    const instant = now();
    shown.textContent = words.format(instant);
    const seconds = Math.max(0, Math.ceil((closes - instant) / 1000));
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, "0"));
    left.textContent = left.dataset.left.replace("0", String(Math.floor(seconds / 86400))).replace("00:00:00", clock.join(":"));
    left.hidden = seconds === 0;
    over.hidden = seconds > 0;
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
