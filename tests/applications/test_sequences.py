"""Whatever two people do in whatever order: one submission counts at most, and it is what its hash says."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grants.accounts.models import User
from grants.applications import queries
from grants.applications.actions import drafting, submitting
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_member, owner_of

STEPS = st.lists(
    st.tuples(st.sampled_from(("save", "stale", "wrong", "withdraw", "resume", "submit")), st.booleans(), st.integers(1, 5000)), max_size=12
)


def take(step: str, application: Application, person: User, number: int) -> None:
    match step:
        case "save":
            drafting.save(application, {"members": str(number)}, version=application.version, by=person)
        case "stale":
            drafting.save(application, {"members": "1"}, version=application.version - 1, by=person)
        case "wrong":
            drafting.save(application, {"members": "veliko"}, version=application.version, by=person)
        case "withdraw":
            submitting.withdraw(application, by=person)
        case "resume":
            submitting.resume(application, by=person)
        case "submit":
            submitting.submit(application, by=person)


@pytest.fixture
def begun(app: Flask) -> tuple[Any, Any]:
    application = make_application("ready")
    call, track = application.call, application.track
    owner = owner_of(application.organisation)
    editor = make_member(application.organisation)
    assert track in {one.id for one in call.rulebook.tracks}
    return application.id, (owner.id, editor.id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_leaves_at_most_one_submission_that_counts(
    begun: tuple[int, tuple[int, int]], steps: list[tuple[str, bool, int]]
) -> None:
    identity, people = begun
    for step, second, number in steps:
        with suppress(Refused), unit_of_work():
            take(step, db.session.get_one(Application, identity), db.session.get_one(User, people[second]), number)
    application = db.session.get_one(Application, identity)
    numbers = [one.number for one in application.submissions]
    assert len(set(numbers)) == len(numbers)
    assert [one.sequence for one in application.submissions] == list(range(1, len(numbers) + 1))
    for one in application.submissions:
        assert one.content_sha256 == submitting.sha256_of(one.content)
    if application.status == ApplicationStatus.SUBMITTED:
        last = queries.latest_submission(application)
        assert (application.number, application.submitted_at) == (last.number, last.received_at)
        assert str(last.content["answers"]["members"]) == application.answers["members"]
    kinds = [entry.kind.name for entry in audit.timeline(application, audit.PARTY)]
    submitted, withdrawn = kinds.count("application.submitted"), kinds.count("application.withdrawn")
    assert submitted == len(numbers)
    assert submitted - withdrawn == int(application.status == ApplicationStatus.SUBMITTED)
    assert audit.verify(db.session())[1] == []
    db.session.rollback()
