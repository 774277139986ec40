"""The schema of the database, brought up to date by the migrations. Alembic is loaded only when there is something to do:
it would cost every start a fifth of its time and every web worker its memory."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import inspect, text

from grants.base.db import db
from grants.config import resource


class _Migrations:
    """What Flask-Migrate looks for in an app, made when it first asks."""

    def __init__(self) -> None:
        self.db = db
        self.directory = str(resource("migrations"))

    @property
    def migrate(self) -> Any:
        """The extension itself."""
        from flask_migrate import Migrate

        return Migrate(db=db, directory=self.directory, render_as_batch=True, compare_type=True)


def init_app(app: Flask) -> None:
    """Make `flask_migrate` work in this app."""
    app.extensions["migrate"] = _Migrations()


def is_current() -> bool:
    """Whether the database has had the last migration. A file is named after its revision: `0001_first.py` is 0001."""
    newest = max(path.stem.split("_", 1)[0] for path in (resource("migrations") / "versions").glob("[0-9]*.py"))
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("select version_num from alembic_version")).scalar() == newest


def upgrade() -> None:
    """Run the migrations that the database has not had yet."""
    if is_current():
        return
    from flask_migrate import upgrade as run

    run(directory=str(resource("migrations")))
