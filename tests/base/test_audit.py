"""The record: append-only, chained, and any change to it is found."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.base import audit
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.calls.builders import make_call


def tamper(statement: str, **values: object) -> None:
    """What an intruder with the rights of the server's owner would do: past the triggers."""
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            for (name,) in list(connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name LIKE 'audit%'"))):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), values)
        connection.commit()


def faults() -> list[audit.Fault]:
    with unit_of_work(write=False):
        return audit.verify(db.session())[1]


def test_an_untouched_record_has_no_faults(app: Flask) -> None:
    make_call(status="published")
    with unit_of_work(write=False):
        checked, found = audit.verify(db.session())
    assert checked >= 2
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET data = '{}' WHERE position = 2",
        "DELETE FROM audit_event WHERE position = 1",
        "UPDATE audit_head SET position = 0",
    ],
)
def test_the_database_refuses_to_change_the_record(app: Flask, statement: str) -> None:
    make_call(status="published")
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(text(statement))


def test_replacing_a_row_is_refused_on_sqlite(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    make_call(status="published")
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(
            text(
                "INSERT OR REPLACE INTO audit_event SELECT position, at, kind, subject_type, subject_id, 'user:9', data, previous_sha256, sha256 FROM audit_event WHERE position = 1"
            )
        )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_event SET actor = 'user:99' WHERE position = 2", "changed after it was written"),
        ("UPDATE audit_event SET at = '2020-01-01T00:00:00.000000+00:00' WHERE position = 1", "changed after it was written"),
        ("DELETE FROM audit_event WHERE position = 2", "missing"),
        ("DELETE FROM audit_event WHERE position = (SELECT max(position) FROM audit_event)", "the record ends at"),
        (
            "INSERT INTO audit_event SELECT 9, at, kind, subject_type, subject_id, actor, data, previous_sha256, 'f' FROM audit_event WHERE position = 1",
            "changed",
        ),
    ],
)
def test_verify_names_what_was_tampered_with(app: Flask, statement: str, said: str) -> None:
    make_call(status="published")
    make_call(status="published", reference="610-9/2026")
    tamper(statement)
    assert any(said in fault.what for fault in faults())


def test_verify_finds_that_the_whole_record_is_gone(app: Flask) -> None:
    assert faults() == []
    make_call()
    tamper("DELETE FROM audit_event")
    tamper("DELETE FROM audit_head")
    assert [fault.what for fault in faults()] == ["the record is empty although there are rows in the table call: all of it was deleted"]


def test_verify_finds_rows_that_changed_places(app: Flask) -> None:
    make_call(status="published")
    make_call(status="published", reference="610-9/2026")
    tamper("UPDATE audit_event SET position = -1 WHERE position = 1")
    tamper("UPDATE audit_event SET position = 1 WHERE position = 2")
    tamper("UPDATE audit_event SET position = 2 WHERE position = -1")
    assert len(faults()) >= 2


def test_an_event_with_other_keys_than_declared_is_refused(app: Flask) -> None:
    call = make_call(status="published")
    with pytest.raises(audit.UndeclaredEvent), unit_of_work():
        audit.record("call.closed", call, by=None, closes_at="x", surprise="x")
    with pytest.raises(audit.UndeclaredEvent), unit_of_work():
        audit.record("call.exploded", call, by=None)


def test_a_rolled_back_unit_of_work_leaves_no_event(app: Flask) -> None:
    call = make_call(status="published")
    with unit_of_work(write=False):
        before = audit.verify(db.session())[0]
    with pytest.raises(ValueError, match="stop"), unit_of_work():
        audit.record("call.closed", call, by=None, closes_at="x")
        raise ValueError("stop")
    with unit_of_work(write=False):
        assert audit.verify(db.session()) == (before, [])


def test_event_kinds_are_named_in_one_way() -> None:
    for kind in audit.KINDS.values():
        entity, _, verb = kind.name.partition(".")
        assert entity and verb and kind.name == kind.name.lower() and " " not in kind.name
        assert kind.name.split("_")[-1].endswith(("ed", "n", "t", "up", "in")) or "_" in verb, kind.name


def test_sentences_use_only_declared_keys() -> None:
    for kind in audit.KINDS.values():
        assert str(kind.sentence) % dict.fromkeys(kind.keys, "x")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@given(plain)
def test_canonical_json_agrees_with_rfc_8785_on_what_we_store(data: object) -> None:
    import json

    once = audit.canonical_json(data)
    assert audit.canonical_json(json.loads(once)) == once


def test_canonical_json_refuses_floats() -> None:
    with pytest.raises(TypeError, match="float"):
        audit.canonical_json({"amount": [1.5]})
