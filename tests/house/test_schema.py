"""The migrations make exactly the schema that the models describe, on both databases, with all their triggers."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, text

from grants.base import jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


def test_the_migrated_schema_equals_the_models(app: Flask) -> None:
    jobs.make_queue(app)  # on PostgreSQL its tables stand beside ours, whenever a worker has run
    opts = {"compare_type": True, "compare_server_default": True, "include_name": jobs.not_the_queues}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=opts)
        differences: list[Any] = compare_metadata(context, db.metadata)
    assert [difference for difference in differences if "alembic_version" not in str(difference)] == []


def test_the_migrated_schema_has_the_triggers_of_the_models(app: Flask) -> None:
    dialect = db.engine.dialect.name
    with db.engine.connect() as connection:
        migrated = [row[0] for row in connection.execute(text(TRIGGERS[dialect]))]
        if dialect == "sqlite":
            fresh = create_engine("sqlite://")
        else:
            fresh = create_engine(db.engine.url, connect_args={"options": "-csearch_path=models"})
            connection.rollback()
            with fresh.begin() as other:
                other.execute(text("DROP SCHEMA IF EXISTS models CASCADE"))
                other.execute(text("CREATE SCHEMA models"))
    db.metadata.create_all(fresh)
    query = TRIGGERS[dialect]
    if dialect == "postgresql":
        query = query.replace("WHERE", "WHERE tgrelid::regclass::text NOT LIKE '%%.%%' AND")
        query = "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = 'models' ORDER BY t.tgname"
    with fresh.connect() as connection:
        modelled = [row[0] for row in connection.execute(text(query))]
    if dialect == "postgresql":
        with fresh.begin() as other:
            other.execute(text("DROP SCHEMA models CASCADE"))
        migrated = sorted(migrated)
    fresh.dispose()
    assert migrated and sorted(migrated) == sorted(modelled)


def test_statuses_are_guarded_by_the_database_too(app: Flask) -> None:
    with unit_of_work(write=False):
        assert db.session.execute(text("select count(*) from audit_event")).scalar() == 0
