"""Two requests at the same moment: one receipt, one version, no error."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from werkzeug.test import TestResponse

from grants.applications.models import Application
from grants.base.db import db
from tests.applications import joint
from tests.applications.builders import make_application, make_call, make_organisation, owner_of
from tests.conftest import sign_in


def at_once(app: Flask, work: Callable[[int], TestResponse], count: int) -> list[TestResponse]:
    """Several requests that start together."""
    db.session.rollback()
    start = Barrier(count)

    def one(number: int) -> TestResponse:
        with app.app_context():
            start.wait()
            return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_many_clicks_at_once_submit_once(app: Flask) -> None:
    application = make_application("ready")
    address, version = f"/sl/vloge/{application.id}/oddaja", application.version
    clients = [sign_in(app.test_client(), owner_of(db.session.merge(application).organisation)) for _ in range(4)]
    answers = at_once(app, lambda n: clients[n].post(address, data={"version": version, "declared": "y"}), 4)
    assert [one.status_code for one in answers] == [303] * 4
    assert len(db.session.get_one(Application, application.id).submissions) == 1


def test_two_saves_at_once_overwrite_nothing(app: Flask) -> None:
    application = make_application()
    address, version = f"/sl/vloge/{application.id}/obrazec", application.version
    clients = [sign_in(app.test_client(), owner_of(db.session.merge(application).organisation)) for _ in range(2)]
    answers = at_once(app, lambda n: clients[n].post(address, data={"version": version, "f_members": str(10 + n)}), 2)
    assert sorted(one.status_code for one in answers) == [303, 409]
    winner = next(n for n in range(2) if answers[n].status_code == 303)
    assert db.session.get_one(Application, application.id).answers["members"] == str(10 + winner)


def test_two_people_who_begin_at_once_share_one_draft(app: Flask) -> None:
    call, organisation = make_call(rulebook="small"), make_organisation()
    address, data = f"/sl/razpisi/{call.id}/prijava/operating", {"organisation": organisation.id, "language": "sl"}
    clients = [sign_in(app.test_client(), owner_of(organisation)) for _ in range(3)]
    answers = at_once(app, lambda n: clients[n].post(address, data=data), 3)
    assert len({one.location.removesuffix("/obrazec") for one in answers}) == 1


def test_submissions_of_one_call_get_numbers_without_gaps(app: Flask) -> None:
    call = make_call(rulebook="small")
    applications = [make_application("ready", call=db.session.merge(call)) for _ in range(4)]
    sent = [(f"/sl/vloge/{one.id}/oddaja", {"version": one.version, "declared": "y"}) for one in applications]
    clients = [sign_in(app.test_client(), owner_of(db.session.merge(one).organisation)) for one in applications]
    answers = at_once(app, lambda n: clients[n].post(sent[n][0], data=sent[n][1]), 4)
    assert [one.status_code for one in answers] == [303] * 4
    numbers = [str(db.session.get_one(Application, one.id).number) for one in applications]
    assert sorted(int(number.rsplit("-", 1)[1]) for number in numbers) == [1, 2, 3, 4]


def test_of_two_joint_applications_with_one_partner_and_one_activity_only_the_first_is_submitted(app: Flask) -> None:
    call, shared_partner = joint.make_joint_call(), make_organisation()
    applications = [joint.draft(db.session.merge(call)) for _ in range(3)]
    for one in applications:
        joint.agreed(joint.named(one, db.session.merge(shared_partner)))
        joint.save(one, costs=joint.shared("lead", "first"))
        partner = db.session.get_one(Application, one.id).partners[0]
        joint.agreed(partner)
    sent = [
        (f"/sl/vloge/{one.id}/oddaja", {"version": db.session.get_one(Application, one.id).version, "declared": "y"})
        for one in applications
    ]
    clients = [sign_in(app.test_client(), owner_of(db.session.merge(one).organisation)) for one in applications]
    answers = at_once(app, lambda n: clients[n].post(sent[n][0], data=sent[n][1]), 3)
    assert sorted(one.status_code for one in answers) == [303, 422, 422]
    submitted = [one for one in applications if db.session.get_one(Application, one.id).number]
    number = db.session.get_one(Application, submitted[0].id).number
    assert number is not None and number.endswith("-1")
    assert all(number in one.text for one in answers if one.status_code == 422)
