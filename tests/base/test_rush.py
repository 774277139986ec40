"""Deadline evening: eight processes submit at once. Nobody is turned away by the database, nothing is lost, the record has no gap."""

from __future__ import annotations

import json
import multiprocessing
import os
from typing import Any

import pytest
from flask import Flask

from grants.accounts.models import User
from grants.applications.actions import submitting
from grants.applications.models import Application, Submission
from grants.applications.states import ApplicationStatus
from grants.base import audit
from grants.base.audit import AuditEvent
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_organisation, owner_of

WRITERS, EACH = 8, 4


def submit_all(drafts: list[tuple[int, int]], start: Any, results: Any) -> None:
    """In a process of its own, with connections of its own."""
    db.session.remove()
    db.engine.dispose(close=False)  # those of the process that forked us are not ours to close
    said: list[str] = []
    start.wait()
    for application, person in drafts:
        try:
            with unit_of_work():
                number = submitting.submit(db.session.get_one(Application, application), by=db.session.get_one(User, person)).number
            said.append(number)
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
    results.put(said)
    results.close()
    results.join_thread()
    os._exit(0)  # what the test session would do at its end is not for us


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_eight_processes_submit_at_once_and_nothing_is_lost(app: Flask) -> None:
    call = make_call().id
    drafts = []
    for _ in range(WRITERS * EACH):
        made = make_application("ready", call=db.session.get_one(Call, call), organisation=make_organisation())
        drafts.append((made.id, owner_of(made.organisation).id))
    db.session.rollback()
    db.session.remove()
    db.engine.dispose()

    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=submit_all, args=(drafts[place::WRITERS], start, results)) for place in range(WRITERS)]
    for writer in writers:
        writer.start()
    said = [one for _ in writers for one in results.get(timeout=120)]
    for writer in writers:
        writer.join(30)

    assert [one for one in said if "Error" in one or "locked" in one] == []
    assert len(set(said)) == WRITERS * EACH
    assert sorted(db.session.scalars(db.select(Submission.number))) == sorted(said)
    assert {int(number.rsplit("-", 1)[1]) for number in said} == set(range(1, WRITERS * EACH + 1)), "a number is missing or was given twice"
    submitted = db.session.scalars(db.select(Application.number).where(Application.status == ApplicationStatus.SUBMITTED))
    assert sorted(number or "" for number in submitted) == sorted(said)
    recorded = db.session.scalars(db.select(AuditEvent.data).where(AuditEvent.kind == "application.submitted"))
    assert sorted(json.loads(data)["number"] for data in recorded) == sorted(said)
    checked, faults = audit.verify(db.session())
    assert faults == []
    assert checked == db.session.scalar(db.select(db.func.max(AuditEvent.position)))
