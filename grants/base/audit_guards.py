"""Triggers that make a table append-only, written once for both databases and used by models and migrations alike."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

REFUSAL = "the audit record is append-only"

SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER""",
)
SQLITE_HEAD = (
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
    """CREATE TRIGGER {table}_forward BEFORE UPDATE ON {table} WHEN NEW.position <= OLD.position """
    """BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
)
POSTGRESQL_HEAD = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN """
    """IF TG_OP = 'UPDATE' AND NEW.position > OLD.position THEN RETURN NEW; END IF; RAISE EXCEPTION '{refusal}'; END $$""",
    """CREATE TRIGGER {table}_forward BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
)


def statements(dialect: str, table: str, *, head: bool = False, refusal: str = REFUSAL) -> list[str]:
    """The statements that guard one table on one database."""
    templates = {
        ("sqlite", False): SQLITE,
        ("postgresql", False): POSTGRESQL,
        ("sqlite", True): SQLITE_HEAD,
        ("postgresql", True): POSTGRESQL_HEAD,
    }[(dialect, head)]
    return [template.format(table=table, refusal=refusal) for template in templates]


def attach(table: Table, dialect: str, statement: str) -> None:
    """Run a statement after `table` has been created on one kind of database."""
    ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves DDL untyped
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def append_only(table: Table, refusal: str = REFUSAL) -> None:
    """Rows of this table may be added, never changed or removed."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect, table.name, refusal=refusal):
            attach(table, dialect, statement)


def protect(events: Table, head: Table) -> None:
    """Guard the record: its rows are never changed or removed, and its head only moves forward."""
    append_only(events)
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect, head.name, head=True):
            attach(head, dialect, statement)
