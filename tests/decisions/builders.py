"""Proposals and decisions for tests, reached by the product's own actions. A builder commits, so call it outside of a unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from stdnum.si import ddv, maticna

from grants.accounts.actions import create_user, grant_role, register_organisation
from grants.accounts.models import Role, User
from grants.accounts.queries import find_user
from grants.applications.actions import drafting, office, submitting
from grants.applications.models import Application
from grants.base import clock, jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import actions, queries
from grants.decisions.models import Decision, Proposal
from grants.evaluation.actions import agreeing, appointing, collecting, marking
from grants.evaluation.queries import find_evaluation, find_panel
from tests.calls.builders import at, make_call

RULEBOOK = (Path(__file__).parent / "rulebook.yaml").read_text(encoding="utf-8")
PASSWORD = "Obala-2026-geslo!"
_numbers = count(1)


@dataclass(frozen=True)
class Applicant:
    """What one test applicant says, and the mark the panel gives it."""

    name: str
    members: str = "40"
    youth: bool = True
    costs: str = "100.00"
    requested: str = "2000.00"
    mark: str = "8"


THREE = (
    Applicant("Kulturno društvo Sidro"),
    Applicant("Športno društvo Burja", members="12", mark="7", costs="50.00", requested="150.00"),
    Applicant("Društvo Pod pragom", members="12", youth=False, mark="2", costs="0.00", requested="300.00"),
)
"""In the pot "support": all money asked for is not there; capped by the request; under the threshold."""


def make_user(email: str, *, role: Role | None = None, area: str = "sport", name: str = "") -> User:
    """A person by e-mail, with a role in the office if one is named; asked twice, the same person."""
    known = find_user(email)
    if known is not None:
        return known
    with unit_of_work():
        user = create_user(
            email=email, password=PASSWORD, name=name or email.split("@")[0].title(), language="sl", confirmed=True,
            totp_secret=None if role is None else "JBSWY3DPEHPK3PXP",
        )  # fmt: skip
        db.session.flush()
        if role is not None:
            grant_role(user, role, area=area, by=None)
    return user


def officer() -> User:
    """The call officer, who prepares."""
    return make_user("uradnica@obala.example", role=Role.OFFICER, name="Jana Primožič")


def signer() -> User:
    """The head of administration, who adopts and issues."""
    return make_user("direktor@obala.example", role=Role.SIGNER, name="Livio Morgan")


def _with_check(stem: int, digits: int, valid: Any) -> str:
    while True:
        for check in range(10):
            number = f"{stem:0{digits}d}{check}"
            if valid(number):
                return number
        stem += 1


def make_applicant_owner(applicant: Applicant) -> tuple[User, Any]:
    """An organisation and the person who owns it: one volunteer keeps the papers of all of them."""
    number = next(_numbers)
    owner = make_user("vlagateljica@drustvo.example", name="Vida Kos")
    base = f"{19100000000 + number * 1000:013d}"
    account = f"{base}{98 - int(base + '00') % 97:02d}"
    iban = f"SI{98 - int(account + '281800') % 97:02d}{account}"
    with unit_of_work():
        organisation = register_organisation(
            by=db.session.merge(owner), name=applicant.name, legal_form="association",
            tax_number=_with_check(1500000 + number * 7, 7, ddv.is_valid), registration_number=_with_check(900000 + number * 7, 6, maticna.is_valid),
            iban=iban, street="Obala 1", postcode="6399", place="Pristan", email=f"drustvo{number}@drustvo.example", phone="",
            representative="Živa Škrjanec", language="sl",
        )  # fmt: skip
    return owner, organisation


def apply(call: Call, applicant: Applicant) -> Application:
    """One submitted application, received before the deadline."""
    owner, organisation = make_applicant_owner(applicant)
    answers = {
        "members": applicant.members, "youth": "yes" if applicant.youth else "", "costs": applicant.costs, "requested": applicant.requested,
        "leader": "Oseba Zasebna",
    }  # fmt: skip
    with at(call.closes_at - timedelta(days=3) + timedelta(seconds=next(_numbers))), unit_of_work():
        owner = db.session.merge(owner)
        application = drafting.start(
            db.session.get_one(Call, call.id), "operating", db.session.merge(organisation), by=owner, language="sl"
        )
        db.session.flush()
        drafting.save(application, answers, version=application.version, by=owner)
        submitting.submit(application, by=owner)
    return application


def make_opened(applicants: Sequence[Applicant] = THREE, **changes: Any) -> Call:
    """A call whose applications were opened eighteen days ago, with a panel that has declared."""
    now = clock.now()
    times = {"opens_at": now - timedelta(days=40), "closes_at": now - timedelta(days=20), "opening_at": now - timedelta(days=19)}
    call = make_call("published", **({"rulebook": RULEBOOK, "by": officer()} | times | changes))
    for applicant in applicants:
        apply(call, applicant)
    members = [make_user(f"clanica{number}@obala.example", name=f"Članica {number}") for number in (1, 2, 3)]
    with at(now - timedelta(days=18)):
        with unit_of_work():
            call = db.session.get_one(Call, call.id)
            office.open_call(call, by=officer_in_session())
        with unit_of_work():
            call = db.session.get_one(Call, call.id)
            people = [db.session.merge(member) for member in members]
            panel = appointing.appoint(call, people, chair=people[0], by=officer_in_session())
            db.session.flush()
            for seat in panel.members:
                appointing.declare(seat, {}, statement="", by=seat.user)
    return call


def officer_in_session() -> User:
    """The officer as part of the present unit of work."""
    found = find_user(officer().email)
    assert found is not None
    return found


def signer_in_session() -> User:
    """The signer as part of the present unit of work."""
    found = find_user(signer().email)
    assert found is not None
    return found


def evaluate(call: Call, pot: str, marks: Mapping[str, str], *, criterion: str = "quality") -> None:
    """The panel scores one pot: every member gives the mark by the name of the applicant, the chair writes the joint reason."""
    now = clock.now()
    with at(now - timedelta(days=15)), unit_of_work():
        call = db.session.get_one(Call, call.id)
        started = collecting.start_evaluation(call, pot, by=officer_in_session())
        db.session.flush()
        panel = find_panel(call)
        assert panel is not None
        competing = [one for one in db.session.scalars(db.select(Application).where(Application.call_id == call.id)) if one.number]
        chair = next(seat for seat in panel.members if seat.chair)
        if call.rulebook.pot(pot).panel_criteria:
            for seat in panel.members:
                for application in competing:
                    sheet = marking.open_sheet(started, seat, application, by=seat.user)
                    mark = marks[application.organisation.name]
                    reason = "Načrt dela ne navaja vseh izvajalcev." if mark != "10" else ""
                    marking.save_marks(sheet, {criterion: (mark, reason)}, comment="", version=sheet.version, by=seat.user)
                    marking.finish(sheet, by=seat.user)
            for application in competing:
                mark = marks[application.organisation.name]
                if mark != "10":
                    agreeing.agree(
                        started, application, criterion, points=None, by=chair.user,
                        reason={"sl": "Načrt je dober, a izvajalci niso navedeni.", "it": "Il piano è buono, ma gli esecutori non sono indicati."},
                    )  # fmt: skip
    with at(now - timedelta(days=14)), unit_of_work():
        found = find_evaluation(db.session.get_one(Call, call.id), pot)
        assert found is not None
        chair = next(seat for seat in found.panel.members if seat.chair)
        agreeing.conclude(found, session_on=clock.local(now - timedelta(days=14)).date(), by=chair.user)


def make_scored(applicants: Sequence[Applicant] = THREE, **changes: Any) -> Call:
    """A call whose two pots are both scored."""
    call = make_opened(applicants, **changes)
    marks = {applicant.name: applicant.mark for applicant in applicants}
    for pot in ("costs", "support"):
        evaluate(call, pot, marks)
    return call


def make_proposal(
    call: Call | None = None, pots: Sequence[str] = ("costs", "support"), applicants: Sequence[Applicant] = THREE
) -> Proposal:
    """A prepared proposal."""
    call = call or make_scored(applicants)
    with unit_of_work():
        return actions.prepare(db.session.get_one(Call, call.id), pots, by=officer_in_session())


def make_drafted(
    call: Call | None = None, pots: Sequence[str] = ("costs", "support"), applicants: Sequence[Applicant] = THREE
) -> list[Decision]:
    """An adopted proposal: its drafted decisions."""
    proposal = make_proposal(call, pots, applicants)
    with unit_of_work():
        drafted = actions.adopt(queries.get_proposal(proposal.id), by=signer_in_session())
    return drafted


def make_issued(call: Call | None = None, pots: Sequence[str] = ("costs", "support"), applicants: Sequence[Applicant] = THREE) -> Proposal:
    """An adopted proposal all of whose decisions are issued; the documents are not rendered (see `render`)."""
    drafted = make_drafted(call, pots, applicants)
    with unit_of_work():
        proposal = queries.get_proposal(db.session.get_one(Decision, drafted[0].id).award.proposal_id)
        actions.issue_all(proposal, by=signer_in_session())
    return proposal


def render() -> None:
    """Do all jobs that wait: documents and mail."""
    jobs.run_pending()
