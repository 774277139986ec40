"""`./run bench [pages|submissions|rush|start|decisions|scoring|register] [--database sqlite|postgresql|both] [--json FILE] [--keep FOLDER]`"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import instance, measure, table
from tests import postgres

NAMES = ("pages", "start", "submissions", "rush", "decisions", "scoring", "register")


@contextmanager
def databases(seed: instance.Instance, folder: Path, wanted: str, what: str) -> Iterator[Callable[[], Iterator[instance.Instance]]]:
    """A fresh copy of W25 on each database that is wanted, one after the other."""

    def each() -> Iterator[instance.Instance]:
        if wanted in ("sqlite", "both"):
            yield instance.copied(seed, folder, f"{what}-sqlite")
        if wanted in ("postgresql", "both"):
            if postgres.binaries() is None:
                print("PostgreSQL is not installed: its figures are left out.", file=sys.stderr)
                return
            with postgres.server(durable=True) as url:
                yield instance.copied(seed, folder, f"{what}-postgresql", url)

    yield each


def show(lines: list[str]) -> None:
    """Say it at once: a run takes minutes."""
    print("\n".join(lines), flush=True)


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Measure, each figure beside something from the same run. docs/bench.md explains the rows."
    )
    parser.add_argument("name", nargs="?", choices=NAMES, help="only this; everything without a name")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the seeded data there and use it again the next time")
    parser.add_argument(
        "--fonts", type=Path, metavar="FOLDER", help="whole fonts for the plain side of the decisions (see bench/decisions.py)"
    )
    given = parser.parse_args()
    names = (given.name,) if given.name else NAMES
    scale = measure.calibrate()
    found: dict[str, Any] = {"machine": {"python": platform.python_version(), "calibration": asdict(scale)}}
    show([
        f"Calibration: PBKDF2-SHA256 with 1,000,000 rounds {scale.pbkdf2_ms:.0f} ms of CPU ({scale.wall_ms:.0f} by the wall clock; 200 on the reference machine),"
        f" sum of a million squares {scale.generator_ms:.0f} ms (31)",
    ])  # fmt: skip
    if scale.wall_ms > 1.3 * scale.pbkdf2_ms:
        show(["Other programs keep this machine busy: trust CPU figures, not times by the wall clock."])
    with tempfile.TemporaryDirectory(prefix="merila-bench-") as name:
        folder = given.keep.resolve() if given.keep else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if set(names) & {"pages", "start", "submissions", "rush"}:
            from bench import pages, rush, start, submissions

            measures: dict[str, tuple[Callable[[instance.Instance], dict[str, Any]], Callable[[dict[str, Any]], list[str]]]] = {
                "pages": (pages.run, table.pages), "start": (start.run, table.start), "submissions": (submissions.run, table.submissions),
                "rush": (rush.run, rush.told),
            }  # fmt: skip
            seed = instance.seeded(folder)
            show([f"W25 is there: 500 applications, 1,000 finished sheets, random seed 42 ({seed.told['seconds']} s to make)"])
            for one in names:
                if one not in measures:
                    continue
                run, told = measures[one]
                with databases(seed, Path(name), given.database, one) as each:
                    for data in each():
                        figures = run(data)
                        found.setdefault(one, {})[figures["database"]] = figures
                        show(told(figures))
                if one == "pages":
                    show(["", table.NOTES])
        if "decisions" in names:
            from bench import decisions, pdf

            found["pdf"] = pdf.run()
            show([*table.pdf(found["pdf"]), ""])
            found["decisions"] = decisions.main(fonts=given.fonts)
            ratio = found["decisions"]["ratio_per_core"]
            show([f"    target 2.0 times per core: {'met' if ratio >= 2 else 'MISSED'}"])
        if "scoring" in names:
            from bench import scoring

            found["scoring"] = scoring.run()
            show(scoring.told(found["scoring"]))
        if "register" in names:
            from bench import register

            for figures in register.each(folder, given.database):
                found.setdefault("register", {})[figures["database"]] = figures
                show(register.told(figures))
    show(["", "Own test suite: `./run test` prints how long it took and how many tests there are; it is not run again here."])
    if given.json:
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
