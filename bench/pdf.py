"""One decision of four pages to PDF/A-3a and PDF/UA-1, not signed: CPU of a warm process."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any

from bench import measure
from bench.instance import ROOT


def run(count: int = 12) -> dict[str, Any]:
    """The decision of the tests in one language."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    from grants.base import rendering

    facts = json.loads((ROOT / "tests/base/facts/decision.json").read_text(encoding="utf-8")) | {"languages": ["sl"]}

    def make() -> bytes:
        data = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
        return rendering.render("decision", facts, title="Odločba", language="sl", attachment=("decision.json", data), signature_field=True)

    pages = int(PdfFileReader(BytesIO(make())).root["/Pages"]["/Count"])
    for _ in range(3):
        make()
    before, began = measure.calibrate(1), time.process_time()
    for _ in range(count):
        make()
    cpu = 1000 * (time.process_time() - began) / count
    after = measure.calibrate(1)
    return {"pages": pages, "cpu_ms": cpu, "cpu_scaled_ms": (before.scaled(cpu) + after.scaled(cpu)) / 2}
