"""The rules engine on one core: 100,000 applications with 15 criteria scored, divided by every engine, and formulas; beside plain floats in NumPy.

Every figure comes from a process of its own (peak memory is that of the process), on work made with the random seed 42.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from scoring.allocation import allocate
from scoring.engines import ENGINES
from scoring.formula import read_formula
from scoring.points import Decided, Entry, Mark, Sheet, score_pot
from scoring.rulebook import Rulebook, read_rulebook

SIZES = (10_000, 100_000)
TARGETS = {"score_s": 15.0, "allocate_s": 2.0, "memory_mib": 1024.0, "growth": 12.0, "formulas_per_s": 100_000.0}

HEAD = """
format: "1"
id: bench
version: "1"
title: {sl: Meritev}
languages: [sl]
tracks:
  - id: clubs
    kind: operating
    title: {sl: Klubi}
    article: "1"
    facts:
      - {id: members, kind: integer, label: {sl: a}}
      - {id: years, kind: integer, label: {sl: a}}
      - {id: hours, kind: integer, label: {sl: a}}
      - {id: actual, kind: integer, label: {sl: a}}
      - {id: norm, kind: integer, label: {sl: a}}
      - {id: share, kind: decimal, label: {sl: a}}
      - {id: requested, kind: money, label: {sl: a}}
      - {id: costs, kind: money, label: {sl: a}}
      - {id: inclusive, kind: boolean, label: {sl: a}}
      - {id: youth, kind: boolean, label: {sl: a}}
      - {id: level, kind: choice, label: {sl: a}, choices: [{id: local, label: {sl: a}}, {id: regional, label: {sl: a}}, {id: national, label: {sl: a}}]}
      - {id: size, kind: choice, label: {sl: a}, choices: [{id: small, label: {sl: a}}, {id: large, label: {sl: a}}]}
    pots:
      - id: main
        title: {sl: Sredstva}
        article: "2"
        amount: "AMOUNT"
        ENGINE
        caps: {request: requested}
        rounding: {closing: largest_remainder}
"""
CRITERIA = """
        criteria:
          - {id: b1, title: {sl: a}, article: "3", kind: bands, fact: members, bands: [{below: 20, points: 2}, {from: 20, below: 60, points: 5}, {from: 60, points: 10}]}
          - {id: b2, title: {sl: a}, article: "3", kind: bands, fact: years, bands: [{below: 5, points: 1}, {from: 5, to: 10, points: 5}, {above: 10, points: 10}]}
          - {id: b3, title: {sl: a}, article: "3", kind: bands, fact: share, bands: [{below: 25, points: 1}, {from: 25, below: 50, points: 2.5}, {from: 50, points: 5}]}
          - {id: b4, title: {sl: a}, article: "3", kind: bands, fact: costs, bands: [{below: 1000, points: 1}, {from: 1000, below: 5000, points: 3}, {from: 5000, points: 5}]}
          - {id: u1, title: {sl: a}, article: "3", kind: per_unit, fact: members, per_unit: 0.25, most_units: 60, maximum: 15}
          - {id: u2, title: {sl: a}, article: "3", kind: per_unit, fact: hours, per_unit: 0.5, most_units: 40, maximum: 20}
          - {id: u3, title: {sl: a}, article: "3", kind: per_unit, fact: years, per_unit: 1/3, most_units: members * 0.5, maximum: 10}
          - {id: c1, title: {sl: a}, article: "3", kind: choice, fact: level, choices: [{choice: local, points: 1}, {choice: regional, points: 5}, {choice: national, points: 10}]}
          - {id: c2, title: {sl: a}, article: "3", kind: choice, fact: size, choices: [{choice: small, points: 3}, {choice: large, points: 6}]}
          - {id: f1, title: {sl: a}, article: "3", kind: flag, fact: inclusive, points: 5}
          - {id: f2, title: {sl: a}, article: "3", kind: flag, fact: youth, points: 5}
          - {id: x1, title: {sl: a}, article: "3", kind: formula, formula: "hours * 0.5 * min(actual / norm, 1)", maximum: 30}
          - {id: x2, title: {sl: a}, article: "3", kind: formula, formula: "max(members - 10, 0) / 7 + 2 * (years >= 10)", maximum: 20}
          - {id: p1, title: {sl: a}, article: "3", kind: panel, maximum: 10}
          - {id: p2, title: {sl: a}, article: "3", kind: panel, maximum: 10, step: 0.5}
