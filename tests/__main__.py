"""`./run test`: every check in turn, each with its time; says what was skipped and why."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def main(arguments: list[str]) -> int:
    """Run the checks; the first word of failure does not stop the others, so that one run shows everything."""
    everything = "--all" in arguments
    rest = [argument for argument in arguments if argument != "--all"]
    environment = dict(os.environ)
    if everything:
        environment["GRANTS_TEST_ALL"] = "1"
    workers = str(max(2, os.cpu_count() or 2))
    checks: list[tuple[str, list[str]]] = [
        ("lint", [str(BIN / "ruff"), "check", "."]),
        ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
        ("types", [str(BIN / "mypy")]),
        ("contracts", [str(BIN / "lint-imports"), "--no-cache"]),
        # In the order of the folders: sorted by number, the few but slow tests of the browser would run last and alone.
        ("tests", [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "loadscope", "--no-loadscope-reorder", *rest]),
    ]
    if rest:  # somebody works on something: only the tests they named
        checks = checks[-1:]
    failed = []
    for name, command in checks:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
        print(f"== {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
        if code:
            failed.append(name)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
