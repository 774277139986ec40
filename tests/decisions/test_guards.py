"""What the database itself refuses, on both databases, to rows written past the product."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.base.db import db
from grants.decisions import guards
from grants.decisions.models import Decision
from tests.decisions.builders import make_drafted, make_issued

ISSUE = "UPDATE decision SET status = 'issued', issued_at = drafted_at, issued_by_id = led_by_id WHERE id = :id"


def refused(statement: str, because: str, *before: str, **values: object) -> None:
    db.session.rollback()  # an open read would make TRUNCATE wait
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match=because):
        for one in (*before, statement):
            connection.execute(text(one), {name: value for name, value in values.items() if f":{name}" in one})


def support() -> int:
    """A drafted decision with three criteria."""
    return db.session.scalars(db.select(Decision.id).where(Decision.criteria_count == 3).order_by(Decision.id)).first() or 0


COLUMNS = (
    "award_id, application_id, number, languages, criteria_count, amount_cents, sheet_data, sheet_sha256, rulebook_sha256, "
    "parameter_set, drafted_at, led_by_id, issued_at, issued_by_id"
)
LIES = (
    "criteria_count = 2",
    "criteria_count = 0",
    "languages = 'sl'",
    "amount_cents = 1",
    "number = 'x'",
    "sheet_sha256 = 'x'",
    "sheet_data = '{}'",
)
CHANGES = (
    "UPDATE decision SET amount_cents = amount_cents + 1 WHERE id = :id",
    "UPDATE decision SET status = 'drafted' WHERE id = :id",
    "DELETE FROM decision WHERE id = :id",
    "UPDATE decision_line SET points = '40' WHERE decision_id = :id",
    "UPDATE decision_line SET reason_sl = '' WHERE decision_id = :id AND position = 1",
    "DELETE FROM decision_line WHERE decision_id = :id AND position = 1",
    "INSERT INTO decision_line (decision_id, position, criterion, title, article, maximum, points, reason_sl, reason_it) "
    "VALUES (:id, 9, 'more', '{}', '', '1', '1', 'x', 'x')",
)


def test_a_drafted_one_is_issued_only_with_every_reason_and_nothing_else_of_it_changes(app: Flask) -> None:
    make_drafted()
    drafted = support()
    with db.engine.connect() as connection:
        assert connection.execute(text(ISSUE), {"id": drafted}).rowcount == 1, "a complete one may be issued"
        connection.rollback()
    for reason in ("reason_sl", "reason_it"):
        for blank in ("", "  ", "\t\n", "\u00a0"):
            refused(
                ISSUE,
                guards.REASONLESS,
                f"UPDATE decision_line SET {reason} = :blank WHERE decision_id = :id AND position = 2",
                id=drafted,
                blank=blank,
            )
    one_line = "DELETE FROM decision_line WHERE decision_id = :id AND position = 1"
    refused(ISSUE, guards.REASONLESS, one_line, id=drafted)
    refused(ISSUE, guards.REASONLESS, "DELETE FROM decision_line WHERE decision_id = :id", id=drafted)
    for lie in LIES:
        refused(f"UPDATE decision SET {lie} WHERE id = :id", guards.DRAFTED, id=drafted)
        refused(ISSUE.replace("SET", f"SET {lie},"), f"{guards.DRAFTED}|{guards.REASONLESS}", one_line, id=drafted)
    copied = COLUMNS.replace("number,", "number || 'b',").replace("issued_at, issued_by_id", "drafted_at, led_by_id")
    refused(
        f"INSERT INTO decision (status, {COLUMNS}) SELECT 'issued', {copied} FROM decision WHERE id = :id", guards.REASONLESS, id=drafted
    )
    assert db.session.scalars(db.select(Decision.status).distinct()).all() == ["drafted"]


def test_an_issued_one_is_never_changed(app: Flask) -> None:
    make_issued(pots=["costs", "support"])
    issued = support()
    for statement in CHANGES:
        refused(statement, guards.FROZEN, id=issued)
    if db.engine.dialect.name == "postgresql":
        refused("TRUNCATE decision, decision_line CASCADE", guards.FROZEN)
        refused("TRUNCATE decision_line", guards.FROZEN)
        return
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
        connection.exec_driver_sql("BEGIN")
        copied = COLUMNS.replace("issued_at, issued_by_id", "NULL, NULL")
        with pytest.raises(DBAPIError, match=guards.FROZEN):
            connection.execute(
                text(
                    f"INSERT OR REPLACE INTO decision (id, status, {COLUMNS}) SELECT id, 'drafted', {copied} FROM decision WHERE id = :id"
                ),
                {"id": issued},
            )
        connection.exec_driver_sql("PRAGMA recursive_triggers=ON")
