"""What holds the tests themselves: no foreign address, no real mail, no real clock, no undefined word in a page."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError
from sqlalchemy import text

from grants.base import clock as clock_room
from grants.base.db import db
from grants.base.transaction import WriteInRead


def test_a_test_cannot_reach_a_foreign_address() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="tried to reach"):
        outside.connect(("192.0.2.1", 80))


def test_a_test_has_no_mail_server(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    assert settings.smtp_url == ""
    assert settings.mail_folder.is_relative_to(settings.data)


def test_time_stands_still_for_the_product_and_on_that_day_for_libraries(clock: Any) -> None:
    assert clock_room.now() == clock_room.now() == clock.instant
    assert datetime.now(UTC).date() == clock.instant.date()
    clock.set("2030-01-01T00:00:00")
    assert clock_room.today().isoformat() == "2030-01-01"
    assert datetime.now(UTC).date().isoformat() == "2029-12-31"


def test_a_word_that_a_page_does_not_know_is_an_error(app: Flask) -> None:
    with app.test_request_context("/sl/"), pytest.raises(UndefinedError):
        render_template_string("{{ nobody_defined_this }}")


def test_every_test_begins_on_an_empty_database(app: Flask) -> None:
    for table in db.metadata.sorted_tables:
        assert db.session.execute(text(f'select count(*) from "{table.name}"')).scalar() == 0, table.name


def test_the_guard_against_writing_reads_is_on(app: Flask) -> None:
    from grants.base.jobs import Job

    instant = clock_room.now()
    db.session.add(Job(kind="x", argument=1, created_at=instant, run_after=instant))
    with pytest.raises(WriteInRead):
        db.session.flush()
    db.session.rollback()
