"""The deadline is the server's second in Europe/Ljubljana, also in the nights in which the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from grants.applications.models import Application
from grants.base import audit, incoming
from grants.base.db import db
from tests.applications.builders import make_application, make_call, owner_of
from tests.calls.builders import at
from tests.conftest import sign_in
from tests.pages import LintingClient

CHANGES = {
    "the second before the clocks go forward": (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "nedelja, 29. marca 2026, 01:59:59 (CET)"),
    "the hour that does not exist begins": (datetime(2026, 3, 29, 1, 0, 0, tzinfo=UTC), "nedelja, 29. marca 2026, 03:00:00 (CEST)"),
    "half past two, the first time": (datetime(2026, 10, 25, 0, 30, 0, tzinfo=UTC), "nedelja, 25. oktobra 2026, 02:30:00 (CEST)"),
    "half past two, the second time": (datetime(2026, 10, 25, 1, 30, 0, tzinfo=UTC), "nedelja, 25. oktobra 2026, 02:30:00 (CET)"),
    "an ordinary noon": (datetime(2026, 6, 1, 10, 0, 0, tzinfo=UTC), "ponedeljek, 1. junija 2026, 12:00:00 (CEST)"),
}  # fmt: skip


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id, populate_existing=True)


def member_of(app: Flask, application: Application) -> LintingClient:
    return sign_in(app.test_client(), owner_of(again(application).organisation))


def press(app: Flask, application: Application) -> TestResponse:
    application = again(application)
    version = application.version
    return member_of(app, application).post(f"/sl/vloge/{application.id}/oddaja", data={"version": version, "declared": "y"})


@pytest.fixture
def arrived() -> Iterator[incoming.Arrival]:
    """What the web worker notes for the thread that answers a request."""
    yield incoming.arrival
    incoming.arrival.at = None


@pytest.mark.parametrize("name", CHANGES)
def test_the_exact_second_over_both_changes_of_the_clock(app: Flask, name: str) -> None:
    closes_at, shown = CHANGES[name]
    with at(closes_at - timedelta(days=10)):
        call = make_call(closes_at=closes_at, opening_at=closes_at + timedelta(days=1), decisions_due=None)
        late, in_time = (make_application("ready", call=db.session.merge(call)) for _ in range(2))
    with at(closes_at - timedelta(seconds=1)):
        page = member_of(app, in_time).get(f"/sl/vloge/{in_time.id}/oddaja")
        assert page.text.count(shown) >= 2  # in the state of the application, and beside the time of the server
        assert press(app, in_time).location.endswith("/potrdilo")
    with at(closes_at):
        refused = press(app, late)
        assert refused.status_code == 409
        assert shown in refused.text
    assert (again(in_time).status, again(late).status) == ("submitted", "draft")
    assert again(in_time).submitted_at == closes_at - timedelta(seconds=1)


def test_a_refusal_is_on_record_with_its_second_and_what_was_typed_stays(app: Flask) -> None:
    application = make_application("ready")
    with at(application.call.closes_at + timedelta(seconds=7)):
        assert press(app, application).status_code == 409
    entry = audit.timeline(again(application), audit.PARTY)[-1]
    assert entry.kind.name == "application.late_submission_refused"
    assert entry.data["received_at"] == (application.call.closes_at + timedelta(seconds=7)).isoformat()


def test_save_and_check_after_the_deadline_keeps_the_text_and_says_that_it_is_late(app: Flask) -> None:
    application = make_application("ready")
    member, version = member_of(app, application), application.version
    with at(application.call.closes_at):
        sent = {"version": version, "check": "1", "f_members": "4321"}
        answer = member.post(f"/sl/vloge/{application.id}/obrazec", data=sent)
    assert answer.status_code == 409
    assert "Prepozno" in answer.text
    assert again(application).answers["members"] == "4321"
    assert again(application).status == "draft"
    assert audit.timeline(again(application), audit.PARTY)[-1].kind.name == "application.late_submission_refused"


def test_a_request_that_came_in_time_counts_however_long_it_waited(app: Flask, arrived: incoming.Arrival) -> None:
    application = make_application("ready")
    closes_at = application.call.closes_at
    arrived.at = closes_at - timedelta(seconds=1)
    with at(closes_at + timedelta(seconds=40)):
        assert press(app, application).location.endswith("/potrdilo")
    assert again(application).submitted_at == closes_at - timedelta(seconds=1)


def test_a_request_held_open_brings_nothing_in_that_was_typed_after_the_deadline(app: Flask, arrived: incoming.Arrival) -> None:
    application = make_application("ready")
    closes_at, member = application.call.closes_at, member_of(app, application)
    with at(closes_at + timedelta(seconds=20)):
        version = again(application).version
        member.post(f"/sl/vloge/{application.id}/obrazec", data={"version": version, "f_members": "77"})
    arrived.at = closes_at - timedelta(seconds=1)
    with at(closes_at + timedelta(seconds=40)):
        assert press(app, application).status_code == 409
    assert (again(application).status, again(application).answers["members"]) == ("draft", "77")


def test_every_page_of_a_draft_shows_the_time_of_the_server_with_weekday_and_second(app: Flask) -> None:
    application = make_application("ready")
    member = member_of(app, application)
    for page in ("", "/obrazec", "/oddaja"):
        text = member.get(f"/sl/vloge/{application.id}{page}").text
        assert "Čas strežnika: <strong data-clock>ponedeljek, 4. maja 2026, 10:00:00 (CEST)</strong>" in text
        assert 'data-server-now="1777881600000"' in text
    assert app.test_client().get("/sl/cas").text == "1777881600000"
