"""Who sees what: the organisation its own, the office only what was opened, and strangers nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from grants.accounts.models import Role, User
from grants.applications import policy, queries
from grants.applications.models import Application
from grants.base import documents
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import (
    confirmed,
    make_application,
    make_call,
    make_member,
    make_opened,
    make_organisation,
    make_person,
    make_staff,
    owner_of,
)
from tests.calls.builders import at
from tests.conftest import sign_in
from tests.pages import LintingClient

PAGES = ("", "/obrazec", "/oddaja", "/potrdilo", "/umik")


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def test_owner_editor_stranger_anonymous_and_a_bad_number(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    owner, editor = owner_of(application.organisation), make_member(application.organisation)
    stranger = owner_of(make_organisation())
    for page in PAGES:
        address = f"/sl/vloge/{application.id}{page}"
        anonymous = app.test_client().get(address)
        assert anonymous.status_code == 302
        assert "vloge" in anonymous.location
        for person, expected in ((owner, (200, 303)), (editor, (200, 303)), (stranger, (404,)), (make_person(), (404,))):
            visitor = sign_in(app.test_client(), db.session.merge(person))
            assert visitor.get(address).status_code in expected, (page, person.name)
            assert visitor.get(f"/sl/vloge/987654{page}").status_code == 404
    for page in ("/obrazec", "/oddaja", "/umik", "/nadaljevanje", "/zdruzitev", "/zavrzenje"):
        visitor = sign_in(app.test_client(), db.session.merge(stranger))
        assert visitor.post(f"/sl/vloge/{application.id}{page}").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_before_the_opening_the_office_learns_only_numbers(app: Flask, role: Role) -> None:
    call = make_call(rulebook="small")
    application = make_application("submitted", call=call)
    make_application("ready", call=call)
    person = make_staff(role=role)
    secrets = (application.organisation.name, application.number or "", owner_of(application.organisation).name)
    visitor = sign_in(app.test_client(), db.session.merge(person))
    for page in (*PAGES, "/zavrzenje"):
        assert visitor.get(f"/sl/vloge/{application.id}{page}").status_code == 404
    assert documents.of_subject(confirmed(application))
    for paper in documents.of_subject(again(application)):
        assert visitor.get(f"/sl/vloge/{application.id}/dokumenti/{paper.id}").status_code == 404
    for address in (f"/sl/urad/razpisi/{call.id}/vloge", f"/sl/razpisi/{call.id}", "/sl/vloge"):
        page = visitor.get(address)
        assert not any(secret in page.text for secret in secrets)
    listed = visitor.get(f"/sl/urad/razpisi/{call.id}/vloge")
    assert listed.status_code == (404 if role in (Role.ADMINISTRATOR, Role.INTAKE) else 200)
    if listed.status_code == 200:
        assert '<td class="m-number">1</td>' in listed.text
    assert not policy.may_see(db.session.merge(person), again(application))
    assert queries.list_for_staff(again(application).call) == []


def test_after_the_opening_the_office_of_the_area_reads_and_changes_nothing(app: Flask) -> None:
    application = make_application("opened")
    for role, expected in ((Role.OFFICER, 200), (Role.FINANCE, 200), (Role.SIGNER, 200), (Role.AUDITOR, 200), (Role.ADMINISTRATOR, 404)):
        visitor = sign_in(app.test_client(), make_staff(role=role))
        page = visitor.get(f"/sl/vloge/{application.id}")
        assert page.status_code == expected
        if expected == 200:
            assert again(application).number in page.text
            assert visitor.post(f"/sl/vloge/{application.id}/obrazec").status_code == 403
            assert visitor.post(f"/sl/vloge/{application.id}/oddaja").status_code == 403
    assert sign_in(app.test_client(), make_staff(area="culture")).get(f"/sl/vloge/{application.id}").status_code == 404


def test_a_draft_stays_hidden_from_the_office_for_ever(app: Flask) -> None:
    call = make_call(rulebook="small")
    draft = make_application("ready", call=call)
    make_opened(call)
    visitor = sign_in(app.test_client(), make_staff())
    assert visitor.get(f"/sl/vloge/{draft.id}").status_code == 404
    assert draft.organisation.name not in visitor.get(f"/sl/urad/razpisi/{call.id}/vloge").text


def test_opening_dismissing_and_the_minutes_over_http(app: Flask) -> None:
    application = make_application("submitted")
    call_id = application.call_id
    list_page = f"/sl/urad/razpisi/{call_id}/vloge"
    officer, auditor = (sign_in(app.test_client(), make_staff(role=role)) for role in (Role.OFFICER, Role.AUDITOR))
    assert officer.post(f"/sl/urad/razpisi/{call_id}/odpiranje").status_code == 409
    with at(application.call.opening_at + timedelta(seconds=1)):
        assert auditor.post(f"/sl/urad/razpisi/{call_id}/odpiranje").status_code == 403
        assert "odpiranje" in officer.get(list_page).text
        assert officer.post(f"/sl/urad/razpisi/{call_id}/odpiranje").status_code == 303
        assert again(application).number in officer.get(list_page).text
        minutes = officer.get(f"/sl/urad/razpisi/{call_id}/zapisnik-odpiranja.pdf")
        assert minutes.status_code == 409  # not rendered yet, and says so
        address = f"/sl/vloge/{application.id}/zavrzenje"
        assert auditor.get(address).status_code == 403
        assert officer.get(address).status_code == 200
        refused = officer.post(address, data={"reason": "kratko"})
        assert refused.status_code == 422
        assert "kratko" in refused.text
        assert officer.post(address, data={"reason": "Vlagatelj v danem roku ni dopolnil vloge."}).status_code == 303
    member = sign_in(app.test_client(), owner_of(again(application).organisation))
    assert "ni dopolnil vloge" in member.get(f"/sl/vloge/{application.id}").text


def test_starting_refusing_a_second_and_going_on(app: Flask) -> None:
    call = make_call(rulebook="small")
    organisation, other = make_organisation(), make_organisation()
    address = f"/sl/razpisi/{call.id}/prijava/operating"
    assert app.test_client().get(address).status_code == 302
    nobody = sign_in(app.test_client(), make_person())
    assert nobody.get(address).status_code == 200
    assert nobody.post(address, data={"organisation": organisation.id, "language": "sl"}).status_code == 422
    member = sign_in(app.test_client(), owner_of(organisation))
    assert member.get(address).status_code == 200
    assert member.post(address, data={"organisation": other.id, "language": "sl"}).status_code == 422
    begun = member.post(address, data={"organisation": organisation.id, "language": "it"})
    assert begun.status_code == 303
    (application,) = queries.applications_of(organisation)
    assert (begun.location, application.language) == (f"/sl/vloge/{application.id}/obrazec", "it")
    assert member.post(address, data={"organisation": organisation.id, "language": "sl"}).location == f"/sl/vloge/{application.id}"
    assert member.get(f"/sl/razpisi/{call.id}/prijava/nothing").status_code == 404
    assert organisation.name in member.get("/sl/vloge").text


def test_withdrawing_and_taking_up_again_over_http(app: Flask) -> None:
    application = make_application("submitted")
    member = sign_in(app.test_client(), owner_of(application.organisation))
    assert member.get(f"/sl/vloge/{application.id}/umik").status_code == 200
    assert member.post(f"/sl/vloge/{application.id}/umik").status_code == 303
    assert member.get(f"/sl/vloge/{application.id}").status_code == 200
    assert member.post(f"/sl/vloge/{application.id}/nadaljevanje").status_code == 303
    assert member.get(f"/sl/vloge/{application.id}/obrazec").status_code == 200


@pytest.mark.parametrize("count", [1, 10])
def test_lists_and_pages_ask_the_database_a_fixed_number_of_times(app: Flask, queries: Callable[[], list[str]], count: int) -> None:
    call = make_call(rulebook="small")
    organisation = make_organisation()
    first = make_application("submitted", call=call, organisation=organisation)
    for _ in range(count - 1):
        make_application("submitted", call=db.session.merge(call))
    listed, page = f"/sl/urad/razpisi/{make_opened(call).id}/vloge", f"/sl/vloge/{first.id}"
    visitor = sign_in(app.test_client(), make_staff())
    visitor.get(listed)
    queries()
    visitor.get(listed)
    assert len(queries()) <= 5  # the person, roles, memberships; the call; all rows with the amounts
    visitor.get(page)
    assert len(queries()) <= 11  # + submission, files, what was verified, events, names, documents, messages
    member = sign_in(app.test_client(), owner_of(organisation))
    member.get("/sl/vloge")
    queries()
    member.get("/sl/vloge")
    assert len(queries()) <= 6


def test_two_people_who_begin_at_once_share_one_draft(app: Flask) -> None:
    call, organisation = make_call(rulebook="small"), make_organisation()
    editor = make_member(organisation)
    addresses = set()
    for person in (owner_of(organisation), db.session.get_one(User, editor.id)):
        visitor = sign_in(app.test_client(), person)
        answer = visitor.post(f"/sl/razpisi/{call.id}/prijava/operating", data={"organisation": organisation.id, "language": "sl"})
        addresses.add(answer.location.removesuffix("/obrazec"))
    assert len(addresses) == 1
    with unit_of_work(write=False):
        assert len(queries.applications_of(organisation)) == 1
