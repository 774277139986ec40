"""Roles in the office: who holds what, and who gives and takes them."""

from __future__ import annotations

import pytest
from flask import Flask

from grants.accounts import actions, policy
from grants.accounts.models import Role, User
from grants.base import audit
from grants.base.db import db
from grants.base.mail import Message
from grants.base.transaction import unit_of_work
from tests.accounts.builders import make_staff, make_user
from tests.conftest import sign_in
from tests.pages import LintingClient


def test_a_role_without_area_holds_everywhere_one_with_area_only_there(app: Flask) -> None:
    everywhere, sport = make_staff(Role.OFFICER), make_staff(Role.OFFICER, "sport")
    assert policy.holds(everywhere, Role.OFFICER, "culture") and policy.holds(everywhere, Role.OFFICER)
    assert policy.holds(sport, Role.OFFICER, "sport")
    assert not policy.holds(sport, Role.OFFICER, "culture")
    assert not policy.holds(sport, Role.OFFICER)
    assert policy.holds_somewhere(sport, Role.OFFICER)
    assert not policy.holds(sport, Role.SIGNER, "sport")
    assert not policy.holds(None, Role.OFFICER) and not policy.is_staff(None) and not policy.is_staff(make_user())


def test_an_administrator_gives_and_takes_roles(client: LintingClient) -> None:
    administrator, ana = make_staff(Role.ADMINISTRATOR), make_user(email="ana@primer.example").id
    sign_in(client, administrator)
    assert client.get("/sl/ljudje").status_code == 200
    answer = client.get("/sl/ljudje?email=ANA@primer.example")
    assert answer.location == f"/sl/ljudje/{ana}"
    assert client.get(answer.location).status_code == 200
    answer = client.post(f"/sl/ljudje/{ana}/vloge", data={"role": "officer", "area": "sport"})
    assert answer.status_code == 303
    person = db.session.get_one(User, ana)
    assert policy.holds(person, Role.OFFICER, "sport")
    assert client.post(f"/sl/ljudje/{ana}/vloge", data={"role": "officer", "area": "sport"}).status_code == 409
    assert db.session.scalars(db.select(Message).where(Message.event == "accounts/role_granted", Message.to == "ana@primer.example")).one()
    held = db.session.get_one(User, ana).staff_roles[0].id
    assert client.post(f"/sl/ljudje/vloge/{held}/odvzem").status_code == 303
    assert not policy.is_staff(db.session.get_one(User, ana))
    kinds = [entry.kind.name for entry in audit.timeline(db.session.get_one(User, ana), audit.STAFF)]
    assert kinds[-2:] == ["role.granted", "role.revoked"]
    assert client.get(f"/sl/ljudje/{ana}").status_code == 200


def test_looking_for_an_account_that_is_not_there_says_what_to_do(client: LintingClient) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    missing = client.get("/en/ljudje?email=nihce@primer.example")
    assert missing.status_code == 422 and "must register first" in missing.text
    assert client.get("/en/ljudje?email=nekaj").status_code == 422


@pytest.mark.parametrize("data", [{}, {"role": "king"}, {"role": "officer", "area": "Šport!"}])
def test_a_role_that_does_not_exist_is_refused(client: LintingClient, data: dict[str, str]) -> None:
    administrator, ana = make_staff(Role.ADMINISTRATOR), make_user().id
    sign_in(client, administrator)
    assert client.post(f"/sl/ljudje/{ana}/vloge", data=data).status_code == 422
    assert not policy.is_staff(db.session.get_one(User, ana))


def test_the_last_administrator_stays(client: LintingClient) -> None:
    administrator = make_staff(Role.ADMINISTRATOR)
    held = administrator.staff_roles[0].id
    sign_in(client, administrator)
    answer = client.post(f"/en/ljudje/vloge/{held}/odvzem")
    assert answer.status_code == 409 and "last administrator" in answer.text
    make_staff(Role.ADMINISTRATOR)
    assert client.post(f"/en/ljudje/vloge/{held}/odvzem").status_code == 303


