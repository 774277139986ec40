"""Several people, one draft: nobody overwrites what they have not seen."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.accounts.models import User
from grants.applications import versions
from grants.applications.actions import drafting
from grants.applications.answers import as_typed
from grants.applications.models import Application
from grants.base.db import db
from grants.base.transaction import unit_of_work
from scoring.questions import Fact
from tests.applications.builders import make_application, make_member, owner_of
from tests.conftest import sign_in
from tests.pages import LintingClient


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def save(application: Application, by: User, base: dict[str, str] | None, **answers: Any) -> tuple[str, ...]:
    with unit_of_work():
        draft = again(application)
        return drafting.save(draft, answers, version=0, by=db.session.get_one(User, by.id), base=base)


def test_answers_to_different_questions_are_both_kept(app: Flask) -> None:
    application = make_application()
    owner, editor = owner_of(application.organisation), make_member(application.organisation)
    base = versions.marks(again(application))
    assert save(application, editor, base, members="10") == ()
    assert save(application, owner, base, requested="200") == ()
    assert (again(application).answers["members"], again(application).answers["requested"]) == ("10", "200")
    assert {name: who for name, (who, _at) in again(application).changes.items()} == {"members": editor.id, "requested": owner.id}


def test_an_answer_that_somebody_changed_unseen_is_not_overwritten_and_the_rest_is_saved(app: Flask) -> None:
    application = make_application()
    owner, editor = owner_of(application.organisation), make_member(application.organisation)
    base = versions.marks(again(application))
    save(application, editor, base, members="10")
    assert save(application, owner, base, members="20", requested="200") == ("members",)
    assert (again(application).answers["members"], again(application).answers["requested"]) == ("10", "200")
    change = versions.changes(again(application), ["members"])[0]
    assert (change.who, change.name) == (editor.id, "Luka Zgled")


def test_an_answer_that_a_page_sends_back_untouched_changes_nothing(app: Flask) -> None:
    application = make_application()
    owner, editor = owner_of(application.organisation), make_member(application.organisation)
    base = versions.marks(again(application))
    save(application, editor, base, members="10")
    assert save(application, owner, base, members="", requested="200") == (), "the page of the owner still shows the empty answer"
    assert again(application).answers["members"] == "10"


@given(st.text(max_size=40), st.text(max_size=40))
def test_equal_marks_mean_equal_answers(one: str, other: str) -> None:
    fact = Fact.model_validate({"id": "plan", "kind": "longtext", "label": {"en": "Plan"}})
    assert (versions.mark(fact, one) == versions.mark(fact, other)) is (as_typed(fact, one) == as_typed(fact, other))


def test_the_script_learns_what_was_saved_what_conflicts_and_what_others_did(app: Flask, client: LintingClient) -> None:
    application = make_application()
    editor = make_member(application.organisation)
    base = versions.marks(again(application))
    save(application, editor, base, members="10", youth="y")
    sign_in(client, owner_of(application.organisation))
    address = f"/sl/vloge/{application.id}/samodejno"
    sent = {"changed": ["members", "requested"], "f_members": "20", "f_requested": "5", "base": json.dumps(base), "version": 1}
    answer = client.post(address, data=sent, headers={"Accept": "application/json"})
    told = answer.get_json()
    assert (answer.status_code, list(told["saved"]), [one["fact"] for one in told["conflicts"]]) == (200, ["requested"], ["members"])
    assert [(one["fact"], one["fields"]) for one in told["others"]] == [("youth", [["f_youth", "y"]])]
    assert "Luka Zgled" in told["conflicts"][0]["said"] and "Luka Zgled" in told["others"][0]["said"]
    assert told["version"] == again(application).version
    assert "events" not in again(application).answers or again(application).answers["events"] == [], "what was not sent is not emptied"


def test_only_what_is_named_as_changed_is_saved(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    sign_in(client, owner_of(application.organisation))
    before = dict(again(application).answers)
    base = json.dumps(versions.marks(again(application)))
    client.post(f"/sl/vloge/{application.id}/samodejno", data={"changed": "members", "f_members": "7", "base": base, "version": 1})
    assert again(application).answers == before | {"members": "7"}


def test_a_script_whose_sign_in_ended_is_told_so_as_data(app: Flask, client: LintingClient) -> None:
    application = make_application()
    answer = client.post(f"/sl/vloge/{application.id}/samodejno", data={}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.get_json()["signed_out"] is True


def test_a_script_gets_the_token_of_the_present_sign_in(app: Flask, client: LintingClient) -> None:
    application = make_application()
    owner = owner_of(application.organisation)
    sign_in(client, owner)
    address = f"/sl/vloge/{application.id}/samodejno"
    told = client.get(address, headers={"Accept": "application/json"}).get_json()
    assert (told["person"], told["version"]) == (owner.id, again(application).version)
    assert told["csrf_token"]
    # Whoever signed in again in another tab comes there too, and is told where to go on.
    page = client.get(address, follow_redirects=True)
    assert page.request.path == f"/sl/vloge/{application.id}" and "Vrnite se v zavihek z obrazcem" in page.text


def test_a_submitted_application_takes_no_more_typing_and_says_why(app: Flask, client: LintingClient) -> None:
    application = make_application("submitted")
    sign_in(client, owner_of(application.organisation))
    answer = client.post(
        f"/sl/vloge/{application.id}/samodejno", data={"changed": "members", "f_members": "1"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 403
    assert answer.get_json()["happened"]


def test_what_was_typed_again_counts_even_if_it_is_what_the_page_began_with(app: Flask) -> None:
    application = make_application("ready", members="10")
    owner, base = owner_of(application.organisation), versions.marks(again(application))
    assert save(application, owner, base, members="20") == (), "saved, but the answer was lost on its way"
    assert save(application, owner, base, members="10") == (), "a page sends back what nobody touched"
    assert again(application).answers["members"] == "20"
    with unit_of_work():
        draft, by = again(application), db.session.get_one(User, owner.id)
        assert drafting.save(draft, {"members": "10"}, version=0, by=by, base=base, touched=["members"]) == ("members",)


def test_computing_what_follows_takes_no_lock(app: Flask, client: LintingClient) -> None:
    application = make_application("ready")
    sign_in(client, owner_of(application.organisation))
    version = again(application).version
    assert client.post(f"/sl/vloge/{application.id}/sproti", data={"f_members": "7", "version": version}).status_code == 200
    assert (again(application).version, again(application).answers["members"] != "7") == (version, True)
