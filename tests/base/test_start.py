"""What a web process loads and what it leaves to others: each of these costs every start its time and every worker its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flask import Flask

from grants.base import schema
from grants.config import resource

HEAVY = ("weasyprint", "pyhanko", "fontTools", "PIL", "alembic", "holidays", "icalendar")


def test_a_web_process_does_not_load_what_only_jobs_and_commands_need(tmp_path: Path) -> None:
    program = f"import sys; from grants.app import create_app; create_app(); print([name for name in {HEAVY} if name in sys.modules])"
    environment = {**os.environ, "GRANTS_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=resource("migrations").parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_migration_is_named_after_its_revision() -> None:
    for path in (resource("migrations") / "versions").glob("*.py"):
        assert f'revision = "{path.stem.split("_", 1)[0]}"' in path.read_text(encoding="utf-8"), path.name


def test_a_migrated_database_is_known_to_be_current(app: Flask) -> None:
    assert schema.is_current()
