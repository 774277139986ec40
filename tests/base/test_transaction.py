"""One commit for each request; reads never write; what waits for the commit happens after it or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from grants.base import transaction
from grants.base.db import db
from grants.base.jobs import Job
from grants.base.mail import Message, post_text
from grants.base.transaction import WriteInRead, unit_of_work


def a_message() -> Message:
    return post_text(to="ana@primer.example", language="sl", event="test", subject="Pozdrav", body="Dober dan")


def test_a_unit_of_work_is_all_or_nothing(app: Flask) -> None:
    with pytest.raises(ValueError, match="stop"), unit_of_work():
        a_message()
        raise ValueError("stop")
    assert db.session.scalars(select(Message)).all() == []
    assert db.session.scalars(select(Job)).all() == []


def test_a_read_that_writes_is_stopped(app: Flask) -> None:
    with pytest.raises(WriteInRead), unit_of_work(write=False):
        a_message()


def test_what_waits_for_the_commit_happens_after_it(app: Flask) -> None:
    seen: list[str] = []
    with unit_of_work():
        transaction.after_commit(lambda: seen.append("after"))
        seen.append("inside")
    assert seen == ["inside", "after"]


def test_what_waits_for_a_commit_that_fails_never_happens(app: Flask) -> None:
    seen: list[str] = []
    with pytest.raises(ValueError, match="stop"), unit_of_work():
        transaction.after_commit(lambda: seen.append("after"))
        raise ValueError("stop")
    with unit_of_work():
        pass
    assert seen == []


def test_work_after_the_commit_that_fails_does_not_undo_it(app: Flask) -> None:
    def fail() -> None:
        raise RuntimeError("queue is down")

    with unit_of_work():
        transaction.after_commit(fail)
        a_message()
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_no_address_writes_on_get(app: Flask) -> None:
    """Every rule that answers GET without parameters, opened by a visitor: the guard in the session would raise."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and set(rule.arguments) <= {"lang"}:
            client.get(rule.rule.replace("<any(sl,it,en):lang>", "sl"))


def test_a_refused_request_changes_nothing(app: Flask, queries: Callable[[], list[str]]) -> None:
    response = app.test_client().post("/sl/tega-ni")
    assert response.status_code == 404
    assert not [statement for statement in queries() if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
