"""An activity is entered once in a call, whoever applies or takes part; and nobody learns more of it than is theirs."""

from __future__ import annotations

import pytest
from flask import Flask

from grants.applications import answers, joint
from grants.applications.actions import submitting
from grants.applications.models import EnteredActivity
from grants.applications.states import ApplicationStatus
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_organisation, owner_of
from tests.applications.joint import NIGHT, agreed, draft, events, make_joint_call, named, save, submitted, with_partner
from tests.applications.test_joint import again
from tests.conftest import sign_in

# The same activity


def test_one_application_names_an_activity_once(app: Flask) -> None:
    application = events(make_joint_call(), make_organisation(), "Pust", "Kresna noč", " PUST! ")
    (fault,) = answers.check_draft(application).faults
    assert fault.field == "f_programme-2-f_title" and "1" in fault.message
    with pytest.raises(submitting.Incomplete):
        submitted(application)


def test_an_organisation_enters_an_activity_once_in_a_call_in_whatever_track(app: Flask) -> None:
    call, organisation = make_joint_call(), make_organisation()
    number = submitted(draft(call, organisation)).number
    second = events(call, organisation, "Kresna noč", "NOČ KNJIGE, v Pristanu")
    with pytest.raises(submitting.EnteredAlready) as refused:
        submitted(second)
    assert number in str(refused.value.message) and "NOČ KNJIGE" in str(refused.value.message)
    assert again(second).status == ApplicationStatus.DRAFT
    page = sign_in(app.test_client(), owner_of(organisation)).get(f"/sl/vloge/{second.id}/oddaja").text
    assert number in page and 'name="declared"' not in page
    save(second, programme=[{"title": "Kresna noč", "guests": "50"}])
    assert submitted(second).number


def test_other_organisations_and_other_calls_may_do_the_same(app: Flask) -> None:
    call, organisation = make_joint_call(), make_organisation()
    submitted(draft(call, organisation))
    submitted(draft(call, make_organisation()))
    submitted(draft(make_joint_call(), organisation))


def test_an_activity_counts_for_every_partner_whether_it_applies_or_takes_part(app: Flask) -> None:
    call = make_joint_call()
    application, partner = with_partner(call)
    other = joint.find_organisation(partner)
    assert other is not None
    alone = events(call, other, NIGHT)
    joint_number = submitted(application).number
    with pytest.raises(submitting.EnteredAlready) as refused:
        submitted(alone)
    assert joint_number in str(refused.value.message)
    with unit_of_work():
        submitting.withdraw(again(application), by=owner_of(again(application).organisation))
    alone_number = submitted(alone).number
    with unit_of_work():
        submitting.resume(again(application), by=owner_of(again(application).organisation))
    with pytest.raises(submitting.EnteredAlready) as refused:
        submitted(application)
    assert alone_number in str(refused.value.message) and partner.name in str(refused.value.message)


def test_of_a_partner_that_has_not_agreed_nobody_learns_what_else_it_entered(app: Flask) -> None:
    call = make_joint_call()
    other = make_organisation()
    number = submitted(events(call, other, NIGHT)).number
    application = draft(call)
    partner = named(application, other)
    lead = sign_in(app.test_client(), owner_of(application.organisation))
    for page in ("oddaja", "obrazec", "partnerji"):
        assert number not in lead.get(f"/sl/vloge/{application.id}/{page}").text
    assert number in sign_in(app.test_client(), owner_of(other)).get(f"/sl/partnerstva/{partner.id}").text
    agreed(partner)
    assert number in lead.get(f"/sl/vloge/{application.id}/oddaja").text


def test_of_drafts_only_the_own_people_get_a_hint(app: Flask) -> None:
    call, other = make_joint_call(), make_organisation()
    events(call, other, NIGHT)
    application = draft(call)
    partner = named(application, other)
    agreed(partner)
    lead = sign_in(app.test_client(), owner_of(application.organisation))
    assert "drugem osnutku" not in lead.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "drugem osnutku" in sign_in(app.test_client(), owner_of(other)).get(f"/sl/partnerstva/{partner.id}").text
    events(call, again(application).organisation, NIGHT)
    assert "drugem osnutku" in lead.get(f"/sl/vloge/{application.id}/oddaja").text
    assert "drugem osnutku" in lead.get(f"/sl/vloge/{application.id}/obrazec").text


def test_what_is_withdrawn_is_free_again(app: Flask) -> None:
    call, organisation = make_joint_call(), make_organisation()
    application = draft(call, organisation)
    submitted(application)
    with unit_of_work():
        submitting.withdraw(again(application), by=owner_of(again(application).organisation))
    assert db.session.scalars(db.select(EnteredActivity)).all() == []
    assert submitted(events(call, organisation, NIGHT)).number
