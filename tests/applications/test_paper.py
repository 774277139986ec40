"""Applications on paper: transcribed as filed, confirmed by a second person, on an equal footing with all others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from grants.accounts.models import Role
from grants.applications import queries
from grants.applications.actions import office, paper, submitting
from grants.applications.delivery import Delivery, received
from grants.applications.models import Application, PaperApplication
from grants.base import audit, clock, documents, files
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.actions.running import close_due
from grants.calls.models import Call
from tests.applications.builders import confirmed, make_application, make_call, make_opened, owner_of, small_pdf
from tests.applications.papers import confirm, second_person, transcribed
from tests.calls.builders import at, make_officer
from tests.conftest import sign_in
from tests.uploads import watch_uploads

RULES = (Path(__file__).parent / "projects.yaml").read_text(encoding="utf-8")
NOON = datetime(2026, 5, 18, 10, 0, 0, tzinfo=UTC)  # Monday at twelve in Ljubljana


@pytest.mark.parametrize(
    ("way", "arrived_at", "handed_on", "in_time"),
    [
        ("in_person", NOON - timedelta(seconds=1), None, True),
        ("in_person", NOON, None, False),
        ("in_person", NOON, date(2026, 5, 10), False),  # what somebody carried about does not count
        ("registered_post", NOON + timedelta(days=4), date(2026, 5, 18), True),  # the day of handing over is the day of receipt
        ("registered_post", NOON + timedelta(days=4), date(2026, 5, 19), False),
        ("ordinary_post", NOON + timedelta(days=1), date(2026, 5, 18), True),  # the post has marked it
        ("ordinary_post", NOON + timedelta(days=1), None, False),  # no mark: the arrival counts
        ("ordinary_post", NOON - timedelta(hours=1), None, True),
        ("other_office", NOON + timedelta(days=2), date(2026, 5, 15), True),
        ("other_office", NOON + timedelta(days=2), date(2026, 5, 19), False),
    ],
)  # fmt: skip
def test_the_way_of_delivery_decides_what_counts_and_whether_it_is_in_time(way: str, arrived_at: datetime, handed_on: date | None, in_time: bool) -> None:  # fmt: skip
    counted = received(way, arrived_at=arrived_at, handed_on=handed_on, closes_at=NOON)
    assert counted.in_time is in_time
    assert (counted.at < NOON) is in_time


def test_a_deadline_at_midnight_ends_with_the_day_before_it(app: Flask) -> None:
    midnight = datetime(2026, 5, 17, 22, 0, 0, tzinfo=UTC)
    came = {"arrived_at": midnight + timedelta(days=3), "closes_at": midnight}
    assert received(Delivery.REGISTERED_POST, handed_on=date(2026, 5, 17), **came).in_time
    assert not received(Delivery.REGISTERED_POST, handed_on=date(2026, 5, 18), **came).in_time


def test_a_second_person_confirms_and_it_is_numbered_sealed_and_receipted_like_any_other(app: Flask) -> None:
    call = make_call(rulebook="small")
    typed = make_application("submitted", call=call)
    made = transcribed(db.session.merge(call))
    with pytest.raises(Refused) as refusal, unit_of_work():
        paper.confirm(queries.get_paper(made.id), by=make_officer(role=Role.INTAKE), version=made.version)
    assert refusal.value.status == 403
    application = confirmed(confirm(made))
    submission = queries.latest_submission(application)
    assert [db.session.get_one(Application, typed.id).number, application.number] == [f"{call.reference}-1", f"{call.reference}-2"]
    assert submission.content_sha256 == submitting.sha256_of(submission.content)
    assert submission.content["answers"] == queries.latest_submission(db.session.get_one(Application, typed.id)).content["answers"]
    (receipt,) = documents.of_subject(application)
    assert "na papirju: prinesena osebno" in receipt.facts["submitted_by"]["sl"]
    assert receipt.facts["content_sha256"] == submission.content_sha256
    assert documents.render(receipt).startswith(b"%PDF-")
    told = queries.messages_about(application)
    assert [one.to for one in told] == [application.organisation.email]
    assert [one.kind.name for one in audit.timeline(made, audit.STAFF)] == ["paper.transcribed", "paper.corrected", "paper.confirmed"]  # fmt: skip


def test_an_incomplete_paper_is_taken_as_it_is(app: Flask) -> None:
    made = transcribed(make_call(rulebook="small"), complete=False)
    content = queries.latest_submission(confirm(made)).content
    assert content["answers"].get("members") is None
    assert content["paper"]["as_written"] == {"members": "okoli sto"}


def test_what_is_written_on_the_paper_and_does_not_count_is_read_on_the_page_on_the_receipt_and_in_print(app: Flask) -> None:
    made = transcribed(make_call(rulebook="small"), complete=False)
    application = confirmed(confirm(made))
    (receipt,) = documents.of_subject(application)
    said = str(receipt.facts["sections"])
    assert "okoli sto" in said and "tako piše na papirju" in said
    assert documents.render(receipt).startswith(b"%PDF-")
    member = sign_in(app.test_client(), owner_of(application.organisation))
    assert "»okoli sto« (tako piše na papirju" in member.get(f"/sl/vloge/{application.id}").text
    assert member.post(f"/sl/vloge/{application.id}/natis").status_code == 303
    (printed,) = documents.of_subject(db.session.get_one(Application, application.id), "application")
    assert "okoli sto" in str(printed.facts["sections"])
    assert documents.render(printed).startswith(b"%PDF-")


def test_a_table_that_is_filled_in_part_stands_as_it_is_written(app: Flask) -> None:
    made = transcribed(make_call(rulebook=RULES), complete=False, track="project")
    identity, clerk = made.id, make_officer(role=Role.INTAKE)
    with unit_of_work():
        made = queries.get_paper(identity)
        paper.retype(made, {"costs": [{"category": "rent", "amount": ""}]}, version=made.version, by=db.session.merge(clerk))
    content = queries.latest_submission(confirm(made)).content
    assert "costs" not in content["answers"]
    assert content["paper"]["as_written"]["costs"] == [{"category": "rent", "amount": ""}]


def test_a_paper_keeps_the_declarations_and_the_numbers_that_held_like_any_other(app: Flask) -> None:
    call = make_call(rulebook=RULES)
    typed = queries.latest_submission(make_application("submitted", call=call)).content
    content = queries.latest_submission(confirm(transcribed(db.session.merge(call), track="project"))).content
    assert typed["declarations"] and typed["volunteer_rates"]
    assert {name: content[name] for name in ("declarations", "volunteer_rates")} == {name: typed[name] for name in ("declarations", "volunteer_rates")}  # fmt: skip
    assert set(content) - set(typed) == {"paper"}


def test_registered_post_that_comes_after_the_deadline_is_taken_until_the_opening_and_what_is_late_stands_in_the_minutes(
    app: Flask,
) -> None:
    call = make_call(rulebook="small")
    last_day = clock.local(call.closes_at).date()
    with at(call.closes_at + timedelta(hours=20)):
        with unit_of_work():
            close_due()
        posted = transcribed(db.session.merge(call), delivery="registered_post", handed_on=last_day)
        late = transcribed(db.session.merge(call), delivery="registered_post", handed_on=last_day + timedelta(days=1))
        in_time = confirm(posted)
        assert in_time.submitted_at is not None and in_time.submitted_at < call.closes_at
        too_late = confirm(late)
        (receipt,) = documents.of_subject(confirmed(in_time))
        (message,) = queries.messages_about(in_time)
    steps = " ".join(step["sl"] for step in receipt.facts["next_steps"])
    assert "samo osebi, ki sta jo prepisali in potrdili" in steps, "those two have read it, so nobody is told that none has"
    assert "umaknete" not in steps + message.body, "the deadline is over"
    opened = make_opened(db.session.merge(call))
    minutes = queries.find_minutes(opened)
    assert minutes is not None
    findings = {row[0]: row[4]["sl"] for row in minutes.facts["tables"][0]["rows"]}
    assert findings == {in_time.number: "pravočasna", too_late.number: "prepozna, na papirju"}
    with pytest.raises(Refused), at(opened.opening_at + timedelta(hours=1)):
        transcribed(opened)


def test_nothing_is_opened_while_a_paper_waits_for_the_second_person(app: Flask) -> None:
    call = make_call(rulebook="small")
    made = transcribed(call)
    officer = make_officer()
    with at(db.session.merge(call).opening_at + timedelta(minutes=1)):
        with pytest.raises(Refused, match="1 "), unit_of_work():
            office.open_call(db.session.get_one(Call, call.id), by=db.session.merge(officer))
        with unit_of_work():
            paper.discard(queries.get_paper(made.id), by=make_officer(role=Role.INTAKE), reason="Vpisana je bila dvakrat.")
        with unit_of_work():
            assert office.open_call(db.session.get_one(Call, call.id), by=db.session.merge(officer)) == 0


def test_the_database_wants_two_people(app: Flask) -> None:
    made = transcribed(make_call(rulebook="small"))
    application = make_application("submitted")
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(
            text(
                "UPDATE paper_application SET status = 'confirmed', confirmed_by_id = transcribed_by_id, application_id = :a WHERE id = :p"
            ),
            {"a": application.id, "p": made.id},
        )


def test_the_intake_over_http_with_an_organisation_that_nobody_knows(app: Flask) -> None:
    call = make_call(rulebook="small")
    clerk, second = (sign_in(app.test_client(), one) for one in (make_officer(role=Role.INTAKE), second_person()))
    begin = f"/sl/urad/razpisi/{call.id}/papirne-vloge/operating"
    assert clerk.get(begin).status_code == 200
    assert clerk.get(begin.removesuffix("/operating")).status_code == 200
    came = {"tax_number": "SI 15012557", "language": "sl", "delivery": "registered_post", "arrived_at": "4. 5. 2026 9:30:00", "handed_on": "2. 5. 2026", "signed": "y"}  # fmt: skip
    asked = clerk.post(begin, data=came)
    assert asked.status_code == 422
    assert "Ime organizacije" in asked.text
    from grants.demo import numbers

    came["tax_number"] = numbers.tax_number(424242)
    unknown = {
        "name": "Društvo s papirja", "legal_form": "association", "registration_number": numbers.registration_number(424242), "iban": "", "street": "Obala 9",
        "postcode": "6399", "place": "Pristan", "email": "", "representative": "Jože Papir",
    }  # fmt: skip
    assert clerk.post(begin, data=came | {"handed_on": "5. 5. 2026"} | unknown).status_code == 422
    form = clerk.post(begin, data=came | unknown).location
    assert clerk.get(form).status_code == 200
    data = {"version": "1", "f_members": "50", "scans": [(BytesIO(small_pdf("vloga.pdf", "http").data), "vloga.pdf")]}
    page = clerk.post(form, data=data, content_type="multipart/form-data").location
    shown = clerk.get(page)
    assert "Društvo s papirja" in shown.text
    assert "Prepisali ste jo vi." in shown.text
    made = db.session.scalars(db.select(PaperApplication)).one()
    assert clerk.post(f"{page}/potrditev", data={"version": made.version}).status_code == 403
    assert second.get(page).status_code == 200
    assert second.get(f"{page}/sken/{made.scans[0].id}").status_code == 200
    assert second.post(f"{page}/opustitev", data={"reason": "ne"}).status_code == 422
    assert second.post(f"{page}/potrditev", data={"version": made.version}).status_code == 303
    sealed = second.get(page)
    assert "Zapečaten" in sealed.text or "zapečaten" in sealed.text
    for secret in ("Društvo s papirja", "vloga.pdf"):
        assert secret not in sealed.text
    assert second.get(f"{page}/sken/{made.scans[0].id}").status_code == 404
    assert second.get(form).status_code == 403
    assert clerk.get(begin.removesuffix("/operating")).text.count("Društvo s papirja") == 0


def test_another_writer_gets_through_while_a_scan_is_checked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made, seen = transcribed(make_call(rulebook="small")), watch_uploads(app, monkeypatch)
    clerk = sign_in(app.test_client(), make_officer(role=Role.INTAKE))
    data = {"version": made.version, "f_members": "50", "scans": [(BytesIO(small_pdf("b.pdf", "b").data), "b.pdf")]}
    assert clerk.post(f"/sl/papirne-vloge/{made.id}/prepis", data=data, content_type="multipart/form-data").status_code == 303
    kept = db.session.get_one(PaperApplication, made.id, populate_existing=True)
    assert (kept.answers["members"], [one.name for one in kept.scans]) == ("50", ["vloga.pdf", "b.pdf"])
    assert seen == ["b.pdf"]


def test_what_a_colleague_saved_while_a_scan_was_checked_is_not_overwritten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = transcribed(make_call(rulebook="small"))
    clerk, colleague = (sign_in(app.test_client(), one) for one in (make_officer(role=Role.INTAKE), second_person()))
    form, version, store = f"/sl/papirne-vloge/{made.id}/prepis", made.version, files.store

    def beside(data: bytes) -> str:
        def save() -> None:
            with app.app_context():
                assert colleague.post(form, data={"version": version, "f_members": "71"}).status_code == 303

        monkeypatch.setattr(files, "store", store)
        thread = Thread(target=save)
        thread.start()
        thread.join()
        return store(data)

    monkeypatch.setattr(files, "store", beside)
    data = {"version": version, "f_members": "72", "scans": [(BytesIO(small_pdf("b.pdf", "b").data), "b.pdf")]}
    assert clerk.post(form, data=data, content_type="multipart/form-data").status_code == 409
    kept = db.session.get_one(PaperApplication, made.id, populate_existing=True)
    assert (kept.answers["members"], [one.name for one in kept.scans]) == ("71", ["vloga.pdf", "b.pdf"])


def test_what_a_clerk_typed_is_not_lost_when_a_colleague_saved_meanwhile(app: Flask) -> None:
    made = transcribed(make_call(rulebook="small"))
    clerk, colleague = (sign_in(app.test_client(), one) for one in (make_officer(role=Role.INTAKE), second_person()))
    form, version = f"/sl/papirne-vloge/{made.id}/prepis", made.version
    assert colleague.post(form, data={"version": version, "f_members": "71"}).status_code == 303
    answer = clerk.post(form, data={"version": version, "f_members": "okoli 72"})
    assert answer.status_code == 409
    assert 'value="okoli 72"' in answer.text
    assert "vmes shranjeno: 71" in answer.text
    assert db.session.get_one(PaperApplication, made.id, populate_existing=True).answers["members"] == "71"
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again is not None
    assert clerk.post(form, data={"version": again[1], "f_members": "okoli 72"}).status_code == 303
    assert db.session.get_one(PaperApplication, made.id, populate_existing=True).answers["members"] == "okoli 72"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTAKE])
def test_nobody_but_the_intake_of_the_area_sees_a_paper(app: Flask, role: Role) -> None:
    made = transcribed(make_call(rulebook="small"))
    visitor = sign_in(app.test_client(), make_officer(role=role))
    for address in (
        f"/sl/papirne-vloge/{made.id}",
        f"/sl/papirne-vloge/{made.id}/prepis",
        f"/sl/papirne-vloge/{made.id}/sken/{made.scans[0].id}",
    ):
        assert visitor.get(address).status_code == 404
    assert visitor.get(f"/sl/urad/razpisi/{made.call_id}/papirne-vloge").status_code in (403, 404)
    assert sign_in(app.test_client(), make_officer("culture", Role.INTAKE)).get(f"/sl/papirne-vloge/{made.id}").status_code == 404


def test_the_intake_touches_no_electronic_draft_and_learns_of_none(app: Flask) -> None:
    call = make_call(rulebook="small")
    draft = make_application("ready", call=call)
    organisation, before = draft.organisation, dict(draft.answers)
    clerk = sign_in(app.test_client(), make_officer(role=Role.INTAKE))
    for page in ("", "/obrazec", "/oddaja", "/potrdilo"):
        assert clerk.get(f"/sl/vloge/{draft.id}{page}").status_code == 404
    application = confirm(transcribed(db.session.merge(call), organisation=db.session.merge(organisation)))
    assert application.id != draft.id
    kept = db.session.get_one(Application, draft.id, populate_existing=True)
    assert (kept.status, kept.answers) == ("draft", before)


def test_the_organisation_sees_its_paper_application_and_the_office_reads_it_after_the_opening(app: Flask) -> None:
    application = confirm(transcribed(make_call(rulebook="small")))
    member = sign_in(app.test_client(), owner_of(application.organisation))
    own = member.get(f"/sl/vloge/{application.id}")
    assert "vloga.pdf" in own.text
    assert "na papirju: prinesena osebno" in own.text
    officer = sign_in(app.test_client(), make_officer())
    assert officer.get(f"/sl/vloge/{application.id}").status_code == 404
    make_opened(db.session.get_one(Application, application.id).call)
    assert "vloga.pdf" in officer.get(f"/sl/vloge/{application.id}").text
