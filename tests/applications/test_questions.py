"""Questions that hang on others, computed values, declarations and the finance plan, as an applicant meets them over HTTP."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from grants.accounts.models import User
from grants.applications import answers, queries
from grants.applications.actions import drafting, submitting
from grants.applications.models import Application
from grants.base import audit
from grants.base.db import db
from grants.base.transaction import unit_of_work
from scoring.facts import FactError
from scoring.form import asked_of, settled
from scoring.questions import Fact
from scoring.rulebook import read_rulebook
from tests.applications.builders import make_application, make_call, owner_of, small_pdf
from tests.conftest import sign_in
from tests.pages import LintingClient

RULES = (Path(__file__).parent / "projects.yaml").read_text(encoding="utf-8")
PLAIN = {
    "f_members": "40", "f_coached": "n",
    "f_costs-0-f_category": "fees", "f_costs-0-f_amount": "600", "f_costs-1-f_category": "rent", "f_costs-1-f_amount": "400,50",
    "f_registered": "n", "f_own": "400,50", "f_requested": "600", "f_truth": "y", "f_taxes": "y",
}  # fmt: skip
REGISTERED = PLAIN | {"f_registered": "y", "f_led": "10", "f_done": "20", "f_own": "70,50", "f_requested": "930"}


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def owner(application: Application) -> User:
    return owner_of(again(application).organisation)


@pytest.fixture
def application(app: Flask, client: LintingClient) -> Application:
    made = make_application(call=make_call(rulebook=RULES))
    sign_in(client, owner(made))
    return made


def save(client: LintingClient, application: Application, fields: dict[str, str], **more: Any) -> None:
    answer = client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **fields, **more})
    assert answer.status_code == 303, answer.text


def form(client: LintingClient, application: Application, query: str = "") -> Any:
    return html.fromstring(client.get(f"/sl/vloge/{application.id}/obrazec{query}").text)


def hidden(page: Any) -> set[str]:
    return {one.get("data-question") for one in page.xpath("//*[@data-question][@hidden]")}


def submit(application: Application) -> dict[str, Any]:
    with unit_of_work():
        submission = submitting.submit(again(application), by=owner(application))
        return dict(submission.content)


def test_questions_appear_and_vanish_after_saving_and_what_was_typed_stays_in_the_draft(
    client: LintingClient, application: Application
) -> None:
    assert {"licences", "aid", "led", "done", "worth", "tax_proof"} <= hidden(form(client, application))
    save(client, application, PLAIN | {"f_coached": "y", "f_licences": "3", "f_aid": "Meta"})
    page = form(client, application)
    assert {"licences", "aid"} & hidden(page) == set()
    assert page.xpath("//*[@data-part and .//*[@data-question='licences']]")[0].get("hidden") is None
    save(client, application, PLAIN | {"f_coached": "n", "f_licences": "3", "f_aid": "Meta"})
    page = form(client, application)
    assert {"licences", "aid"} <= hidden(page)
    assert page.xpath("//*[@data-part and .//*[@data-question='licences']]")[0].get("hidden") is not None
    assert again(application).answers["licences"] == "3"
    content = submit(application)
    assert {"licences", "aid"} & set(content["answers"]) == set()


def test_a_question_that_is_not_asked_is_not_missing_and_an_asked_one_is(client: LintingClient, application: Application) -> None:
    save(client, application, PLAIN | {"f_coached": "y"})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "Število licenc" in page and "Kdo zna prvo pomoč" not in page
    save(client, application, PLAIN | {"f_coached": "y", "f_licences": "2"})
    assert "Kdo zna prvo pomoč" in client.get(f"/sl/vloge/{application.id}/oddaja").text
    save(client, application, PLAIN)
    assert "Število licenc" not in client.get(f"/sl/vloge/{application.id}/oddaja").text


@pytest.mark.parametrize(("kind", "minimum", "zero"), [("integer", "1", False), ("integer", "0", True), ("integer", None, True), ("decimal", "0.5", False), ("money", "300", False), ("money", None, True)])  # fmt: skip
def test_nobody_is_told_to_write_a_zero_that_would_be_refused(app: Flask, kind: str, minimum: str | None, zero: bool) -> None:
    fact = Fact.model_validate({"id": "asked", "kind": kind, "label": {"sl": "Koliko", "it": "Quanto"}, "minimum": minimum})
    with app.test_request_context("/en/"):
        assert ("write 0" in answers.sentence(fact, FactError("required"))) is zero


def test_while_one_types_the_server_says_who_is_asked_what_and_what_is_computed(client: LintingClient, application: Application) -> None:
    empty = client.post(f"/sl/vloge/{application.id}/sproti", data={}).json
    assert empty is not None and "Vpisano še ni nič" in empty["html"] and "usklajeno" not in empty["html"], (
        "nothing is no plan that balances"
    )
    answer = client.post(f"/sl/vloge/{application.id}/sproti", data=REGISTERED).json
    assert answer is not None
    assert {"led", "done", "worth"} <= set(answer["asked"]) and "licences" not in answer["asked"]
    regions = {
        one.get("data-live"): " ".join(one.text_content().split()) for one in html.fromstring(answer["html"]).xpath("//*[@data-live]")
    }
    assert regions["computed-worth"] == "330,00 EUR"
    assert regions["computed-total_costs"] == "1.330,50 EUR"
    assert "1.000,50 EUR" in regions["total-costs"]
    assert "Stroški in prihodki so enaki" in regions["plan"] and "honorarji600,00 EUR" in regions["plan"]
    assert "13,00 EUR" in regions["plan"] and "10,00 EUR" in regions["plan"]
    db.session.rollback()
    assert again(application).answers == {}
    less = client.post(f"/sl/vloge/{application.id}/sproti", data=REGISTERED | {"f_own": "70,49"}).json
    assert less is not None and "Manjka 0,01 EUR prihodkov" in less["html"].replace("\xa0", " ")
    # A row that is still being written takes nothing from the sums of the others, and what of it can be read counts.
    begun = client.post(
        f"/sl/vloge/{application.id}/sproti", data=REGISTERED | {"f_costs-2-f_amount": "50", "f_costs-3-f_category": "rent"}
    ).json
    assert begun is not None
    regions = {
        one.get("data-live"): " ".join(one.text_content().split()) for one in html.fromstring(begun["html"]).xpath("//*[@data-live]")
    }
    assert "1.050,50 EUR" in regions["total-costs"] and regions["computed-total_costs"] == "1.380,50 EUR"
    assert "Manjka 50,00 EUR prihodkov" in regions["plan"] and "honorarji600,00 EUR" in regions["plan"]
    half = answers.check_draft(again(application), typed={"costs": [{"category": "fees", "amount": "600"}, {"amount": "50"}]})
    assert "costs" not in half.values and half.values["total_costs"] == 0 and half.faults, "nothing of it is submitted"


def test_volunteer_hours_are_own_share_only_for_a_registered_organisation(client: LintingClient, application: Application) -> None:
    save(client, application, REGISTERED | {"f_own": "202,20", "f_requested": "798,30"})
    content = submit(application)
    assert content["answers"]["worth"] == 33000
    assert content["answers"]["total_costs"] == 133050
    assert content["volunteer_rates"] == {"organisational": 1300, "substantive": 1000, "other": 600}


def test_the_same_hours_of_an_organisation_that_is_not_registered_count_for_nothing(
    client: LintingClient, application: Application
) -> None:
    save(client, application, REGISTERED | {"f_registered": "n", "f_own": "202,20", "f_requested": "798,30"})
    page = client.get(f"/sl/vloge/{application.id}/oddaja").text.replace("\xa0", " ")
    assert "Lastni delež je vsaj 40 % (8. člen): manjka še 198,00 EUR." in page
    with pytest.raises(submitting.Incomplete) as refusal:
        submit(application)
    assert [(fault.field, fault.label) for fault in refusal.value.faults] == [("plan", "Finance plan")] or refusal.value.faults[
        0
    ].field == "plan"


def test_an_unbalanced_plan_is_refused_at_submission_and_the_fault_leads_to_its_place(
    client: LintingClient, application: Application
) -> None:
    save(client, application, PLAIN | {"f_own": "400,49"})
    page = client.get(f"/sl/vloge/{application.id}/oddaja")
    assert f"/sl/vloge/{application.id}/obrazec?vse=1#plan" in page.text
    assert "Manjka 0,01 EUR prihodkov" in page.text.replace("\xa0", " ")
    shown = form(client, application, "?vse=1")
    assert shown.xpath("//*[@id='plan']") and shown.xpath("//*[contains(@class,'error-summary')]//a[@href='#plan']")
    with pytest.raises(submitting.Incomplete):
        submit(application)
    db.session.rollback()
    save(client, application, PLAIN)
    assert submit(application)["answers"]["own"] == 40050


def test_a_draft_with_half_a_plan_is_saved_without_complaint(client: LintingClient, application: Application) -> None:
    save(client, application, {"f_costs-0-f_category": "fees", "f_costs-0-f_amount": "10", "f_own": "", "f_requested": ""})
    assert form(client, application).xpath("//*[contains(@class,'error-summary')]") == []


def test_a_sum_below_its_minimum_does_not_disturb_a_draft_and_stops_its_submission(app: Flask, client: LintingClient) -> None:
    rules = RULES.replace('formula: "total(costs, amount) + worth"', 'formula: "total(costs, amount) + worth", minimum: "2000"')
    application = make_application(call=make_call(rulebook=rules))
    sign_in(client, owner(application))
    save(client, application, {"f_members": ""})
    save(client, application, PLAIN)
    assert "najmanj je 2.000,00" in client.get(f"/sl/vloge/{application.id}/oddaja").text.replace("\xa0", " ")
    assert form(client, application, "?vse=1").xpath(
        "//*[contains(@class,'error-summary')]//a[@href='#f_total_costs' and starts-with(., 'Vsi stroški: ')]"
    )


def test_a_computed_value_cannot_be_typed(client: LintingClient, application: Application) -> None:
    save(client, application, PLAIN | {"f_total_costs": "9", "f_worth": "9"})
    assert {"total_costs", "worth"} & set(again(application).answers) == set()
    assert submit(application)["answers"]["total_costs"] == 100050


def test_a_declaration_stands_with_its_words_and_is_kept_with_their_hash(client: LintingClient, application: Application) -> None:
    save(client, application, {name: value for name, value in PLAIN.items() if name != "f_truth"})
    page = form(client, application, "?vse=1")
    assert "Podatki so resnični in popolni." in page.xpath("//*[@id='f_truth-legal']")[0].text_content()
    box = page.xpath("//*[@id='f_truth']")[0]
    assert (box.get("type"), box.get("checked")) == ("checkbox", None)
    assert "f_truth-legal" in box.get("aria-describedby")
    assert "Označite polje." in page.xpath("//*[@id='f_truth-error']")[0].text_content()
    save(client, application, PLAIN)
    assert form(client, application).xpath("//*[@id='f_truth']")[0].get("checked") is not None
    declared = {one["fact"]: one for one in submit(application)["declarations"]}
    assert (declared["truth"]["kind"], declared["truth"]["given"], declared["taxes"]["kind"]) == ("declaration", True, "consent")
    words = {name: declared["truth"][name] for name in ("label", "text", "article")}
    assert words["text"]["it"] == "I dati sono veri e completi."
    assert declared["truth"]["sha256"] == hashlib.sha256(audit.canonical_json(words).encode()).hexdigest()


def test_whoever_refuses_the_look_into_the_records_attaches_the_proof(client: LintingClient, application: Application) -> None:
    save(client, application, PLAIN | {"f_taxes": "n"})
    assert "Potrdilo o davkih" in client.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "tax_proof" not in hidden(form(client, application))
    with unit_of_work():
        drafting.attach(again(application), "tax_proof", small_pdf("potrdilo.pdf", "davki"), by=owner(application))
    content = submit(application)
    assert [one["given"] for one in content["declarations"] if one["fact"] == "taxes"] == [False]
    assert [one["fact"] for one in content["attachments"]] == ["tax_proof"]


def test_a_file_of_a_question_that_is_no_longer_asked_stays_out_of_the_submission(client: LintingClient, application: Application) -> None:
    save(client, application, PLAIN | {"f_taxes": "n"})
    with unit_of_work():
        drafting.attach(again(application), "tax_proof", small_pdf("potrdilo.pdf", "davki"), by=owner(application))
    save(client, application, PLAIN)
    content = submit(application)
    assert content["attachments"] == [] and "tax_proof" not in content["answers"]
    assert len(queries.attachments_of(again(application))) == 1


def test_every_section_shows_its_state(client: LintingClient, application: Application) -> None:
    def states() -> list[str]:
        page = html.fromstring(client.get(f"/sl/vloge/{application.id}").text)
        return [" ".join(one.text_content().split()) for one in page.xpath("//*[contains(@class,'task-list__status')]")]

    assert states() == ["Ni začeto", "Ni začeto", "Ni začeto"]
    save(client, application, {"f_members": "40", "f_coached": "y", "f_own": "1", "f_requested": ""})
    assert states()[0] == "Izpolnjeno" and states()[2].startswith("V delu: manjka") and len(states()) == 4
    answer = client.post(f"/sl/vloge/{application.id}/obrazec", data={"version": again(application).version, **PLAIN, "f_own": "veliko"})
    assert answer.status_code == 422
    assert "1 odgovor" in states()[1]
    save(client, application, PLAIN)
    assert states() == ["Izpolnjeno", "Izpolnjeno", "Izpolnjeno"]


TRACK = read_rulebook(RULES).tracks[0]
RATES = {"organisational": 1300, "substantive": 1000, "other": 600}
NUMBERS = st.sampled_from(["", "0", "1", "3", "12,5", "1.000,50", "veliko"])
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("members", "licences", "led", "done", "own", "requested", "total_costs", "worth"), NUMBERS),
        **{name: st.sampled_from(["", "y", "n"]) for name in ("coached", "registered", "truth", "taxes")},
        "aid": st.sampled_from(["", "Meta"]),
        "costs": st.lists(st.fixed_dictionaries({"category": st.sampled_from(["", "fees", "rent"]), "amount": NUMBERS}), max_size=3),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DRAFTS)
def test_what_the_form_checks_is_what_the_rules_count(app: Flask, typed: dict[str, Any]) -> None:
    with app.test_request_context("/sl/"):
        checked = answers.check(TRACK, typed, (), RATES)
    assert dict(settled(TRACK, checked.values)) == checked.values
    assert asked_of(TRACK, checked.values) == checked.asked
    assert {fault.fact.id for fault in checked.faults} <= checked.asked and set(checked.values) <= checked.asked
    if checked.balance is not None and not checked.faults:
        assert checked.balance.balances and all(share.holds for share in checked.balance.shares)
