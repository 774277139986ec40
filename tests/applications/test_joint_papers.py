"""Joint applications on paper, on receipts and prints, and what the panel, the decision and the public see of partners."""

from __future__ import annotations

from flask import Flask

from grants.accounts.models import Role, User
from grants.applications import joint, letters, printing
from grants.applications.actions import paper as papers
from grants.applications.models import Application, PaperApplication, Submission
from grants.base import audit
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_organisation, owner_of
from tests.applications.joint import NIGHT, draft, make_joint_call, submitted, with_partner
from tests.applications.test_paper import confirm, transcribed
from tests.calls.builders import make_officer
from tests.conftest import sign_in


def again(application: Application) -> Application:
    return db.session.get_one(Application, application.id)


def receipt_of(submission: Submission) -> dict[str, object]:
    application = db.session.get_one(Application, submission.application_id)
    return letters.receipt_facts(application, submission, by=owner_of(application.organisation))


def test_on_paper_the_partners_stand_as_filed_with_the_consents_that_were_signed(app: Flask) -> None:
    call = make_joint_call("sport")
    first, second = make_organisation(), make_organisation()
    names = [one.name for one in (first, second)]
    paper = transcribed(call, complete=False, track="programme")
    numbers = [one.tax_number for one in (first, second)]
    clerk = sign_in(app.test_client(), make_officer(role=Role.INTAKE))
    data = {"version": str(paper.version)}
    for place, number in enumerate(numbers, 1):
        data |= {f"partner{place}-tax_number": number, f"partner{place}-name": names[place - 1], f"partner{place}-task": "Bere pravljice."}
    wrong = clerk.post(f"/sl/papirne-vloge/{paper.id}/prepis", data=data | {"partner1-tax_number": "15012558"})
    assert wrong.status_code == 422 and 'value="15012558"' in wrong.text
    assert clerk.post(f"/sl/papirne-vloge/{paper.id}/prepis", data=data | {"partner1-agreed": "y"}).status_code == 303
    page = clerk.get(f"/sl/papirne-vloge/{paper.id}/prepis").text
    assert f">{names[1]}</option>" in page
    data = {"version": str(db.session.get_one(PaperApplication, paper.id).version), "f_name": NIGHT, "f_visitors": "50", "f_own_funds": "0", "f_requested": "300",
            "f_costs-0-f_what": "Tisk", "f_costs-0-f_amount": "300", "f_costs-0-f_borne_by": "second"} | {name: value for name, value in data.items() if name != "version"}  # fmt: skip
    assert clerk.post(f"/sl/papirne-vloge/{paper.id}/prepis", data=data | {"partner1-agreed": "y"}).status_code == 303
    submission = confirm(paper).submissions[-1]
    agreed_, silent = submission.content["partners"]
    assert (agreed_["name"], agreed_["on_paper"], bool(agreed_["consented_at"]), agreed_["bears_cents"]) == (names[0], True, True, 0)
    assert (silent["name"], silent["consented_at"], silent["bears_cents"]) == (names[1], None, 30000)
    assert submission.content["answers"]["partner_count"] == 2


def test_paper_is_received_although_its_activity_stands_elsewhere_and_the_office_is_told(app: Flask) -> None:
    call, organisation = make_joint_call("sport"), make_organisation()
    number = submitted(draft(call, organisation)).number
    paper = transcribed(call, complete=False, track="events", organisation=organisation)
    with unit_of_work():
        paper = db.session.get_one(PaperApplication, paper.id)
        clerk = db.session.get_one(User, paper.transcribed_by_id)
        papers.retype(paper, {"programme": [{"title": NIGHT.upper(), "guests": "9"}]}, version=paper.version, by=clerk)
    application = confirm(paper)
    told = [one.sentence for one in audit.timeline(application, audit.STAFF) if one.kind.name == "application.activity_entered_twice"]
    assert len(told) == 1 and number in told[0]


def test_receipt_print_and_act_name_the_partners(app: Flask) -> None:
    application, partner = with_partner(make_joint_call())
    unsent = printing.filled_facts(again(application), draft=True)
    submission = submitted(application)
    sent = printing.filled_facts(again(application), draft=False)
    for facts in (unsent, sent):
        (line,) = facts["partners"]
        assert partner.name in line and partner.tax_number in line
        (section,) = [one for one in facts["sections"] if one["plan"]]
        assert any(partner.name in one for one in section["plan"]["stands"])
    facts = receipt_of(submission)
    assert partner.name in facts["partners"][0]["sl"] and "700,00" in facts["partners"][0]["sl"]
    assert partner.name in facts["borne"]["sl"]
    assert "partners" not in receipt_of(submitted(draft(make_joint_call())))
    assert joint.names_of(again(application)) == partner.name
