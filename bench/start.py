"""From the start of `grants serve` to the first page, as whoever restarts a server waits for it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

from bench import measure
from bench.instance import ROOT, Instance, free_port, wait_until_up


def run(instance: Instance, times: int = 5) -> dict[str, Any]:
    """The product's own command, web and worker together; the first start only fills the cache of compiled files."""
    walls, cpus, scales = [], [], []
    for attempt in range(times + 1):
        scale = measure.calibrate(1)
        port, began = free_port(), time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "grants", "serve", "--bind", f"127.0.0.1:{port}", "--workers", "2"], env=instance.environment, cwd=ROOT
        )
        try:
            wait_until_up(port, "/sl/", server)
            wall, cpu = time.perf_counter() - began, measure.cpu_ms(server.pid, besides="worker")
        finally:
            server.terminate()
            server.wait(30)
        if attempt:
            walls.append(1000 * wall)
            cpus.append(cpu)
            scales.append(scale)
    slow = statistics.median(one.wall_ms for one in scales) / measure.REFERENCE_MS
    busy = statistics.median(one.pbkdf2_ms for one in scales) / measure.REFERENCE_MS
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    return {
        "database": instance.name, "wall_ms": wall, "wall_scaled_ms": wall / slow, "cpu_ms": cpu, "cpu_scaled_ms": cpu / busy, "all_ms": walls,
    }  # fmt: skip
