"""The database: declarative base, column types that mean the same on SQLite and PostgreSQL, and how connections begin."""

from __future__ import annotations

import random
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

from grants.base import transaction_mode

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


class Instant(TypeDecorator[datetime]):
    """An aware instant. Kept as UTC on both databases; a naive datetime is refused before it can be misread."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use grants.base.clock")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
"""Plain data: objects, lists, strings, integers, booleans. Never floats: money is cents, points are strings."""

Sha256 = String(64)


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Give every connection of this engine the settings that the product relies on."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, synchronous)


def _prepare_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            f"busy_timeout={_BUSY}",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # without it INSERT OR REPLACE slips past a DELETE trigger
            "cache_size=-20000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails under load with "database is locked" at once,
        # however long the timeout: one that may write takes the write lock when it begins.
        if transaction_mode.may_write() and not transaction_mode.waits():
            begin_immediate(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def begin_immediate(connection: Connection) -> None:
    """Take the write lock, asking for it at the same short intervals as everybody else.

    SQLite's own way of waiting pauses longer the longer it has waited, so under a rush newcomers overtake and some starve.
    """
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        for _ in range(_TRIES):
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
            time.sleep(random.uniform(0.001, 0.004))
    finally:
        raw.execute(f"PRAGMA busy_timeout={_BUSY}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try waits as SQLite does, and its error is one of the library


_TRIES, _BUSY = 12_000, 15_000
