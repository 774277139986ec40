"""Joint applications for tests, made by the product's own actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grants.accounts.models import Organisation, User
from grants.applications import joint
from grants.applications.actions import drafting, partnering, submitting
from grants.applications.models import Application, ApplicationPartner, Submission
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from tests.applications.builders import make_application, make_call, make_organisation, owner_of

RULEBOOK = (Path(__file__).parent / "joint.yaml").read_text(encoding="utf-8")
NIGHT = "Noč knjige v Pristanu"
ALONE = {
    "name": NIGHT, "visitors": "120", "contact": "040 555 123", "own_funds": "300,00", "requested": "900,00",
    "costs": [{"what": "Tisk programa", "amount": "500,00"}, {"what": "Oder in luči", "amount": "700,00"}],
}  # fmt: skip


def shared(*bearers: str) -> list[dict[str, str]]:
    """The cost lines, borne by these."""
    return [row | {"borne_by": bearer} for row, bearer in zip(ALONE["costs"], bearers, strict=True)]  # type: ignore[arg-type]


def make_joint_call(area: str = "culture") -> Call:
    return make_call(rulebook=RULEBOOK, area=area, regime="culture")


def save(application: Application, **answers: Any) -> None:
    """As its owner."""
    with unit_of_work():
        application = db.session.get_one(Application, application.id)
        drafting.save(application, answers, version=application.version, by=owner_of(application.organisation))


def named(application: Application, organisation: Organisation, task: str = "Vodi večer branja in pripravi oder.") -> ApplicationPartner:
    """Name an organisation as a partner."""
    tax_number, name, email = organisation.tax_number, organisation.name, organisation.email
    with unit_of_work():
        application = db.session.get_one(Application, application.id)
        partner = partnering.name_partner(
            application, tax_number=tax_number, name=name, email=email, task=task, by=owner_of(application.organisation)
        )  # fmt: skip
    return db.session.get_one(ApplicationPartner, partner.id)


def agreed(partner: ApplicationPartner) -> None:
    """As the owner of the partner."""
    with unit_of_work():
        partner = db.session.get_one(ApplicationPartner, partner.id)
        organisation = joint.find_organisation(partner)
        assert organisation is not None
        partnering.consent(partner, sha256=joint.mark_of(partner.application, partner), by=owner_of(organisation))


def submitted(application: Application) -> Submission:
    with unit_of_work():
        application = db.session.get_one(Application, application.id)
        submission = submitting.submit(application, by=owner_of(application.organisation))
    return db.session.get_one(Submission, submission.id)


def draft(call: Call, organisation: Organisation | None = None, **answers: Any) -> Application:
    """A draft of the joint track that an organisation could submit alone."""
    application = make_application("draft", call=call, organisation=organisation or make_organisation(), track="programme")
    save(application, **(ALONE | answers))
    return db.session.get_one(Application, application.id)


def events(call: Call, organisation: Organisation, *titles: str) -> Application:
    """A draft of the track with the activities in the rows of a table."""
    application = make_application("draft", call=call, organisation=organisation, track="events")
    save(application, programme=[{"title": title, "guests": "50"} for title in titles])
    return db.session.get_one(Application, application.id)


def with_partner(call: Call, **answers: Any) -> tuple[Application, ApplicationPartner]:
    """A draft with one partner that bears the second line, and has agreed."""
    application = draft(call, **answers)
    partner = named(application, make_organisation())
    save(application, costs=shared("lead", "first"))
    agreed(partner)
    return db.session.get_one(Application, application.id), db.session.get_one(ApplicationPartner, partner.id)


def owner(partner: ApplicationPartner) -> User:
    organisation = joint.find_organisation(partner)
    assert organisation is not None
    return owner_of(organisation)