def test_an_administrator_helps_a_person_who_lost_the_phone(client: LintingClient) -> None:
    administrator, ivo = make_staff(Role.ADMINISTRATOR).id, make_staff(Role.OFFICER).id
    sign_in(client, db.session.get_one(User, administrator))
    assert client.post(f"/sl/ljudje/{ivo}/druga-stopnja/odstrani").status_code == 303
    assert not db.session.get_one(User, ivo).has_second_factor
    assert client.post(f"/sl/ljudje/{ivo}/druga-stopnja/odstrani").status_code == 409


@pytest.mark.parametrize(
    ("address", "method", "expected"),
    [
        ("/ljudje", "get", {"administrator": 200, "auditor": 200, "officer": 403, "applicant": 404, "anonymous": 302}),
        ("/ljudje/{ana}", "get", {"administrator": 200, "auditor": 200, "officer": 403, "applicant": 404, "anonymous": 302}),
        ("/ljudje/999999", "get", {"administrator": 404, "auditor": 404, "officer": 404, "applicant": 404, "anonymous": 302}),
        ("/ljudje/{ana}/vloge", "post", {"administrator": 422, "auditor": 403, "officer": 403, "applicant": 404, "anonymous": 400}),
        ("/ljudje/vloge/{held}/odvzem", "post", {"auditor": 403, "officer": 403, "applicant": 404, "anonymous": 400, "administrator": 303}),
        ("/ljudje/vloge/999999/odvzem", "post", {"administrator": 404, "applicant": 404}),
        (
            "/ljudje/{ana}/druga-stopnja/odstrani",
            "post",
            {"administrator": 409, "auditor": 403, "officer": 403, "applicant": 404, "anonymous": 400},
        ),
    ],
)
def test_who_may_open_the_pages_of_people(app: Flask, address: str, method: str, expected: dict[str, int]) -> None:
    ana = make_user("Ana Morje")
    numbers = {"ana": ana.id, "held": make_staff(Role.FINANCE).staff_roles[0].id}
    for who, status in expected.items():
        client = app.test_client()
        if who == "applicant":
            sign_in(client, make_user())  # type: ignore[arg-type]
        elif who != "anonymous":
            sign_in(client, make_staff(Role(who)))  # type: ignore[arg-type]
        answer = getattr(client, method)(f"/sl{address.format(**numbers)}")
        assert (who, answer.status_code) == (who, status)


def test_the_list_of_people_runs_the_same_number_of_statements_at_any_length(client: LintingClient, queries) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    counts = []
    for more in (1, 9):
        for _ in range(more):
            make_staff(Role.OFFICER, "sport")
        queries()
        assert client.get("/sl/ljudje").status_code == 200
        counts.append(len(queries()))
    assert counts[0] == counts[1]


def test_a_person_changes_name_and_language(client: LintingClient) -> None:
    ana = make_user().id
    sign_in(client, db.session.get_one(User, ana))
    assert client.get("/it/racun/podatki").status_code == 200
    assert client.post("/it/racun/podatki", data={"name": "", "language": "it"}).status_code == 422
    assert client.post("/it/racun/podatki", data={"name": "Anna Mare", "language": "it"}).status_code == 303
    changed = db.session.get_one(User, ana)
    assert (changed.name, changed.language) == ("Anna Mare", "it")


def test_an_account_is_made_once_for_an_address(app: Flask) -> None:
    from grants.base.errors import Refused

    make_user(email="ana@primer.example")
    with pytest.raises(Refused), unit_of_work():
        actions.create_user(email="ANA@primer.example", password="x", name="Ana", language="sl")


def test_a_form_sent_after_the_session_ended_gives_back_what_was_typed(app: Flask) -> None:
    answer = app.test_client().post("/sl/organizacije/nova", data={"name": "Društvo Burja", "street": "Obala 1"})
    assert answer.status_code == 400
    assert "Društvo Burja" in answer.text and "Obala 1" in answer.text


def test_the_record_is_whole_after_all_of_this(app: Flask) -> None:
    make_staff(Role.ADMINISTRATOR)
    checked, faults = audit.verify(db.session())
    assert checked >= 3 and faults == []
