"""A call closes at its second, also when the clocks change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from grants.base import clock as clock_room
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls import jobs
from grants.calls.actions import running
from grants.calls.models import Call
from grants.calls.queries import Phase, is_open, phase
from grants.calls.states import CallStatus
from tests.calls.builders import make_call, make_officer
from tests.conftest import Clock

CLOSINGS = [
    ("2026-05-20T12:00:00", "an ordinary noon"),
    ("2026-10-25T03:00:00", "the first second after the hour that occurs twice"),
    ("2026-10-25T12:00:00", "noon of the day with 25 hours"),
    ("2027-03-28T03:00:00", "the first second after the hour that does not occur"),
    ("2027-03-28T12:00:00", "noon of the day with 23 hours"),
    ("2026-12-31T23:59:59", "the last second of the year"),
]


@pytest.mark.parametrize(("closes", "why"), CLOSINGS)
def test_the_second_decides(app: Flask, clock: Clock, closes: str, why: str) -> None:
    closes_at = clock_room.parse_local(closes)
    call = make_call(rulebook="small", closes_at=closes_at, opening_at=closes_at + timedelta(days=1), decisions_due=None)
    clock.set_instant(closes_at - timedelta(microseconds=1))
    assert is_open(call), why
    clock.set_instant(closes_at)
    assert not is_open(call), why
    assert phase(call) is Phase.CLOSED
    assert call.status == CallStatus.PUBLISHED  # the clock decides, not the worker
    assert clock_room.local(call.closes_at).strftime("%H:%M:%S") == closes[-8:]


def test_the_clock_change_does_not_move_the_distance(app: Flask, clock: Clock) -> None:
    opens, closes = clock_room.parse_local("2026-10-24T12:00:00"), clock_room.parse_local("2026-10-25T12:00:00")
    assert closes - opens == timedelta(hours=25)
    assert clock_room.parse_local("2027-03-28T12:00:00") - clock_room.parse_local("2027-03-27T12:00:00") == timedelta(hours=23)


def test_it_opens_at_its_second_too(app: Flask, clock: Clock) -> None:
    opens_at = clock.instant + timedelta(days=1)
    call = make_call(rulebook="small", opens_at=opens_at)
    assert phase(call) is Phase.COMING
    clock.set_instant(opens_at)
    assert is_open(call)


def test_the_worker_notes_the_closing(app: Flask, clock: Clock) -> None:
    call = make_call(rulebook="small")
    other = make_call(rulebook="small", closes_at=clock.instant + timedelta(days=20), opening_at=clock.instant + timedelta(days=20))
    with unit_of_work():
        jobs.close_due()
    assert call.status == CallStatus.PUBLISHED
    clock.forward(days=14)
    with unit_of_work():
        jobs.close_due()
    assert db.session.get_one(Call, call.id).status == CallStatus.CLOSED
    assert db.session.get_one(Call, other.id).status == CallStatus.PUBLISHED
    with unit_of_work():
        jobs.close_due()


def test_a_call_is_not_closed_or_opened_before_its_time(app: Flask, clock: Clock) -> None:
    officer = make_officer()
    call = make_call(rulebook="small")
    with pytest.raises(Refused), unit_of_work():
        running.close(db.session.get_one(Call, call.id))
    clock.forward(days=14)
    with pytest.raises(Refused), unit_of_work():
        running.mark_opened(db.session.get_one(Call, call.id), by=officer, applications=0)
    clock.forward(days=1)
    with unit_of_work():  # closes it on the way if the worker has not yet
        running.mark_opened(db.session.get_one(Call, call.id), by=officer, applications=0)
    assert db.session.get_one(Call, call.id).status == CallStatus.OPENED
