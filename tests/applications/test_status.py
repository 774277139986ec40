"""The state of an application: by its number for whoever holds the receipt, and as the first thing on every page and in every message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from grants.applications import presentation, queries
from grants.applications.actions import deadline
from grants.applications.models import Application
from grants.base import documents, jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.actions import running
from grants.config import resource
from tests.applications.builders import confirmed, make_application, make_call, make_officer, make_opened, owner_of
from tests.calls.builders import at
from tests.conftest import sign_in


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id, populate_existing=True)


def test_whoever_holds_the_receipt_sees_the_state_and_no_name(app: Flask) -> None:
    application = make_application("submitted")
    submission = queries.latest_submission(application)
    data = {"number": submission.number, "code": submission.content_sha256[:8].upper()}
    visitor = app.test_client()
    assert visitor.get("/sl/stanje").status_code == 200
    shown = visitor.post("/sl/stanje", data=data)
    assert shown.status_code == 200
    assert f"Oddano, številka {submission.number}" in shown.text
    owner = owner_of(again(application).organisation)
    secrets = [application.organisation.name, application.organisation.tax_number, owner.name, owner.email]
    assert not any(one in shown.text for one in secrets)
    with at(again(application).call.opening_at + timedelta(hours=2)):
        make_opened(again(application).call)
        assert f"Odprto, številka {submission.number}" in visitor.post("/sl/stanje", data=data).text


@pytest.mark.parametrize("language", ["sl", "it"])
def test_the_receipt_and_the_message_lead_to_the_status_with_number_and_code(app: Flask, language: str) -> None:
    application = confirmed(make_application("submitted", language=language))
    submission, (paper,) = queries.latest_submission(application), documents.of_subject(application)
    code = submission.content_sha256[:8]
    printed = paper.facts["next_steps"][-1][language]
    assert all(one in printed for one in (f"/{language}/stanje", str(submission.number), code))
    told = queries.messages_about(again(application))[0].body
    link = re.search(r"https?://[^/\s]+(/\S+/stanje\?\S+)", told)
    assert link is not None
    filled = app.test_client().get(link[1])
    assert f'value="{submission.number}"' in filled.text and f'value="{code}"' in filled.text
    assert application.organisation.name not in filled.text and submission.content_sha256 not in filled.text
    member = sign_in(app.test_client(), owner_of(again(application).organisation))
    page = member.get(f"/{language}/vloge/{application.id}/potrdilo").text
    assert f"code={code}" in page
    assert f"/{language}/stanje?" in page


def test_the_number_alone_tells_nothing_not_even_whether_it_exists(app: Flask) -> None:
    application = make_application("submitted")
    known, visitor = queries.latest_submission(application), app.test_client()
    pairs = [
        (known.number, ""),
        (known.number, "00000000"),
        (known.number, known.content_sha256[:7]),
        ("671-999/2026-1", known.content_sha256[:8]),
    ]
    answers = [visitor.post("/sl/stanje", data={"number": number, "code": code}) for number, code in pairs]
    assert [one.status_code for one in answers] == [422] * 4
    assert not any(known.content_sha256 in one.text for one in answers)


def test_a_receipt_that_was_replaced_says_so(app: Flask) -> None:
    application = make_application("withdrawn")
    submission = queries.latest_submission(application)
    shown = app.test_client().post("/sl/stanje", data={"number": submission.number, "code": submission.content_sha256})
    assert "Umaknjen" in shown.text


@pytest.fixture
def limited(app: Flask) -> Iterator[None]:
    app.config["RATELIMIT_ENABLED"] = True
    yield
    app.config["RATELIMIT_ENABLED"] = False


def test_tries_are_counted_by_number_and_not_by_address(app: Flask, limited: None) -> None:
    visitor = app.test_client()
    guesses = [visitor.post("/sl/stanje", data={"number": "671-77/2026-1", "code": f"{n:08}"}).status_code for n in range(21)]
    assert guesses == [422] * 20 + [429]
    assert visitor.post("/sl/stanje", data={"number": "671-77/2026-2", "code": "00000000"}).status_code == 422


@pytest.mark.parametrize(("status", "said"), [("draft", "Osnutek, ni oddan"), ("submitted", "Oddano"), ("withdrawn", "Umaknjeno")])
def test_every_page_of_an_application_begins_with_its_state(app: Flask, status: str, said: str) -> None:
    application = make_application(status)
    member = sign_in(app.test_client(), owner_of(application.organisation))
    seen = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "<int:application_id>" not in rule.rule or not rule.endpoint.startswith("applications."):
            continue
        if {"attachment_id", "document_id"} & rule.arguments:
            continue
        page = member.get(rule.rule.replace("<any(sl,it,en):lang>", "sl").replace("<int:application_id>", str(application.id)))
        if page.status_code == 200 and page.mimetype == "text/html":
            seen += 1
            assert 'class="m-state__title"' in page.text, rule.rule
            assert said in page.text, rule.rule
            assert status != "submitted" or application.number in page.text
    assert seen >= (3 if status == "draft" else 1)
    assert {"draft": "Osnutek, ni oddan", "submitted": f"Oddana</strong> {application.number}", "withdrawn": "Umaknjena"}[
        status
    ] in member.get("/sl/vloge").text


@pytest.mark.parametrize("status", ["draft", "submitted", "withdrawn"])
def test_of_a_cancelled_call_nobody_is_told_to_wait_for_its_deadline_or_opening(app: Flask, status: str) -> None:
    application = make_application(status)
    officer, member = make_officer(), sign_in(app.test_client(), owner_of(application.organisation))
    with unit_of_work():
        running.cancel(again(application).call, by=db.session.merge(officer), reason="Občinski svet je spremenil proračun.")
    said = presentation.banner(again(application))
    assert said.text.startswith("Razpis je preklican") and "2026" not in said.text
    assert said.text in member.get(f"/sl/vloge/{application.id}").text
    for _minute in range(2):
        with unit_of_work():
            deadline.tell_of_cancellation()
    told = [one for one in queries.messages_about(again(application)) if one.event == "applications/cancelled"]
    assert {one.to for one in told} == {owner_of(again(application).organisation).email, again(application).organisation.email}
    assert len(told) == 2 and all("Občinski svet je spremenil proračun." in one.body for one in told)
    assert "je potekel" not in member.get(f"/sl/vloge/{application.id}/oddaja", follow_redirects=True).text


def test_every_message_about_an_application_begins_with_its_state(app: Flask) -> None:
    from grants.accounts.models import User
    from grants.applications.actions import office, submitting
    from tests.calls.builders import make_officer

    call = make_call(rulebook="small")
    withdrawn, dismissed = (confirmed(make_application("submitted", call=db.session.merge(call))) for _ in range(2))
    draft = make_application("draft", call=db.session.merge(call))
    with unit_of_work():
        submitting.withdraw(again(withdrawn), by=owner_of(again(withdrawn).organisation))
    with at(again(draft).call.closes_at - timedelta(hours=3)):
        with unit_of_work():
            deadline.note_reminders()
        for identity in jobs.waiting(1000):
            if db.session.get_one(jobs.Job, identity).kind == "applications.remind":
                db.session.rollback()
                jobs.perform(identity)
    make_opened(again(draft).call)
    officer = make_officer()
    with unit_of_work():
        office.dismiss(
            again(dismissed), by=db.session.get_one(User, officer.id), reason="Vlagatelj ni upravičen, ker nima sedeža v občini."
        )
    first = {
        (one.event.rsplit("/", 1)[1], one.body.splitlines()[0])
        for application in (withdrawn, dismissed, draft) for one in queries.messages_about(again(application))
    }  # fmt: skip
    numbers = [again(one).number for one in (withdrawn, dismissed)]
    assert {event for event, _line in first} == {"submitted", "withdrawn", "dismissed", "reminder"}
    assert {line for event, line in first if event == "submitted"} == {f"=== ODDANO, ŠTEVILKA {number} ===" for number in numbers}
    assert all(line.startswith("=== ") for _event, line in first)
    assert any("UMAKNJENO" in line for event, line in first if event == "withdrawn")
    assert any("NI ODDAN" in line for event, line in first if event == "reminder")
    bodies = sorted(resource("templates/mail/applications").glob("*/body.txt"))
    begins = '{% include "mail/applications/_state.txt" %}'
    assert len(bodies) >= 8
    assert [one.parent.name for one in bodies if not one.read_text("utf-8").startswith(begins)] == []
