"""From the draft to the panel: what each step demands, does and refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from grants.accounts.models import Organisation, User
from grants.applications import queries
from grants.applications.actions import drafting, ladder, office, submitting
from grants.applications.models import Application, Submission
from grants.applications.states import ApplicationStatus
from grants.base import audit, clock, documents, jobs, mail
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import (
    answers_for,
    confirmed,
    make_application,
    make_call,
    make_member,
    make_officer,
    make_opened,
    make_organisation,
    owner_of,
    small_pdf,
)
from tests.calls.builders import at


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def person_of(application: Application) -> User:
    return owner_of(again(application).organisation)


def test_a_draft_begins_with_what_the_rulebook_takes_from_the_organisation(app: Flask) -> None:
    application = make_application(call=make_call(rulebook="obala-sport-2026"))
    taken = {
        fact.prefill: application.answers[fact.id] for fact in queries.track_of(application.call, application.track).facts if fact.prefill
    }
    assert taken["name"] == application.organisation.name
    assert taken["email"] == application.organisation.email
    assert application.status == ApplicationStatus.DRAFT


def test_an_organisation_has_one_application_for_each_track_of_a_call(app: Flask) -> None:
    application = make_application("withdrawn")
    with pytest.raises(drafting.StartedAlready) as refusal, unit_of_work():
        drafting.start(again(application).call, "operating", again(application).organisation, by=person_of(application), language="sl")
    assert refusal.value.application.id == application.id


def test_only_members_begin_an_application(app: Flask) -> None:
    call, organisation, stranger = make_call(rulebook="small"), make_organisation(), owner_of(make_organisation())
    with pytest.raises(Refused) as refusal, unit_of_work():
        drafting.start(
            db.session.get_one(Call, call.id), "operating", db.session.get_one(Organisation, organisation.id), by=stranger, language="sl"
        )
    assert refusal.value.status == 403


def test_an_application_begins_only_while_the_call_is_open(app: Flask, clock: object) -> None:
    call, organisation = make_call(rulebook="small"), make_organisation()
    with at(call.closes_at), pytest.raises(Refused), unit_of_work():
        drafting.start(
            db.session.get_one(Call, call.id),
            "operating",
            db.session.get_one(Organisation, organisation.id),
            by=owner_of(organisation),
            language="sl",
        )


def test_what_was_typed_is_kept_even_when_it_is_wrong(app: Flask) -> None:
    application = make_application()
    typed = {"members": "veliko", "requested": "-1,234", "events": [{"title": "Regata", "held": "31. 2. 2026"}, {"title": "", "held": ""}]}
    with unit_of_work():
        drafting.save(again(application), typed, version=application.version, by=person_of(application))
    assert again(application).answers == {
        "members": "veliko",
        "requested": "-1,234",
        "events": [{"title": "Regata", "held": "31. 2. 2026"}],
    }


def test_a_save_on_an_old_version_overwrites_nothing(app: Flask) -> None:
    application = make_application()
    version, editor = application.version, make_member(application.organisation)
    with unit_of_work():
        drafting.save(again(application), {"members": "10"}, version=version, by=person_of(application))
    with unit_of_work():
        colleague = db.session.get_one(User, editor.id)
        assert drafting.save(again(application), {"members": "20", "requested": "5"}, version=version, by=colleague) == (
            "members",
            "requested",
        )
    assert again(application).answers["members"] == "10"


def test_a_submission_keeps_content_hash_number_and_second(app: Flask) -> None:
    application = make_application("submitted")
    submission = queries.latest_submission(application)
    assert submission.content_sha256 == submitting.sha256_of(submission.content)
    assert submission.number == application.number == f"{application.call.reference}-1"
    assert submission.received_at == clock.now() == application.submitted_at
    assert submission.content["organisation"]["tax_number"] == application.organisation.tax_number
    assert submission.requested_cents == submission.content["answers"]["requested"] == queries.requested_cents(application)
    assert queries.facts_of(application) == submission.content["answers"]


def test_a_submission_tells_the_person_and_the_organisation_and_asks_for_a_receipt(app: Flask) -> None:
    application = confirmed(make_application("submitted"))
    messages = queries.messages_about(application)
    assert [one.to for one in messages] == [person_of(application).email, application.organisation.email]
    assert all(application.number in one.subject and application.number in one.body for one in messages)
    (paper,) = documents.of_subject(application)
    assert (paper.kind, paper.number, paper.language) == ("receipt", application.number, "sl")
    assert paper.facts["content_sha256"] == queries.latest_submission(application).content_sha256


def test_the_receipt_is_rendered_in_both_languages_of_the_call(app: Flask) -> None:
    from grants.base.documents import render

    for language in ("sl", "it"):
        application = confirmed(make_application("submitted", language=language))
        (paper,) = documents.of_subject(application)
        assert paper.facts["languages"] == [language]
        assert render(paper).startswith(b"%PDF-")


def test_a_second_submit_leads_to_the_same_submission(app: Flask) -> None:
    application = make_application("submitted")
    first = queries.latest_submission(application).id
    with unit_of_work():
        assert submitting.submit(again(application), by=person_of(application)).id == first
    for _ in range(2):  # a job that is run twice confirms once
        confirmed(application)
        with unit_of_work():
            jobs.enqueue("applications.confirm_submission", first)
    assert db.session.scalar(db.select(db.func.count(Submission.id))) == 1
    assert db.session.scalar(db.select(db.func.count(mail.Message.id)).where(mail.Message.event == "applications/submitted")) == 2


def test_everything_missing_and_wrong_is_named_at_once(app: Flask) -> None:
    application = make_application()
    with unit_of_work():
        typed = {"members": "6000", "events": [{"title": "", "held": "30. 2. 2026"}]}
        drafting.save(again(application), typed, version=application.version, by=person_of(application))
    with pytest.raises(submitting.Incomplete) as refusal, unit_of_work():
        submitting.submit(again(application), by=person_of(application))
    assert refusal.value.status == 422
    assert set(refusal.value.fields) == {"f_members", "f_events-0-f_title", "f_events-0-f_held", "f_requested"}


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, True), (0, False), (1, False)])
def test_the_deadline_is_the_second(app: Flask, seconds: int, accepted: bool) -> None:
    application = make_application("ready")
    with at(application.call.closes_at + timedelta(seconds=seconds)):
        if accepted:
            with unit_of_work():
                submitting.submit(again(application), by=person_of(application))
        else:
            with pytest.raises(ladder.Late), unit_of_work():
                submitting.submit(again(application), by=person_of(application))
    assert (again(application).status == ApplicationStatus.SUBMITTED) is accepted


def test_a_request_that_came_in_time_and_waited_is_in_time(app: Flask) -> None:
    from grants.calls.actions.running import close_due

    application = make_application("ready")
    closes_at = application.call.closes_at
    with at(closes_at + timedelta(seconds=3)):
        with unit_of_work():
            close_due()
        with unit_of_work():
            submission = submitting.submit(again(application), by=person_of(application), received_at=closes_at - timedelta(seconds=1))
        assert db.session.get_one(Submission, submission.id).received_at == closes_at - timedelta(seconds=1)
        with unit_of_work():
            submitting.withdraw(again(application), by=person_of(application), received_at=closes_at - timedelta(seconds=1))
    assert again(application).status == ApplicationStatus.WITHDRAWN


def test_an_application_is_withdrawn_taken_up_and_submitted_again_under_a_new_number(app: Flask) -> None:
    application = make_application("withdrawn")
    with unit_of_work():
        submitting.withdraw(again(application), by=person_of(application))  # a second click changes nothing
    with unit_of_work():
        submitting.resume(again(application), by=person_of(application))
    with unit_of_work():
        drafting.save(again(application), {"members": "99"}, version=again(application).version, by=person_of(application))
    with unit_of_work():
        submitting.submit(again(application), by=person_of(application))
    submission = queries.latest_submission(again(application))
    assert (submission.sequence, submission.content["answers"]["members"]) == (2, 99)
    assert again(application).number == submission.number == f"{application.call.reference}-2"
    assert [entry.kind.name.rsplit(".", 1)[1] for entry in audit.timeline(again(application), audit.PARTY)] == [
        "started", "submitted", "withdrawn", "resumed", "submitted",
    ]  # fmt: skip


def test_after_the_deadline_nothing_is_withdrawn_or_taken_up(app: Flask) -> None:
    submitted, withdrawn = make_application("submitted"), make_application("withdrawn")
    with at(submitted.call.closes_at + timedelta(days=1)):
        with pytest.raises(Refused), unit_of_work():
            submitting.withdraw(again(submitted), by=person_of(submitted))
        with pytest.raises(Refused), unit_of_work():
            submitting.resume(again(withdrawn), by=person_of(withdrawn))


def test_files_are_limited_and_never_doubled(app: Flask) -> None:
    application = make_application(call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    fact = next(one for one in queries.track_of(application.call, application.track).facts if one.kind == "file")
    with unit_of_work():
        drafting.attach(again(application), fact.id, small_pdf("a.pdf", "a"), by=person_of(application))
    with unit_of_work():
        drafting.attach(again(application), fact.id, small_pdf("b.pdf", "a"), by=person_of(application))
    assert [one.name for one in queries.attachments_of(again(application))] == ["a.pdf"]
    with unit_of_work():
        for number in range(1, fact.max_files):
            drafting.attach(again(application), fact.id, small_pdf(f"{number}.pdf", f"n{number}"), by=person_of(application))
    with pytest.raises(Refused) as refusal, unit_of_work():
        drafting.attach(again(application), fact.id, small_pdf("z.pdf", "z"), by=person_of(application))
    assert "z.pdf" in str(refusal.value.message)
    with unit_of_work():
        drafting.detach(queries.attachments_of(again(application))[0], by=person_of(application))
    assert len(queries.attachments_of(again(application))) == fact.max_files - 1


def test_the_opening_waits_for_its_hour_and_leaves_minutes(app: Flask) -> None:
    application = make_application("submitted")
    draft = make_application(call=application.call)
    officer = make_officer()
    with at(application.call.opening_at - timedelta(seconds=1)), pytest.raises(Refused), unit_of_work():
        office.open_call(again(application).call, by=db.session.get_one(User, officer.id))
    assert queries.list_for_staff(again(application).call) == []
    call = make_opened(again(application).call)
    assert [one.id for one in queries.list_for_staff(call)] == [application.id]
    assert again(draft).status == ApplicationStatus.DRAFT
    minutes = queries.find_minutes(call)
    assert minutes is not None
    assert [row[0] for row in minutes.facts["tables"][0]["rows"]] == [application.number]
    assert documents.render(minutes).startswith(b"%PDF-")
    with pytest.raises(Refused), at(call.opening_at + timedelta(hours=1)), unit_of_work():
        office.open_call(db.session.get_one(Call, call.id), by=db.session.get_one(User, officer.id))


def test_a_call_without_applications_is_opened_too(app: Flask) -> None:
    call = make_opened(make_call(rulebook="small"))
    minutes = queries.find_minutes(call)
    assert minutes is not None
    assert documents.render(minutes).startswith(b"%PDF-")


def test_a_dismissal_needs_a_reason_that_can_be_read(app: Flask) -> None:
    application = make_application("opened")
    officer = make_officer()
    with pytest.raises(Refused) as refusal, unit_of_work():
        office.dismiss(again(application), by=db.session.get_one(User, officer.id), reason="Ne.")
    assert "reason" in refusal.value.fields
    with unit_of_work():
        office.dismiss(
            again(application), by=db.session.get_one(User, officer.id), reason="Vlagatelj v postavljenem roku ni dopolnil vloge."
        )
    assert again(application).status == ApplicationStatus.DISMISSED


def test_an_application_goes_to_the_panel_and_is_decided(app: Flask) -> None:
    application = make_application("in_evaluation")
    with unit_of_work():
        office.take_into_evaluation(again(application), by=None)
        office.mark_decided(again(application), by=None)
    assert again(application).status == ApplicationStatus.DECIDED


@pytest.mark.one_database
def test_every_shipped_track_can_be_filled_in_and_submitted(app: Flask) -> None:
    from grants.config import resource

    for folder in sorted(resource("rulebooks").iterdir()):
        if not (folder / "rulebook.yaml").exists():
            continue
        call = make_call(rulebook=folder.name)
        for track in call.rulebook.tracks:
            application = confirmed(make_application("submitted", call=db.session.get_one(Call, call.id), track=track.id))
            assert application.status == ApplicationStatus.SUBMITTED
            assert answers_for(application)
            (paper,) = documents.of_subject(application)
            assert documents.render(paper).startswith(b"%PDF-")
