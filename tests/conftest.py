"""What every test stands on: both databases on the real schema, a still clock, no mail, no foreign sockets."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import settings
from sqlalchemy import text

from grants.app import create_app
from grants.base import clock as clock_room
from grants.base import transaction_mode
from grants.base.db import db
from grants.config import Settings, resource
from tests import postgres
from tests.pages import LintingClient

EVERYTHING = os.environ.get("GRANTS_TEST_ALL") == "1"
NOW = "2026-05-04T10:00:00"
settings.register_profile("patient", deadline=None)  # timings never decide a test
settings.load_profile("patient")
OnDatabase = tuple[Flask, Callable[[], None]]  # an app, and the way back to its empty database


def unavailable(what: str) -> None:
    """Skip a test whose tool is not installed; under `./run test --all` that is a failure."""
    if EVERYTHING:
        pytest.fail(f"{what}; --all allows no skip")
    pytest.skip(what)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the tests of what does not depend on the database only those on SQLite."""
    twice = [one for one in items if one.get_closest_marker("one_database") and "[postgresql" in one.nodeid]
    config.hook.pytest_deselected(items=twice)
    items[:] = [one for one in items if one not in twice]


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of a program that the test needs."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            unavailable(f"{name} is not installed")
        return str(path)

    return find


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that talks to the world is a test of the world."""
    real = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


class Clock:
    """The time of a test. It stands still until the test moves it."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self.instant = clock_room.parse_local(NOW)

    def set(self, local: str) -> None:
        """Local wall time in Ljubljana."""
        self._to(clock_room.parse_local(local))

    def set_instant(self, instant: datetime) -> None:
        """An aware instant."""
        self._to(instant.astimezone(UTC))

    def forward(self, **duration: float) -> None:
        """`clock.forward(days=1, seconds=1)`."""
        self._to(self.instant + timedelta(**duration))

    def _to(self, instant: datetime) -> None:
        self.instant = instant
        self._traveller.move_to(instant)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """Every test begins on Monday, 4 May 2026, at ten in the morning; libraries see the same day."""
    with time_machine.travel(clock_room.parse_local(NOW), tick=True) as traveller:
        still = Clock(traveller)
        clock_room.set_source(lambda: still.instant)
        yield still
        clock_room.set_source(None)


def settings_for(folder: Path, database_url: str) -> Settings:
    """An instance in a folder of its own; mail goes to a folder, never to a server."""
    return Settings(
        data=folder, production=False, database_url=database_url, secret_key="test-secret-key", password_salt="test-salt",
        totp_secret="", server_name="", mail_folder=folder / "mail", smtp_url="", mail_from="razpisi@obala.example",
        signing_p12=None, signing_password="", municipality=resource("municipality.yaml"), trusted_proxies=0,
    )  # fmt: skip


def build_app(folder: Path, database_url: str, **overrides: Any) -> Flask:
    """An app for tests: quick passwords, no CSRF unless a test asks for it."""
    quick = {"SECURITY_ARGON2_OPTIONS": {"rounds": 1, "memory_cost": 8, "parallelism": 1}}
    options = {"TESTING": True, "WTF_CSRF_ENABLED": False, "SQLITE_SYNCHRONOUS": "OFF", "RATELIMIT_ENABLED": False, **quick}
    app = create_app(settings_for(folder, database_url), **(options | overrides))
    app.test_client_class = LintingClient
    return app


def make_schema(app: Flask) -> None:
    """The schema as the migrations make it."""
    from flask_migrate import upgrade

    with app.app_context():
        if any((resource("migrations") / "versions").glob("*.py")):
            upgrade()
        else:
            db.create_all()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server for this worker."""
    if postgres.binaries() is None:
        unavailable("PostgreSQL is not installed")
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def apps() -> Iterator[dict[str, OnDatabase]]:
    """What this worker has built so far, by database. An app takes seconds, so that both stay until the end."""
    built: dict[str, OnDatabase] = {}
    yield built
    for app, _reset in built.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app_on_database(request: pytest.FixtureRequest, apps: dict[str, OnDatabase], tmp_path_factory: pytest.TempPathFactory) -> OnDatabase:
    """One app for all tests of this worker on one database, and the way back to an empty one."""
    name = request.param
    if name not in apps:
        folder = tmp_path_factory.mktemp(name)
        apps[name] = _on_sqlite(folder) if name == "sqlite" else _on_postgresql(folder, request.getfixturevalue("postgresql"))
    return apps[name]


def _on_sqlite(folder: Path) -> OnDatabase:
    path, template = folder / "grants.sqlite3", folder / "template.sqlite3"
    app = build_app(folder, f"sqlite:///{path}")
    make_schema(app)
    with app.app_context():
        db.session.execute(text("select 1"))
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    shutil.copy(path, template)

    def reset() -> None:
        db.engine.dispose()
        for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copy(template, path)

    return app, reset


def _on_postgresql(folder: Path, url: str) -> OnDatabase:
    app = build_app(folder, url)
    make_schema(app)
    empty = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(db.metadata.sorted_tables))

    def reset() -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {empty}")  # past the append-only triggers

    return app, reset


@pytest.fixture
def app(app_on_database: OnDatabase, clock: Clock) -> Iterator[Flask]:
    """The product on an empty database; the test stands inside its context and reads, writes are units of work."""
    app, reset = app_on_database
    with app.app_context(), transaction_mode.mode(write=False):
        reset()
        yield app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> LintingClient:
    """A visitor whose every page is checked."""
    client = app.test_client()
    assert isinstance(client, LintingClient)
    return client


@pytest.fixture
def queries(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """The statements since the last look: `queries()` empties the list."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)

    def taken() -> list[str]:
        out = list(seen)
        seen.clear()
        return out

    yield taken
    event.remove(db.engine, "before_cursor_execute", note)


def sign_in(client: LintingClient, user: Any) -> LintingClient:
    """Sign a person in without the form (the form has tests of its own)."""
    identity = user.fs_uniquifier
    db.session.rollback()
    with client.session_transaction() as session:
        session["_user_id"] = identity
        session["_fresh"] = True
        session["fs_cc"] = "set"
        session["fs_paa"] = clock_room.now().timestamp()
        session["identity.id"] = identity
        session["tf_verified"] = True
    return client
