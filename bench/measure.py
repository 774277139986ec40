"""Clocks and scales: how fast this machine is now, what a tree of processes has used, what its memory is."""

from __future__ import annotations

import hashlib
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

REFERENCE_MS = 200.0
"""PBKDF2 with 1,000,000 rounds on the machine on which the other systems and the targets were measured."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Calibration:
    """How fast one core is, by CPU time, and how much of it we get, by the wall clock."""

    pbkdf2_ms: float
    generator_ms: float
    wall_ms: float

    def scaled(self, cpu_ms: float) -> float:
        """CPU time as it would be on the reference machine."""
        return cpu_ms * REFERENCE_MS / self.pbkdf2_ms

    def ratio(self, cpu_ms: float) -> float:
        """CPU time in units of the PBKDF2 time."""
        return cpu_ms / self.pbkdf2_ms


def calibrate(rounds: int = 3) -> Calibration:
    """The median of some rounds, so that one disturbance does not count."""
    hashed, summed, wall = [], [], []
    for _ in range(rounds):
        began, clock = time.process_time(), time.perf_counter()
        hashlib.pbkdf2_hmac("sha256", b"merila", b"bench", 1_000_000)
        hashed.append(time.process_time() - began)
        wall.append(time.perf_counter() - clock)
        began = time.process_time()
        sum(i * i for i in range(1_000_000))
        summed.append(time.process_time() - began)
    return Calibration(1000 * statistics.median(hashed), 1000 * statistics.median(summed), 1000 * statistics.median(wall))


def tree(root: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_ms(root: int, *, besides: str = "") -> float:
    """User and system time of a tree of processes so far, those that have ended included; `besides` leaves out by the last word."""
    ticks = 0
    for one in tree(root):
        try:
            if besides and Path(f"/proc/{one}/cmdline").read_bytes().rstrip(b"\0").endswith(besides.encode()):
                continue
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return 1000 * ticks / _TICK


def memory_mib(process: int) -> tuple[float, float]:
    """(PSS, RSS): what a process costs when shared pages are shared out, and what it has in all."""
    values = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Pss", "Rss"):
            values[name] = int(rest.split()[0]) / 1024
    return values["Pss"], values["Rss"]


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