"""
KEYS = {
    "point_value": "engine: point_value", "fixed_point_value": 'engine: fixed_point_value\n        value: "11.5"',
    "drivers": "engine: drivers\n        drivers: [{id: a, title: {sl: a}, article: '4', percent: 70}, {id: b, title: {sl: a}, article: '4', percent: 30, by: equal}]",
    "share_of_request": "engine: share_of_request", "full_request": "engine: full_request", "waterfall": "engine: waterfall",
    "panel_amounts": "engine: panel_amounts",
    "category_amounts": "engine: category_amounts\n        category: level\n        amounts: {local: 100, regional: 200, national: 400}",
    "control_percentage": "engine: control_percentage\n        basis: costs\n        tiers: [{below: 5000, factor: 1}, {from: 5000, factor: 0.5}]",
    "actual_cost": "engine: actual_cost\n        cost_fact: costs",
}  # fmt: skip


@cache
def rulebook(engine: str, count: int) -> Rulebook:
    """The rules of the measurement, with money for about half of what is asked for."""
    return read_rulebook((HEAD + CRITERIA).replace("ENGINE", KEYS[engine]).replace("AMOUNT", str(count * 1200)))


def entries(count: int) -> list[Entry]:
    """So many applications, each with twelve facts and six marks."""
    chance = Random(42)
    made = []
    for index in range(count):
        facts: dict[str, Any] = {
            "members": chance.randint(3, 200), "years": chance.randint(0, 80), "hours": chance.randint(1, 60), "actual": chance.randint(4, 25),
            "norm": 16, "share": f"{chance.randint(0, 99)}.{chance.randint(1, 9)}", "requested": chance.randint(50_000, 500_000),
            "costs": chance.randint(50_000, 900_000), "inclusive": chance.random() < 0.3, "youth": chance.random() < 0.6,
            "level": chance.choice(("local", "regional", "national")), "size": chance.choice(("small", "large")),
        }  # fmt: skip
        marks = tuple(Mark(f"member-{m}", name, Fraction(chance.randint(0, 10))) for name in ("p1", "p2") for m in (1, 2, 3))
        made.append(Entry(f"a{index:06d}", facts, marks, ()))
    return made


def peak_mib() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Any) -> tuple[float, Any]:
    """CPU seconds, and what came out."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def scored(count: int) -> dict[str, Any]:
    """Score the pot, then divide it by points; plain floats in NumPy beside."""
    own = entries(count)
    before = peak_mib()
    track, pot = rulebook("point_value", count).track_and_pot("main")
    seconds, sheets = timed(lambda: score_pot(track, pot, own))
    facts = {entry.applicant: entry.facts for entry in own}
    divided, allocation = timed(lambda: allocate(rulebook("point_value", count), sheets, facts))
    return {
        "count": count,
        "score_s": seconds,
        "allocate_s": divided,
        "input_mib": before,
        "memory_mib": peak_mib(),
        "float": in_floats(sheets, facts, allocation, count),
    }


def in_floats(sheets: list[Sheet], facts: dict[str, Any], allocation: Any, count: int) -> dict[str, Any]:
    """The reference: the same point value with ceilings and re-sharing in floats, and how far its cents are off."""
    import numpy as np

    points = np.array([float(sheet.total) for sheet in sheets])
    caps = np.array([facts[sheet.applicant]["requested"] / 100 for sheet in sheets])

    def divide() -> Any:
        awards, free, left = np.zeros_like(points), points > 0, float(count * 1200)
        while free.any():
            value = left / points[free].sum()
            over = free & (points * value > caps)
            if not over.any():
                awards[free] = points[free] * value
                break
            awards[over] = caps[over]
            left -= caps[over].sum()
            free &= ~over
        return np.round(awards, 2)

    seconds, awards = timed(divide)
    exact = np.array([award.amount_cents for award in allocation.results[0].awards]) / 100
    residual = round(count * 1200 - float(awards.sum()), 2)
    return {"allocate_s": seconds, "awards_off_by_a_cent": int((np.abs(awards - exact) > 0.001).sum()), "residual_eur": residual}


