"""Before the opening nobody in the office sees anything of the content: no page, export, search, count, mail page or record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from grants.accounts.models import Role, User
from grants.applications import queries
from grants.applications.actions import drafting
from grants.applications.models import Application, PaperApplication
from grants.base import jobs
from grants.base.db import db
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from tests.applications.builders import confirmed, make_application, make_call, make_organisation, owner_of, small_pdf
from tests.applications.test_paper import confirm, second_person, transcribed
from tests.calls.builders import make_officer
from tests.conftest import sign_in

MARK = "Skrivnostni"
"""Stands in every answer, in the names of files and of organisations; no page of the office may hold it."""


EVERYWHERE = (Role.AUDITOR, Role.ADMINISTRATOR)  # only then they read the mail and the record


def marked(call_id: int, status: str) -> Application:
    """An application whose content, files and organisation carry the mark."""
    from grants.calls.models import Call

    organisation = make_organisation(name=f"{MARK} klub {status}")
    application = make_application("draft", call=db.session.get_one(Call, call_id), organisation=organisation)
    identity, person = application.id, owner_of(application.organisation).id
    with unit_of_work():
        application = db.session.get_one(Application, identity)
        texts = {
            one.id: f"{MARK} odgovor" for one in queries.track_of(application.call, application.track).facts if one.kind in ("text", "longtext")
        }  # fmt: skip
        from tests.applications.builders import answers_for

        drafting.save(
            application,
            answers_for(application) | texts | {"members": "4731"},
            version=application.version,
            by=db.session.get_one(User, person),
        )
        for fact in queries.track_of(application.call, application.track).facts:
            if fact.kind == "file":
                drafting.attach(application, fact.id, small_pdf(f"{MARK}.pdf", status), by=db.session.get_one(User, person))
    if status != "draft":
        from grants.applications.actions import submitting

        with unit_of_work():
            submitting.submit(db.session.get_one(Application, identity), by=db.session.get_one(User, person))
        if status == "withdrawn":
            with unit_of_work():
                submitting.withdraw(db.session.get_one(Application, identity), by=db.session.get_one(User, person))
    return db.session.get_one(Application, identity)


def addresses(app: Flask, ids: dict[str, Any]) -> list[tuple[str, str]]:
    """Every address that can be opened, with the ids of the sealed things; and the same with words that a search would take."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        path = re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", lambda match: str(ids.get(match[1], 1)), rule.rule)
        found += [(rule.endpoint, path), (rule.endpoint, f"{path}?q={MARK.lower()}&iskanje={MARK.lower()}&stran=1")]
    return found


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_the_office_holds_anything_of_the_content_before_the_opening(app: Flask, role: Role) -> None:
    call = make_call(rulebook="small")
    made = [marked(call.id, status) for status in ("draft", "submitted", "withdrawn")]
    made.append(confirm(transcribed(db.session.get_one(type(call), call.id), organisation=make_organisation(name=f"{MARK} klub papir"))))
    for application in made[1:]:
        confirmed(application)
    submitted = db.session.get_one(Application, made[1].id)
    paper = db.session.scalars(db.select(PaperApplication).where(PaperApplication.application_id == made[-1].id)).one()
    ids = {
        "lang": "sl", "call_id": call.id, "application_id": submitted.id, "track_id": "operating", "track": "operating", "pot": "operating",
        "paper_id": paper.id, "scan_id": paper.scans[0].id, "text_language": "it", "attachment_id": 1, "document_id": 1,
        "organisation_id": submitted.organisation_id, "sha256": submitted.attachments[0].sha256 if submitted.attachments else "0" * 64,
    }  # fmt: skip
    person = second_person() if role is Role.INTAKE else make_officer("" if role in EVERYWHERE else "sport", role)
    secrets = [MARK, "4731", *(queries.latest_submission(one).content_sha256 for one in made[1:3])]
    visitor, opened = sign_in(app.test_client(), db.session.merge(person)), 0
    about = {application.id for application in made}
    messages = db.session.scalars(db.select(Message.id).where(Message.about_type == "application", Message.about_id.in_(about))).all()
    pages = [*addresses(app, ids), *(("desk.message_page", f"/sl/posta/{one}") for one in messages)]
    for endpoint, address in pages:
        if endpoint.startswith(("accounts.organisation", "accounts.member")):
            continue  # that an organisation is entered is no secret; that it applied is
        answer = visitor.get(address)
        opened += answer.status_code == 200
        if answer.mimetype in ("application/pdf", "application/zip"):
            continue
        leaked = [one for one in secrets if one in answer.text]
        assert leaked == [], f"{role} {address}"
        numbers = [one.number for one in made if one.number and re.search(rf"{re.escape(one.number)}(?!\d)", answer.text)]
        assert numbers == [] or endpoint.startswith("applications.paper"), f"{role} {address}"
    assert opened > 15


def test_the_mail_pages_withhold_what_is_about_a_sealed_application(app: Flask) -> None:
    application = confirmed(make_application("submitted"))
    visitor = sign_in(app.test_client(), make_officer("", Role.ADMINISTRATOR))
    for message in db.session.scalars(
        db.select(Message).where(Message.about_id == application.id, Message.about_type == "application")
    ).all():
        page = visitor.get(f"/sl/posta/{message.id}").text
        assert application.organisation.name not in page
        assert "zapečaten" in page
    assert jobs.waiting()
