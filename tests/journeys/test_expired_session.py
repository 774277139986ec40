"""The session ends in the middle of a form: the page gives back what was typed, and sending it again after signing in saves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from grants.accounts.models import Organisation, User
from grants.applications.actions import drafting
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.accounts.builders import PASSWORD, make_organisation, make_user
from tests.calls.builders import make_call
from tests.conftest import Clock
from tests.journeys.visitor import Visitor

PLAN = "Vadba trikrat na teden – za vse.\nPoleti jadralna šola."


@pytest.fixture
def protected(app: Flask) -> Iterator[Flask]:
    """Forms carry their token, as in the real product."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def draft_of(person: Visitor) -> str:
    """The address of the form of a fresh draft of this person's organisation."""
    user = make_user("Vida Kos", email=person.email)
    organisation, call, identity = make_organisation(user).id, make_call(rulebook="obala-culture-2026", area="culture").id, user.id
    with unit_of_work():
        owner = db.session.get_one(User, identity)
        application = drafting.start(
            db.session.get_one(Call, call), "project", db.session.get_one(Organisation, organisation), by=owner, language="sl"
        )
        db.session.flush()
        return f"/sl/vloge/{application.id}/obrazec"


@pytest.mark.parametrize("language", ["sl", "it"])
def test_nothing_typed_is_lost_when_the_session_ends(protected: Flask, clock: Clock, language: str) -> None:
    person = Visitor(protected, language, email="vida@primer.example", password=PASSWORD)
    form = draft_of(person).replace("/sl/", f"/{language}/")
    person.sign_in(form)
    name = person.long_field()
    clock.forward(days=40)  # the tab stayed open, the session did not
    person.fill({name: PLAN}).press("Save the draft", expect=400)
    person.sees(person.say("Your sign-in has run out, your answers are here"), "Poleti jadralna šola.")
    tab = Visitor(protected, language, email=person.email, password=PASSWORD)
    tab.client = person.client
    tab.sign_in()
    person.press("Send again")
    assert person.value(name).replace("\r\n", "\n") == PLAN


def test_a_form_without_its_token_changes_nothing(protected: Flask) -> None:
    person = Visitor(protected, email="vida@primer.example", password=PASSWORD)
    form = draft_of(person)
    person.sign_in(form)
    person.post(form, 400, {"f_members": "99", "version": "1"})
    person.sees("99")
    assert person.open(form).status == 200
