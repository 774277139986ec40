"""The newcomer's two commands: `./run` speaks plainly, and the demo does what it says."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "run"), *arguments],
        cwd="/",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_run_without_a_command_says_what_there_is() -> None:
    answer = run()
    assert answer.returncode == 0
    for word in ("demo", "serve", "test", "bench", "check", "grants"):
        assert word in answer.stdout


def test_an_unknown_command_is_refused_with_the_list() -> None:
    answer = run("dmeo")
    assert answer.returncode == 2
    assert "no command 'dmeo'" in answer.stderr


def test_the_script_is_posix() -> None:
    assert subprocess.run(["sh", "-n", str(ROOT / "run")], check=False).returncode == 0
    assert (ROOT / "run").read_text(encoding="utf-8").startswith("#!/bin/sh\n")


def test_the_demo_builds_two_decided_calls_that_anyone_can_recompute(tmp_path: Path) -> None:
    """The whole of `demo --once`: the slowest test of all, and the one that a newcomer runs first."""
    data = tmp_path / "data"
    demo = subprocess.run(
        [sys.executable, "-m", "grants", "demo", "--once"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900,
        env={**os.environ, "GRANTS_DATA": str(data), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert demo.returncode == 0, demo.stderr[-2000:]
    assert (data / "grants.sqlite3").exists()
    for call, decisions, receipts in (("divaca-tourism-2020", 23, 14), ("koper-sport-promotion-2017", 7, 7)):
        folder = data / "demo" / call
        assert len(list((folder / "decisions").glob("*.pdf"))) == decisions
        assert len(list((folder / "receipts").glob("*.pdf"))) == receipts
        verified = subprocess.run(
            [sys.executable, "-m", "scoring", "verify", str(folder / "bundle.json")], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert verified.returncode == 0
        assert verified.stdout.strip() == f"{decisions} awards recomputed, 0 differ"
    summary = json.loads((data / "demo" / "complete.json").read_text(encoding="utf-8"))
    assert len(summary) == 5
    second = [line.split()[-3:] for line in demo.stdout.split("operating.II")[1].split("non_programme_costs")[0].splitlines()[1:11]]
    assert all(published == computed and difference == "0" for published, computed, difference in second), demo.stdout
    with closing(sqlite3.connect(data / "grants.sqlite3")) as kept:
        facts = kept.execute("SELECT facts FROM document WHERE kind = 'receipt' ORDER BY id DESC LIMIT 1").fetchone()[0]
        papers = kept.execute("SELECT status, transcribed_by_id = confirmed_by_id FROM paper_application ORDER BY id").fetchall()
    assert papers == [("confirmed", 0), ("transcribed", None)], "one application on paper is sealed, one waits for the second person"
    assert "http://127.0.0.1:8000/sl/stanje" in facts, "links lead to where the demo is served"
    again = subprocess.run(
        [sys.executable, "-m", "grants", "demo", "--once"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "GRANTS_DATA": str(data), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "is there already" in again.stdout
    checked = subprocess.run(
        [sys.executable, "-m", "grants", "check"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200,
        env={**os.environ, "GRANTS_DATA": str(data), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_a_folder_that_is_not_ours_is_never_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wedding.jpg").write_bytes(b"precious")
    refused = subprocess.run(
        [sys.executable, "-m", "grants", "demo", "--once", "--fresh"], cwd="/", capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "GRANTS_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert refused.returncode != 0
    assert (tmp_path / "photos" / "wedding.jpg").exists()
