"""Which earlier application stands beside a draft, and that nobody else's ever does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from grants.accounts.models import User
from grants.applications.actions import drafting, submitting
from grants.applications.actions import paper as papers
from grants.applications.earlier import beside, finding
from grants.applications.models import Application
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_organisation, make_staff, owner_of, small_pdf
from tests.applications.earlier.builders import again, applied, last_years_call, person, two_years
from tests.calls.builders import SMALL, at
from tests.conftest import sign_in

OTHER = (
    SMALL.replace("id: operating\n    kind", "id: project\n    kind")
    .replace("{id: youth,", "{id: young,")
    .replace("fact: youth", "fact: young")
)
UNLIKE = re.sub(r"(id|fact|request): (members|youth|young|coach|events|requested)\b", r"\1: other_\2", OTHER).replace(
    "members >= 5", "other_members >= 5"
)


def beside_of(draft: Application, chosen: int | None = None) -> beside.Beside | None:
    return beside.find(again(draft), by=person(draft), chosen=chosen)


def shown(draft: Application) -> int | None:
    found = beside_of(draft)
    return None if found is None else found.earlier.id


def test_the_newest_to_the_same_part_of_such_a_call_wins_over_one_that_is_newer_still(app: Flask) -> None:
    organisation = make_organisation()
    old = applied(last_years_call(days=800), organisation)
    last = applied(last_years_call(days=400), organisation)
    project = applied(last_years_call(OTHER, days=100), organisation)
    culture = applied(last_years_call(days=50, area="culture", regime="culture"), organisation)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    found = beside_of(draft)
    assert found is not None and found.earlier.id == last.id and found.year == 2025
    assert [one.id for one in found.others] == [culture.id, project.id, last.id, old.id], "all of them can be chosen, the newest first"
    chosen = beside_of(draft, old.id)
    assert chosen is not None and (chosen.earlier.id, chosen.is_chosen, chosen.year) == (old.id, True, 2024)


def test_without_such_a_part_the_one_that_asked_most_of_the_same_wins(app: Flask) -> None:
    organisation = make_organisation()
    much = applied(last_years_call(OTHER, days=400), organisation)
    applied(last_years_call(UNLIKE, days=100), organisation)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    assert shown(draft) == much.id


def test_one_that_asked_nothing_of_the_same_does_not_stand_beside_it(app: Flask) -> None:
    organisation = make_organisation()
    applied(last_years_call(UNLIKE, days=100), organisation)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    assert shown(draft) is None


def test_what_does_not_count_is_never_shown(app: Flask) -> None:
    organisation = make_organisation()
    applied(last_years_call(days=300), organisation, "draft")
    applied(last_years_call(days=200), organisation, "withdrawn")
    later = make_call(opens_at=make_call().opens_at + timedelta(days=1))
    applied_later = make_application("submitted", call=later, organisation=organisation)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    assert shown(draft) is None, "a draft, a withdrawn one, and one to a call that opened after this one"
    assert beside_of(draft, applied_later.id) is None


def test_what_was_submitted_counts_and_not_what_the_draft_says_since(app: Flask) -> None:
    organisation, call = make_organisation(), last_years_call()
    earlier = applied(call, organisation, members=48)
    with at(call.opens_at + timedelta(days=11)), unit_of_work():
        application, owner = again(earlier), db.session.get_one(User, person(earlier).id)
        submitting.withdraw(application, by=owner)
        submitting.resume(application, by=owner)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    assert shown(draft) is None, "taken up again and not submitted"
    with at(call.opens_at + timedelta(days=12)), unit_of_work():
        application, owner = again(earlier), db.session.get_one(User, person(earlier).id)
        drafting.save(application, {"members": "50"}, version=application.version, by=owner)
        submitting.submit(application, by=owner)
    with unit_of_work():
        application = again(earlier)
        application.answers = {**application.answers, "members": "999"}
    found = beside_of(draft)
    assert found is not None and found.questions["members"].offer.value == "50", "the submission that counts"


def test_an_application_on_paper_counts_and_what_does_not_count_on_it_is_shown_and_not_copied(app: Flask) -> None:
    organisation, call = make_organisation(), last_years_call()
    clerks = [make_staff("intake", area) for area in ("sport", "")]  # type: ignore[arg-type]
    ids = [one.id for one in clerks]
    with at(call.closes_at - timedelta(days=1)), unit_of_work():
        first, second = (db.session.get_one(User, one) for one in ids)
        paper = papers.transcribe(
            db.session.get_one(Call, call.id), "operating", db.session.merge(organisation), by=first, language="sl", delivery="in_person",
            arrived_at=call.closes_at - timedelta(days=1), handed_on=None, signed=True,
        )  # fmt: skip
        papers.add_scan(paper, "", small_pdf("vloga.pdf", "Vloga"), by=first)
        papers.retype(paper, {"members": "petdeset", "requested": "900"}, version=paper.version, by=first)
        papers.confirm(paper, by=second, version=paper.version)
        identity = paper.application_id
    draft = make_application("draft", call=make_call(), organisation=organisation)
    found = beside_of(draft)
    assert found is not None and found.earlier.id == identity
    assert found.questions["requested"].offer.value == "900,00"
    members = found.questions["members"]
    assert (members.offer.value, members.has_answer) == ("", True)
    page = sign_in(app.test_client(), person(draft)).get(f"/sl/vloge/{draft.id}/obrazec").text
    assert "petdeset" in page


def test_an_application_of_somebody_else_is_not_there(app: Flask) -> None:
    _earlier, draft = two_years()
    strange = applied(last_years_call(days=300), make_organisation())
    client = sign_in(app.test_client(), person(draft))
    address = f"/sl/vloge/{draft.id}/obrazec"
    assert client.get(f"{address}?prejsnja={strange.id}").status_code == 404
    assert client.get(f"{address}?prejsnja=0").status_code == 404
    assert client.get(f"{address}?prejsnja=x").status_code == 404
    answer = client.post(address, data={"version": again(draft).version, "f_members": "7", "beside": strange.id, "copy_answers": "1"})
    assert (answer.status_code, again(draft).answers["members"]) == (404, "7"), "what was typed is saved all the same"
    assert "requested" not in {name for name, value in again(draft).answers.items() if value}


def test_also_one_of_another_organisation_of_the_same_person_is_not_there(app: Flask) -> None:
    _earlier, draft = two_years()
    other = make_organisation(db.session.get_one(User, person(draft).id))
    strange = applied(last_years_call(days=300), other)
    assert owner_of(again(strange).organisation).id == person(draft).id
    client = sign_in(app.test_client(), person(draft))
    assert client.get(f"/sl/vloge/{draft.id}/obrazec?prejsnja={strange.id}").status_code == 404


def test_however_many_there_are_the_form_asks_once(app: Flask, queries: Callable[[], list[str]]) -> None:
    organisation = make_organisation()
    draft = make_application("draft", call=make_call(), organisation=organisation)
    client = sign_in(app.test_client(), person(draft))
    spent = []
    for days in (0, 100, 200, 300, 400):
        if days:
            applied(last_years_call(days=days), organisation)
        client.get(f"/sl/vloge/{draft.id}/obrazec")  # what a process keeps is read
        queries()
        assert client.get(f"/sl/vloge/{draft.id}/obrazec").status_code == 200
        found = queries()
        assert sum("submission" in one for one in found) == 1
        spent.append(len(found))
    assert len(set(spent)) == 1, spent
    assert len(finding.all_of(again(draft), by=person(draft))) == 4
