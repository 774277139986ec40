"""Uploads as they are checked: whether another writer gets through meanwhile."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from flask import Flask

from grants.base import files


def watch_uploads(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are checked from now on. On SQLite each check fails if the request holds the lock of the database."""
    check, url, seen = files.check_upload, app.config["SETTINGS"].database_url, []

    def watched(stream: Any, name: str, *more: Any, **options: Any) -> files.Upload:
        if url.startswith("sqlite"):
            with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None) as other:
                other.execute("BEGIN IMMEDIATE")  # "database is locked" if the request held it
                other.execute("ROLLBACK")
            other.close()
        seen.append(name)
        return check(stream, name, *more, **options)

    monkeypatch.setattr(files, "check_upload", watched)
    return seen
