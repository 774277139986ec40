"""Joint applications: partners are named, agree to what stands now, and bear their own costs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from flask import Flask

from grants import checks
from grants.accounts.actions import register_organisation
from grants.accounts.models import MemberRole, Role, User
from grants.applications import answers, joint, plan, standing
from grants.applications.actions import deadline, drafting, partnering, submitting
from grants.applications.models import Application, ApplicationPartner, Reminder
from grants.applications.states import PartnerStatus
from grants.base import audit, clock, mail
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from grants.demo import numbers
from tests.applications.builders import make_member, make_organisation, make_person, make_staff, owner_of, small_pdf
from tests.applications.joint import NIGHT, agreed, draft, events, make_joint_call, named, owner, save, shared, submitted, with_partner
from tests.calls.builders import at
from tests.conftest import sign_in


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def messages(event: str) -> list[mail.Message]:
    return list(db.session.scalars(db.select(mail.Message).where(mail.Message.event == f"applications/{event}").order_by(mail.Message.id)))


# Alone


def test_who_applies_alone_is_not_asked_who_bears_a_cost(app: Flask) -> None:
    application = draft(make_joint_call())
    assert [column.id for column in joint.rules_of(application).fact("costs").columns] == ["what", "amount"]
    content = submitted(application).content
    assert "partners" not in content
    assert content["answers"]["partner_count"] == 0
    assert content["answers"]["costs"] == [{"what": "Tisk programa", "amount": 50000}, {"what": "Oder in luči", "amount": 70000}]


# Naming, agreeing, declining


def test_a_partner_is_asked_in_the_language_of_its_owner_and_agrees(app: Flask) -> None:
    application = draft(make_joint_call())
    other = make_organisation(make_person("Anna Modello", language="it"))
    partner = named(application, other)
    (asked,) = messages("partner_asked")
    assert (asked.to, asked.language) == (owner_of(other).email, "it")
    assert asked.body.startswith("=== BOZZA, NON PRESENTATA ===")
    assert f"/it/partnerstva/{partner.id}" in asked.body
    assert [one.id for one in joint.lacking(again(application))] == [partner.id]
    agreed(partner)
    assert joint.lacking(again(application)) == []
    (answered,) = messages("partner_answered")
    assert answered.to == owner_of(again(application).organisation).email
    kinds = [one.kind.name for one in audit.timeline(partner, audit.PARTY)]
    assert kinds == ["partner.asked", "partner.consented"]


def test_an_organisation_that_is_not_here_yet_is_invited_at_the_address_that_was_typed_and_finds_the_request_later(app: Flask) -> None:
    application = draft(make_joint_call())
    with unit_of_work():
        application = again(application)
        partner = partnering.name_partner(
            application, tax_number="SI 15012557", name="Društvo Sosed", email="sosed@primer.example", task="Pripravi oder in luči.",
            by=owner_of(application.organisation),
        )  # fmt: skip
    (asked,) = messages("partner_asked")
    assert asked.to == "sosed@primer.example" and "15012557" in asked.body and "partnerstva" not in asked.body
    newcomer = make_person("Nova Oseba")
    with unit_of_work():
        register_organisation(
            by=db.session.get_one(User, newcomer.id), name="Društvo Sosed Pristan", legal_form="association", tax_number="15012557",
            registration_number=numbers.registration_number(77), iban=numbers.iban(77), street="Obala 2", postcode="6399", place="Pristan",
            email="drustvo@primer.example", phone="", representative="Ana Vzorec", language="sl",
        )  # fmt: skip
    assert [one.id for one in joint.partnerships_of(["15012557"])] == [partner.id]
    agreed(partner)
    assert db.session.get_one(ApplicationPartner, partner.id).name == "Društvo Sosed Pristan"


@pytest.mark.parametrize("known", [True, False])
def test_naming_tells_nobody_whether_an_organisation_has_an_account(app: Flask, known: bool) -> None:
    application = draft(make_joint_call())
    number = make_organisation(name="Društvo Sosed").tax_number if known else "15012557"
    client = sign_in(app.test_client(), owner_of(application.organisation))
    data = {"tax_number": number, "name": "", "email": "sosed@primer.example", "task": "Pripravi oder in luči."}
    refused = client.post(f"/sl/vloge/{application.id}/partnerji", data=data)
    assert refused.status_code == 422 and "Društvo Sosed" not in refused.text
    done = client.post(f"/sl/vloge/{application.id}/partnerji", data=data | {"name": "Naši sosedje"}, follow_redirects=True)
    assert done.status_code == 200 and "Naši sosedje" in done.text and "Društvo Sosed" not in done.text


@pytest.mark.parametrize(
    ("field", "value"), [("tax_number", "15012558"), ("tax_number", "own"), ("task", "kratko"), ("email", "brez naslova"), ("name", "")]
)
def test_a_partner_that_cannot_be_named_is_refused_at_its_field(app: Flask, field: str, value: str) -> None:
    application = draft(make_joint_call())
    client = sign_in(app.test_client(), owner_of(application.organisation))
    data = {"tax_number": "15012557", "name": "Društvo Sosed", "email": "sosed@primer.example", "task": "Pripravi oder in luči."}
    page = client.post(
        f"/sl/vloge/{application.id}/partnerji", data=data | {field: application.organisation.tax_number if value == "own" else value}
    )  # fmt: skip
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    assert not again(application).partners and not messages("partner_asked")


def test_there_are_at_most_as_many_partners_as_the_rules_allow_and_each_once(app: Flask) -> None:
    application = draft(make_joint_call())
    first = make_organisation()
    partner = named(application, first)
    with pytest.raises(Refused):
        named(application, first)
    named(application, make_organisation())
    with pytest.raises(Refused):
        named(application, make_organisation())
    with unit_of_work():
        partnering.remove_partner(db.session.get_one(ApplicationPartner, partner.id), by=owner_of(again(application).organisation))
    assert named(application, make_organisation()).place == 1


def test_a_track_without_partners_has_no_page_for_them(app: Flask) -> None:
    organisation = make_organisation()
    application = events(make_joint_call(), organisation, "Pust")
    client = sign_in(app.test_client(), owner_of(organisation))
    assert client.get(f"/sl/vloge/{application.id}/partnerji").status_code == 404
    with pytest.raises(Refused):
        named(application, make_organisation())


def test_a_partner_that_declines_reads_no_more_and_does_not_take_part(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    client = sign_in(app.test_client(), owner(partner))
    assert "Noč knjige" in client.get(f"/sl/partnerstva/{partner.id}").text
    assert client.post(f"/sl/partnerstva/{partner.id}/zavrnitev").status_code == 303
    assert "Noč knjige" not in client.get(f"/sl/partnerstva/{partner.id}").text
    assert again(application).partners == []
    assert "ne sodeluje" in messages("partner_answered")[-1].subject


def test_only_an_owner_agrees_and_a_stranger_finds_nothing(app: Flask) -> None:
    application = draft(make_joint_call())
    other = make_organisation()
    partner = named(application, other)
    mark = joint.mark_of(again(application), partner)
    for role, expected in ((MemberRole.READER, 403), (MemberRole.EDITOR, 403)):
        client = sign_in(app.test_client(), make_member(other, role))
        assert client.get(f"/sl/partnerstva/{partner.id}").status_code == 200
        assert client.post(f"/sl/partnerstva/{partner.id}/soglasje", data={"agreement": mark}).status_code == expected
    for person in (make_person("Tina Tujec"), owner_of(application.organisation)):
        client = sign_in(app.test_client(), person)
        assert client.get(f"/sl/partnerstva/{partner.id}").status_code == 404
        assert client.post(f"/sl/partnerstva/{partner.id}/soglasje", data={"agreement": mark}).status_code == 404
    client = sign_in(app.test_client(), owner_of(other))
    assert client.get(f"/sl/vloge/{application.id}").status_code == 404
    assert client.get(f"/sl/vloge/{application.id}/obrazec").status_code == 404
    assert client.get(f"/sl/vloge/{application.id}/partnerji/{partner.id}").status_code == 404
    assert client.post(f"/sl/partnerstva/{partner.id}/soglasje", data={"agreement": mark}).status_code == 303


def test_a_partner_reads_the_application_without_what_is_personal(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    page = sign_in(app.test_client(), owner(partner)).get(f"/sl/partnerstva/{partner.id}").text
    assert "Noč knjige" in page and "Oder in luči" in page and "700,00" in page
    assert "040 555 123" not in page


def test_a_partner_opens_the_files_but_for_personal_ones(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    with unit_of_work():
        draft_ = again(application)
        by = owner_of(draft_.organisation)
        open_file = drafting.attach(draft_, "poster", small_pdf("plakat.pdf", "plakat"), by=by)
        secret = drafting.attach(draft_, "statement", small_pdf("izjava.pdf", "izjava"), by=by)
        ids = open_file.id, secret.id
    client = sign_in(app.test_client(), owner(partner))
    with client.get(f"/sl/vloge/{application.id}/priloge/{ids[0]}") as answer:
        assert answer.status_code == 200
    assert client.get(f"/sl/vloge/{application.id}/priloge/{ids[1]}").status_code == 404
    page = client.get(f"/sl/partnerstva/{partner.id}").text
    assert "plakat.pdf" in page and "izjava.pdf" not in page
    client.post(f"/sl/partnerstva/{partner.id}/zavrnitev")
    assert client.get(f"/sl/vloge/{application.id}/priloge/{ids[0]}").status_code == 404


# What was agreed to


@pytest.mark.parametrize("change", ["line", "activity", "task", "bearer"])
def test_a_consent_lapses_with_what_it_was_given_for_and_both_sides_see_it(app: Flask, change: str) -> None:
    application, partner = with_partner(make_joint_call())
    costs = shared("lead", "first")
    if change == "task":
        with unit_of_work():
            partnering.change_task(
                db.session.get_one(ApplicationPartner, partner.id), task="Pripravi samo luči.", by=owner_of(again(application).organisation)
            )  # fmt: skip
    else:
        save(application, **{
            "line": {"costs": [costs[0], costs[1] | {"amount": "701"}], "requested": "901"}, "activity": {"name": "Dan knjige"},
            "bearer": {"costs": shared("first", "first")},
        }[change])  # fmt: skip
    assert not joint.agrees(again(application), db.session.get_one(ApplicationPartner, partner.id))
    with pytest.raises(submitting.NotAgreed):
        submitted(application)
    lead = sign_in(app.test_client(), owner_of(again(application).organisation))
    assert "znova soglašati" in lead.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "soglasje ne velja več" in sign_in(app.test_client(), owner(partner)).get(f"/sl/partnerstva/{partner.id}").text
    agreed(partner)
    assert submitted(application).number


@pytest.mark.parametrize("change", ["visitors", "other_line", "written", "and_back"])
def test_a_consent_stays_where_nothing_of_it_was_changed(app: Flask, change: str) -> None:
    application, partner = with_partner(make_joint_call())
    costs = shared("lead", "first")
    save(application, **{
        "visitors": {"visitors": "200"}, "other_line": {"costs": [costs[0] | {"amount": "400"}, costs[1]], "requested": "800"},
        "written": {"costs": [costs[0], costs[1] | {"amount": "700.00 EUR"}]}, "and_back": {"name": "Dan knjige"},
    }[change])  # fmt: skip
    if change == "and_back":
        save(application, name=NIGHT)
    assert joint.agrees(again(application), db.session.get_one(ApplicationPartner, partner.id))
    assert submitted(application).number


def test_whoever_agrees_agrees_to_what_the_page_showed(app: Flask) -> None:
    application = draft(make_joint_call())
    partner = named(application, make_organisation())
    shown = joint.mark_of(again(application), partner)
    save(application, costs=shared("lead", "first"))
    client = sign_in(app.test_client(), owner(partner))
    page = client.post(f"/sl/partnerstva/{partner.id}/soglasje", data={"agreement": shown})
    assert page.status_code == 409 and "700,00" in page.text
    assert db.session.get_one(ApplicationPartner, partner.id).status == PartnerStatus.ASKED


def test_partners_are_asked_again_once_for_a_burst_of_changes_and_not_for_each(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    began = clock.now()

    def minute(number: int) -> None:
        with at(began + timedelta(minutes=number)), unit_of_work():
            partnering.ask_again()

    for number, name in ((1, "Noč"), (2, "Noč branja"), (3, "Noč branja v Pristanu")):
        with at(began + timedelta(minutes=number)):
            save(application, name=name)
        minute(number)
    minute(9)
    assert messages("partner_asked_again") == []
    for number in (13, 14, 60):
        minute(number)
    assert [one.to for one in messages("partner_asked_again")] == [owner(partner).email]
    with at(began + timedelta(minutes=70)):
        save(application, visitors="5")
    minute(90)
    assert len(messages("partner_asked_again")) == 1
    with at(began + timedelta(minutes=100)):
        save(application, name="Noč pravljic")
    minute(111)
    assert len(messages("partner_asked_again")) == 2


def test_a_removed_partner_leaves_its_lines_to_be_borne_by_somebody_else(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    named(application, make_organisation())
    with unit_of_work():
        partnering.remove_partner(db.session.get_one(ApplicationPartner, partner.id), by=owner_of(again(application).organisation))
    assert [row["borne_by"] for row in again(application).answers["costs"]] == ["lead", ""]
    assert [fault.field for fault in answers.check_draft(again(application)).faults] == ["f_costs-1-f_borne_by"]
    client = sign_in(app.test_client(), owner(partner))
    assert "Noč knjige" not in client.get(f"/sl/partnerstva/{partner.id}").text


# The finance plan


def test_the_form_asks_who_bears_a_cost_by_name_and_shows_what_each_bears(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    page = sign_in(app.test_client(), owner_of(application.organisation)).get(f"/sl/vloge/{application.id}/obrazec").text
    assert f">{partner.name}</option>" in page and "1. partner<" not in page
    balance = answers.check_draft(again(application)).balance
    shown = plan.shown(joint.rules_of(again(application)), application.call, balance)
    assert shown is not None and balance is not None and balance.balances
    assert dict(shown.borne) == {application.organisation.name: 50000, partner.name: 70000}


def test_a_line_that_nobody_bears_is_missing_something(app: Flask) -> None:
    application, _partner = with_partner(make_joint_call())
    save(application, costs=shared("lead", ""))
    (fault,) = answers.check_draft(again(application)).faults
    assert fault.missing and fault.column == "borne_by"


# Submitting


def test_a_submission_keeps_the_partners_and_its_hash_covers_them(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    submission = submitted(application)
    (kept,) = submission.content["partners"]
    assert kept["name"] == partner.name and kept["tax_number"] == partner.tax_number and kept["bears_cents"] == 70000
    assert kept["lines"] == [{"what": "Oder in luči", "amount": 70000}]
    assert kept["consented_by"] == owner(partner).name and kept["consented_sha256"] == partner.consented_sha256
    assert submission.content["answers"]["partner_count"] == 1
    assert submission.content_sha256 == hashlib.sha256(audit.canonical_json(submission.content).encode()).hexdigest()
    without = {name: value for name, value in submission.content.items() if name != "partners"}
    assert submitting.sha256_of(without) != submission.content_sha256


def test_a_partner_follows_the_submitted_application_and_can_no_longer_take_its_consent_back(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    submission = submitted(application)
    client = sign_in(app.test_client(), owner(partner))
    page = client.get(f"/sl/partnerstva/{partner.id}")
    assert submission.number in page.text and submission.content_sha256 in page.text
    assert client.post(f"/sl/partnerstva/{partner.id}/zavrnitev").status_code == 409
    assert "partner" in client.get("/sl/vloge").text


def test_withdrawn_and_submitted_again_the_consents_stay(app: Flask) -> None:
    application, _partner = with_partner(make_joint_call())
    first = submitted(application)
    with unit_of_work():
        submitting.withdraw(again(application), by=owner_of(again(application).organisation))
    with unit_of_work():
        submitting.resume(again(application), by=owner_of(again(application).organisation))
    second = submitted(application)
    assert second.number != first.number and second.content["partners"] == first.content["partners"]


def test_a_draft_is_complete_only_with_all_consents(app: Flask) -> None:
    application = draft(make_joint_call())
    assert application.complete
    partner = named(application, make_organisation())
    save(application, costs=shared("lead", "first"))
    assert not again(application).complete
    agreed(partner)
    assert again(application).complete
    assert standing.partners_of(again(application), None)[0].colour == "green"


def test_the_steps_and_the_reminder_count_missing_consents(app: Flask) -> None:
    application, _partner = with_partner(make_joint_call())
    client = sign_in(app.test_client(), owner_of(application.organisation))
    assert "Vsi soglašajo" in client.get(f"/sl/vloge/{application.id}").text
    save(application, name="Dan knjige")
    assert "Manjka 1 soglasje" in client.get(f"/sl/vloge/{application.id}").text
    with at(application.call.closes_at - timedelta(hours=2)), unit_of_work():
        reminder = Reminder(application_id=application.id, closes_at=application.call.closes_at, hours=3, noted_at=clock.now())
        db.session.add(reminder)
        deadline.remind(reminder, again(application))
    assert "1 stvar manjka ali ni prav." in messages("reminder")[-1].body


def test_the_record_tells_nothing_of_partners_before_the_opening(app: Flask) -> None:
    _application, partner = with_partner(make_joint_call())
    auditor = sign_in(app.test_client(), make_staff(Role.AUDITOR, ""))
    page = auditor.get("/sl/zapis")
    assert page.status_code == 200 and partner.name not in page.text and str(partner.consented_sha256) not in page.text


@pytest.mark.filterwarnings("ignore:The Result.tuples")
def test_every_status_of_a_partner_is_explained_by_the_record(app: Flask) -> None:
    call = make_joint_call()
    application, first = with_partner(call)
    named(application, make_organisation())
    save(application, name="Dan knjige")
    agreed(first)
    with unit_of_work():
        partnering.change_task(
            db.session.get_one(ApplicationPartner, first.id), task="Bere pravljice za otroke.", by=owner_of(again(application).organisation)
        )
    with unit_of_work():
        partnering.decline(db.session.get_one(ApplicationPartner, first.id), by=owner(first))
    with unit_of_work():
        partnering.remove_partner(db.session.get_one(ApplicationPartner, first.id), by=owner_of(again(application).organisation))
    with unit_of_work(write=False):
        assert list(checks.statuses_are_explained()) == []
