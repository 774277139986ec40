// Two versions are being joined: what this browser kept of one of them has its place on the page now, and is not to come back afterwards.
for (const form of document.querySelectorAll("form[data-merge-key]")) {
  form.addEventListener("submit", () => {
    try { localStorage.removeItem(form.dataset.mergeKey); } catch { /* a browser that keeps nothing */ }
  });
}
