"""Answers of an earlier application copied with the buttons of the form: nothing typed is lost, nothing unseen is overwritten."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from grants.accounts import vault
from grants.accounts.models import User
from grants.applications import versions
from grants.applications.actions import drafting, submitting
from grants.applications.earlier import beside
from grants.applications.models import Application
from grants.base import files
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import answers_for, make_application, make_call, make_member, make_organisation, small_pdf
from tests.applications.earlier.builders import CHANGED, again, applied, last_years_call, person, two_years
from tests.calls.builders import SMALL, at
from tests.conftest import sign_in
from tests.pages import LintingClient

CONDITIONAL = SMALL.replace("{id: coach, kind", "{id: coach, when: youth == 1, kind")
DECIDING = SMALL.replace("holds: members >= 5", "holds: members >= 5 and youth == 1")


def press(client: LintingClient, draft: Application, base: dict[str, str] | None = None, **fields: Any) -> TestResponse:
    marks = json.dumps(versions.marks(again(draft)) if base is None else base)
    return client.post(f"/sl/vloge/{draft.id}/obrazec", data={"version": again(draft).version, "base": marks, **shown(draft), **fields})


def shown(draft: Application) -> dict[str, Any]:
    found = beside.find(again(draft), by=person(draft))
    assert found is not None
    return {"beside": found.earlier.id}


def form(client: LintingClient, draft: Application, language: str = "sl") -> str:
    answer = client.get(f"/{language}/vloge/{draft.id}/obrazec")
    assert answer.status_code == 200
    return answer.text


def save(draft: Application, by: User, **answers: Any) -> None:
    with unit_of_work():
        application = again(draft)
        assert not drafting.save(application, answers, version=application.version, by=db.session.get_one(User, by.id))


def test_nothing_is_copied_by_itself(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    form(sign_in(client, person(draft)), draft)
    assert not any(again(draft).answers.values())


def test_one_answer_is_copied_what_is_typed_is_saved_and_the_page_is_back_at_its_question(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    answer = press(client, draft, copy_answer="members", f_aims="Več mladih.")
    assert (answer.status_code, answer.location) == (303, f"/sl/vloge/{draft.id}/obrazec?prepisano=members#f_members")
    kept = again(draft)
    assert (kept.answers["members"], kept.answers["aims"], kept.answers.get("requested")) == ("48", "Več mladih.", None)
    assert kept.changes["members"][0] == person(draft).id, "a save of that person like any other"
    page = client.get(answer.location).text
    assert "Odgovor iz leta 2025 je prepisan in shranjen." in page and 'value="48"' in page


def test_all_that_fits_is_copied_into_the_empty_questions_and_counted_before(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    assert "Prepiši 4 odgovore v prazna vprašanja" in form(client, draft)
    answer = press(client, draft, copy_answers="1", f_members="51")
    assert answer.status_code == 303
    kept = again(draft).answers
    assert kept["members"] == "51", "typed while the page still said that it is empty"
    assert (kept["youth"], kept["requested"], kept["events"]) == ("y", "1234,56", [{"title": "Regata", "place": ""}, {"title": "Pohod", "place": ""}])  # fmt: skip
    assert not kept.get("coach"), "that answer can no longer be chosen"
    page = client.get(answer.location).text
    assert "Prepisani in shranjeni so 3 odgovori." in page
    assert "v prazna vprašanja" not in page


def test_a_second_press_changes_nothing_and_says_so(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    press(client, draft, copy_answers="1")
    kept, version = dict(again(draft).answers), again(draft).version
    shows = {"f_youth": "y", "f_events-0-f_title": "Regata", "f_events-1-f_title": "Pohod"}  # what a page sends of itself
    page = client.get(press(client, draft, copy_answers="1", **shows).location).text
    assert "Ničesar ni bilo več prepisati" in page
    assert (again(draft).answers, again(draft).version) == (kept, version)


def test_an_answer_that_is_there_is_replaced_only_by_the_button_that_says_so(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    answer = press(client, draft, copy_answer="members", f_members="51")
    assert again(draft).answers["members"] == "51", "typed since the page was opened"
    page = client.get(answer.location).text
    assert "Tukaj je že bil odgovor. Shranjen je in nič ni zamenjano." in page
    assert 'name="replace_answer" value="members"' in page and 'name="copy_answer" value="members"' not in page
    press(client, draft, replace_answer="members", f_members="51")
    assert again(draft).answers["members"] == "48"
    assert 'value="members"' not in form(client, draft), "the same answer needs no button"


def test_what_a_colleague_wrote_meanwhile_is_not_replaced_unseen(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    colleague = make_member(again(draft).organisation)
    save(draft, person(draft), members="50")
    base = versions.marks(again(draft))
    save(draft, colleague, members="77")
    sign_in(client, person(draft))
    answer = press(client, draft, base, replace_answer="members", f_members="50", f_aims="Več mladih.")
    assert answer.status_code == 409
    assert "Luka Zgled" in answer.text and "77" in answer.text and "48" in answer.text, "both stand side by side"
    assert (again(draft).answers["members"], again(draft).answers["aims"]) == ("77", "Več mladih.")
    chosen = {"version": again(draft).version, "base": json.dumps(versions.marks(again(draft))), "mine": json.dumps({"members": "48"})}
    client.post(f"/sl/vloge/{draft.id}/zdruzitev", data={**chosen, "keep_members": "mine"})
    assert again(draft).answers["members"] == "48"


def test_what_a_colleague_wrote_meanwhile_into_an_empty_question_stays(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    colleague = make_member(again(draft).organisation)
    base = versions.marks(again(draft))
    save(draft, colleague, members="77")
    sign_in(client, person(draft))
    assert press(client, draft, base, copy_answer="members", f_members="").status_code == 303
    assert press(client, draft, base, copy_answers="1", f_members="").status_code == 303
    assert (again(draft).answers["members"], again(draft).answers["requested"]) == ("77", "1234,56")


def test_two_answers_that_collide_are_joined_before_anything_is_copied(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    colleague = make_member(again(draft).organisation)
    base = versions.marks(again(draft))
    save(draft, colleague, aims="Njeni cilji.")
    sign_in(client, person(draft))
    answer = press(client, draft, base, copy_answers="1", f_aims="Moji cilji.")
    assert answer.status_code == 409
    assert (again(draft).answers["aims"], again(draft).answers.get("members")) == ("Njeni cilji.", None)


def test_without_marks_a_colleague_is_not_overwritten_either(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    colleague = make_member(again(draft).organisation)
    before = again(draft).version
    save(draft, colleague, members="77")
    sign_in(client, person(draft))
    data = {"version": before, **shown(draft), "replace_answer": "members"}
    assert client.post(f"/sl/vloge/{draft.id}/obrazec", data=data).status_code == 409
    assert again(draft).answers["members"] == "77"


def test_a_question_that_is_asked_only_after_another_one_is_copied_with_it(app: Flask, client: LintingClient) -> None:
    organisation = make_organisation()
    applied(last_years_call(), organisation)
    draft = make_application("draft", call=make_call(rulebook=CONDITIONAL), organisation=organisation)
    sign_in(client, person(draft))
    press(client, draft, copy_answers="1")
    assert (again(draft).answers["youth"], again(draft).answers["coach"]) == ("y", "second")


def test_what_nobody_is_asked_is_not_copied(app: Flask, client: LintingClient) -> None:
    organisation = make_organisation()
    applied(last_years_call(), organisation, youth=False)
    draft = make_application("draft", call=make_call(rulebook=CONDITIONAL), organisation=organisation)
    sign_in(client, person(draft))
    assert "Prepiši 4 odgovore" in form(client, draft)
    press(client, draft, copy_answers="1")
    assert (again(draft).answers["youth"], again(draft).answers.get("coach")) == ("n", None)


def test_a_yes_on_which_taking_part_depends_is_said_anew_and_not_copied_in_bulk(app: Flask, client: LintingClient) -> None:
    organisation = make_organisation()
    applied(last_years_call(), organisation)
    draft = make_application("draft", call=make_call(rulebook=DECIDING), organisation=organisation)
    sign_in(client, person(draft))
    press(client, draft, copy_answers="1")
    assert (again(draft).answers["members"], again(draft).answers.get("youth")) == ("48", None)
    press(client, draft, copy_answer="youth")
    assert again(draft).answers["youth"] == "y"


def test_what_changed_is_marked_with_how_it_read_and_what_is_new_or_gone_is_said(app: Flask, client: LintingClient) -> None:
    rules = SMALL.replace(
        "      - {id: requested,", "      - {id: hall, kind: text, section: who, label: {sl: Dvorana, it: Sala}}\n      - {id: requested,"
    )
    organisation = make_organisation()
    applied(last_years_call(rules), organisation, hall="Telovadnica na Obali")
    draft = make_application("draft", call=make_call(rulebook=CHANGED), organisation=organisation)
    sign_in(client, person(draft))
    page = form(client, draft)
    assert page.count("Spremenjeno glede na leto 2025") == 3, "members, coach and events"
    assert "Na dan vloge." in page and "brez; druga stopnja" in page and "Ime; Datum" in page
    assert page.count("Novo vprašanje") == 1
    assert "1 odgovor iz leta 2025 na vprašanje, ki ga ni več" in page and "Telovadnica na Obali" in page
    assert "Spiegazione (Slovenščina): Na dan vloge." in form(client, draft, "it"), "only the Slovenian wording has changed"


def test_the_same_answer_to_a_changed_question_is_to_be_read_again_until_somebody_changes_it(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    press(client, draft, copy_answer="members")
    again_said = "vprašanje pa se je spremenilo: preberite ga še enkrat."
    assert form(client, draft).count(again_said) == 1
    check = client.get(f"/sl/vloge/{draft.id}/oddaja").text
    assert "Preberite še enkrat: vprašanje se je spremenilo" in check and f'href="/sl/vloge/{draft.id}/obrazec#f_members"' in check
    press(client, draft, f_members="49")
    assert again_said not in form(client, draft)
    assert "Preberite še enkrat: vprašanje" not in client.get(f"/sl/vloge/{draft.id}/oddaja").text


def test_the_hint_does_not_keep_anybody_from_submitting(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    press(client, draft, copy_answers="1")
    page = client.get(f"/sl/vloge/{draft.id}/oddaja").text
    assert "Preberite še enkrat: vprašanje" in page and 'name="declared"' in page


def test_a_chosen_earlier_application_stays_beside_the_form(app: Flask, client: LintingClient) -> None:
    organisation = make_organisation()
    old = applied(last_years_call(days=800), organisation, members=12)
    applied(last_years_call(days=400), organisation, members=48)
    draft = make_application("draft", call=make_call(), organisation=organisation)
    sign_in(client, person(draft))
    address = f"/sl/vloge/{draft.id}/obrazec"
    assert f'href="{address}?prejsnja={old.id}"' in client.get(address).text
    page = client.get(f"{address}?prejsnja={old.id}").text
    assert "Vaši odgovori iz leta 2024" in page and f'name="prejsnja" value="{old.id}"' in page
    answer = press(client, draft, beside=old.id, prejsnja=old.id, copy_answer="members")
    assert answer.location == f"{address}?prejsnja={old.id}&prepisano=members#f_members"
    assert again(draft).answers["members"] == "12"
    saved = press(client, draft, beside=old.id, prejsnja=old.id, save="1", f_members="12")
    assert saved.location == f"{address}?prejsnja={old.id}"


def test_what_is_wrong_elsewhere_is_saved_and_does_not_stop_the_copying(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    answer = press(client, draft, copy_answer="members", f_requested="tisoč")
    assert answer.status_code == 303
    assert (again(draft).answers["requested"], again(draft).answers["members"]) == ("tisoč", "48")
    page = client.get(answer.location).text
    assert 'class="govuk-error-summary"' in page and "data-disable-auto-focus" in page, "the focus stays at the question"


def test_a_question_without_an_earlier_answer_has_nothing_to_copy(app: Flask, client: LintingClient) -> None:
    _earlier, draft = two_years()
    sign_in(client, person(draft))
    for name in ("coach", "aims", "nonsense"):
        assert press(client, draft, copy_answer=name).status_code == 422


def test_files_and_the_data_of_the_organisation_are_not_copied(app: Flask, client: LintingClient) -> None:
    own = "      - {id: name, kind: text, section: who, prefill: name, label: {sl: Ime društva, it: Nome}}\n"
    papers = "      - {id: papers, kind: file, section: who, max_files: 3, label: {sl: Listine, it: Documenti}}\n"
    rules = SMALL.replace("      - {id: members,", f"{own}{papers}      - {{id: members,")
    organisation = make_organisation(name="Društvo Novo Ime")
    call = last_years_call(rules)
    upload = small_pdf("statut.pdf", "Statut")
    earlier = applied(call, organisation, "draft", name="Društvo Staro Ime")
    with at(call.opens_at), unit_of_work():
        application, owner = again(earlier), db.session.get_one(User, person(earlier).id)
        drafting.save(application, answers_for(application, name="Društvo Staro Ime"), version=application.version, by=owner)
        drafting.attach(application, "papers", upload, by=owner)
        submitting.submit(application, by=owner)
    draft = make_application("draft", call=make_call(rulebook=rules), organisation=organisation)
    sign_in(client, person(draft))
    page = form(client, draft)
    assert "Društvo Staro Ime" in page and 'value="name"' not in page
    assert "statut.pdf" in page and "Datoteke se ne prepišejo. Priložite zdajšnjo" in page and 'value="papers"' not in page
    with unit_of_work():
        owner = db.session.get_one(User, person(draft).id)
        files.store(upload.data)
        vault.keep_document(again(draft).organisation, upload, kind="statute", title="Statut društva", year=2025, expires_on=None, by=owner)
    assert "pod »Vzemi iz shrambe« označite »Statut društva«" in form(client, draft)
    press(client, draft, copy_answers="1")
    assert (again(draft).answers["name"], again(draft).attachments) == ("Društvo Novo Ime", [])
