"""What the documents promise to applicants is shown by tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_promise_names_tests_that_exist() -> None:
    written = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    rows = [line for line in (ROOT / "docs/promises.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 14
    for row in rows:
        _before, elsewhere, _here, shown, _after = row.split("|")
        named = re.findall(r"`(test_\w+)`", shown)
        assert named, f"nothing shows {elsewhere.strip()!r}"
        assert [name for name in named if name not in written] == []
