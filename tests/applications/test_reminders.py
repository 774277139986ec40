"""Reminders to those with unsent drafts, what the office is told of drafts, and the extension of a deadline after an outage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from grants.accounts.models import User
from grants.applications import queries
from grants.applications.actions import deadline, drafting
from grants.applications.models import Application, Reminder
from grants.base import audit, clock, jobs, mail
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.actions.running import close_due
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_member, make_opened, make_staff, owner_of, small_pdf
from tests.calls.builders import at, make_officer
from tests.conftest import sign_in

EXTENSION = {"failed": {"sl": "Strežnik ni odgovarjal.", "it": "Il server non rispondeva."}, "reason": {"sl": "Izpad v zadnjih urah.", "it": "Interruzione nelle ultime ore."}}  # fmt: skip


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id, populate_existing=True)


def tick() -> None:
    """What the worker does every minute, and the jobs that come of it."""
    with unit_of_work():
        deadline.note_reminders()
    for identity in jobs.waiting(1000):
        if db.session.get_one(jobs.Job, identity).kind.startswith("applications."):
            db.session.rollback()
            jobs.perform(identity)


def reminders(application: Application) -> list[mail.Message]:
    return [one for one in queries.messages_about(again(application)) if one.event == "applications/reminder"]


def test_people_of_an_unsent_draft_are_reminded_three_times_each_once(app: Flask) -> None:
    application = make_application()
    editor = make_member(application.organisation)
    closes_at, counted = application.call.closes_at, []
    for hours in (7 * 24 + 1, 7 * 24, 7 * 24 - 1, 48, 47, 3, 2):
        with at(closes_at - timedelta(hours=hours)):
            for _ in range(2):
                tick()
            counted.append(len(reminders(application)))
    assert counted == [0, 2, 2, 4, 4, 6, 6]  # the owner and the editor
    told = reminders(application)
    assert {one.to for one in told} == {owner_of(again(application).organisation).email, db.session.get_one(User, editor.id).email}
    assert f"/vloge/{application.id}/oddaja" in told[0].body
    assert "=== OSNUTEK, NI ODDAN" in told[0].body
    assert "4 stvari manjkajo" in told[0].body or "manjka" in told[0].body
    with at(closes_at):
        tick()
    assert len(reminders(application)) == 6


def test_after_a_pause_of_the_server_only_the_last_reminder_that_is_due_is_sent(app: Flask) -> None:
    application = make_application("ready")
    with at(application.call.closes_at - timedelta(hours=2)):
        tick()
        tick()
    (told,) = reminders(application)
    assert "čaka samo še na oddajo" in told.body


def test_nobody_is_reminded_of_what_is_submitted_withdrawn_or_begun_later(app: Flask) -> None:
    submitted, withdrawn = make_application("submitted"), make_application("withdrawn")
    with at(submitted.call.closes_at - timedelta(hours=40)):
        begun = make_application("draft", call=db.session.merge(submitted).call)
        tick()
    assert [len(reminders(one)) for one in (submitted, withdrawn, begun)] == [0, 0, 0]


def test_a_reminder_noted_before_the_draft_was_submitted_is_not_sent(app: Flask) -> None:
    from grants.applications.actions import submitting

    application = make_application("ready")
    with at(application.call.closes_at - timedelta(hours=3)):
        with unit_of_work():
            deadline.note_reminders()
        with unit_of_work():
            submitting.submit(again(application), by=owner_of(again(application).organisation))
        tick()
    assert reminders(application) == []
    assert db.session.scalars(db.select(Reminder.sent_at)).all() == [None]


def test_the_office_sees_how_many_drafts_there_are_and_how_many_only_wait(app: Flask) -> None:
    call = make_call(rulebook="small")
    ready = make_application("ready", call=call)
    make_application("draft", call=db.session.merge(call))
    assert queries.drafts_for_staff(db.session.merge(call)) == (2, 1)
    page = sign_in(app.test_client(), make_staff()).get(f"/sl/urad/razpisi/{call.id}/vloge").text
    assert "Neoddana sta 2 osnutka." in page
    assert "1 od teh je popoln" in page
    assert again(ready).organisation.name not in page
    with unit_of_work():
        drafting.save(again(ready), {"members": "veliko"}, version=again(ready).version, by=owner_of(again(ready).organisation))
    assert queries.drafts_for_staff(db.session.merge(call)) == (2, 0)
    assert "Popoln ni še noben." in sign_in(app.test_client(), make_staff()).get(f"/sl/urad/razpisi/{call.id}/vloge").text


def test_a_file_that_completes_a_draft_does_not_change_its_version(app: Flask) -> None:
    application = make_application("ready", call=make_call(rulebook="obala-ngo-2026", area="ngo"), tax_consent="n")
    owner, version = owner_of(application.organisation), application.version
    assert again(application).complete is False, "whoever does not let the office look attaches the proof"
    with unit_of_work():
        drafting.attach(again(application), "tax_proof", small_pdf("potrdilo.pdf", "Potrdilo"), by=db.session.merge(owner))
    assert again(application).complete is True
    assert again(application).version == version
    with unit_of_work():
        drafting.detach(again(application).attachments[0], by=db.session.merge(owner))
    assert again(application).complete is False


def extension(call: Call, **changes: object) -> dict[str, object]:
    begin = call.closes_at - timedelta(hours=2)
    times = {
        "outage_from": begin, "outage_to": begin + timedelta(hours=2, minutes=30), "closes_at": call.closes_at + timedelta(days=1),
        "opening_at": call.opening_at + timedelta(days=1),
    }  # fmt: skip
    return {**EXTENSION, **times, **changes}


def test_an_extension_after_an_outage_lets_those_submit_who_came_too_late(app: Flask) -> None:
    call = make_call(rulebook="small")
    late, submitted = make_application("ready", call=call), make_application("submitted", call=db.session.merge(call))
    closes_at, officer = db.session.merge(call).closes_at, make_officer()
    member = sign_in(app.test_client(), owner_of(again(late).organisation))
    with at(closes_at + timedelta(hours=1)):
        with unit_of_work():
            close_due()
        sent = {"version": again(late).version, "declared": "y"}
        assert member.post(f"/sl/vloge/{late.id}/oddaja", data=sent).status_code == 409
        with unit_of_work():
            given = extension(db.session.get_one(Call, call.id))
            deadline.extend(db.session.get_one(Call, call.id), by=db.session.merge(officer), **given)
        tick()
        assert member.post(f"/sl/vloge/{late.id}/oddaja", data=sent).location.endswith("/potrdilo")
        call = db.session.get_one(Call, call.id, populate_existing=True)
        assert (call.status, call.closes_at, call.amendments[0].version) == ("published", closes_at + timedelta(days=1), 2)
        page = app.test_client().get(f"/sl/razpisi/{call.id}").text
        assert "Strežnik ni odgovarjal." in page
        assert "Različica 2" in page
        assert f"<updated>{call.amendments[0].published_at.isoformat()}</updated>" in app.test_client().get("/sl/razpisi.atom").text
    for application in (late, submitted):
        told = [one for one in queries.messages_about(again(application)) if one.event == "applications/extended"]
        assert {one.to for one in told} == {owner_of(again(application).organisation).email, again(application).organisation.email}
        assert all("Il server" in one.body or "Strežnik ni odgovarjal." in one.body for one in told)
    assert [one.kind.name for one in audit.timeline(call, audit.PUBLIC)][-2:] == ["call.extended", "call.reopened"]
    assert make_opened(call).status == "opened"


@pytest.mark.parametrize(
    "wrong", ["too short", "earlier", "opening before", "outage to come", "no reason", "one language"]
)  # fmt: skip
def test_an_extension_must_be_documented_and_long_enough(app: Flask, wrong: str) -> None:
    call, officer = make_call(rulebook="small"), make_officer()
    with at(call.closes_at + timedelta(hours=1)):
        changes: dict[str, object] = {
            "too short": {"closes_at": call.closes_at + timedelta(hours=2)},
            "earlier": {"closes_at": call.closes_at - timedelta(hours=2)},
            "opening before": {"opening_at": call.closes_at},
            "outage to come": {"outage_to": clock.now() + timedelta(hours=1)},
            "no reason": {"reason": {}},
            "one language": {"failed": {"sl": "Strežnik ni odgovarjal."}},
        }[wrong]
        with pytest.raises(Refused), unit_of_work():
            deadline.extend(db.session.get_one(Call, call.id), by=officer, **extension(call, **changes))


def test_after_the_opening_nothing_is_extended_and_only_officers_of_the_area_extend(app: Flask) -> None:
    call = make_call(rulebook="small")
    stranger = make_officer("culture")
    with pytest.raises(Refused), at(call.closes_at + timedelta(hours=1)), unit_of_work():
        deadline.extend(db.session.get_one(Call, call.id), by=stranger, **extension(call))
    opened = make_opened(call)
    with pytest.raises(Refused), at(opened.opening_at + timedelta(hours=1)), unit_of_work():
        deadline.extend(db.session.get_one(Call, call.id), by=make_officer(), **extension(opened))


def test_the_database_moves_the_dates_of_a_published_call_only_with_an_amendment(app: Flask) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    call = make_call(rulebook="small")
    with pytest.raises(DatabaseError, match="never changed"), unit_of_work():
        db.session.execute(text("UPDATE call SET closes_at = opening_at WHERE id = :id"), {"id": call.id})


def test_the_officer_extends_over_http(app: Flask) -> None:
    call = make_call(rulebook="small")
    officer = sign_in(app.test_client(), make_officer())
    address, closes_at = f"/sl/urad/razpisi/{call.id}/podaljsanje", db.session.merge(call).closes_at
    with at(closes_at + timedelta(hours=1)):
        assert officer.get(address).status_code == 200
        assert officer.post(address, data={"closes_at": "jutri"}).status_code == 422

        def wall(moment: object) -> str:
            local = clock.local(moment)  # type: ignore[arg-type]
            return f"{local.day}. {local.month}. {local.year} {local:%H:%M:%S}"

        data = {
            "outage_from": wall(closes_at - timedelta(hours=2)),
            "outage_to": wall(closes_at),
            "closes_at": wall(closes_at + timedelta(days=1)),
        }
        data |= {
            "opening_at": wall(closes_at + timedelta(days=3)),
            "failed_sl": "Strežnik ni odgovarjal.",
            "failed_it": "Il server non rispondeva.",
        }
        data |= {"reason_sl": "Izpad v zadnjih urah.", "reason_it": "Interruzione nelle ultime ore."}
        assert officer.post(address, data=data).location == f"/sl/razpisi/{call.id}"
    assert sign_in(app.test_client(), make_staff(area="culture")).get(address).status_code == 403
