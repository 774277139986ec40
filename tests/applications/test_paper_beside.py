"""An application on paper beside others: one that was submitted here, one that is still a draft, and the clerk's own organisation."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from grants.accounts import actions as accounts
from grants.accounts.models import MemberRole, Organisation, Role, User
from grants.applications import queries
from grants.applications.actions import paper, submitting
from grants.applications.models import Application
from grants.base import audit, clock
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_organisation, owner_of
from tests.applications.papers import confirm, second_person, transcribed
from tests.calls.builders import make_officer
from tests.conftest import sign_in


def begin(call: Call, organisation: Organisation, by: User) -> None:
    paper.transcribe(
        call, "operating", organisation, by=by, language="sl", delivery="in_person", arrived_at=clock.now(), handed_on=None, signed=True
    )  # fmt: skip


def test_a_paper_is_not_begun_once_the_applications_were_opened_and_the_opening_waits_for_one_that_is(app: Flask) -> None:
    call, organisation, clerk = make_call(rulebook="small"), make_organisation(), make_officer(role=Role.INTAKE)
    call_id, organisation_id = call.id, organisation.id
    with unit_of_work():
        begin(db.session.get_one(Call, call_id), db.session.get_one(Organisation, organisation_id), db.session.merge(clerk))
        if db.engine.dialect.name == "postgresql":  # on SQLite the whole database is ours
            with db.engine.connect() as other, pytest.raises(OperationalError, match="could not obtain lock"):
                other.execute(text("SELECT id FROM call WHERE id = :id FOR UPDATE NOWAIT"), {"id": call_id})
    with pytest.raises(Refused, match="odpiranja"), unit_of_work():
        call = db.session.get_one(Call, call_id)
        assert call.status == "published"
        db.session.execute(text("UPDATE call SET status = 'opened' WHERE id = :id"), {"id": call_id})
        begin(call, db.session.get_one(Organisation, organisation_id), db.session.merge(clerk))


def test_a_paper_of_an_organisation_that_applied_here_already_is_confirmed_only_by_who_knows_of_both(app: Flask) -> None:
    submitted = make_application("submitted", call=make_call(rulebook="small"))
    number = submitted.number
    made = transcribed(submitted.call, organisation=submitted.organisation)
    second = sign_in(app.test_client(), second_person())
    page = f"/sl/papirne-vloge/{made.id}"
    assert f"{number}, prejeta" in second.get(page).text
    refused = second.post(f"{page}/potrditev", data={"version": made.version})
    assert refused.status_code == 409
    assert str(number) in refused.text
    assert second.post(f"{page}/potrditev", data={"version": made.version, "other": "671-1/2026-9", "beside": "y"}).status_code == 409
    assert second.post(f"{page}/potrditev", data={"version": made.version, "other": number, "beside": "y"}).status_code == 303
    kept = queries.get_paper(made.id)
    beside = audit.timeline(kept, audit.STAFF)[-1]
    assert (beside.kind.name, beside.data["other"]) == ("paper.confirmed_beside", number)


def test_an_application_that_was_withdrawn_and_one_to_another_part_stand_in_nobodys_way(app: Flask) -> None:
    withdrawn = make_application("withdrawn", call=make_call(rulebook="small"))
    made = transcribed(withdrawn.call, organisation=withdrawn.organisation)
    page = sign_in(app.test_client(), second_person()).get(f"/sl/papirne-vloge/{made.id}").text
    assert 'name="beside"' not in page
    assert confirm(made).number


def test_a_draft_is_not_submitted_beside_a_paper_until_that_one_is_withdrawn(app: Flask) -> None:
    draft = make_application("ready", call=make_call(rulebook="small"))
    draft_id, owner = draft.id, owner_of(draft.organisation).id
    on_paper = confirm(transcribed(draft.call, organisation=draft.organisation))
    paper_id, number = on_paper.id, str(on_paper.number)
    with pytest.raises(Refused, match=number), unit_of_work():
        submitting.submit(db.session.get_one(Application, draft_id), by=db.session.get_one(User, owner))
    with unit_of_work():
        submitting.withdraw(db.session.get_one(Application, paper_id), by=db.session.get_one(User, owner))
    with unit_of_work():
        assert submitting.submit(db.session.get_one(Application, draft_id), by=db.session.get_one(User, owner)).number != number


def test_a_clerk_takes_in_nothing_of_an_organisation_for_which_the_clerk_acts(app: Flask) -> None:
    call, organisation = make_call(rulebook="small"), make_organisation()
    call_id, organisation_id, clerk, second = call.id, organisation.id, make_officer(role=Role.INTAKE).id, second_person().id
    made = transcribed(call, organisation=organisation)
    page, version = f"/sl/papirne-vloge/{made.id}", made.version
    with unit_of_work():
        for one in (clerk, second):
            user = db.session.get_one(User, one)
            accounts.add_member(db.session.get_one(Organisation, organisation_id), user, MemberRole.READER, by=user)
    with pytest.raises(Refused) as refusal, unit_of_work():
        begin(db.session.get_one(Call, call_id), db.session.get_one(Organisation, organisation_id), db.session.get_one(User, clerk))
    assert refusal.value.status == 403
    client = sign_in(app.test_client(), db.session.get_one(User, second))
    assert "Za organizacijo, ki je vložila vlogo, delate tudi vi" in client.get(page).text
    assert client.get(f"{page}/prepis").status_code == 403
    assert client.post(f"{page}/prepis", data={"version": version}).status_code == 403
    assert client.post(f"{page}/potrditev", data={"version": version}).status_code == 403
    assert client.post(f"{page}/opustitev", data={"reason": "Vpisana je bila dvakrat."}).status_code == 403


def test_a_transcription_that_was_discarded_says_so_and_why_and_offers_nothing_more(app: Flask) -> None:
    made = transcribed(make_call(rulebook="small"))
    name, scan = made.organisation.name, made.scans[0].id
    client, page = sign_in(app.test_client(), second_person()), f"/sl/papirne-vloge/{made.id}"
    assert client.post(f"{page}/opustitev", data={"reason": "Vpisana je bila dvakrat."}).status_code == 303
    shown = client.get(page)
    assert shown.status_code == 200
    assert "Vpisana je bila dvakrat." in shown.text and "Prepis, opuščen" in shown.text
    assert name not in shown.text
    assert "/prepis" not in shown.text and "/potrditev" not in shown.text
    assert client.get(f"{page}/sken/{scan}").status_code == 404