def engine(name: str, count: int) -> dict[str, Any]:
    """Divide a pot by one engine; the sheets are only totals, the reasons are written when somebody looks."""
    chance = Random(42)
    own = entries(count)
    facts = {entry.applicant: entry.facts for entry in own}
    sheets = [Sheet(entry.applicant, "main", (), Fraction(chance.randint(100, 1700), chance.choice((1, 2, 3, 6))), True) for entry in own]
    order = {entry.applicant: index for index, entry in enumerate(own)}
    decided = (
        {"main": {entry.applicant: Decided(entry.facts["requested"] // 3, {"sl": "Ker."}) for entry in own}}
        if name == "panel_amounts"
        else None
    )
    seconds, allocation = timed(lambda: allocate(rulebook(name, count), sheets, facts, order=order, decided=decided))
    result = allocation.results[0]
    explained, _ = timed(lambda: [award.steps for award in result.awards[:1000]])
    return {
        "engine": name,
        "count": count,
        "allocate_s": seconds,
        "explain_1000_s": explained,
        "residual_cents": result.residual_cents,
        "memory_mib": peak_mib(),
    }


def formulas() -> dict[str, Any]:
    """Evaluations of one formula of four operations with exact numbers."""
    formula = read_formula("hours * kf * min(actual / norm, 1)")
    rows = [{"hours": hours, "kf": Fraction(6, 5), "actual": actual, "norm": 16} for hours in range(1, 101) for actual in range(1, 101)]
    seconds, _ = timed(lambda: [formula.value(row) for _ in range(20) for row in rows])
    return {"formulas_per_s": 20 * len(rows) / seconds}


def _apart(*words: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "bench.scoring", *words], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def run() -> dict[str, Any]:
    """Everything, each part in a process of its own."""
    return {
        "scored": [_apart("scored", str(count)) for count in SIZES],
        "engines": [_apart("engine", name, str(count)) for name in ENGINES for count in SIZES],
        "formulas": _apart("formulas"),
    }


def told(figures: dict[str, Any]) -> list[str]:
    """The figures for people."""
    small, large = figures["scored"]
    plain = large["float"]

    def verdict(met: bool) -> str:
        return "met" if met else "MISSED"

    lines = [
        "", "Rules engine, one core, CPU seconds",
        f"    {large['count']:,} applications x 15 criteria scored: {large['score_s']:.1f} s (target 15: {verdict(large['score_s'] <= 15)}),"
        f" peak memory {large['memory_mib']:.0f} MiB, of which the input is {large['input_mib']:.0f} (target 1024: {verdict(large['memory_mib'] <= 1024)})",
        f"    growth from {small['count']:,}: {large['score_s'] / small['score_s']:.1f} times (target 12: {verdict(large['score_s'] <= 12 * small['score_s'])})",
        f"    point value in plain NumPy floats: {plain['allocate_s']:.3f} s; ours {large['allocate_s']:.2f} s;"
        f" the floats miss {plain['awards_off_by_a_cent']:,} awards by a cent and leave {plain['residual_eur']} EUR",
    ]  # fmt: skip
    for less, more in zip(figures["engines"][::2], figures["engines"][1::2], strict=True):
        growth = more["allocate_s"] / max(less["allocate_s"], 0.001)
        lines.append(
            f"    {more['engine']:<20} {more['allocate_s']:.2f} s (target 2: {verdict(more['allocate_s'] <= 2)}), growth {growth:.1f}"
            f" (target 12: {verdict(growth <= 12)}), {more['memory_mib']:.0f} MiB, reasons of 1,000 awards {more['explain_1000_s']:.2f} s"
        )
    speed = figures["formulas"]["formulas_per_s"]
    return [*lines, f"    formulas: {speed:,.0f} evaluations a second (target 100,000: {verdict(speed >= 100_000)})"]


if __name__ == "__main__":
    words = sys.argv[1:]
    part = {"scored": lambda: scored(int(words[1])), "engine": lambda: engine(words[1], int(words[2])), "formulas": formulas}
    print(json.dumps(part[words[0]]()))
