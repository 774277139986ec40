"""Applications for tests, made by the product's own actions. A builder commits, so call it outside of a unit of work."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from grants.accounts.actions import add_member, create_user, grant_role, register_organisation
from grants.accounts.models import MemberRole, Membership, Organisation, Role, User
from grants.accounts.queries import find_user
from grants.applications import queries
from grants.applications.actions import drafting, office, submitting
from grants.applications.models import Application, Submission
from grants.base import jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.demo import numbers
from tests.applications.answers import needed_files, small_pdf, valid_answers
from tests.calls.builders import at, make_call, make_officer

__all__ = [
    "answers_for", "confirmed", "make_application", "make_call", "make_member", "make_officer", "make_opened", "make_organisation", "make_person",
    "make_staff", "owner_of", "small_pdf", "submit", "valid_answers",
]  # fmt: skip
_numbers = count(1)
STATUSES = ("draft", "ready", "submitted", "withdrawn", "opened", "dismissed", "in_evaluation")


def make_person(name: str = "Neža Primer", language: str = "sl") -> User:
    """Somebody with a confirmed account and nothing else."""
    with unit_of_work():
        return create_user(
            email=f"oseba{next(_numbers)}@primer.example", password="Obala-2026-geslo!", name=name, language=language, confirmed=True
        )


def make_staff(role: Role = Role.OFFICER, area: str = "sport") -> User:
    """Somebody of the office who signs in with a second factor; asked twice for the same role, the same person."""
    address = f"urad-{role}-{area}@obala.example"
    if (known := find_user(address)) is not None:
        return known
    with unit_of_work():
        person = create_user(
            email=address,
            password="Obala-2026-geslo!",
            name=f"Uradna Oseba {role}",
            language="sl",
            confirmed=True,
            totp_secret="JBSWY3DPEHPK3PXP",
        )
        grant_role(person, role, area=area, by=None)
    return person


def make_organisation(owner: User | None = None, *, name: str = "", language: str = "sl") -> Organisation:
    """An organisation with an owner."""
    owner = owner or make_person()
    number = next(_numbers)
    with unit_of_work():
        return register_organisation(
            by=db.session.get_one(User, owner.id), name=name or f"Društvo Galeb {number}", legal_form="association",
            tax_number=numbers.tax_number(5000 + 37 * number), registration_number=numbers.registration_number(3000 + 29 * number),
            iban=numbers.iban(number), street="Obala 1", postcode="6399", place="Pristan", email=f"drustvo{number}@primer.example",
            phone="05 000 00 01", representative="Ana Vzorec", language=language,
        )  # fmt: skip


def make_member(organisation: Organisation, role: MemberRole = MemberRole.EDITOR) -> User:
    """A further person who acts for an organisation."""
    person = make_person("Luka Zgled")
    with unit_of_work():
        organisation = db.session.get_one(Organisation, organisation.id)
        add_member(organisation, db.session.get_one(User, person.id), role, by=owner_of(organisation))
    return person


def owner_of(organisation: Organisation) -> User:
    """Who entered an organisation."""
    query = db.select(User).join(Membership).where(Membership.organisation_id == organisation.id, Membership.role == MemberRole.OWNER)
    return db.session.scalars(query.order_by(User.id)).first()  # type: ignore[return-value]


def answers_for(application: Application, **given: Any) -> dict[str, Any]:
    """Valid answers for the track of an application."""
    return valid_answers(queries.track_of(application.call, application.track), **given)


def submit(application: Application, by: User) -> Submission:
    """Fill in what is needed and submit."""
    with unit_of_work():
        application = db.session.get_one(Application, application.id)
        person = db.session.get_one(User, by.id)
        drafting.save(application, answers_for(application), version=application.version, by=person)
        for fact, upload in needed_files(queries.track_of(application.call, application.track)):
            drafting.attach(application, fact, upload, by=person)
        return submitting.submit(application, by=person)


def make_application(
    status: str = "draft",
    *,
    call: Call | None = None,
    organisation: Organisation | None = None,
    track: str = "",
    language: str = "sl",
    **given: Any,
) -> Application:
    """An application in a status. "ready" is a draft that could be submitted. For the later ones the call is over and was opened."""
    if status not in STATUSES:
        raise LookupError(f"no status {status}; there are {', '.join(STATUSES)}")
    call = call or make_call(rulebook="small")
    organisation = organisation or make_organisation()
    owner = owner_of(organisation)
    call_id, organisation_id, owner_id = call.id, organisation.id, owner.id
    with unit_of_work():
        call = db.session.get_one(Call, call_id)
        person = db.session.get_one(User, owner_id)
        application = drafting.start(
            call, track or call.rulebook.tracks[0].id, db.session.get_one(Organisation, organisation_id), by=person, language=language
        )
        identity = application.id
        if status != "draft":
            drafting.save(application, answers_for(application, **given), version=application.version, by=person)
            for fact, upload in needed_files(queries.track_of(call, application.track)):
                drafting.attach(application, fact, upload, by=person)
        if status not in ("draft", "ready"):
            submitting.submit(application, by=person)
        if status == "withdrawn":
            submitting.withdraw(application, by=person)
    if status in ("opened", "dismissed", "in_evaluation"):
        make_opened(call)
        officer = make_officer(db.session.get_one(Call, call_id).area)
        with unit_of_work():
            application = db.session.get_one(Application, identity)
            if status == "dismissed":
                office.dismiss(application, by=officer, reason="Vlagatelj ni upravičen, ker nima sedeža v občini.")
            if status == "in_evaluation":
                office.take_into_evaluation(application, by=officer)
    return db.session.get_one(Application, identity)


def confirmed(application: Application) -> Application:
    """After the worker has done what follows a submission: the receipt is asked for and the messages are written."""
    db.session.rollback()
    for identity in jobs.waiting(1000):
        if db.session.get_one(jobs.Job, identity).kind == "applications.confirm_submission":
            db.session.rollback()
            jobs.perform(identity)
    return db.session.get_one(Application, application.id)


def make_opened(call: Call) -> Call:
    """Open the applications of a call, as if its hour of opening had come."""
    call = db.session.get_one(Call, call.id)
    officer, identity = make_officer(call.area), call.id
    with at(call.opening_at + timedelta(minutes=1)), unit_of_work():
        office.open_call(db.session.get_one(Call, identity), by=db.session.get_one(User, officer.id))
    return db.session.get_one(Call, identity)
